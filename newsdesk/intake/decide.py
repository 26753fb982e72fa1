"""Which entries of a document are new, which have changed, and what that says about the feed.

Pure: a document's listing and what is known in, a decision out. Deciding on the same document again, after the first
decision was stored, gives nothing, whatever the order of its entries.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from extractors.records import ParsedEntry
from newsdesk.intake.aliases import Match, Matches, match
from newsdesk.intake.fingerprints import entry_sketch, likeness, likeness_to, seal, sketch, text_digest
from newsdesk.intake.identity import entry_id, link_key, normal_title
from newsdesk.intake.listing import ALIKE, Listing
from newsdesk.intake.records import Decision, EntryIntent, Known, Past
from newsdesk.intake.windows import Seen, Window, arrivals, compare
from newsdesk.model import FeedEvent, FeedEventKind, Via

_LATE = timedelta(hours=1)  # so long after its date an entry may come into its feed


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """One document of one feed."""

    feed: str
    listing: Listing
    past: Past
    now: datetime
    first_sight_age: timedelta
    via: Via


def decide(
    feed: str, listing: Listing, past: Past, *, now: datetime, first_sight_age: timedelta, via: Via = Via.POLL
) -> Decision:
    """What a document of the feed with this id means.

    Every new entry may alert, however old its date, but for those that were there before we could see them: at the
    first sight of a feed the ones older than `first_sight_age` or without a date, in a migration of ids the ones that
    are older than the last window, in a back-fill the ones that are older than the gap by `first_sight_age`.

    A push is no window, so it says nothing of gaps. A back-fill neither, and it edits nothing: its page may be older
    than what is stored. Its overlap says how far it reaches back: 1 is a page with nothing of the gap.
    """
    case = _Case(feed=feed, listing=listing, past=past, now=now, first_sight_age=first_sight_age, via=via)
    matches = match(listing, past)
    is_migration = matches.is_migration and via is Via.POLL
    intents = tuple(_intents(case, matches, is_migration=is_migration))
    window = _window(case, matches, intents, is_migration=is_migration)
    return Decision(
        intents=intents,
        aliases=matches.aliases,
        events=(*_remarks(case, matches, is_migration=is_migration), *window.events),
        window=window.ids,
        marks=_marks(case, matches) if window.ids else (),
        overlap=window.overlap,
        guid_rule=listing.rule,
        arrivals=arrivals(past.arrivals, _instants(case, intents, is_migration=is_migration)),
    )


def _intents(case: _Case, matches: Matches, *, is_migration: bool) -> Iterator[EntryIntent]:
    for found in matches.found:
        if found.known is None:
            yield _new(case, found, muted=_is_old(case, found.item.entry, is_migration=is_migration))
        elif case.via is not Via.BACK_FILL and found.item.identity != case.listing.cut:
            edit = _edit(found, found.known)
            if edit is not None:
                yield edit


def _new(case: _Case, found: Match, *, muted: bool) -> EntryIntent:
    entry = found.item.entry
    return EntryIntent(
        id=entry_id(case.feed, found.item.identity),
        identity=found.item.identity,
        fingerprint=seal(text_digest(entry), entry.link),
        version=1,
        entry=entry,
        muted=muted,
        sketch=entry_sketch(entry),
    )


def _edit(found: Match, known: Known) -> EntryIntent | None:
    entry = found.item.entry
    texts = text_digest(entry)
    fingerprint = seal(texts, entry.link)
    if fingerprint == known.fingerprint or (_is_moved(entry, known) and seal(texts, known.link) == known.fingerprint):
        return None
    return EntryIntent(
        id=known.id,
        identity=found.item.identity,
        fingerprint=fingerprint,
        version=known.version + 1,
        entry=entry,
        material=_is_material(entry, known),
        sketch=entry_sketch(entry),
    )


def _is_moved(entry: ParsedEntry, known: Known) -> bool:
    """Whether the link is another spelling of the stored one: https for http, the same path on another host."""
    return link_key(entry.link) == link_key(known.link)


def _is_material(entry: ParsedEntry, known: Known) -> bool:
    """Whether an edit is news: another title, or more than a tenth of the words are others (`likeness` below 0.9)."""
    if normal_title(entry.title) != normal_title(known.title):
        return True
    alike = likeness_to(known, entry)
    return alike is not None and alike < ALIKE


def is_material(before: tuple[str, str], after: tuple[str, str]) -> bool:
    """The same of an article; both are title and text."""
    (title, text), (new_title, new_text) = before, after
    return normal_title(title) != normal_title(new_title) or likeness(sketch(text), sketch(new_text)) < ALIKE


def _is_old(case: _Case, entry: ParsedEntry, *, is_migration: bool) -> bool:
    date, last_seen = entry.published, case.past.newest_at or case.now
    if case.past.first_sight:
        return date is None or date < case.now - case.first_sight_age
    if is_migration:
        return date is None or date < last_seen - _LATE
    return case.via is Via.BACK_FILL and date is not None and date < last_seen - case.first_sight_age


def _window(case: _Case, matches: Matches, intents: tuple[EntryIntent, ...], *, is_migration: bool) -> Window:
    if case.via is not Via.POLL:
        overlap = _page_overlap(case, matches, intents) if case.via is Via.BACK_FILL else None
        return Window(ids=(), overlap=overlap, events=())
    ids = (*(_id(case, found) for found in matches.found), *case.past.unchanged)
    known = frozenset(found.known.id for found in matches.found if found.known).union(case.past.unchanged)
    seen = Seen(ids=ids, known=known, is_migration=is_migration, truncated=case.listing.truncated)
    return compare(seen, case.past, case.now)


def _page_overlap(case: _Case, matches: Matches, intents: tuple[EntryIntent, ...]) -> float:
    """The share of a back-filled page that lies before the gap: what was known, or is too old to be of it.

    What stands in the present window counts for nothing: pages shift by an entry when a new one comes.
    """
    window = case.past.window or frozenset()
    older = sum(found.known is None or found.known.id not in window for found in matches.found)
    missing = sum(not intent.muted for intent in intents)
    return 1 - missing / older if older else 1.0


def _id(case: _Case, found: Match) -> str:
    return found.known.id if found.known else entry_id(case.feed, found.item.identity)


def _marks(case: _Case, matches: Matches) -> tuple[tuple[str, str], ...]:
    """None of a document that is too long: which of its entries are read changes with all others."""
    if case.listing.left_out:
        return ()
    return tuple((mark, _id(case, found)) for found in matches.found if (mark := found.item.entry.mark))


def _instants(case: _Case, intents: tuple[EntryIntent, ...], *, is_migration: bool) -> Iterator[datetime]:
    """When the new entries were published; else now. Where nothing is stored yet, all dates of the document count."""
    if not case.past.arrivals:
        yield from (min(item.entry.published, case.now) for item in case.listing.items if item.entry.published)
    elif not is_migration:
        fresh = (intent.entry.published or _undated(case) for intent in intents if intent.version == 1)
        yield from (min(instant, case.now) for instant in fresh if instant)


def _undated(case: _Case) -> datetime | None:
    return None if case.past.first_sight or case.via is Via.BACK_FILL else case.now


def _remarks(case: _Case, matches: Matches, *, is_migration: bool) -> Iterator[FeedEvent]:
    listing, now = case.listing, case.now
    if listing.flipped:
        detail = f"one id stands on several entries: from now on they are known by {listing.rule.value}"
        yield FeedEvent(kind=FeedEventKind.REPEATED_GUIDS, detail=detail)
    if is_migration:
        detail = f"{len(matches.aliases)} of {len(matches.found)} entries came again under other ids"
        yield FeedEvent(kind=FeedEventKind.GUID_MIGRATION, detail=detail, since=case.past.newest_at, until=now)
    if listing.left_out and len(case.past.window or ()) < len(listing.items):
        detail = f"{listing.left_out} entries are left out, the newest {len(listing.items)} are read"
        yield FeedEvent(kind=FeedEventKind.LEFT_OUT, detail=detail)
