"""What publishers ask of robots is stored with the article, and done."""

import email
import email.policy
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from newsdesk import pipeline
from newsdesk.model import FEED_SUMMARY
from newsdesk.services import Services
from tests.pipeline.press import STORY, Press, life_of, open_press, services_of
from tests.pipeline.test_line import run_line
from tests.pipeline.test_replay import EVER

WISHES = {
    "tdm-header": ("", {"tdm-reservation": "1", "tdm-policy": "https://press.example/policy.json"}),
    "tdm-meta": ('<meta name="tdm-reservation" content="1">', {}),
    "noindex-meta": ('<meta name="robots" content="noindex, follow">', {}),
    "noindex-header": ("", {"X-Robots-Tag": "noindex"}),
}


@pytest.fixture
def press() -> Iterator[Press]:
    with open_press() as opened:
        yield opened


def pages_kept(folder: Path) -> int:
    return len(list((folder / "archive").rglob("*.warc.gz")))


def bodies(folder: Path) -> list[str]:
    (mail,) = (folder / "mail").rglob("*.eml")
    parsed = email.message_from_bytes(mail.read_bytes(), policy=email.policy.default)
    found = [parsed.get_body((kind,)) for kind in ("plain", "html")]
    return [part.get_content() for part in found if part is not None]


@pytest.mark.parametrize("name", WISHES)
def test_of_a_reserved_text_only_the_feeds_words_are_kept(tmp_path: Path, press: Press, name: str) -> None:
    head, headers = WISHES[name]
    url = press.story(name, head=head, headers=headers)
    with services_of(tmp_path, press) as services:
        run_line(services)
        life = life_of(services, url)
    assert life.article is not None
    assert (life.article.kind, life.article.text) == (FEED_SUMMARY, "Shops are shut, the feed says.")
    assert life.entries[0].reason == "rights-reserved"
    assert "write `licence:` at the feed" in (life.entries[0].detail or "")
    assert pages_kept(tmp_path) == 0


@pytest.mark.parametrize("name", WISHES)
def test_with_a_licence_text_and_page_are_kept_and_the_wish_is_noted(tmp_path: Path, press: Press, name: str) -> None:
    head, headers = WISHES[name]
    url = press.story(name, head=head, headers=headers)
    with services_of(tmp_path, press, feed={"licence": "contract of 2026-03-01"}) as services:
        run_line(services)
        life = life_of(services, url)
    assert life.article is not None
    assert life.article.kind == "article"
    assert set(life.article.signals) & {"tdm-reservation", "noindex"}
    assert pages_kept(tmp_path) == 1


def test_of_a_page_that_says_noarchive_the_text_is_kept_and_no_copy(tmp_path: Path, press: Press) -> None:
    url = press.story("one", head='<meta name="robots" content="noarchive">')
    with services_of(tmp_path, press) as services:
        run_line(services)
        life = life_of(services, url)
    assert life.article is not None
    assert "kept their shops shut" in life.article.text
    assert life.stamps is not None
    assert (life.stamps.page_key, life.stamps.signals) == (None, ("noarchive",))
    assert pages_kept(tmp_path) == 0


def test_of_a_page_that_says_nosnippet_the_mail_shows_no_extract(tmp_path: Path, press: Press) -> None:
    press.story("one", headers={"X-Robots-Tag": "nosnippet"})
    with services_of(tmp_path, press) as services:
        run_line(services)
    for body in bodies(tmp_path):
        assert "kept their shops shut" not in body
        assert "Shops are shut" not in body
        assert "The publisher wants no extracts shown." in body
        assert "Protests" in body


def test_a_page_that_asks_for_nothing_is_kept_and_quoted(tmp_path: Path, press: Press) -> None:
    press.story("one")
    with services_of(tmp_path, press) as services:
        run_line(services)
    assert pages_kept(tmp_path) == 1
    assert all("kept their shops shut" in body.replace("*", "").replace("</mark>", "") for body in bodies(tmp_path))


# ------------------------------------------------------------------ what the site says in its tdmrep.json

TDMREP = "/.well-known/tdmrep.json"
RESERVED = b'[{"location": "/free", "tdm-reservation": 0}, {"location": "/", "tdm-reservation": 1, "tdm-policy": "/p"}]'


def collect(services: Services) -> None:
    pipeline.hasten(services)
    pipeline.poll(services)
    pipeline.collect(services)


def kinds(services: Services, *urls: str) -> list[str | None]:
    return [article.kind if (article := life_of(services, url).article) else None for url in urls]


def test_of_pages_that_the_site_reserves_only_the_feeds_words_are_kept(tmp_path: Path, press: Press) -> None:
    press.files[TDMREP] = (200, RESERVED)
    one, free = press.story("one"), press.story("free-one", body=STORY.replace("town", "port"))
    with services_of(tmp_path, press) as services:
        collect(services)
        assert kinds(services, one, free) == [FEED_SUMMARY, "article"]
        entry = life_of(services, one).entries[0]
    assert entry.reason == "rights-reserved"
    assert "tdm-reservation (its tdmrep.json, for /); with a licence" in (entry.detail or "")
    assert pages_kept(tmp_path) == 1


