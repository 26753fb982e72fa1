"""A newspaper of one page for a test: what its server answers is what the test says."""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import yaml

from newsdesk.ledger import history
from newsdesk.ledger.history import Life
from newsdesk.services import Services, open_services, utc_now
from newsdesk.settings import read_settings
from newsdesk.supervisor.demonstration import sample_settings

STORY = "".join(
    f"<p>On day {n} the traders of the town kept their shops shut, they say in protest.</p>" for n in range(12)
)


@dataclass(slots=True)
class Press:
    """One feed with the stories of `pages`: name of the story, its head and body as HTML, headers of its page."""

    port: int = 0
    edition: int = 1
    pages: dict[str, tuple[str, str, Mapping[str, str]]] = field(default_factory=dict)
    files: dict[str, tuple[int, bytes]] = field(default_factory=dict)  # by path: status and body of other documents
    redirects: dict[str, str] = field(default_factory=dict)  # by path: where it leads
    asked: list[str] = field(default_factory=list)  # paths, in order

    def story(self, name: str, *, head: str = "", body: str = STORY, headers: Mapping[str, str] | None = None) -> str:
        """Bring out a story, or bring it out otherwise; its URL."""
        self.pages[name] = (head, body, headers or {})
        return f"http://press.localhost:{self.port}/{name}"

    def status(self, path: str) -> int:
        """That the path answers with."""
        if path in self.redirects:
            return 302
        missing = path == "/robots.txt" or path.startswith("/.well-known/")
        return self.files.get(path, (404 if missing else 200, b""))[0]

    def answer(self, path: str) -> tuple[str, bytes, Mapping[str, str]]:
        """Content type, body, headers."""
        if path in self.redirects:
            return "text/plain", b"", {"Location": self.redirects[path]}
        if path in self.files:
            document = self.files[path][1]
            return "text/html" if document.startswith(b"<") else "application/json", document, {}
        if path == "/feed.xml":
            items = "".join(
                f"<item><title>Traders protest {name}, {self.edition}</title><guid>{name}</guid>"
                f"<link>http://press.localhost:{self.port}/{name}</link>"
                "<pubDate>Mon, 02 Mar 2026 10:00:00 GMT</pubDate>"
                "<description>Shops are shut, the feed says.</description></item>"
                for name in self.pages
            )
            feed = f"<rss version='2.0'><channel><title>Press</title>{items}</channel></rss>"
            return "application/rss+xml", feed.encode(), {}
        head, body, headers = self.pages.get(path[1:], ("", "", {}))
        page = (
            f"<html><head><title>Traders protest</title>{head}</head><body><h1>Traders protest</h1>{body}</body></html>"
        )
        return "text/html; charset=utf-8", page.encode(), headers


@contextmanager
def open_press() -> Iterator[Press]:
    """A press on a free port."""
    press = Press()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            kind, body, headers = press.answer(self.path)
            press.asked.append(self.path)
            self.send_response(press.status(self.path))
            for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    press.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield press
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def services_of(
    folder: Path,
    press: Press,
    *,
    feed: Mapping[str, Any] | None = None,
    more: Mapping[str, Any] | None = None,
    clock: Callable[[], datetime] = utc_now,
    **settings: str,
) -> AbstractContextManager[Services]:
    """A line that watches the press; `feed` adds keys to its feed, `more` to the watchlist."""
    watchlist = {
        "version": 1,
        "feeds": [{"url": f"http://press.localhost:{press.port}/feed.xml", "name": "Press", **(feed or {})}],
        "topics": {"protests": {"title": "Protests", "query": "traders AND protest"}},
        "readers": {"desk": {"address": "desk@newsdesk.example"}},
        "rules": {"now": {"title": "Now", "topics": ["protests"], "readers": ["desk"], "send": "immediate"}},
        **(more or {}),
    }
    path = folder / "watchlist.yaml"
    path.write_text(yaml.safe_dump(watchlist))
    environ = {**sample_settings(), "NEWSDESK_HOME": str(folder), "NEWSDESK_WATCHLIST": str(path)}
    return open_services(
        read_settings({**environ, **{f"NEWSDESK_{name.upper()}": value for name, value in settings.items()}}),
        clock=clock,
    )


def life_of(services: Services, url: str) -> Life:
    """What the ledger knows of a story."""
    with services.ledger.read() as connection:
        life = history.life(connection, url)
    assert life is not None
    return life
