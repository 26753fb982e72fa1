"""A document's entries, each once, with the identity that its feed's rule gives."""

from collections.abc import Container, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from extractors.records import ParsedEntry, ParsedFeed
from newsdesk.intake.fingerprints import entry_sketch, likeness
from newsdesk.intake.identity import GuidRule, clean_link, identity, link_key, normal_title

MOST_ENTRIES = 2_000  # of one document
ALIKE = 0.9  # from here two texts are the same story
_NEVER: Final = datetime.min.replace(tzinfo=UTC)
_ORDER: Final = tuple(GuidRule)


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """An entry with the identity under which it stands in this document."""

    identity: str
    entry: ParsedEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """The entries of a document in its order; no identity twice."""

    items: tuple[Item, ...]
    rule: GuidRule  # from now on
    flipped: bool  # this document forced the feed to another rule
    left_out: int  # entries over the limit
    truncated: bool  # the document breaks off
    cut: str | None  # the identity of the entry at which it breaks off

    @property
    def identities(self) -> tuple[str, ...]:
        """What to ask the ledger for first."""
        return tuple(item.identity for item in self.items)

    def unknown_links(self, known: Container[str]) -> tuple[str, ...]:
        """Keys of the links of entries whose identity is not `known`: what to ask the ledger for then."""
        keys = (link_key(item.entry.link) for item in self.items if item.identity not in known)
        return tuple(dict.fromkeys(key for key in keys if key))


def list_entries(parsed: ParsedFeed, rule: GuidRule = GuidRule.GUID, *, limit: int = MOST_ENTRIES) -> Listing:
    """The entries of `parsed` under `rule`, or under the stricter one that the document forces.

    An entry that stands there several times counts as its newest form, whatever the order. Over the limit the newest
    by date stay, so that a feed that lists its oldest first loses no news. Of entries without a date, those near an
    end of the document stay: one of the two ends is the new one.
    """
    kept = _newest(parsed.entries, limit)
    settled = _settled_rule(kept, rule)
    items = _once((identity(entry, settled), entry) for entry in kept)
    cut = identity(parsed.entries[-1], settled) if parsed.truncated and parsed.entries else None
    return Listing(
        items=items,
        rule=settled,
        flipped=settled is not rule,
        left_out=len(parsed.entries) - len(kept),
        truncated=parsed.truncated,
        cut=cut,
    )


def _newest(entries: tuple[ParsedEntry, ...], limit: int) -> tuple[ParsedEntry, ...]:
    if len(entries) <= limit:
        return entries
    last = len(entries) - 1

    def rank(place: int) -> tuple[bool, float]:
        date = entries[place].published or entries[place].updated
        return (date is not None, -date.timestamp() if date else min(place, last - place))

    kept = sorted(range(len(entries)), key=rank)[:limit]
    return tuple(entries[place] for place in sorted(kept))


def _settled_rule(entries: Iterable[ParsedEntry], rule: GuidRule) -> GuidRule:
    """The rule under which no identity stands on two stories; never one before `rule`."""
    groups: dict[str, list[ParsedEntry]] = {}
    for entry in entries:
        groups.setdefault(identity(entry, rule), []).append(entry)
    repeated = [group for group in groups.values() if len(group) > 1]
    for stricter in _ORDER[_ORDER.index(rule) :]:
        if not any(_is_broken(group, stricter) for group in repeated):
            return stricter
    return GuidRule.GUID_LINK_TITLE


def _is_broken(group: list[ParsedEntry], rule: GuidRule) -> bool:
    """Whether entries with one identity of the present rule show that `rule` does not tell stories apart."""
    if rule is GuidRule.GUID and group[0].guid and len({clean_link(entry.link) for entry in group}) > 1:
        return True
    if rule is GuidRule.GUID_LINK_TITLE:
        return False
    named = [(identity(entry, rule), entry) for entry in group]
    newest = {item.identity: item.entry for item in _once(named)}
    return any(not is_same_story(entry, newest[name]) for name, entry in named)


def is_same_story(one: ParsedEntry, other: ParsedEntry) -> bool:
    """Whether two entries that could be the same have the same title or nine tenths of their words in common."""
    if normal_title(one.title) == normal_title(other.title):
        return True
    first, second = entry_sketch(one), entry_sketch(other)
    return bool(first and second) and likeness(first, second) >= ALIKE


def _once(named: Iterable[tuple[str, ParsedEntry]]) -> tuple[Item, ...]:
    found: dict[str, ParsedEntry] = {}
    for name, entry in named:
        before = found.get(name)
        found[name] = entry if before is None else max(before, entry, key=age_of)
    return tuple(Item(identity=name, entry=entry) for name, entry in found.items())


def age_of(entry: ParsedEntry) -> tuple[datetime, str, str, str]:
    """What puts forms of one entry in order, the newest last; the text decides where dates do not."""
    return (entry.updated or entry.published or _NEVER, entry.title, entry.summary, entry.content)
