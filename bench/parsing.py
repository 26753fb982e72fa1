"""How much CPU a feed document takes, beside feedparser, by kind and size of the document.

    python bench/parsing.py [--entries 10 40 160] [--rounds 9] [--seed 1]

Documents are made by chance in the shapes of news feeds: `plain` (RSS 2.0, text summaries), `news` (RSS 2.0, summaries
in HTML with a picture, authors, Media RSS), `captions` (the same with captions), `full` (RSS 2.0 with whole articles),
`atom` (Atom 1.0, whole articles) and `odd` (a bare ampersand: feedparser reads it). After them come those of the folder
`reader` of the shared data, where it is to be had. Every figure is the least of several interleaved rounds; read them
as ratios. Columns:

    parser   what read the document: fast, feedparser
    theirs   milliseconds of `feedparser.parse` with its defaults
    raw      the same without sanitising and without resolving links
    ours     milliseconds of `parse_feed`
    ratio    theirs / ours
    of raw   raw / ours
"""

import argparse
import html
import io
import os
import random
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import feedparser

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from extractors import ExtractError, parse_feed

URL = "https://news.example/feed"
_OPENED = datetime(2026, 3, 2, 10, tzinfo=UTC)
_NAMESPACES = (
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:atom="http://www.w3.org/2005/Atom" xmlns:media="http://search.yahoo.com/mrss/" '
    'xmlns:slash="http://purl.org/rss/1.0/modules/slash/" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"'
)
_HEAD = (
    "<title>News of the day</title><link>https://news.example/</link><description>What happened</description>"
    '<atom:link href="https://news.example/feed" rel="self" type="application/rss+xml"/><language>en-IN</language>'
    "<lastBuildDate>Mon, 02 Mar 2026 10:00:00 +0000</lastBuildDate><ttl>15</ttl>"
    "<image><url>https://news.example/logo.png</url><title>News</title><link>https://news.example/</link></image>"
)
_WORDS = (
    "harbour ferry council budget monsoon railway strike assembly cricket export farmers river market school court "
    "power bridge festival price minister wages water station the of and for after with under new two market’s ₹500"
)
KINDS = ("plain", "news", "captions", "full", "atom", "odd")


class Chance:
    """Entries by chance."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def text(self, count: int) -> str:
        """That many words."""
        return " ".join(self.random.choices(_WORDS.split(), k=count))

    def body(self) -> str:
        """An article of five paragraphs in HTML."""
        return "".join(
            f'<p>{self.text(60)} <a href="https://other.example/{self.random.randrange(999)}">{self.text(3)}</a>'
            f" {self.text(12)}&#8217;s.</p>\n"
            for _ in range(5)
        )

    def document(self, kind: str, count: int) -> bytes:
        """A feed of that kind with that many entries."""
        if kind == "atom":
            entries = "".join(self._atom_entry(number) for number in range(count))
            head = '<title>News</title><id>tag:news.example,2026:feed</id><link href="https://news.example/"/>'
            return f'<feed xmlns="http://www.w3.org/2005/Atom">{head}{entries}</feed>'.encode()
        items = "".join(self._item(kind, number) for number in range(count))
        damage = "<category>Ports & Harbours</category>" if kind == "odd" else ""
        prolog = '<?xml version="1.0" encoding="UTF-8"?>\n'
        return f'{prolog}<rss version="2.0" {_NAMESPACES}><channel>{_HEAD}{damage}{items}</channel></rss>'.encode()

    def _item(self, kind: str, number: int) -> str:
        link = f"https://news.example/india/{number}-{self.random.randrange(10**9)}.html"
        when = format_datetime(_OPENED - timedelta(minutes=37 * number))
        summary = self.text(50)
        more = ""
        if kind != "plain":
            picture = f"https://img.news.example/{number}.jpg"
            summary = f'<![CDATA[<a href="{link}"><img align="left" src="{picture}" /></a>{summary}]]>'
            more = f"<dc:creator><![CDATA[{self.text(2)}]]></dc:creator><category>{self.text(1)}</category>"
            caption = f"<media:description>{self.text(9)}</media:description>" if kind == "captions" else ""
            more += f'<media:content url="{picture}" medium="image" width="1200">{caption}</media:content>'
        if kind == "full":
            more += f"<content:encoded><![CDATA[{self.body()}]]></content:encoded><slash:comments>3</slash:comments>"
        return (
            f"<item>\n<title><![CDATA[{self.text(9)}]]></title>\n<link>{link}</link>\n"
            f"<description>{summary}</description>\n{more}\n"
            f'<guid isPermaLink="false">{link}</guid>\n<pubDate>{when}</pubDate>\n</item>\n'
        )

    def _atom_entry(self, number: int) -> str:
        when = (_OPENED - timedelta(minutes=37 * number)).isoformat()
        return (
            f'<entry><title type="html">{self.text(9)}</title><link href="https://news.example/{number}"/>'
            f"<id>tag:news.example,2026:{number}</id><published>{when}</published><updated>{when}</updated>"
            f"<author><name>{self.text(2)}</name></author><category term='{self.text(1)}'/>"
            f'<summary type="html">{self.text(30)}</summary><content type="html">{html.escape(self.body())}</content>'
            "</entry>\n"
        )


def shared_documents() -> Iterator[tuple[str, bytes]]:
    """The documents of the folder `reader` of the shared data that have entries."""
    default = Path(__file__).resolve().parents[2] / "shared"
    folder = Path(os.environ.get("NEWSDESK_SHARED") or default) / "data" / "feeds" / "reader"
    for path in sorted(folder.glob("*.atom")) + sorted(folder.glob("*.rss")):
        yield path.name, path.read_bytes()


def spent(work: Callable[[], object]) -> float:
    """Milliseconds of CPU."""
    started = time.process_time()
    work()
    return (time.process_time() - started) * 1000


def figures(content: bytes, rounds: int) -> Iterator[str]:
    """The cells of one line."""
    parsed = parse_feed(content, URL)
    theirs = raw = ours = float("inf")
    for _ in range(rounds):
        theirs = min(theirs, spent(lambda: feedparser.parse(io.BytesIO(content))))
        raw = min(raw, spent(lambda: _raw(content)))
        ours = min(ours, *(spent(lambda: parse_feed(content, URL)) for _ in range(3)))
    yield from (f"{len(content) / 1000:.0f}", f"{len(parsed.entries)}", parsed.reader)
    yield from (f"{theirs:.2f}", f"{raw:.2f}", f"{ours:.2f}", f"{theirs / ours:.1f}", f"{raw / ours:.1f}")


def _raw(content: bytes) -> object:
    return feedparser.parse(io.BytesIO(content), sanitize_html=False, resolve_relative_uris=False)


def main() -> None:
    """Print a line for each document."""
    arguments = argparse.ArgumentParser(description="CPU of a feed document, beside feedparser")
    arguments.add_argument("--entries", type=int, nargs="+", default=[10, 40, 160])
    arguments.add_argument("--rounds", type=int, default=9)
    arguments.add_argument("--seed", type=int, default=1)
    given = arguments.parse_args()
    warnings.simplefilter("ignore", DeprecationWarning)
    chance = Chance(given.seed)
    print("document", "KB", "entries", "parser", "theirs", "raw", "ours", "ratio", "of raw", sep="\t")
    for kind in KINDS:
        for count in given.entries:
            print(kind, *figures(chance.document(kind, count), given.rounds), sep="\t", flush=True)
    for name, content in shared_documents():
        try:
            print(name, *figures(content, given.rounds), sep="\t", flush=True)
        except ExtractError as error:
            print(name, error, sep="\t")


if __name__ == "__main__":
    main()
