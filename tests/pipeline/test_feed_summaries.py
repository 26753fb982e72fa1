"""Where a page may not or cannot be read, the feed's own words are the article, and it says so."""

import email
import email.policy
from collections.abc import Iterator
from pathlib import Path

import pytest

from newsdesk import pipeline
from newsdesk.ledger import history, lists
from newsdesk.model import FEED_SUMMARY
from newsdesk.newsroom import Newsroom
from newsdesk.query import parse
from newsdesk.services import Services
from tests.pipeline.conftest import OpenLine
from tests.pipeline.press import Press, life_of, open_press, services_of
from tests.pipeline.test_line import run_line

DOCUMENT = {"Content-Type": "application/pdf"}  # no page that could be read


@pytest.fixture
def press() -> Iterator[Press]:
    with open_press() as opened:
        yield opened


def bring_out(services: Services, press: Press, *, edition: int, is_walled: bool) -> None:
    press.edition = edition
    press.story("story", headers=DOCUMENT if is_walled else {})
    pipeline.hasten(services)
    run_line(services)


def test_the_feeds_words_are_found_tagged_and_mailed_and_the_mail_says_whose_they_are(
    tmp_path: Path, press: Press
) -> None:
    url = press.story("story", headers=DOCUMENT)
    with services_of(tmp_path, press) as services:
        run_line(services)
        life = life_of(services, url)
        found = services.index.search(parse("kind AND feed OR traders")).hits
    assert life.article is not None
    assert (life.article.kind, life.article.text) == (FEED_SUMMARY, "Shops are shut, the feed says.")
    assert [(entry.outcome, entry.reason) for entry in life.entries] == [("dropped", "not-html")]
    assert life.stamps is not None
    assert life.stamps.provenance["text"] == ("feed", 1.0)
    assert [hit.kind for hit in found] == [FEED_SUMMARY]
    (mail,) = (tmp_path / "mail").rglob("*.eml")
    parsed = email.message_from_bytes(mail.read_bytes(), policy=email.policy.default)
    for kind in ("plain", "html"):
        part = parsed.get_body((kind,))
        assert part is not None
        assert "own words: the page itself could not be read" in part.get_content()


def test_the_page_takes_the_place_of_the_summary_and_never_the_other_way(tmp_path: Path, press: Press) -> None:
    url = press.story("story", headers=DOCUMENT)
    with services_of(tmp_path, press) as services:
        run_line(services)
        bring_out(services, press, edition=2, is_walled=False)
        read = life_of(services, url).article
        bring_out(services, press, edition=3, is_walled=True)
        after = life_of(services, url).article
        with services.ledger.read() as connection:
            alerts = lists.newest_alerts(connection, limit=10)
    assert read is not None
    assert (read.kind, read.version) == ("article", 2)
    assert "kept their shops shut" in read.text
    assert after == read
    assert len(alerts) == 1


def test_of_the_samples_walls_each_leaves_the_words_of_its_feed(open_line: OpenLine, newsroom: Newsroom) -> None:
    walls = ("consent-wall", "paywall", "bot-wall", "robots-disallowed")
    with open_line() as services:
        run_line(services)
        newsroom.advance()
        pipeline.hasten(services)
        run_line(services)
        lives = []
        with services.ledger.read() as connection:
            lives = [life for entry in newsroom.entries if (life := history.life(connection, entry.url))]
    kept = {life.entries[0].reason for life in lives if life.article and life.article.kind == FEED_SUMMARY}
    assert kept == set(walls)
