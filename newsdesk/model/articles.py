"""What the line makes of feeds: articles with their tags, alerts, notifications."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

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
