"""The loopback server: virtual hosts `<slug>.localhost`, one thread a request, nothing of it visible outside."""

import errno
import sys
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from newsdesk.errors import NewsdeskError
from newsdesk.newsroom.delivery import deliver
from newsdesk.newsroom.pages import Press
from newsdesk.newsroom.records import SampleEntry, SampleFeed, SeenRequest
from newsdesk.newsroom.room import ADVANCE_PATH, Room

_IDLE_SECONDS = 10.0
_POLL_SECONDS = 0.05  # how soon `stop` is noticed


def _utc_now() -> datetime:
    return datetime.now(UTC)


def _say(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


class Newsroom:
    """Invented news on `http://<slug>.localhost:<port>/`, list of sources on `http://localhost:<port>/`.

    Port 0 takes a free one. Publication dates count from `clock()` at construction. `seed` chooses side columns and
    comments. `slow_seconds` is how long the slow source waits. Use it as a context manager, or `start` and `stop`.
    """

    def __init__(
        self, *, port: int = 0, clock: Callable[[], datetime] = _utc_now, seed: int = 1, slow_seconds: float = 1.8
    ) -> None:
        self._room = Room(clock=clock, seed=seed, slow_seconds=slow_seconds)
        self._server = _listen(port, self._room)
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(_POLL_SECONDS,), name=f"newsroom-{self.port}", daemon=True
        )

    def start(self) -> Self:
        """Serve in a thread of its own."""
        self._thread.start()
        return self

    def stop(self) -> None:
        """End at once, also slow answers; the port is free afterwards. A second call does nothing."""
        self._room.close()
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return self._server.server_port

    @property
    def url(self) -> str:
        """The list of the sources, for people."""
        return f"http://localhost:{self.port}/"

    @property
    def edition(self) -> int:
        """1, or 2 after `advance`."""
        return self._room.issue.edition

    @property
    def requests(self) -> tuple[SeenRequest, ...]:
        """Every request so far, in the order of its answer."""
        return self._room.seen()

    @property
    def feeds(self) -> tuple[SampleFeed, ...]:
        """Every feed, by slug of the source, with the address that the watchlist names."""
        press = self._press()
        return tuple(
            SampleFeed(
                source=source.slug,
                name=source.name,
                url=press.home(source.slug) + (source.moved_from or source.feed_path),
                format=source.feed_format,
            )
            for source in press.issue.library.sources
        )

    @property
    def entries(self) -> tuple[SampleEntry, ...]:
        """The truth about every entry of the feeds that can be read in this edition."""
        press = self._press()
        return tuple(
            SampleEntry(
                source=source.slug,
                slug=one.piece.slug,
                url=press.home(source.slug) + one.piece.path,
                title=one.piece.title,
                text=one.piece.text,
                kind=one.piece.kind,
                topics=one.piece.topics,
                published=one.published,
            )
            for source in press.issue.library.sources
            if not press.issue.feed_fails(source)
            for one in press.issue.printed(source.slug)
        )

    def advance(self) -> int:
        """The second edition: new articles, one rewritten, the failing feed recovered. Returns the edition."""
        return self._room.advance()

    def _press(self) -> Press:
        return Press(issue=self._room.issue, port=f":{self.port}", seed=self._room.seed)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    room: Room

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that goes away in the middle is no news; anything else is a defect and shows."""
        if not isinstance(sys.exception(), ConnectionError | TimeoutError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]  # the stub wants a socket


class _Exchange(BaseHTTPRequestHandler):
    """One request. Every connection is closed after its answer, so that stopping leaves no thread behind."""

    server: _Server
    protocol_version = "HTTP/1.1"
    server_version = "SampleNewsroom"
    sys_version = ""
    timeout = _IDLE_SECONDS

    def do_GET(self) -> None:
        """Every method: what differs is decided by the room."""
        room = self.server.room
        asked = {name.lower(): value for name, value in self.headers.items()}
        host, path = asked.get("host", "localhost"), urlsplit(self.path).path
        self.rfile.read(_length(asked))
        source = room.source(host)
        if source and source.slow:
            room.dawdle()
        response = deliver(
            room.answer(self.command, host, path),
            asked,
            may_zip=bool(source and source.gzip),
            honest=source is None or source.honours_validators,
        )
        name = host.rsplit(":", 1)[0]
        room.note(SeenRequest(method=self.command, host=name, path=path, status=response.status, headers=asked))
        self.send_response(response.status)
        for header, value in (*response.headers, ("Connection", "close")):
            self.send_header(header, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(response.content)
        self.close_connection = True

    do_HEAD = do_GET  # noqa: N815 - the name is http.server's
    do_POST = do_GET  # noqa: N815 - the name is http.server's

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is http.server's
        """Nothing: `Newsroom.requests` is the log."""


def serve(port: int = 8700, *, say: Callable[[str], object] = _say) -> None:
    """Serve until interrupted (Ctrl-C); a port that is taken is a NewsdeskError."""
    with Newsroom(port=port) as newsroom:
        say(
            f"The sample newsroom is open: {newsroom.url}\nAdvance it: curl -X POST {newsroom.url[:-1]}{ADVANCE_PATH}\n"
        )
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            say("\nClosed.\n")


def _listen(port: int, room: Room) -> _Server:
    try:
        server = _Server(("127.0.0.1", port), _Exchange)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise NewsdeskError(f"port {port} is in use; stop what listens there or name another port") from error
        raise
    server.room = room
    return server


def _length(asked: Mapping[str, str]) -> int:
    length = asked.get("content-length", "0")
    return min(int(length), 65_536) if length.isdecimal() else 0
