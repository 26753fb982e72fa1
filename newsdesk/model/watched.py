"""What is watched: feeds, topics, readers, rules."""

from dataclasses import dataclass, field

from extractors.records import SiteOverride
from newsdesk.query import Query


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
    digest: str = field(default="", compare=False)  # of all feeds; "": it was made otherwise than from a file

    def reader(self, reader_id: str) -> Reader | None:
        """The reader of that id, or None where the watchlist names none."""
        return next((r for r in self.readers if r.id == reader_id), None)

    def topic(self, topic_id: str) -> Topic | None:
        """The topic of that id, or None."""
        return next((t for t in self.topics if t.id == topic_id), None)
