"""What a document of a feed brings: entries, edits, later ids and events, written in the caller's transaction.

One road for polls, for pushes and for the older pages of a back-fill: whatever comes twice is written once.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from extractors import ParsedFeed
from newsdesk.intake import Decision, Past, decide, list_entries
from newsdesk.ledger import Connection, entries, events, windows
from newsdesk.ledger.feeds import Feed, Told
from newsdesk.model import FeedEventKind, Via
from newsdesk.services import Services
from newsdesk.websub import choose_hub


class WholeDocumentNeededError(Exception):
    """An entry that was read is one that was said to stand unchanged: only the whole document tells which it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What came of a document. `overlap`: how much of the last one is still there, 0 to 1; None where none was."""

    new: int = 0
    changed: int = 0
    known: int = 0  # entries that were stored before
    overlap: float | None = None
    arrivals: tuple[datetime, ...] = ()
    has_gap: bool = False
    has_window: bool = False  # it is the last good document from now on


def take_in(
    connection: Connection,
    services: Services,
    feed: Feed,
    parsed: ParsedFeed,
    *,
    via: Via,
    since: datetime | None = None,
) -> Taken:
    """Write what is new in a document; `since`, for a back-fill, is when the last document before the gap was seen."""
    now = services.clock()
    sight = windows.sight(connection, feed.id)  # since the feed was claimed a push may have come
    listing = list_entries(parsed, sight.guid_rule)
    unchanged = {mark: feed.marks[mark] for mark in parsed.unchanged}
    known = windows.known(connection, feed.id, listing.identities)
    if unchanged and (listing.flipped or any(one.id in unchanged.values() for one in known.values())):
        raise WholeDocumentNeededError
    links = listing.unknown_links(known)
    last = windows.window(connection, feed.id)
    # a hub is known from a document: if that had no entries, what is pushed is new
    is_first = sight.first_success_at is None and not (via is Via.PUSH and last is None)
    past = Past(
        known=known,
        by_link=windows.known_by_link(connection, feed.id, links) if last or not is_first else {},
        window=last.ids if last else None,
        newest_at=since or sight.window_at,
        arrivals=last.arrivals if last else (),
        unchanged=tuple(dict.fromkeys(unchanged.values())),
        first_sight=is_first,
    )
    age = timedelta(hours=services.settings.first_sight_hours)
    decision = decide(feed.id, listing, past, now=now, first_sight_age=age, via=via)
    if is_first:  # what was cut off and is whole now is no news
        decision = replace(decision, intents=tuple(replace(one, material=False) for one in decision.intents))
    _write(connection, feed, decision, unchanged, via=via, now=now)
    # of a document that breaks off, the older entries may come with the next one
    if is_first and decision.window and (last or not parsed.truncated):
        windows.note_first_success(connection, feed.id, now)
    if listing.flipped:
        windows.note_guid_rule(connection, feed.id, listing.rule)
    return _taken(decision, stored=len(listing.items) + len(unchanged))


def told_by(parsed: ParsedFeed, headers: Mapping[str, str], url: str) -> Told:
    """What a document that was had from `url` says of its feed; `headers` have lower-case names."""
    hub = choose_hub(headers, parsed, url)
    return Told(
        title=parsed.title or None,
        home=parsed.link,
        hub=hub.url if hub else None,
        self_url=hub.topic if hub else parsed.self_url,
        ttl_seconds=parsed.ttl_seconds,
    )


def _write(
    connection: Connection, feed: Feed, decision: Decision, unchanged: Mapping[str, str], *, via: Via, now: datetime
) -> None:
    entries.store(connection, feed.id, decision.intents, now, via=via)
    windows.store_aliases(connection, feed.id, decision.aliases, now)
    events.add(connection, feed.id, decision.events, now)
    if decision.window:
        windows.store_window(
            connection,
            feed.id,
            ids=decision.window,
            marks={**unchanged, **dict(decision.marks)},
            arrivals=decision.arrivals,
            seen_at=now,
        )
    elif decision.intents:
        windows.store_arrivals(connection, feed.id, decision.arrivals)


def _taken(decision: Decision, *, stored: int) -> Taken:
    new = sum(intent.version == 1 for intent in decision.intents)
    return Taken(
        new=new,
        changed=len(decision.intents) - new,
        known=stored - new,
        overlap=decision.overlap,
        arrivals=decision.arrivals,
        has_window=bool(decision.window),
        has_gap=any(event.kind is FeedEventKind.GAP for event in decision.events),
    )
