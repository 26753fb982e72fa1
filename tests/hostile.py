"""A web server that misbehaves on purpose, on the loopback address; for tests, and for trying things by hand.

By hand: `python -m tests.hostile --port 8099`, then ask for any of these paths.

| path | what happens |
|---|---|
| `/feed` | a small RSS feed with ETag and Last-Modified; 304 when either validator comes back |
| `/page/NAME` | what a test has put into `pages[NAME]`, else 404 |
| `/echo` | the request's head as text |
| `/status/NNN?Name=value` | that status with those headers and an empty body |
| `/redirect?to=URL&status=NNN` | a redirect there (302 if no status is given) |
| `/hops/N` | N redirects, then the feed |
| `/loop` | a redirect to itself |
| `/coded/CODING`, `/cut/CODING` | the feed in gzip, deflate, rawdeflate, br or zstd; the same, cut off |
| `/stacked` | the feed in gzip in br |
| `/plain-as/CODING` | the feed as it is, under the header of that coding |
| `/noise-as/CODING` | bytes that are neither |
| `/bomb/CODING` | 100 MB of zeros, coded |
| `/big/N` | N bytes, announced; `/inf` bytes without end, in chunks |
| `/length/long`, `/length/short` | a Content-Length beyond the body; one before its end |
| `/chunk/bad`, `/chunk/cut` | a damaged chunk size; a chunked body without its end |
| `/reset/head`, `/reset/body` | the connection is reset before or inside the answer |
| `/hangup` | closed without an answer; `/garbage` something that is not HTTP |
| `/drip` | one byte now and then, for ever; `/stall` a head, then silence; `/nohead` silence |
| `/flood/many`, `/flood/long`, `/flood/endless` | 5,000 headers; one of a megabyte; headers that never end |
"""

import argparse
import asyncio
import gzip
import itertools
import socket
import struct
import zlib
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from functools import cache
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, unquote, urlsplit

import brotli
import zstandard

