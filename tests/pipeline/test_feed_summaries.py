"""Where a page may not or cannot be read, the feed's own words are the article, and it says so."""

import email
import email.policy
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import yaml

from newsdesk import pipeline
from newsdesk.ledger import history, lists
from newsdesk.ledger.history import Life
from newsdesk.model import FEED_SUMMARY, Article
from newsdesk.newsroom import Newsroom
from newsdesk.query import parse
from newsdesk.services import Services, open_services
from newsdesk.settings import read_settings
from newsdesk.supervisor.demonstration import sample_settings
from tests.pipeline.conftest import OpenLine
from tests.pipeline.test_line import run_line

STORY = "<p>" + "</p><p>".join(f"On day {n} the traders of the town kept their shops shut." for n in range(12)) + "</p>"


class Paper(BaseHTTPRequestHandler):
    """One feed with one story; the test turns its edition, and its page from wall to text and back."""

    edition = 1
    is_walled = True

    def do_GET(self) -> None:
        kind, body = self.answer()
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def answer(self) -> tuple[str, bytes]:
        match self.path:
            case "/feed.xml":
                item = (
                    f"<title>Traders protest, part {self.edition}</title><link>http://{self.headers['Host']}/story</link>"
                    "<guid>1</guid><description>Shops are shut, the feed says.</description>"
                )
                return "application/rss+xml", (
                    f"<rss version='2.0'><channel><title>P</title><item>{item}</item></channel></rss>"
                ).encode()
            case "/story" if self.is_walled:
                return "application/pdf", b"%PDF-1.7"
            case "/story":
                page = f"<html><head><title>Traders protest</title></head><body><h1>Traders protest</h1>{STORY}</body>"
                return "text/html", page.encode()
            case _:
                return "text/plain", b""

    def log_message(self, *_: object) -> None:
        """Silent."""


@pytest.fixture
def paper() -> Iterator[tuple[type[Paper], int]]:
    turned = type("Turned", (Paper,), {})
    server = ThreadingHTTPServer(("127.0.0.1", 0), turned)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield turned, server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


def services_of(folder: Path, port: int) -> AbstractContextManager[Services]:
    watchlist = {
        "version": 1,
        "feeds": [{"url": f"http://paper.localhost:{port}/feed.xml", "name": "Paper"}],
        "topics": {"protests": {"title": "Protests", "query": "traders AND protest"}},
        "readers": {"desk": {"address": "desk@newsdesk.example"}},
        "rules": {"now": {"title": "Now", "topics": ["protests"], "readers": ["desk"], "send": "immediate"}},
    }
    path = folder / "watchlist.yaml"
    path.write_text(yaml.safe_dump(watchlist))
    environ = {**sample_settings(), "NEWSDESK_HOME": str(folder), "NEWSDESK_WATCHLIST": str(path)}
    return open_services(read_settings(environ))


def story(services: Services, port: int) -> Life:
    with services.ledger.read() as connection:
        life = history.life(connection, f"http://paper.localhost:{port}/story")
    assert life is not None
    return life


def article(services: Services, port: int) -> Article:
    found = story(services, port).article
    assert found is not None
    return found


def test_the_feeds_words_are_found_tagged_and_mailed_and_the_mail_says_whose_they_are(
    tmp_path: Path, paper: tuple[type[Paper], int]
) -> None:
    _, port = paper
    with services_of(tmp_path, port) as services:
        run_line(services)
        life = story(services, port)
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


def test_the_page_takes_the_place_of_the_summary_and_never_the_other_way(
    tmp_path: Path, paper: tuple[type[Paper], int]
) -> None:
    turned, port = paper
    with services_of(tmp_path, port) as services:
        run_line(services)
        turned.edition, turned.is_walled = 2, False
        pipeline.hasten(services)
        run_line(services)
        read = article(services, port)
        turned.edition, turned.is_walled = 3, True
        pipeline.hasten(services)
        run_line(services)
        after = article(services, port)
        with services.ledger.read() as connection:
            alerts = lists.newest_alerts(connection, limit=10)
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
