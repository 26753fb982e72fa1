"""The words of the product: outcomes and reasons, what is watched, and what the line makes of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from newsdesk.query import Query


class Stage(StrEnum):
    """Where a row stands: feeds poll; entries collect; articles tag, index, alert; notifications render; mails send."""

    POLL = "poll"  # feeds stay here as long as they are watched
    COLLECT = "collect"
    TAG = "tag"
    INDEX = "index"
    ALERT = "alert"
    RENDER = "render"
    SEND = "send"
    DONE = "done"


class Reason(StrEnum):
    """Why work ended as it did: one closed list for every step."""

    # done, and yet nothing new
    NOT_MODIFIED = "not-modified"  # the server answered 304
    UNCHANGED = "unchanged"  # the same bytes, or the same text, as last time
    KNOWN_ARTICLE = "known-article"  # another entry brought this article first
    # dropped: the page is no article
    CONSENT_WALL = "consent-wall"
    PAYWALL = "paywall"
    BOT_WALL = "bot-wall"
    INDEX_PAGE = "index-page"
    SOFT_404 = "soft-404"
    EMPTY_PAGE = "empty-page"
    NOT_HTML = "not-html"
    # dropped: there is no page
    NO_LINK = "no-link"
    NOT_FOUND = "not-found"  # 404
    GONE = "gone"  # 410
    ROBOTS_DISALLOWED = "robots-disallowed"
    # refused for our own safety
    ADDRESS_REFUSED = "address-refused"  # private, loopback or otherwise not public
    URL_REFUSED = "url-refused"  # not http(s), or a host that no one may name
    TOO_LARGE = "too-large"
    BAD_ENCODING = "bad-encoding"  # unreadable or stacked content coding
    TOO_MANY_REDIRECTS = "too-many-redirects"
    # the other side
    TIMEOUT = "timeout"
    DNS_FAILED = "dns-failed"
    CONNECT_FAILED = "connect-failed"
    TLS_FAILED = "tls-failed"
    BROKEN_TRANSFER = "broken-transfer"
    SERVER_ERROR = "server-error"  # 5xx
    RATE_LIMITED = "rate-limited"  # 429, or 503 with Retry-After
    CLIENT_ERROR = "client-error"  # other 4xx
    FORBIDDEN = "forbidden"  # 401, 403, 451
    HOST_BUSY = "host-busy"  # our own spacing per domain: wait for the next slot
    NOT_A_FEED = "not-a-feed"
    # our own workers
    PARSER_TIMEOUT = "parser-timeout"
    PARSER_MEMORY = "parser-memory"
    PARSER_CRASH = "parser-crash"
    INDEX_REFUSED = "index-refused"  # the index does not take the document as it is
    # mail
    NO_READER = "no-reader"  # the watchlist no longer names this reader
    RELAY_DOWN = "relay-down"
    MAIL_DEFERRED = "mail-deferred"  # 4xx
    MAIL_REFUSED = "mail-refused"  # 5xx
    MAIL_AMBIGUOUS = "mail-ambiguous"  # connection lost after the final dot
    SPOOL_FAILED = "spool-failed"
    # our own house
    STORAGE_FAILED = "storage-failed"  # disk full, database locked
    ATTEMPTS_USED_UP = "attempts-used-up"
    UNEXPECTED = "unexpected"  # a defect of ours; a person must look


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """The work is done; `reason` tells why there was nothing new, if so."""

    reason: Reason | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropped:
    """Ended, for a named reason, and that is right so."""

    reason: Reason
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Retry:
    """To be tried again, not before `at`. `counts`: it uses up one of the row's attempts."""

    at: datetime
    reason: Reason
    detail: str = ""
    counts: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarantined:
    """A person must look; nothing happens by itself any more."""

    reason: Reason
    detail: str = ""


Outcome = Done | Dropped | Retry | Quarantined


# ------------------------------------------------------------------ what is watched


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedSpec:
    """A feed as the watchlist declares it."""

    url: str
    name: str  # the source's name as readers know it
    language: str | None = None
    tier: int = 2  # 1: national and agencies; 2: regional and trade; 3: the rest
    every_seconds: int | None = None  # poll interval fixed by the operator
    default_zone: str | None = None  # for dates without a zone
    day_first: bool = True  # 02-03-2026 is 2 March


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """A named query; an article that matches gets the tag."""

    id: str
    title: str
    query: Query
    languages: tuple[str, ...] = ()  # empty: all
    sources: tuple[str, ...] = ()  # names of feeds; empty: all
    at_least: int = 1  # mentions in the body that are enough; a match in the title always is
    version: str = ""  # hash of all that decides
    positive: tuple[str, ...] = ()
    negative: tuple[str, ...] = ()
    medtop: str | None = None  # IPTC Media Topic code


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Somebody who gets mail."""

    id: str
    address: str
    name: str = ""
    zone: str = "UTC"
    language: str = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Which topics, to whom, how often."""

    id: str
    title: str
    topics: tuple[str, ...]
    readers: tuple[str, ...]
    send: str = "immediate"


@dataclass(frozen=True, slots=True, kw_only=True)
class Watchlist:
    """All that is watched, checked."""

    path: str
    feeds: tuple[FeedSpec, ...]
    topics: tuple[Topic, ...]
    readers: tuple[Reader, ...]
    rules: tuple[Rule, ...]

    def reader(self, reader_id: str) -> Reader | None:
        """The reader of that id, or None where the watchlist names none."""
        return next((r for r in self.readers if r.id == reader_id), None)

    def topic(self, topic_id: str) -> Topic | None:
        """The topic of that id, or None."""
        return next((t for t in self.topics if t.id == topic_id), None)


# ------------------------------------------------------------------ what the line makes of it


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One place that made a topic match. Offsets count characters of the stored title or text."""

    field: str  # title or body
    start: int
    end: int
    part: str  # the part of the query that matched here
    sentence: str  # the sentence around it, at most 300 characters
    sentence_start: int  # offset of that sentence in the field


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """A topic on an article, with its proof."""

    topic: str
    topic_version: str
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """An article in its present version, as tagging, index, rules and messages see it."""

    id: str  # first 32 hex digits of sha256(canonical URL key)
    url: str  # where a person reads it
    source: str  # the name of the feed that brought it first
    title: str
    text: str
    summary: str
    language: str | None
    authors: tuple[str, ...]
    published: datetime | None  # clock 1, as the page or feed says
    modified: datetime | None  # clock 2
    fetched_at: datetime  # clock 3
    recorded_at: datetime  # clock 4: when this version entered the ledger
    first_seen_at: datetime
    version: int = 1
    kind: str = "article"
    published_source: str | None = None
    sources: tuple[str, ...] = ()  # every feed that brought it
    tags: tuple[Tag, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """A rule matched an article: once, with the tags that made it so."""

    id: str
    rule: str
    article: Article
    tags: tuple[Tag, ...]
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """One mail to one reader about these alerts. `key` is unique for ever."""

    id: str
    key: str
    reader: str
    rule: str
    created_at: datetime
    alerts: tuple[Alert, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What a step did, for the end of a task's log."""

    step: str
    outcomes: Mapping[str, int] = field(default_factory=dict)  # "done", "dropped:paywall", "retry:timeout", …
    produced: int = 0  # new rows for the next step
