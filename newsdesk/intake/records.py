"""What goes into a decision on a document's entries, and what comes out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from extractors.records import ParsedEntry
from newsdesk.intake.identity import GuidRule
from newsdesk.model import FeedEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the ledger holds of an entry."""

    id: str
    fingerprint: str
    version: int
    link: str | None
    title: str
    summary: str
    sketch: str = ""  # of its text, as `EntryIntent.sketch` gave it; "": none is stored


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """What is known of a feed before a document."""

    known: Mapping[str, Known]  # by identity, also by one that is an alias; of the document's identities
    by_link: Mapping[str, tuple[Known, ...]] = field(default_factory=dict)  # by `link_key`, of the unknown ones
    window: frozenset[str] | None = None  # ids of entries: `Decision.window` of the last good document
    newest_at: datetime | None = None  # when that was seen last, also by a 304; of a back-fill: since when is the gap
    arrivals: tuple[datetime, ...] = ()  # `Decision.arrivals` of the last document
    unchanged: tuple[
        str, ...
    ] = ()  # ids of entries that stand in the document as they did in the last, and were not read
    first_sight: bool = False  # no document of this feed was stored before


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryIntent:
    """An entry to be written: new when `version` is 1, else an edit."""

    id: str
    identity: str  # of a new entry; of an edit that under which it was found now, which may be an alias
    fingerprint: str
    version: int
    entry: ParsedEntry
    muted: bool = False  # of a new entry: old when first seen, so it is indexed and alerts nobody
    material: bool = True  # a new entry, another title, or more than a tenth of the text is other words
    sketch: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alias:
    """A later identity of an entry that is stored under another."""

    identity: str
    entry_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What a document means for the ledger."""

    intents: tuple[EntryIntent, ...] = ()
    aliases: tuple[Alias, ...] = ()
    events: tuple[FeedEvent, ...] = ()
    window: tuple[str, ...] = ()  # ids of entries in document order; empty: the last window stays
    marks: tuple[tuple[str, str], ...] = ()  # of the elements of a window that were read: mark, id of the entry
    overlap: float | None = None  # 0 to 1: how much was known before; None: there was nothing to compare with
    guid_rule: GuidRule = GuidRule.GUID
    arrivals: tuple[datetime, ...] = ()  # the newest publication instants, at most 50, ascending