META, HEADER = '<meta name="tdm-reservation" content="%s">', "tdm-reservation"
SAID = {
    "header-0": ("", {HEADER: "0"}, "article"),
    "meta-0": (META % 0, {}, "article"),
    "meta-0-header-1": (META % 0, {HEADER: "1"}, "article"),
    "meta-1-header-0": (META % 1, {HEADER: "0"}, FEED_SUMMARY),
    "header-nonsense": ("", {HEADER: "nonsense"}, FEED_SUMMARY),
}


def test_the_page_goes_before_the_answer_and_the_answer_before_the_site(tmp_path: Path, press: Press) -> None:
    press.files[TDMREP] = (200, RESERVED)
    urls = [
        press.story(name, head=head, headers=headers, body=STORY.replace("town", name))
        for name, (head, headers, _) in SAID.items()
    ]
    with services_of(tmp_path, press) as services:
        collect(services)
        assert dict(zip(SAID, kinds(services, *urls), strict=True)) == {name: said[2] for name, said in SAID.items()}


def test_with_a_licence_the_reservation_of_the_site_is_noted_and_a_replay_knows_it(
    tmp_path: Path, press: Press
) -> None:
    press.files[TDMREP] = (200, RESERVED)
    url = press.story("one")
    with services_of(tmp_path, press, feed={"licence": "contract of 2026-03-01"}) as services:
        collect(services)
        before = life_of(services, url)
        press.files[TDMREP] = (200, b"[]")
        counts = pipeline.replay(services, EVER)
        assert life_of(services, url) == before
    assert counts.outcomes == {"done:unchanged": 1}
    assert before.stamps is not None
    assert (before.stamps.signals, before.stamps.reading.tdm_policy) == (("tdm-reservation",), "/p")


@pytest.mark.parametrize(
    "answer", [(404, b""), (403, b"no"), (500, b""), (429, b""), (200, b"[{"), (200, b"<html>no such page</html>")]
)
def test_a_file_that_cannot_be_had_or_read_stops_no_page_and_is_not_asked_for_again(
    tmp_path: Path, press: Press, answer: tuple[int, bytes]
) -> None:
    press.files[TDMREP] = answer
    url = press.story("one")
    start = datetime.now(UTC)
    clock = [start]
    with services_of(tmp_path, press, clock=lambda: clock[0]) as services:
        collect(services)
        clock[0] = start + timedelta(minutes=2)  # after 429 the site is left alone for a minute
        press.story("two", body=STORY.replace("town", "port"))
        collect(services)
        assert kinds(services, url) == ["article"]
    assert press.asked.count(TDMREP) == 1


@pytest.mark.parametrize(("status", "hours"), [(200, 24), (404, 24), (500, 1)])
def test_the_answer_holds_for_a_day_and_a_failure_for_an_hour(
    tmp_path: Path, press: Press, status: int, hours: int
) -> None:
    press.files[TDMREP] = (status, RESERVED)
    start = datetime.now(UTC)
    clock = [start]
    asked = []
    with services_of(tmp_path, press, clock=lambda: clock[0]) as services:
        for number, past in enumerate((0.0, hours - 0.1, hours + 0.1)):
            clock[0] = start + timedelta(hours=past)
            press.story(f"story-{number}", body=STORY.replace("town", f"town {number}"))
            collect(services)
            asked.append(press.asked.count(TDMREP))
    assert asked == [1, 1, 2]


def test_a_site_is_asked_once_for_many_pages_and_not_at_all_where_none_is_fetched(tmp_path: Path, press: Press) -> None:
    for number in range(6):
        press.story(f"story-{number}", body=STORY.replace("town", f"town {number}"))
    press.files["/robots.txt"] = (200, b"User-agent: *\nDisallow: /\n")
    with services_of(tmp_path, press) as services:
        collect(services)
    assert press.asked.count(TDMREP) == 0
    press.files.clear()
    home = tmp_path / "another"
    home.mkdir()
    with services_of(home, press) as services:
        collect(services)
        collect(services)
    assert press.asked.count(TDMREP) == 1


def test_the_site_that_answers_after_a_redirect_is_asked(tmp_path: Path, press: Press) -> None:
    """The feed's host only leads on; who speaks for the page is the host that it comes from."""
    with open_press() as leads_on:
        press.files[TDMREP] = (200, RESERVED)
        target = press.story("one")
        url = leads_on.story("lead")
        leads_on.redirects["/lead"] = target
        with services_of(tmp_path, leads_on) as services:
            collect(services)
            life = life_of(services, url)
    assert life.entries[0].reason == "rights-reserved"
    assert (press.asked.count(TDMREP), leads_on.asked.count(TDMREP)) == (1, 1)


def test_a_file_that_another_host_of_the_site_gave_is_not_asked_for_twice(tmp_path: Path, press: Press) -> None:
    with open_press() as leads_on:
        press.files[TDMREP] = (200, RESERVED)
        leads_on.story("lead")
        leads_on.redirects |= {"/lead": press.story("one"), TDMREP: f"http://press.localhost:{press.port}{TDMREP}"}
        with services_of(tmp_path, leads_on) as services:
            collect(services)
    assert press.asked.count(TDMREP) == 1


def test_who_turns_it_off_asks_no_site(tmp_path: Path, press: Press) -> None:
    press.files[TDMREP] = (200, RESERVED)
    url = press.story("one")
    with services_of(tmp_path, press, tdmrep="off") as services:
        collect(services)
        assert kinds(services, url) == ["article"]
    assert TDMREP not in press.asked
