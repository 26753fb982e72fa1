"""A publisher with a hub that does what the test says, and a desk whose web app it can reach: real HTTP on loopback.

The publisher serves /feed.xml with its `stories`, and a page for each; it names its hub in the document, in Link
headers, or not at all.
The hub takes requests at /hub, in the `manner` of the moment:

    verifies    the challenge is sent before the request is answered, as some hubs do
    later       the request is taken; the challenge is sent when the test calls `verify`
    denies      the request is taken, and then denied
    refuses     400
    down        503

`push` sends stories to all who are subscribed, signed as the test says.
"""

import gzip
import hashlib
import hmac
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Literal
from urllib.parse import parse_qsl, urlencode, urlsplit

import yaml
from sqlalchemy import Row, select

from newsdesk.ledger import tables
from newsdesk.services import Services, open_services
from newsdesk.settings import read_settings
from newsdesk.supervisor.demonstration import sample_settings
from newsdesk.web import WebServer, make_app
from tests.line import Clock

Manner = Literal["verifies", "later", "denies", "refuses", "down"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """An answer of the callback."""

    status: int
    body: bytes
    headers: Mapping[str, str]


def ask(method: str, url: str, *, body: bytes | None = None, headers: Mapping[str, str] | None = None) -> Said:
    """One request, as a hub or a browser sends it."""
    parts = urlsplit(url)
    connection = HTTPConnection(parts.hostname or "", parts.port, timeout=30)
    try:
        path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        connection.request(method, path, body=body, headers=dict(headers or {}))
        answer = connection.getresponse()
        return Said(status=answer.status, body=answer.read(), headers={k.lower(): v for k, v in answer.getheaders()})
    finally:
        connection.close()


@dataclass(slots=True)
class Hub:
    """Publisher and hub in one."""

    port: int = 0
    manner: Manner = "verifies"
    named: Literal["document", "header", "nowhere"] = "document"
    lease_seconds: int | None = None  # granted; None: as asked for
    stories: list[str] = field(default_factory=lambda: ["march"])
    edition: str = ""  # part of all titles
    forms: list[dict[str, str]] = field(default_factory=list)  # requests to the hub, in order
    verdicts: list[Said] = field(default_factory=list)  # what the callback said to challenges and refusals
    subscribed: dict[str, dict[str, str]] = field(default_factory=dict)  # by callback: the form that was verified
    polls: int = 0

    @property
    def url(self) -> str:
        return f"http://press.localhost:{self.port}/hub"

    @property
    def topic(self) -> str:
        return f"http://press.localhost:{self.port}/feed.xml"

    def document(self, stories: Sequence[str] | None = None) -> bytes:
        links = f'<link xmlns="http://www.w3.org/2005/Atom" rel="hub" href="{self.url}"/>'
        links += f'<link xmlns="http://www.w3.org/2005/Atom" rel="self" href="{self.topic}"/>'
        items = "".join(
            f"<item><title>Traders protest: {name}{self.edition}</title><guid>{name}</guid>"
            f"<link>http://press.localhost:{self.port}/{name}</link>"
            f"<description>Shops are shut on the day of the {name}.</description></item>"
            for name in (self.stories if stories is None else stories)
        )
        channel = f"<title>Press</title>{links if self.named == 'document' else ''}{items}"
        return f"<rss version='2.0'><channel>{channel}</channel></rss>".encode()

    def links(self) -> dict[str, str]:
        return {"Link": f'<{self.url}>; rel="hub", <{self.topic}>; rel="self"'} if self.named == "header" else {}

    def take(self, form: dict[str, str]) -> int:
        """A request to the hub; the status that it is answered with."""
        self.forms.append(form)
        match self.manner:
            case "verifies":
                self.verify()
            case "denies":
                told = {"hub.mode": "denied", "hub.topic": form["hub.topic"], "hub.reason": "not for you"}
                self.verdicts.append(ask("GET", f"{form['hub.callback']}?{urlencode(told)}"))
            case "refuses":
                return 400
            case "down":
                return 503
            case "later":
                pass
        return 202

    def verify(self, **changes: str) -> Said:
        """Send the challenge for the last request; `changes` with underscores for points: `hub_topic`."""
        form = self.forms[-1]
        told = {
            "hub.mode": form["hub.mode"],
            "hub.topic": form["hub.topic"],
            "hub.challenge": "a-challenge",
            "hub.lease_seconds": str(self.lease_seconds or form.get("hub.lease_seconds", "")),
        } | {name.replace("_", ".", 1): value for name, value in changes.items()}
        verdict = ask("GET", f"{form['hub.callback']}?{urlencode(told)}")
        self.verdicts.append(verdict)
        if verdict.status == 200 and verdict.body == b"a-challenge":
            if told["hub.mode"] == "subscribe":
                self.subscribed[form["hub.callback"]] = form
            else:
                self.subscribed.pop(form["hub.callback"], None)
        return verdict

    def push(
        self, stories: Sequence[str] | None = None, *, sign: str = "sha256", body: bytes | None = None, coding: str = ""
    ) -> list[Said]:
        """Send stories to all subscribers. `sign`: a method, `wrong`, or "" for none."""
        answers = []
        for callback, form in tuple(self.subscribed.items()):
            sent = self.document(stories) if body is None else body
            sent = gzip.compress(sent) if coding == "gzip" else sent
            headers = {"Content-Type": "application/rss+xml", "Link": f'<{self.topic}>; rel="self"'}
            if coding:
                headers["Content-Encoding"] = coding
            if sign == "wrong":
                headers["X-Hub-Signature"] = "sha256=" + "0" * 64
            elif sign:
                made = hmac.new(form["hub.secret"].encode(), sent, getattr(hashlib, sign))
                headers["X-Hub-Signature"] = f"{sign}={made.hexdigest()}"
            answers.append(ask("POST", callback, body=sent, headers=headers))
        return answers


def page_of(story: str) -> bytes:
    body = "".join(
        f"<p>On day {n} of the {story} the traders kept their shops shut, in protest.</p>" for n in range(12)
    )
    title = f"Traders protest: {story}"
    return f"<html><head><title>{title}</title></head><body><h1>{title}</h1>{body}</body></html>".encode()


@contextmanager
def open_hub() -> Iterator[Hub]:
    """A hub on a free port."""
    hub = Hub()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/feed.xml":
                hub.polls += 1
                self._answer(200, hub.document(), {"Content-Type": "application/rss+xml", **hub.links()})
            elif self.path == "/robots.txt" or self.path.startswith("/.well-known/"):
                self._answer(404)
            else:
                self._answer(200, page_of(self.path[1:]), {"Content-Type": "text/html; charset=utf-8"})

        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            form = dict(parse_qsl(self.rfile.read(length).decode(), keep_blank_values=True))
            self._answer(hub.take(form) if self.path == "/hub" else 404)

        def _answer(self, status: int, body: bytes = b"", headers: Mapping[str, str] | None = None) -> None:
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    hub.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


# ------------------------------------------------------------------ the desk


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A line with a web app that hubs reach."""

    services: Services
    clock: Clock
    web: str  # its front page

    def rows(self, table: str) -> list[Row[Any]]:
        chosen = tables.metadata.tables[table]
        with self.services.ledger.read() as connection:
            return list(connection.execute(select(chosen).order_by(*chosen.primary_key)).all())

    @property
    def subscription(self) -> Row[Any]:
        """The only one."""
        (row,) = self.rows("subscriptions")
        return row

    def titles(self) -> list[str]:
        return sorted(row.title for row in self.rows("entries"))

    def told(self) -> list[str]:
        """The events of WebSub, in their order."""
        found = sorted(self.rows("feed_events"), key=lambda row: row.at)
        return [row.detail for row in found if row.kind == "websub"]


def write_watchlist(path: Path, hub: Hub, **feed: Any) -> None:
    watchlist = {
        "version": 1,
        "feeds": [{"url": hub.topic, "name": "Press", **feed}],
        "topics": {"protests": {"title": "Protests", "query": "traders AND protest"}},
        "readers": {"desk": {"address": "desk@newsdesk.example"}},
        "rules": {"now": {"title": "Now", "topics": ["protests"], "readers": ["desk"]}},
    }
    path.write_text(yaml.safe_dump(watchlist))


@contextmanager
def open_site(folder: Path, hub: Hub, *, feed: Mapping[str, Any] | None = None, **settings: str) -> Iterator[Site]:
    """A desk that watches the hub's publisher; `feed` adds keys to the feed."""
    path = folder / "watchlist.yaml"
    write_watchlist(path, hub, **(feed or {}))
    environ = {**sample_settings(), "NEWSDESK_HOME": str(folder), "NEWSDESK_WATCHLIST": str(path)}
    more = {f"NEWSDESK_{name.upper()}": value for name, value in settings.items()}
    clock = Clock(datetime.now(UTC))
    with open_services(read_settings({**environ, **more}), clock=clock) as services:
        server = WebServer(make_app(services), host="127.0.0.1", port=0)
        thread = threading.Thread(target=server.run)
        thread.start()
        try:
            reachable = replace(services.settings, web_url=server.url)
            yield Site(services=replace(services, settings=reachable), clock=clock, web=server.url)
        finally:
            server.stop()
            thread.join()
