"""Entries that stand in a document as they did are not read again, and that changes nothing in the ledger."""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import select

from extractors import parse_feed
from newsdesk.ledger import feeds, tables, windows
from newsdesk.ledger.feeds import Feed
from newsdesk.model import Via
from newsdesk.pipeline.take_in import Taken, WholeDocumentNeededError, take_in
from newsdesk.services import Services
from tests.line import Clock, line

START = datetime(2026, 3, 2, 6, tzinfo=UTC)
URL = "http://gazette.example/feed.xml"
WORDS = ("port", "court", "tax", "order", "cargo", "union", "town", "notice", "draft", "grain")


def story(number: int, *, guid: str, words: str, link: str | None = None) -> str:
    date = f"{START + timedelta(minutes=number):%a, %d %b %Y %H:%M:%S} +0000"
    return (
        f"<item><title>Story {number}</title><link>{link or f'http://gazette.example/{number}'}</link>"
        f"<guid isPermaLink='false'>{guid}</guid><pubDate>{date}</pubDate><description>{words}</description></item>"
    )


def document(items: list[str], edition: int) -> bytes:
    return (
        f"<rss version='2.0'><channel><title>Gazette</title><link>http://gazette.example/</link>"
        f"<lastBuildDate>{edition}</lastBuildDate>{''.join(items)}</channel></rss>"
    ).encode()


def editions(seed: int) -> Iterator[bytes]:
    """A feed that lives: new stories, edits, other ids, ids that are repeated, stories that come back."""
    dice = Random(seed)
    stories = {number: (str(number), " ".join(dice.choices(WORDS, k=12))) for number in range(8)}
    newest = 8
    for edition in range(25):
        for _ in range(dice.choice((0, 0, 1, 2))):
            stories[newest] = (str(newest), " ".join(dice.choices(WORDS, k=12)))
            newest += 1
        number = dice.choice(sorted(stories))
        guid, words = stories[number]
        match dice.randrange(8):
            case 0:
                stories[number] = (guid, " ".join(dice.choices(WORDS, k=12)))
            case 1:
                stories[number] = (f"urn:{edition}:{number}", words)
            case 2 if edition > 15:
                stories[number] = (str(dice.choice(sorted(stories))), words)  # the id of another story
            case 3:
                stories = {n: (f"new:{g}", w) for n, (g, w) in stories.items()} if edition == 12 else stories
        window = sorted(stories)[-10:]
        if dice.random() < 0.2:
            dice.shuffle(window)
        yield document([story(n, guid=stories[n][0], words=stories[n][1]) for n in window], edition)


def feed_of(services: Services) -> Feed:
    with services.ledger.read() as connection:
        key = connection.execute(select(tables.feeds.c.id)).scalar_one()
        feed = feeds.load(connection, key, services.clock())
    assert feed is not None
    return feed


def take(services: Services, content: bytes, *, marked: bool) -> tuple[Taken, int]:
    """As a poll does; how many entries were not read."""
    feed = feed_of(services)
    parsed = parse_feed(content, URL, known=frozenset(feed.marks) if marked else frozenset())
    try:
        with services.ledger.write() as connection:
            return take_in(connection, services, feed, parsed, via=Via.POLL), len(parsed.unchanged)
    except WholeDocumentNeededError:
        return take(services, content, marked=False)


def ledger_of(services: Services) -> list[object]:
    with services.ledger.read() as connection:
        found = connection.execute(select(tables.entries).order_by(tables.entries.c.id)).all()
        stored = [(r.id, r.identity, r.version, r.fingerprint, r.title, r.muted, r.first_seen_at) for r in found]
        aliases = connection.execute(select(tables.entry_aliases).order_by(tables.entry_aliases.c.identity)).all()
        kinds = connection.execute(select(tables.feed_events.c.kind, tables.feed_events.c.at)).all()
        window = windows.window(connection, feed_of(services).id)
        rule = connection.execute(select(tables.feeds.c.guid_rule)).scalar_one()
    return [stored, [tuple(one) for one in aliases], sorted(map(tuple, kinds)), window and window.ids, rule]


@pytest.mark.parametrize("seed", range(12))
def test_the_ledger_is_the_same_whether_unchanged_entries_are_read_or_not(tmp_path: Path, seed: int) -> None:
    clock, skipped = Clock(START), 0
    with ExitStack() as stack:
        desks = []
        for name in ("marked", "whole"):
            folder = tmp_path / name
            folder.mkdir()
            desk = stack.enter_context(line(folder, URL, clock=clock))
            with desk.ledger.write() as connection:
                feeds.sync(connection, desk.watchlist.feeds, START)
            desks.append(desk)
        for content in editions(seed):
            clock.now += timedelta(hours=1)
            (one, left), (other, _) = take(desks[0], content, marked=True), take(desks[1], content, marked=False)
            assert (one.new, one.changed, one.overlap) == (other.new, other.changed, other.overlap)
            assert ledger_of(desks[0]) == ledger_of(desks[1])
            skipped += left
    assert skipped > 80
