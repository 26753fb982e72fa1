"""A web server with thousands of feeds on loopback, for `bench/poll.py`: each on a host of its own, with validators.

Run as a process of its own, so that its CPU time is nobody else's: `python -m bench.many_feeds COUNT`. It prints its
port and serves until its standard input ends. The words are made by chance and mean nothing.
"""

import asyncio
import random
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

_ENTRIES = 30
_START = datetime(2026, 3, 2, 6, tzinfo=UTC)
_WORDS = (
    *("trade", "market", "shops", "rules", "tax", "court", "port", "cargo", "notice", "union", "council", "strike"),
    *("price", "export", "licence", "online", "sellers", "delivery", "platform", "minister", "draft", "order", "city"),
    *("town", "hearing", "appeal", "weather", "season", "grain", "textile", "festival"),
)


@dataclass(slots=True)
class ManyFeeds:
    """`edition` is raised by `GET /next`: from then on a fifth of the feeds has something new."""

    edition: int = 0
    documents: dict[tuple[int, int], bytes] = field(default_factory=dict)

    def version(self, number: int) -> int:
        """How often this feed changed until now: another fifth of them in each edition."""
        return sum(1 for edition in range(1, self.edition + 1) if (number + edition) % 5 == 0)

    def document(self, number: int) -> bytes:
        """The feed as it stands: thirty entries, the newest first, about 75 kB as RSS 2.0 with whole articles."""
        key = number, self.version(number)
        if key not in self.documents:
            self.documents[key] = _document(*key)
        return self.documents[key]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the requests of one connection."""
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                writer.write(self.answer(head))
                await writer.drain()
        except (asyncio.IncompleteReadError, asyncio.CancelledError, ConnectionError):
            pass
        finally:
            writer.close()

    def answer(self, head: bytes) -> bytes:
        """The answer to one request; a feed's number stands in its path."""
        lines = head.decode("latin-1").split("\r\n")
        path = lines[0].split()[1]
        if path == "/next":
            self.edition += 1
            return b"HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n"
        number = int(path.removeprefix("/feed/"))
        etag = f'"{number}-{self.version(number)}"'
        if any(line.lower() == f"if-none-match: {etag}" for line in lines):
            return f"HTTP/1.1 304 Not Modified\r\nETag: {etag}\r\n\r\n".encode()
        body = self.document(number)
        return (
            f"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml; charset=utf-8\r\nETag: {etag}\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        ).encode() + body


def _document(number: int, version: int) -> bytes:
    items = "".join(_item(number, entry) for entry in range(version * 2 + _ENTRIES, version * 2, -1))
    return (
        '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom"><channel>'
        f"<title>Paper {number}</title><link>http://paper{number}.example/</link><description>News</description>"
        f'<atom:link href="http://paper{number}.example/feed" rel="self" type="application/rss+xml"/>{items}'
        "</channel></rss>"
    ).encode()


def _item(number: int, entry: int) -> str:
    dice = random.Random(f"{number}-{entry}")
    title = " ".join(dice.choices(_WORDS, k=8)).capitalize()
    published = format_datetime(_START + timedelta(minutes=37 * entry))
    text = "".join(f"<p>{' '.join(dice.choices(_WORDS, k=50)).capitalize()}.</p>" for _ in range(6))
    return (
        f"<item><title>{title}</title><link>http://paper{number}.example/news/{entry}</link>"
        f'<guid isPermaLink="false">paper{number}-{entry}</guid><pubDate>{published}</pubDate>'
        f"<dc:creator>Desk {entry % 7}</dc:creator><category>News</category>"
        f"<description>{' '.join(dice.choices(_WORDS, k=30))}</description>"
        f'<content:encoded><![CDATA[{text}<img src="http://paper{number}.example/{entry}.jpg" alt="">]]>'
        "</content:encoded></item>"
    )


async def _main() -> None:
    feeds = ManyFeeds()
    server = await asyncio.start_server(feeds.serve, "127.0.0.1", 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    server.close()


if __name__ == "__main__":
    asyncio.run(_main())
