"""Feeds and polls as the ledger takes and gives them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from newsdesk.intake import GuidRule
from newsdesk.ledger import leases
from newsdesk.model import Done, Outcome, Via
from newsdesk.schedule import Gone, Move


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedOptions:
    """What the watchlist says of a feed beside its name. Defaults as in `FeedSpec`."""

    url: str  # as declared
    every: int | None = None
    default_zone: str | None = None
    day_first: bool = True
    licence: str | None = None
    engine: str | None = None
    user_agent: str | None = None
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)  # may hold a cookie or a token
    proxy: str | None = field(default=None, repr=False)
    robots: bool = False
    websub: bool = True
    back_fill: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Validators:
    """What makes the next request conditional. Stored in the transaction that stores the entries, and only there."""

    etag: str | None
    last_modified: str | None
    body_hash: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a document says of its feed."""

    title: str | None
    home: str | None
    hub: str | None
    self_url: str | None
    ttl_seconds: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A feed as the ledger knows it, claimed for one poll."""

    id: str
    url: str
    fetch_url: str
    name: str
    language: str | None
    options: FeedOptions
    validators: Validators
    told: Told
    interval_seconds: int | None
    failures: int
    failing_since: datetime | None
    first_success_at: datetime | None
    last_polled_at: datetime | None
    last_success_at: datetime | None
    window_at: datetime | None  # when the last good document was seen last
    guid_rule: GuidRule
    reader: str | None
    gone: Gone
    move: Move
    arrivals: tuple[datetime, ...] = ()  # the newest publication instants, ascending
    marks: Mapping[str, str] = field(default_factory=dict)  # of the last document's elements: the ids of their entries
    window: int | None = None  # entries of the last document
    is_subscribed: bool = False  # a hub owes us what is new
    is_pushed: bool = False  # and it pushes it
    has_open_gap: bool = False  # its missing entries are yet to be looked for


@dataclass(frozen=True, slots=True, kw_only=True)
class PollResult:
    """What one poll showed; becomes a row."""

    started_at: datetime
    finished_at: datetime
    outcome: Outcome
    status: int | None = None
    final_url: str | None = None
    size: int | None = None
    entries_seen: int = 0
    entries_new: int = 0
    entries_changed: int = 0
    overlap: float | None = None
    via: Via = Via.POLL


@dataclass(frozen=True, slots=True, kw_only=True)
class NextPoll:
    """When a feed is due again, and why then."""

    at: datetime
    interval: int  # seconds, before spreading
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What a feed is from now on. None keeps what is stored."""

    move: Move
    fetch_url: str | None = None
    validators: Validators | None = None
    told: Told | None = None
    reader: str | None = None
    window_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Polled:
    """A poll that went well, to be recorded."""

    lease: leases.Lease
    outcome: Done
    result: PollResult
    next_poll: NextPoll
    standing: Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """What a poll that failed leaves behind."""

    failures: int
    failing_since: datetime
    gone: Gone
    why: str  # of the time to the next try
    not_before: datetime | None = None  # the server asked for that
    retired_at: datetime | None = None  # it is polled no more


@dataclass(frozen=True, slots=True, kw_only=True)
class Hastened:
    """How many feeds were made due, and which were not, since their servers asked us not to come before."""

    count: int
    held: tuple[tuple[str, datetime], ...] = ()  # name, until
