"""Publishers whose answers are sound HTTP and whose content is the trouble: what changes, and what only seems to."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from tests.hostile.wire import Request, send

XML = {"Content-Type": "application/rss+xml; charset=utf-8"}
_LOGIN = b"<!doctype html><html><head><title>Sign in</title></head><body><form>Your password</form></body></html>"
_PARKED = b"<html><head><title>harbour.example</title></head><body>This domain may be for sale.</body></html>"
_ARCHIVES = 3


def story(number: int, guid: str) -> str:
    """One item of a feed; its title and link depend on the number alone."""
    return (
        f"<item><guid isPermaLink='false'>{guid}</guid><title>Ferry {number} arrives</title>"
        f"<link>http://news.example/{number}</link></item>"
    )


def rss(*items: str) -> bytes:
    """A feed of these items."""
    return f"<rss version='2.0'><channel><title>Harbour</title>{''.join(items)}</channel></rss>".encode()


async def etag(writer: asyncio.StreamWriter, request: Request, argument: str) -> None:
    """A validator that does not tell what it should."""
    number = request.count
    match argument:
        case "same":
            await send(writer, 200, rss(story(number, str(number))), XML | {"ETag": '"same"'})
        case _:
            await send(writer, 200, rss(story(1, "1")), XML | {"ETag": f'"{number}"'})


async def max_age(writer: asyncio.StreamWriter, request: Request, argument: str) -> None:
    """A 304 whose max-age is another one than that of the document."""
    if request.headers.get("if-none-match") == '"1"':
        await send(writer, 304, b"", {"Cache-Control": f"max-age={request.query.get('then', '0')}"})
    else:
        await send(writer, 200, rss(story(1, "1")), XML | {"ETag": '"1"', "Cache-Control": f"max-age={argument or 0}"})


async def wall(writer: asyncio.StreamWriter, _request: Request, argument: str) -> None:
    """A page with status 200 and validators of its own, where a feed was."""
    page = _PARKED if argument == "parked" else _LOGIN
    await send(writer, 200, page, {"Content-Type": "text/html", "ETag": '"wall"'})


async def guids(writer: asyncio.StreamWriter, request: Request, argument: str) -> None:
    """The same five stories under other ids: at each request, or once."""
    edition = request.count if argument == "moving" else min(request.count, 2)
    await send(writer, 200, rss(*(story(n, f"{edition}-{n}") for n in range(5))), XML)


async def window(writer: asyncio.StreamWriter, request: Request, _argument: str) -> None:
    """The newest stories of an endless row: one more every so many seconds of `at`, or at each request."""
    query = request.query
    size, every = int(query.get("size", "20")), float(query.get("every", "60"))
    newest = int(float(query["at"]) / every) if "at" in query else request.count
    await send(writer, 200, rss(*(story(n, str(n)) for n in range(newest, max(newest - size, 0), -1))), XML)


async def later(writer: asyncio.StreamWriter, request: Request, argument: str) -> None:
    """Retry-After by our own clock, as seconds or as a date."""
    seconds, now = int(request.query.get("seconds", "120")), datetime.now(UTC)
    at = format_datetime(now + timedelta(seconds=seconds), usegmt=True)
    form = at if request.query.get("form") == "date" else str(seconds)
    await send(writer, int(argument or 429), b"", {"Retry-After": form, "Date": format_datetime(now, usegmt=True)})


async def archive(writer: asyncio.StreamWriter, _request: Request, argument: str) -> None:
    """A feed in parts (RFC 5005 section 4): each links to the one before it."""
    part = int(argument or _ARCHIVES + 1)
    link = f"<link rel='prev-archive' href='/archive/{part - 1}'/>" if part > 1 else ""
    entries = "".join(
        f"<entry><id>urn:story:{n}</id><title>Ferry {n}</title><link href='http://news.example/{n}'/></entry>"
        for n in range(part * 10, part * 10 - 10, -1)
    )
    body = f"<feed xmlns='http://www.w3.org/2005/Atom'><id>urn:f</id><title>Harbour</title>{link}{entries}</feed>"
    await send(writer, 200, body.encode(), {"Content-Type": "application/atom+xml"})


async def json_feed(writer: asyncio.StreamWriter, _request: Request, _argument: str) -> None:
    """JSON Feed 1.1."""
    items = [{"id": str(n), "url": f"http://news.example/{n}", "title": f"Ferry {n} arrives"} for n in range(5)]
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": "Harbour", "items": items}
    await send(writer, 200, json.dumps(feed).encode(), {"Content-Type": "application/feed+json"})


async def sitemap(writer: asyncio.StreamWriter, _request: Request, _argument: str) -> None:
    """A news sitemap."""
    urls = "".join(
        f"<url><loc>http://news.example/{n}</loc><n:news><n:title>Ferry {n} arrives</n:title>"
        f"<n:publication_date>2026-03-02T10:0{n}:00Z</n:publication_date></n:news></url>"
        for n in range(5)
    )
    names = (
        "xmlns='http://www.sitemaps.org/schemas/sitemap/0.9' xmlns:n='http://www.google.com/schemas/sitemap-news/0.9'"
    )
    await send(writer, 200, f"<urlset {names}>{urls}</urlset>".encode(), {"Content-Type": "application/xml"})


async def hub_feed(writer: asyncio.StreamWriter, request: Request, _argument: str) -> None:
    """A feed that names its hub and itself in headers (WebSub section 4)."""
    hub = request.query.get("hub", "/form")
    itself = f"http://{request.headers.get('host', '')}{request.target}"
    await send(writer, 200, rss(story(1, "1")), XML | {"Link": f'<{hub}>; rel="hub", <{itself}>; rel="self"'})


async def form(writer: asyncio.StreamWriter, request: Request, _argument: str) -> None:
    """Takes a form and says it back, as a hub does that asks later."""
    await send(writer, 202 if request.method == "POST" else 405, request.body)


async def cookies(writer: asyncio.StreamWriter, request: Request, _argument: str) -> None:
    """Sets a cookie, tells which one came, and sends the reader round in a circle until it is sent back."""
    if "cookie" in request.headers:
        await send(writer, 200, request.headers["cookie"].encode())
    else:
        await send(writer, 302, b"", {"Set-Cookie": "seen=1; Path=/", "Location": "/cookies"})


async def slow(writer: asyncio.StreamWriter, _request: Request, argument: str) -> None:
    """A sound feed, late."""
    await asyncio.sleep(float(argument or 1))
    await send(writer, 200, rss(story(1, "1")), XML)
