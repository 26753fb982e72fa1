"""Where work stands, how it ends, and why."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


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
