"""Entries whose publisher gave them another id: found again by their link, and only if title or text agree."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from extractors.records import ExtractError, ParsedEntry
from extractors.urls import weak_key
from newsdesk.intake.fingerprints import entry_sketch, likeness_to, words_in
from newsdesk.intake.identity import link_key, normal_title
from newsdesk.intake.listing import ALIKE, Item, Listing, age_of
from newsdesk.intake.records import Alias, Known, Past

_TELLING = 8  # different words: a shorter text ("Read more") is the same on many stories
_CANDIDATES = 50  # of one link are looked at; the home page may be the link of all
_MIGRATED = 2  # entries under new ids, and none under a known one, are a migration


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """An entry of a document and what it is in the ledger; None: it is new."""

    item: Item
    known: Known | None
    is_alias: bool = False  # found by its link, now


@dataclass(frozen=True, slots=True, kw_only=True)
class Matches:
    """All entries of a document, in its order, with what they are in the ledger. No stored entry stands there twice."""

    found: tuple[Match, ...]
    aliases: tuple[Alias, ...]
    is_migration: bool  # no entry came under an id that was known before


def match(listing: Listing, past: Past) -> Matches:
    """Which entries of a document are stored already, under their identity or under another.

    An unknown identity is that of a stored entry if the link is the same (or the same path on another host, or http
    for https), the entry's old identity is not in the document any more, and the title is the same or nine tenths of
    the words are. Where a link stands for several entries (a live page, the home page) title and text must agree.
    """
    taken = {past.known[item.identity].id for item in listing.items if item.identity in past.known}
    taken.update(past.unchanged)
    shared = _shared_links(listing, past)
    found: list[Match] = []
    for item in listing.items:
        if (stored := past.known.get(item.identity)) is not None:
            found.append(Match(item=item, known=stored))
            continue
        stored = next(
            (one for one in _candidates(item, past) if one.id not in taken and _is_same(item, one, shared)), None
        )
        found.append(Match(item=item, known=stored, is_alias=stored is not None))
        taken |= {stored.id} if stored else set()
    aliases = tuple(Alias(identity=m.item.identity, entry_id=m.known.id) for m in found if m.is_alias and m.known)
    is_known = bool(past.unchanged) or any(m.known and not m.is_alias for m in found)
    return Matches(
        found=_once(found),
        aliases=aliases,
        is_migration=len(aliases) >= _MIGRATED and not is_known and not listing.flipped,
    )


def _shared_links(listing: Listing, past: Past) -> frozenset[str]:
    """Keys of links that stand for more than one entry, here or in the ledger."""
    if not past.by_link:
        return frozenset()
    counts = Counter(key for item in listing.items if (key := link_key(item.entry.link)))
    stored = {key for key, candidates in past.by_link.items() if len(candidates) > 1}
    return frozenset(key for key, count in counts.items() if count > 1) | stored


def _candidates(item: Item, past: Past) -> tuple[Known, ...]:
    key = link_key(item.entry.link) if past.by_link else None
    return past.by_link.get(key, ())[:_CANDIDATES] if key else ()


def _is_same(item: Item, known: Known, shared: frozenset[str]) -> bool:
    entry = item.entry
    title = normal_title(entry.title)
    has_title = bool(title) and title == normal_title(known.title)
    if link_key(entry.link) in shared or _is_home(entry.link):
        return has_title and _is_alike(entry, known)
    if _weak(entry.link) != _weak(known.link):  # another host: that the path is the same says little
        return has_title
    return has_title or (_is_alike(entry, known) and words_in(entry_sketch(entry)) >= _TELLING)


def _is_alike(entry: ParsedEntry, known: Known) -> bool:
    alike = likeness_to(known, entry)
    return alike is not None and alike >= ALIKE


def _is_home(link: str | None) -> bool:
    """Whether a link leads to a whole site and to no page of it."""
    return _weak(link).partition("/")[2] == ""


def _weak(link: str | None) -> str:
    try:
        return weak_key(link) if link else ""
    except ExtractError:
        return link or ""


def _once(found: Iterable[Match]) -> tuple[Match, ...]:
    """Where an entry stands under two of its identities, the newest form of it counts."""
    kept: dict[str, Match] = {}
    for one in found:
        key = one.known.id if one.known else f"new {one.item.identity}"
        before = kept.get(key)
        kept[key] = one if before is None else max(before, one, key=lambda match: age_of(match.item.entry))
    return tuple(kept.values())
