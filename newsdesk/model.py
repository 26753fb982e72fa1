"""The words of the product: outcomes and reasons, what is watched, and what the line makes of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from extractors.records import SiteOverride
from newsdesk.query import Query


class Stage(StrEnum):
    """Where a row stands: feeds poll; entries collect; articles tag, index, alert; topics retag; mails render, send."""

    POLL = "poll"  # feeds stay here as long as they are watched
    SUBSCRIBE = "subscribe"  # subscriptions to hubs: to be asked for, or renewed
    COLLECT = "collect"
    TAG = "tag"
    RETAG = "retag"  # a topic that changed: the stored articles are to follow
    INDEX = "index"
    ALERT = "alert"
    RENDER = "render"
    SEND = "send"
    DONE = "done"


class Reason(StrEnum):
    """Why work ended as it did: one closed list for every step. `REASONS` holds what each means."""

    NOT_MODIFIED = "not-modified"
    UNCHANGED = "unchanged"
    KNOWN_ARTICLE = "known-article"
    CONSENT_WALL = "consent-wall"
    PAYWALL = "paywall"
    BOT_WALL = "bot-wall"
    INDEX_PAGE = "index-page"
    SOFT_404 = "soft-404"
    EMPTY_PAGE = "empty-page"
    RIGHTS_RESERVED = "rights-reserved"
    NOT_HTML = "not-html"
    NO_LINK = "no-link"
    NOT_FOUND = "not-found"
    GONE = "gone"
    ROBOTS_DISALLOWED = "robots-disallowed"
    ADDRESS_REFUSED = "address-refused"
    URL_REFUSED = "url-refused"
    TOO_LARGE = "too-large"
    BAD_ENCODING = "bad-encoding"
    TOO_MANY_REDIRECTS = "too-many-redirects"
    TIMEOUT = "timeout"
    DNS_FAILED = "dns-failed"
    CONNECT_FAILED = "connect-failed"
    TLS_FAILED = "tls-failed"
    BROKEN_TRANSFER = "broken-transfer"
    SERVER_ERROR = "server-error"
    RATE_LIMITED = "rate-limited"
    CLIENT_ERROR = "client-error"
    FORBIDDEN = "forbidden"
    HOST_BUSY = "host-busy"
    NOT_A_FEED = "not-a-feed"
    PARSER_TIMEOUT = "parser-timeout"
    PARSER_MEMORY = "parser-memory"
    PARSER_CRASH = "parser-crash"
    WORKER_FAILED = "worker-failed"
    INDEX_REFUSED = "index-refused"
    NO_READER = "no-reader"
    RELAY_DOWN = "relay-down"
    MAIL_DEFERRED = "mail-deferred"
    MAIL_REFUSED = "mail-refused"
    MAIL_AMBIGUOUS = "mail-ambiguous"
    SPOOL_FAILED = "spool-failed"
    STORAGE_FAILED = "storage-failed"
    ATTEMPTS_USED_UP = "attempts-used-up"
    UNEXPECTED = "unexpected"

    @classmethod
    def _missing_(cls, value: object) -> "Reason":  # noqa: ARG003 - its signature
        """Text that names no reason comes from a defect of ours; it must not end a batch."""
        return cls.UNEXPECTED

    @property
    def meaning(self) -> str:
        """In words, for people."""
        return next(meanings[self] for meanings in REASONS.values() if self in meanings)


REASONS: Mapping[str, Mapping[Reason, str]] = {
    "Done, and yet nothing new": {
        Reason.NOT_MODIFIED: "the server answered 304: the feed is as it was at the last poll",
        Reason.UNCHANGED: "the same bytes, or the same text, as last time",
        Reason.KNOWN_ARTICLE: "another entry brought this article first",
    },
    "The page is no article": {
        Reason.CONSENT_WALL: "the page asks for consent to cookies and shows nothing else",
        Reason.PAYWALL: "the page shows only the beginning to those who do not pay",
        Reason.BOT_WALL: "the page wants proof that a person asks",
        Reason.INDEX_PAGE: "the page lists articles and is none itself",
        Reason.SOFT_404: "the page says that there is no such page, though the server answered 200",
        Reason.EMPTY_PAGE: "the page holds no text that could be read",
        Reason.RIGHTS_RESERVED: "the publisher reserves text and data mining, or wants the page in no index",
        Reason.NOT_HTML: "the link leads to a picture, a film, a PDF or another document that is no page",
    },
    "There is no page": {
        Reason.NO_LINK: "the entry has no link",
        Reason.NOT_FOUND: "the server answered 404",
        Reason.GONE: "the server answered 410",
        Reason.ROBOTS_DISALLOWED: "the site's robots.txt disallows the page",
    },
    "Refused for our own safety": {
        Reason.ADDRESS_REFUSED: "the host's address is private, loopback or otherwise not public",
        Reason.URL_REFUSED: "the URL is not http or https, or names a host that nobody may ask for",
        Reason.TOO_LARGE: "the document, or the headers of the answer, are larger than allowed",
        Reason.BAD_ENCODING: "the content coding cannot be undone, or is stacked",
        Reason.TOO_MANY_REDIRECTS: "the server sends us on and on",
    },
    "The other side": {
        Reason.TIMEOUT: "no complete answer came in time",
        Reason.DNS_FAILED: "the host's name does not resolve",
        Reason.CONNECT_FAILED: "no connection could be made",
        Reason.TLS_FAILED: "the certificate is not trusted, or TLS failed",
        Reason.BROKEN_TRANSFER: "the answer broke off, or makes no sense",
        Reason.SERVER_ERROR: "the server answered 5xx, or its robots.txt cannot be had",
        Reason.RATE_LIMITED: "the server asks us to wait: 429, or 503 with Retry-After",
        Reason.CLIENT_ERROR: "the server answered another 4xx",
        Reason.FORBIDDEN: "the server answered 401, 403 or 451",
        Reason.HOST_BUSY: "requests to one domain are spaced, or it asked us to wait: the next slot is later",
        Reason.NOT_A_FEED: "the document at the feed's address is no feed",
    },
    "Our own workers": {
        Reason.PARSER_TIMEOUT: "the document took its parser longer than it may",
        Reason.PARSER_MEMORY: "the document took its parser more memory than it may",
        Reason.PARSER_CRASH: "the document made its parser crash",
        Reason.WORKER_FAILED: "no process for a parser could be started, as when memory is short: it is tried again",
        Reason.INDEX_REFUSED: "the index does not take the article as it is",
    },
    "Mail": {
        Reason.NO_READER: "the watchlist no longer names this reader or this rule",
        Reason.RELAY_DOWN: "relay or spool folder cannot be used at all: the mail waits, and no attempt is counted",
        Reason.MAIL_DEFERRED: "the relay answered 4xx for this mail: it is tried again",
        Reason.MAIL_REFUSED: "the relay answered 5xx for this mail: it will never take it",
        Reason.MAIL_AMBIGUOUS: "the connection was lost after the last byte: the relay may have taken the mail",
        Reason.SPOOL_FAILED: "the spool folder cannot be written",
    },
    "Our own house": {
        Reason.STORAGE_FAILED: "archive or index cannot be written, as when the disk is full: it is tried again",
        Reason.ATTEMPTS_USED_UP: "it was tried as often as NEWSDESK_ATTEMPTS allows; the detail holds the last reason",
        Reason.UNEXPECTED: "a defect of Newsdesk; the detail says where",
    },
}


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


# ------------------------------------------------------------------ what happens to a feed


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
    licence: str | None = None  # what allows us the texts although the publisher reserves them
    engine: str | None = None  # that reads the pages: cascade or newspaper; None: as the settings say
    user_agent: str | None = None  # None: as the settings say
    headers: tuple[tuple[str, str], ...] = ()  # sent to the feed's own host; may hold a cookie or a token
    proxy: str | None = None  # http(s) URL
    robots: bool = False  # ask robots.txt of the site for the feed, too
    websub: bool = True  # let a hub push what is new, where the feed names one
    back_fill: bool = True  # ask for older pages of the feed where entries may have been missed
    folder: str | None = None  # News/India; for people and OPML
    outline: tuple[tuple[str, str], ...] = ()  # attributes of other programs in OPML


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainSpec:
    """How a domain wants to be treated, as the watchlist declares it."""

    domain: str  # registrable
    spacing_seconds: float  # least time between two requests


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
    sites: tuple[SiteOverride, ...] = ()  # where the fields of a site's pages stand, for the extractors
    domains: tuple[DomainSpec, ...] = ()  # spacing of single domains
    digest: str = field(default="", compare=False)  # of the file that it was read from; "": it was made otherwise

    def reader(self, reader_id: str) -> Reader | None:
        """The reader of that id, or None where the watchlist names none."""
        return next((r for r in self.readers if r.id == reader_id), None)

    def topic(self, topic_id: str) -> Topic | None:
        """The topic of that id, or None."""
        return next((t for t in self.topics if t.id == topic_id), None)


# ------------------------------------------------------------------ what the line makes of it

FEED_SUMMARY = "feed-summary"  # kind of an article whose page may not or cannot be read: the feed's own words


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
class SiteRule:
    """What a site's tdmrep.json says of a page: the rule that fits it."""

    location: str  # the pages that the rule speaks of, as it is written
    reserved: bool  # text and data mining of them
    policy: str | None = None  # where the publisher says what the reservation leaves open


@dataclass(frozen=True, slots=True, kw_only=True)
class PageReading:
    """How well a page could be read, beside where its fields come from."""

    agreement: float | None = None  # of the engines on the text, 0 to 1; None where only one found any
    mojibake: float = 0.0  # share of title and text that a wrong charset made
    tdm_policy: str | None = None  # where the publisher says what its reservation of rights leaves open
    dropped_dates: tuple[str, ...] = ()  # dates that are not believed, each with the reason
    missed_selectors: tuple[str, ...] = ()  # of the watchlist's `sites`, each with the reason


UNREAD = PageReading()  # no page was read


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
    kind: str = "article"  # article, live-blog, or FEED_SUMMARY
    published_source: str | None = None
    sources: tuple[str, ...] = ()  # every feed that brought it
    signals: tuple[str, ...] = ()  # what the publisher asks of robots: nosnippet, noarchive, …
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
