"""What each path does; the table stands in the package's own text."""

import asyncio
import itertools
import socket
import struct
from collections.abc import Awaitable, Callable
from urllib.parse import unquote, urlsplit

from tests.hostile import publishers
from tests.hostile.codings import bomb, coding_header, encode
from tests.hostile.wire import MEGABYTE, Request, answer_head, send

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

Script = Callable[[asyncio.StreamWriter, Request, str], Awaitable[None]]


async def _feed(writer: asyncio.StreamWriter, request: Request, _argument: str) -> None:
    headers = {"ETag": ETAG, "Last-Modified": LAST_MODIFIED, "Content-Type": "application/rss+xml; charset=utf-8"}
    known = ETAG, LAST_MODIFIED
    if request.headers.get("if-none-match") in known or request.headers.get("if-modified-since") in known:
        await send(writer, 304, b"", {"Cache-Control": "max-age=7200"})
    else:
        await send(writer, 200, FEED, headers)


async def _echo(writer: asyncio.StreamWriter, request: Request, _argument: str) -> None:
    await send(writer, 200, request.head, {"Content-Type": "text/plain", "Set-Cookie": "a=1; Path=/"})


async def _status(writer: asyncio.StreamWriter, request: Request, argument: str) -> None:
    await send(writer, int(argument), b"", request.query)


async def _redirect(writer: asyncio.StreamWriter, request: Request, _argument: str) -> None:
    to = unquote(request.query["to"])
    await send(writer, int(request.query.get("status", "302")), b"moved", {"Location": to})


async def _hops(writer: asyncio.StreamWriter, request: Request, argument: str) -> None:
    left, query = int(argument), urlsplit(request.target).query
    to = f"/hops/{left - 1}" + (f"?{query}" if query else "") if left > 1 else "/feed"
    await send(writer, int(request.query.get("status", "301")), b"", {"Location": to})


async def _loop(writer: asyncio.StreamWriter, _request: Request, _argument: str) -> None:
    await send(writer, 302, b"", {"Location": "/loop"})


async def _coded(writer: asyncio.StreamWriter, _request: Request, argument: str) -> None:
    await send(writer, 200, encode(FEED, argument), coding_header(argument))


async def _cut(writer: asyncio.StreamWriter, _request: Request, argument: str) -> None:
    await send(writer, 200, encode(FEED, argument)[:-20], coding_header(argument))


async def _stacked(writer: asyncio.StreamWriter, _request: Request, _argument: str) -> None:
    await send(writer, 200, encode(encode(FEED, "gzip"), "br"), {"Content-Encoding": "gzip, br"})


async def _plain_as(writer: asyncio.StreamWriter, _request: Request, argument: str) -> None:
    await send(writer, 200, FEED, coding_header(argument))


async def _noise_as(writer: asyncio.StreamWriter, _request: Request, argument: str) -> None:
    starts = {"gzip": b"\x1f\x8b\x08\x00", "deflate": b"\x78\x9c", "zstd": b"\x28\xb5\x2f\xfd"}
    await send(writer, 200, starts.get(argument, b"") + b"\xff\xfe\xfd" * 100, coding_header(argument))


async def _bomb(writer: asyncio.StreamWriter, _request: Request, argument: str) -> None:
    await send(writer, 200, bomb(argument), coding_header(argument))


async def _big(writer: asyncio.StreamWriter, _request: Request, argument: str) -> None:
    await send(writer, 200, b"x" * int(argument))


async def _inf(writer: asyncio.StreamWriter, _request: Request, _argument: str) -> None:
    writer.write(answer_head(200, {"Transfer-Encoding": "chunked"}))
    while True:
        writer.write(b"10000\r\n" + b"y" * 0x10000 + b"\r\n")
        await writer.drain()


async def _length(writer: asyncio.StreamWriter, _request: Request, argument: str) -> None:
    wrong = len(FEED) + (1000 if argument == "long" else -100)
    writer.write(answer_head(200, {"Content-Length": str(wrong)}) + FEED)
    await writer.drain()


async def _chunk(writer: asyncio.StreamWriter, _request: Request, argument: str) -> None:
    writer.write(answer_head(200, {"Transfer-Encoding": "chunked"}) + b"%x\r\n%b\r\n" % (len(FEED), FEED))
    if argument == "late":  # in a segment of its own
        await writer.drain()
        await asyncio.sleep(0.05)
    writer.write(b"" if argument == "cut" else b"zz!\r\nbroken\r\n")
    await writer.drain()


async def _reset(writer: asyncio.StreamWriter, _request: Request, argument: str) -> None:
    if argument == "body":
        writer.write(answer_head(200, {"Content-Length": "100000"}) + FEED)
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
    writer.write(answer_head(200, {"Content-Type": "text/xml"}))
    for byte in itertools.cycle(FEED):
        writer.write(bytes((byte,)))
        await writer.drain()
        await asyncio.sleep(0.05)


async def _stall(writer: asyncio.StreamWriter, _request: Request, _argument: str) -> None:
    writer.write(answer_head(200, {"Content-Length": "1000"}))
    await asyncio.sleep(3600)


async def _nohead(_writer: asyncio.StreamWriter, _request: Request, _argument: str) -> None:
    await asyncio.sleep(3600)


async def _flood(writer: asyncio.StreamWriter, _request: Request, argument: str) -> None:
    match argument:
        case "many":
            writer.write(answer_head(200, {f"X-{n}": "v" * 50 for n in range(5000)}) + FEED)
        case "long":
            writer.write(answer_head(200, {"X-Long": "v" * MEGABYTE}) + FEED)
        case _:
            writer.write(b"HTTP/1.1 200 OK\r\n")
            for n in itertools.count():
                writer.write(b"X-%d: v\r\n" % n)
                await writer.drain()
    await writer.drain()


SCRIPTS: dict[str, Script] = {
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
    "etag": publishers.etag,
    "max-age": publishers.max_age,
    "wall": publishers.wall,
    "guids": publishers.guids,
    "window": publishers.window,
    "later": publishers.later,
    "archive": publishers.archive,
    "json-feed": publishers.json_feed,
    "sitemap": publishers.sitemap,
    "hub-feed": publishers.hub_feed,
    "form": publishers.form,
    "cookies": publishers.cookies,
    "slow": publishers.slow,
}