FEED = (
    b'<?xml version="1.0"?><rss version="2.0"><channel><title>Harbour news</title>'
    + b"".join(
        b"<item><guid>%d</guid><title>Ferry %d arrives</title><link>http://news.example/%d</link></item>" % (n, n, n)
        for n in range(40)
    )
    + b"</channel></rss>"
)
ETAG = 'W/"a-1;b--gzip"'
LAST_MODIFIED = "Mon, 02 Mar 2026 10:00:00 GMT"
CODINGS = ("gzip", "deflate", "rawdeflate", "br", "zstd")
_MEGABYTE = 1 << 20
_TLS_HELLO = b"\x16"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a client sent."""

    target: str
    headers: dict[str, str]
    head: bytes

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(urlsplit(self.target).query))


@dataclass(slots=True)
class HostileServer:
    """Use as `async with HostileServer() as server`. It counts connections and keeps every request it could read."""

    host: str = "127.0.0.1"
    port: int = 0
    connections: int = 0
    open_connections: int = 0
    most_open: int = 0
    requests: list[Request] = field(default_factory=list)
    pages: dict[str, bytes] = field(default_factory=dict)
    _server: asyncio.Server | None = None
    _changed: asyncio.Condition = field(default_factory=asyncio.Condition)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._connected, self.host, self.port)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server:
            self._server.close()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def url(self, path: str, host: str | None = None) -> str:
        """The address of a path, by default with the numeric host."""
        return f"http://{host or self.host}:{self.port}{path}"

    async def until(self, *, open_connections: int) -> None:
        """Wait until so many connections are open."""
        async with self._changed:
            await self._changed.wait_for(lambda: self.open_connections == open_connections)

    async def _count(self, step: int) -> None:
        async with self._changed:
            self.open_connections += step
            self.most_open = max(self.most_open, self.open_connections)
            self._changed.notify_all()

    def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        task = asyncio.ensure_future(self._serve(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self._count(1)
        try:
            first = await reader.readexactly(1)
            if first == _TLS_HELLO:
                writer.write(_head(400, {}))
                return
            request = _parse(first + await reader.readuntil(b"\r\n\r\n"))
            self.requests.append(request)
            await _first_of(self._answer(request, writer), _until_closed(reader))
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass
        finally:
            await self._count(-1)
            writer.close()

    async def _answer(self, request: Request, writer: asyncio.StreamWriter) -> None:
        _, name, *rest = (*request.path.split("/"), "")
        argument = "/".join(part for part in rest if part)
        if name in ("page", "robots.txt"):
            body = self.pages.get(argument or name)
            await _send(writer, *((404, b"") if body is None else (200, body)))
            return
        script = _SCRIPTS.get(name)
        if script is None:
            await _send(writer, 404, b"")
        else:
            await script(writer, request, argument)


Script = Callable[[asyncio.StreamWriter, Request, str], Awaitable[None]]


async def _first_of(*works: Coroutine[Any, Any, None]) -> None:
    """Run until one is done or we are cancelled, and stop them all; what a lost client causes is no error here."""
    tasks = [asyncio.ensure_future(work) for work in works]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        for ended in await asyncio.gather(*tasks, return_exceptions=True):
            if isinstance(ended, Exception) and not isinstance(ended, ConnectionError):
                raise ended


async def _until_closed(reader: asyncio.StreamReader) -> None:
    while await reader.read(_MEGABYTE):
        pass


def _parse(head: bytes) -> Request:
    first, *lines = head.decode("latin-1").split("\r\n")
    pairs = (line.partition(":") for line in lines if line)
    return Request(
        target=first.split(" ")[1], headers={name.lower(): value.strip() for name, _, value in pairs}, head=head
    )


def _head(status: int, headers: dict[str, str]) -> bytes:
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.1 {status} Said so\r\n{lines}\r\n".encode("latin-1")


async def _send(writer: asyncio.StreamWriter, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
    length = {} if status == 304 else {"Content-Length": str(len(body))}
    writer.write(_head(status, length | (headers or {})) + body)
    await writer.drain()


async def _feed(writer: asyncio.StreamWriter, request: Request, _argument: str) -> None:
    headers = {"ETag": ETAG, "Last-Modified": LAST_MODIFIED, "Content-Type": "application/rss+xml; charset=utf-8"}
    known = ETAG, LAST_MODIFIED
    if request.headers.get("if-none-match") in known or request.headers.get("if-modified-since") in known:
        await _send(writer, 304, b"", {"Cache-Control": "max-age=7200"})
    else:
        await _send(writer, 200, FEED, headers)


async def _echo(writer: asyncio.StreamWriter, request: Request, _argument: str) -> None:
    await _send(writer, 200, request.head, {"Content-Type": "text/plain", "Set-Cookie": "a=1; Path=/"})


async def _status(writer: asyncio.StreamWriter, request: Request, argument: str) -> None:
    await _send(writer, int(argument), b"", request.query)


async def _redirect(writer: asyncio.StreamWriter, request: Request, _argument: str) -> None:
    to = unquote(request.query["to"])
    await _send(writer, int(request.query.get("status", "302")), b"moved", {"Location": to})


async def _hops(writer: asyncio.StreamWriter, _request: Request, argument: str) -> None:
    left = int(argument)
    await _send(writer, 301, b"", {"Location": f"/hops/{left - 1}" if left > 1 else "/feed"})


async def _loop(writer: asyncio.StreamWriter, _request: Request, _argument: str) -> None:
    await _send(writer, 302, b"", {"Location": "/loop"})


def encode(data: bytes, coding: str) -> bytes:
    """The bytes under a coding's name; `rawdeflate` is deflate without the zlib frame."""
    match coding:
        case "gzip":
            return gzip.compress(data)
        case "deflate":
            return zlib.compress(data)
        case "rawdeflate":
            packer = zlib.compressobj(wbits=-15)
            return packer.compress(data) + packer.flush()
        case "br":
            return bytes(brotli.compress(data, quality=5))
        case "zstd":
            return zstandard.compress(data)
        case _:
            return data


@cache
def bomb(coding: str) -> bytes:
    """100 MB of zeros in a few kilobytes."""
    zeros = bytes(_MEGABYTE)
    if coding in ("deflate", "rawdeflate", "gzip"):
        packer = zlib.compressobj(wbits={"deflate": 15, "rawdeflate": -15, "gzip": 31}[coding])
        return b"".join(packer.compress(zeros) for _ in range(100)) + packer.flush()
    if coding == "br":
        brotler = brotli.Compressor(quality=5)
        return b"".join(brotler.process(zeros) for _ in range(100)) + bytes(brotler.finish())
    zipper = zstandard.ZstdCompressor().compressobj()
    return b"".join(zipper.compress(zeros) for _ in range(100)) + zipper.flush()


def _named(coding: str) -> dict[str, str]:
    return {"Content-Encoding": "deflate" if coding == "rawdeflate" else coding}


async def _coded(writer: asyncio.StreamWriter, _request: Request, argument: str) -> None:
    await _send(writer, 200, encode(FEED, argument), _named(argument))


async def _cut(writer: asyncio.StreamWriter, _request: Request, argument: str) -> None:
    await _send(writer, 200, encode(FEED, argument)[:-20], _named(argument))


async def _stacked(writer: asyncio.StreamWriter, _request: Request, _argument: str) -> None:
    await _send(writer, 200, encode(encode(FEED, "gzip"), "br"), {"Content-Encoding": "gzip, br"})


