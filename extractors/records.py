"""What a document says: the records that the extractors give. All frozen; all instants aware UTC unless said."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class ExtractError(Exception):
    """A document is beyond the guards (size, nesting) or is not of the kind asked for; the text says which and why."""


class DateSource(StrEnum):
    """Where an entry's publication instant comes from."""

    PUBLISHED = "published"  # pubDate, atom:published, date_published, news:publication_date
    DC = "dc"  # dc:date, dcterms:created
    UPDATED = "updated"  # only an update instant was given


class Kind(StrEnum):
    """What a fetched page is."""

    ARTICLE = "article"
    LIVE_BLOG = "live-blog"
    CONSENT = "consent"  # a consent wall stands before the text
    PAYWALL = "paywall"  # a stub: the rest is for subscribers
    BOT_WALL = "bot-wall"  # a check for browsers or humans
    INDEX = "index"  # a list of links: home page, section, tag page
    SOFT_404 = "soft-404"  # "not found" told with status 200
    EMPTY = "empty"  # no text worth the name


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedEntry:
    """One item of a feed document, in the shape that is the same for every format."""

    guid: str | None  # verbatim after trimming; None where the document gives none
    link: str | None  # absolute http(s) URL
    title: str  # plain text, "" where there is none
    published: datetime | None
    published_source: DateSource | None
    published_assumed_zone: bool = False  # the text had no zone; the feed's default was used
    updated: datetime | None
    summary: str  # plain text
    content: str  # sanitised HTML with absolute links, "" where there is none
    authors: tuple[str, ...]
    categories: tuple[str, ...] = ()
    language: str | None = None
    source_url: str | None = None  # <source url>, atom:source: where an aggregator had it from
    mark: str = field(default="", compare=False)  # of the element as it stands; "": nothing vouches for it


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildSitemap:
    """A sitemap that a sitemap index names; `updated` lets the caller leave out what has not changed."""

    url: str
    updated: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedFeed:
    """A feed document. `not_a_feed_reason` is None for a feed; else a sentence, and `entries` is empty."""

    format: str  # rss20, rss10, rss09x, atom10, atom03, json10, json11, news-sitemap, sitemap-index, "" if none
    title: str
    link: str | None  # the site's home page
    language: str | None
    entries: tuple[ParsedEntry, ...]
    not_a_feed_reason: str | None = None
    bozo_reason: str | None = None  # the document is damaged; what could be read was read
    self_url: str | None = None
    hub_urls: tuple[str, ...] = ()
    next_url: str | None = None  # RFC 5005 prev-archive / next
    ttl_seconds: int | None = None
    update_seconds: int | None = None  # sy:updatePeriod / sy:updateFrequency
    repeated_guids: bool = False  # one guid stands on several entries, so guids alone identify nothing here
    truncated: bool = False  # the document ends before its root element does: its validators must not be stored
    child_sitemaps: tuple[ChildSitemap, ...] = ()  # of a sitemap-index, which has no entries of its own
    reader: str = ""  # what read it: fast, feedparser, json, sitemap; "" where nothing did
    unchanged: tuple[str, ...] = ()  # marks of entries that the caller knows: they stand as they did, and were not read
    shadow_difference: str | None = None  # where both readers were asked: the first thing the fast one saw otherwise


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Which source gave a field (jsonld, og:title, trafilatura, …) and how sure it is, from 0 to 1."""

    source: str
    confidence: float


class DateFault(StrEnum):
    """Why a date that a page states is not believed."""

    FUTURE = "future"  # more than a day after now
    IMPOSSIBLE = "impossible"  # 30 February, year 0001 or 1970, hour 25
    UNREADABLE = "unreadable"  # no date at all
    BEFORE_PUBLICATION = "before-publication"  # a change that is more than a day older than the article


@dataclass(frozen=True, slots=True, kw_only=True)
class DroppedDate:
    """A statement of a date that was not believed."""

    field: str  # published or modified
    source: str
    text: str  # as it stands on the page, cut to 60 characters
    fault: DateFault


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteOverride:
    """What an operator says of one site's pages: where its fields stand, each as a CSS selector or an XPath."""

    host: str  # press.example, or *.press.example for it and all below it
    title: str | None = None
    body: str | None = None
    date: str | None = None
    author: str | None = None
    remove: tuple[str, ...] = ()  # what is no part of the article


class OverrideEnd(StrEnum):
    """What became of a selector on a page."""

    USED = "used"
    MISSED = "missed"  # it matches nothing
    REFUSED = "refused"  # what it matches cannot be the field


@dataclass(frozen=True, slots=True, kw_only=True)
class OverrideUse:
    """A selector of the operator on this page: where one misses page after page, the site has changed."""

    field: str  # title, body, date, author, remove
    selector: str
    end: OverrideEnd
    why: str = ""  # for people; "" where it was used


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedArticle:
    """What a page says."""

    kind: Kind
    kind_reason: str  # what decided the kind, for people
    title: str
    authors: tuple[str, ...]
    published: datetime | None  # aware, in the zone that the page gave
    published_precision: str | None  # "day" or "minute"
    modified: datetime | None
    text: str  # NFC; paragraphs separated by one blank line
    summary: str  # the page's own description, plain text
    language: str | None  # ISO 639-1
    canonical_url: str | None  # absolute
    site_name: str | None
    headlines: tuple[str, ...] = ()  # other true headlines of the page
    signals: tuple[str, ...] = ()  # noai, noarchive, noindex, nosnippet, tdm-reservation
    tdm_policy: str | None = None  # where the publisher says what the reservation leaves open
    provenance: dict[str, Provenance] = field(default_factory=dict)
    dropped_dates: tuple[DroppedDate, ...] = ()
    overrides: tuple[OverrideUse, ...] = ()
    agreement: float | None = None  # of the engines on the text, 0 to 1; None where only one found any
    mojibake: float = 0.0  # share of title and text that a wrong charset made
