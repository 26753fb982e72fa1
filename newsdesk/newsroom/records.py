"""What the sample newsroom is made of: sources, the pieces they print, and what a server answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from newsdesk.errors import NewsdeskError


class ContentError(NewsdeskError):
    """A content file of the sample newsroom is wrong; the text names the file, the key and what it must be."""


class FeedFormat(StrEnum):
    """The format of a source's feed."""

    RSS20 = "rss20"
    RSS10 = "rss10"
    ATOM = "atom"
    JSON = "json"
    NEWS_SITEMAP = "news-sitemap"


class FeedDates(StrEnum):
    """How a feed writes its dates (RSS only, save for MISSING)."""

    IST = "ist"  # Tue, 07 Sep 2021 18:40:00 IST
    GMT = "gmt"  # Tue, 07 Sep 2021 13:10:00 GMT
    OFFSET = "offset"  # Tue, 07 Sep 2021 18:40:00 +0530
    LOCAL = "local"  # 07-09-2021 18:40, Indian time, and the document does not say so
    MISSING = "missing"


class FeedFault(StrEnum):
    """What is wrong with a source's feed."""

    NONE = "none"
    BARE_AMPERSAND = "bare-ampersand"  # titles are not escaped: no XML parser takes it strictly
    REPEATED_GUID = "repeated-guid"  # the two newest entries share a guid
    LOGIN_PAGE = "login-page"  # answers 200 with an HTML form
    FAILS_FIRST = "fails-first"  # 500 until the newsroom is advanced


class StructuredData(StrEnum):
    """How much JSON-LD a source's article pages carry."""

    NONE = "none"
    SHORT = "short"  # all but the text
    FULL = "full"  # with articleBody


class Layout(StrEnum):
    """The page design of a source."""

    BROADSHEET = "broadsheet"
    TABLOID = "tabloid"
    MAGAZINE = "magazine"
    WIRE = "wire"


class PageKind(StrEnum):
    """What stands behind an entry's link."""

    ARTICLE = "article"
    CONSENT = "consent"
    PAYWALL = "paywall"
    BOT_WALL = "bot-wall"
    INDEX = "index"
    SOFT_404 = "soft-404"
    NOT_FOUND = "not-found"  # a true 404
    DISALLOWED = "disallowed"  # an article that robots.txt keeps from us


class BlockKind(StrEnum):
    """What a block of text is."""

    PARAGRAPH = "paragraph"
    HEADING = "heading"
    QUOTE = "quote"


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One paragraph, crosshead or quotation of a piece."""

    kind: BlockKind
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """An invented newspaper: one host, one design, one feed."""

    slug: str  # the host's first label
    name: str
    tagline: str
    city: str
    layout: Layout
    feed_format: FeedFormat
    feed_path: str
    language: str = "en"
    feed_dates: FeedDates = FeedDates.GMT
    fault: FeedFault = FeedFault.NONE
    moved_from: str | None = None  # path that answers 301 to feed_path
    article_path: str = "/{section}/{slug}"
    structured_data: StructuredData = StructuredData.SHORT
    full_text: bool = False  # the feed carries the whole text
    gzip: bool = False
    honours_validators: bool = True  # False: sends ETags and answers 200 all the same
    slow: bool = False
    disallow: tuple[str, ...] = ()  # paths of robots.txt


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One content file: a text, when it is printed, and the truth that tests compare with."""

    source: str  # slug of the source
    slug: str
    path: str
    title: str
    blocks: tuple[Block, ...]
    authors: tuple[str, ...] = ()
    section: str = "News"
    language: str = "en"
    kind: PageKind = PageKind.ARTICLE
    topics: frozenset[str] = frozenset()  # the tags that the article must get, and no other
    age: timedelta | None = None  # at the opening of its edition; else `published` is set
    published: datetime | None = None
    edition: int = 1  # printed from this edition on
    updates: str | None = None  # slug of the piece whose place it takes

    @property
    def text(self) -> str:
        """What an extractor should give: the blocks, one blank line between."""
        return "\n\n".join(block.text for block in self.blocks)


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """All that the content files say."""

    sources: tuple[Source, ...]
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """A piece in an edition, with its instants (aware UTC, whole seconds)."""

    piece: Piece
    published: datetime
    modified: datetime | None
    changed: datetime  # when the page last became different: Last-Modified


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleFeed:
    """A feed as a watchlist would name it."""

    source: str  # slug
    name: str
    url: str  # where the feed moved, the old address
    format: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleEntry:
    """An entry of the present edition and the truth about it."""

    source: str  # slug
    slug: str
    url: str
    title: str
    text: str
    kind: PageKind
    topics: frozenset[str]
    published: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A whole response before conditional requests and compression."""

    status: int = 200
    media_type: str = "text/html; charset=utf-8"
    content: bytes = b""
    changed: datetime | None = None  # None: no validators
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenRequest:
    """One request that the server answered. Header names are in lower case."""

    method: str
    host: str  # without the port
    path: str
    status: int
    headers: Mapping[str, str]