async def _plain_as(writer: asyncio.StreamWriter, _request: Request, argument: str) -> None:
    await _send(writer, 200, FEED, _named(argument))


async def _noise_as(writer: asyncio.StreamWriter, _request: Request, argument: str) -> None:
    starts = {"gzip": b"\x1f\x8b\x08\x00", "deflate": b"\x78\x9c", "zstd": b"\x28\xb5\x2f\xfd"}
    await _send(writer, 200, starts.get(argument, b"") + b"\xff\xfe\xfd" * 100, _named(argument))


async def _bomb(writer: asyncio.StreamWriter, _request: Request, argument: str) -> None:
    await _send(writer, 200, bomb(argument), _named(argument))


async def _big(writer: asyncio.StreamWriter, _request: Request, argument: str) -> None:
    await _send(writer, 200, b"x" * int(argument))


async def _inf(writer: asyncio.StreamWriter, _request: Request, _argument: str) -> None:
    writer.write(_head(200, {"Transfer-Encoding": "chunked"}))
    while True:
        writer.write(b"10000\r\n" + b"y" * 0x10000 + b"\r\n")
        await writer.drain()


async def _length(writer: asyncio.StreamWriter, _request: Request, argument: str) -> None:
    wrong = len(FEED) + (1000 if argument == "long" else -100)
    writer.write(_head(200, {"Content-Length": str(wrong)}) + FEED)
    await writer.drain()


async def _chunk(writer: asyncio.StreamWriter, _request: Request, argument: str) -> None:
    writer.write(_head(200, {"Transfer-Encoding": "chunked"}) + b"%x\r\n%b\r\n" % (len(FEED), FEED))
    writer.write(b"zz!\r\nbroken\r\n" if argument == "bad" else b"")
    await writer.drain()


async def _reset(writer: asyncio.StreamWriter, _request: Request, argument: str) -> None:
    if argument == "body":
        writer.write(_head(200, {"Content-Length": "100000"}) + FEED)
        await writer.drain()
        await asyncio.sleep(0.05)
    connection: socket.socket = writer.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def _hangup(_writer: asyncio.StreamWriter, _request: Request, _argument: str) -> None:
    return


async def _garbage(writer: asyncio.StreamWriter, _request: Request, _argument: str) -> None:
    writer.write(b"220 mail.example ready\r\n\x00\x01\x02\r\n\r\n")
    await writer.drain()


async def _drip(writer: asyncio.StreamWriter, _request: Request, _argument: str) -> None:
    writer.write(_head(200, {"Content-Type": "text/xml"}))
    for byte in itertools.cycle(FEED):
        writer.write(bytes((byte,)))
        await writer.drain()
        await asyncio.sleep(0.05)


async def _stall(writer: asyncio.StreamWriter, _request: Request, _argument: str) -> None:
    writer.write(_head(200, {"Content-Length": "1000"}))
    await asyncio.sleep(3600)


async def _nohead(_writer: asyncio.StreamWriter, _request: Request, _argument: str) -> None:
    await asyncio.sleep(3600)


async def _flood(writer: asyncio.StreamWriter, _request: Request, argument: str) -> None:
    match argument:
        case "many":
            writer.write(_head(200, {f"X-{n}": "v" * 50 for n in range(5000)}) + FEED)
        case "long":
            writer.write(_head(200, {"X-Long": "v" * _MEGABYTE}) + FEED)
        case _:
            writer.write(b"HTTP/1.1 200 OK\r\n")
            for n in itertools.count():
                writer.write(b"X-%d: v\r\n" % n)
                await writer.drain()
    await writer.drain()


_SCRIPTS: dict[str, Script] = {
    "feed": _feed,
    "echo": _echo,
    "status": _status,
    "redirect": _redirect,
    "hops": _hops,
    "loop": _loop,
    "coded": _coded,
    "cut": _cut,
    "stacked": _stacked,
    "plain-as": _plain_as,
    "noise-as": _noise_as,
    "bomb": _bomb,
    "big": _big,
    "inf": _inf,
    "length": _length,
    "chunk": _chunk,
    "reset": _reset,
    "hangup": _hangup,
    "garbage": _garbage,
    "drip": _drip,
    "stall": _stall,
    "nohead": _nohead,
    "flood": _flood,
}


async def _serve_forever(port: int) -> None:
    async with HostileServer(port=port) as server:
        print(f"misbehaving at {server.url('/')}; the paths: {', '.join(sorted(_SCRIPTS))}")
        await asyncio.Event().wait()


def main() -> None:
    """Serve until interrupted."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--port", type=int, default=8099)
    asyncio.run(_serve_forever(options.parse_args().port))


if __name__ == "__main__":
    main()
