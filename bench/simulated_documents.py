"""What newsdesk.intake makes of a document of a simulated feed."""

from datetime import timedelta

from bench.simulated_feeds import SimulatedFeed, instant
from extractors.records import DateSource, ParsedEntry, ParsedFeed
from newsdesk.intake import Decision, Known, Past, decide, entry_fingerprint, identity, link_key, list_entries


def decide_on(
    feed: SimulatedFeed, numbers: range, *, known: int, at: float, last_seen: float, is_migrated: bool
) -> Decision:
    """The decision on a document of the entries `numbers`, where those below `known` are stored.

    `is_migrated`: the document is the first in which the entries have other guids.
    """
    documents = {number: _entry(feed, number, "new" if is_migrated else "old") for number in numbers}
    stored = {number: _known(number, _entry(feed, number, "old")) for number in numbers if number < known}
    past = Past(
        known={} if is_migrated else {identity(documents[number]): row for number, row in stored.items()},
        by_link={key: (row,) for row in stored.values() if (key := link_key(row.link))},
        window=frozenset(_stored_id(number) for number in range(max(known - feed.window, 0), known)),
        newest_at=instant(last_seen),
        arrivals=tuple(instant(feed.times[number]) for number in range(max(known - 50, 0), known)),
    )
    parsed = ParsedFeed(format="rss20", title=feed.name, link=None, language=None, entries=tuple(documents.values()))
    return decide(feed.name, list_entries(parsed), past, now=instant(at), first_sight_age=timedelta(days=1))


def _entry(feed: SimulatedFeed, number: int, prefix: str) -> ParsedEntry:
    return ParsedEntry(
        guid=f"{prefix}-{number}",
        link=f"https://{feed.domain}/story-{number}",
        title=f"Story {number} of {feed.name}",
        published=instant(feed.times[number]),
        published_source=DateSource.PUBLISHED,
        updated=None,
        summary=f"What was known of story {number} at the time.",
        content="",
        authors=(),
    )


def _stored_id(number: int) -> str:
    return f"stored-{number}"


def _known(number: int, entry: ParsedEntry) -> Known:
    return Known(
        id=_stored_id(number),
        fingerprint=entry_fingerprint(entry),
        version=1,
        link=entry.link,
        title=entry.title,
        summary=entry.summary,
    )
