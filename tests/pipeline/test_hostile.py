"""One hostile feed or page costs its own time and one recorded error; the rest of the batch goes on."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import yaml

from newsdesk import pipeline
from newsdesk.ledger.overview import drops, overview
from newsdesk.services import Services, open_services
from newsdesk.settings import read_settings
from newsdesk.supervisor.demonstration import sample_settings

DEEP = 200_000  # elements inside each other: seconds of work for any parser of feeds

ARTICLE = "<p>" + "</p><p>".join(f"Traders in the town closed their shops on day {n} to protest." for n in range(12))


def feed(*links: str) -> bytes:
    date = "<pubDate>Mon, 02 Mar 2026 10:00:00 GMT</pubDate>"
    items = "".join(f"<item><title>Story {n}</title><link>{link}</link>{date}</item>" for n, link in enumerate(links))
    return f"<rss version='2.0'><channel><title>T</title>{items}</channel></rss>".encode()


class Hostile(BaseHTTPRequestHandler):
    """Answers by path; `/deep.xml` is the feed that hangs its parser."""

    def do_GET(self) -> None:
        kind, body = self.answer()
        if kind == "reset":
            return
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def answer(self) -> tuple[str, bytes]:
        match self.path:
            case "/deep.xml":
                return "application/rss+xml", b"<rss version='2.0'><channel>" + b"<a>" * DEEP
            case "/good.xml":
                site = f"http://{self.headers['Host']}"
                return "application/rss+xml", feed(
                    f"{site}/one", f"{site}/reset", f"{site}/image", f"{site}/robots-free"
                )
            case "/one":
                page = (
                    f"<html><head><title>Traders close shops</title></head><body><h1>Traders close shops</h1>{ARTICLE}"
                )
                return "text/html", page.encode()
            case "/image":
                return "image/png", b"\x89PNG\r\n\x1a\n"
            case "/reset":
                return "reset", b""
            case _:
                return "text/html", b""

    def log_message(self, *_: object) -> None:
        """Silent."""


@pytest.fixture
def port() -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hostile)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def services(tmp_path: Path, port: int) -> Iterator[Services]:
    watchlist = {
        "version": 1,
        "feeds": [
            {"url": f"http://deep.localhost:{port}/deep.xml", "name": "Deep"},
            {"url": f"http://good.localhost:{port}/good.xml", "name": "Good"},
        ],
        "topics": {"protests": {"title": "Protests", "query": "traders AND protest"}},
        "readers": {"desk": {"address": "desk@newsdesk.example"}},
        "rules": {"now": {"title": "Now", "topics": ["protests"], "readers": ["desk"], "send": "immediate"}},
    }
    path = tmp_path / "watchlist.yaml"
    path.write_text(yaml.safe_dump(watchlist))
    environ = {**sample_settings(), "NEWSDESK_HOME": str(tmp_path), "NEWSDESK_WATCHLIST": str(path)}
    with open_services(read_settings({**environ, "NEWSDESK_WORKER_SECONDS": "1"})) as opened:
        yield opened


def test_a_feed_that_hangs_its_parser_costs_one_recorded_error(services: Services) -> None:
    counts = pipeline.poll(services)
    assert counts.outcomes == {"done": 1, "retry:parser-timeout": 1}
    with services.ledger.read() as connection:
        lines = {line.name: line for line in overview(connection).feeds}
    assert lines["Deep"].failures == 1
    assert "more than 1 s" in (lines["Deep"].detail or "")
    assert lines["Deep"].due_at is not None
    assert lines["Good"].entries == 4


def test_pages_that_are_none_leave_the_others_unharmed(services: Services) -> None:
    pipeline.poll(services)
    counts = pipeline.collect(services)
    assert counts.outcomes == {
        "done": 1,
        "dropped:empty-page": 1,
        "dropped:not-html": 1,
        "retry:broken-transfer": 1,
    }
    for step in (pipeline.tag, pipeline.index, pipeline.alert, pipeline.deliver):
        step(services)
    with services.ledger.read() as connection:
        seen = overview(connection)
        assert {drop.reason for drop in drops(connection)} == {"empty-page", "not-html"}
    assert (seen.article_count, seen.mail_count, seen.troubles) == (3, 1, ())  # two by the words of the feed
