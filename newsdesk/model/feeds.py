"""How documents of feeds come, and what happens to a feed."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class FeedEventKind(StrEnum):
    """What a person may want to know of a feed's past, beside its polls."""

    GAP = "gap"  # nothing of the last document was in the new one: entries may have come and gone unseen
    LOW_OVERLAP = "low-overlap"  # little of it was
    LEFT_OUT = "left-out"  # the document holds more entries than one is read for
    GUID_MIGRATION = "guid-migration"  # the publisher gave all its entries other ids
    REPEATED_GUIDS = "repeated-guids"  # one id on several entries: from now on the link counts too
    BACK_FILL = "back-fill"  # older pages were asked for, to close a gap
    MOVED = "moved"  # polled at another address from now on
    RETIRED = "retired"  # gone for good, by its server's own word: polled no more
    REVIVED = "revived"  # polled again after it was retired
    PARSERS_DIFFER = "parsers-differ"  # the fast parser read it otherwise than feedparser: not used for it any more
    WEBSUB = "websub"  # a subscription began, was refused or died


class Via(StrEnum):
    """How a document of a feed came."""

    POLL = "poll"
    PUSH = "push"  # its hub brought it
    BACK_FILL = "back-fill"  # an older page, asked for to close a gap


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedEvent:
    """Something that happened to a feed. `since` and `until` bound the time in which entries may be missing."""

    kind: FeedEventKind
    detail: str
    since: datetime | None = None
    until: datetime | None = None
    missed: float | None = None  # entries that came and went unseen, by the feed's usual rate
    found: int | None = None  # entries that a back-fill brought
