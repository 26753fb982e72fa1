"""What publishers ask of robots is stored with the article, and done."""

import email
import email.policy
from collections.abc import Iterator
from pathlib import Path

import pytest

from newsdesk.model import FEED_SUMMARY
from tests.pipeline.press import Press, life_of, open_press, services_of
from tests.pipeline.test_line import run_line

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
