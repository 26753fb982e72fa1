"""What every search index does, and the records that go in and come out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from newsdesk.query import Query


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicSpan:
    """A place that made a topic match; offsets count characters of the document's title or body."""

    topic: str
    field: str  # title or body
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """An article as the index holds it. `id` is 32 lower-case hex digits; every instant is aware."""

    id: str
    version: int
    url: str
    title: str
    body: str
    source: str
    first_seen: datetime  # never changes once the id is in the index
    fetched: datetime
    summary: str = ""
    tier: int | None = None
    language: str | None = None
    authors: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    story: str | None = None
    published: datetime | None = None
    evidence: tuple[TopicSpan, ...] = ()
    kind: str = "article"


class PutStatus(StrEnum):
    """What became of one document."""

    STORED = "stored"  # in the index and durable against the end of this process
    OLDER = "older"  # the index holds a newer version, which stays
    REFUSED = "refused"  # the document breaks the contract; `detail` says how


@dataclass(frozen=True, slots=True, kw_only=True)
class PutOutcome:
    """The fate of the document of that id."""

    id: str
    status: PutStatus
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PutReport:
    """One outcome for each document given, in the order given."""

    outcomes: tuple[PutOutcome, ...]

    def ids(self, status: PutStatus) -> tuple[str, ...]:
        """Of all documents that ended so."""
        return tuple(outcome.id for outcome in self.outcomes if outcome.status is status)


class Sort(StrEnum):
    """The order of hits."""

    NEWEST = "newest"  # by arrival (first seen), the newest first
    PUBLISHED = "published"  # by publication, the newest first; articles without a date last
    RELEVANCE = "relevance"  # the best first, a word in the title weighing three times; at most the first 1,000


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Bounds beside the query. A list means any of its values; an empty one, no bound."""

    sources: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    published_from: datetime | None = None  # inclusive; an article without a date is outside any bound
    published_before: datetime | None = None  # exclusive
    arrived_from: datetime | None = None
    arrived_before: datetime | None = None


NO_FILTERS = Filters()


@dataclass(frozen=True, slots=True, kw_only=True)
class Highlight:
    """Characters to be shown as the reason of the hit: half-open offsets into the title or the snippet."""

    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One article found. `score` is None unless sorted by relevance; scores of two searches do not compare."""

    id: str
    url: str
    title: str
    source: str
    language: str | None
    published: datetime | None
    first_seen: datetime
    topics: tuple[str, ...]
    snippet: str  # about 240 characters of the body, on one line
    title_highlights: tuple[Highlight, ...] = ()
    snippet_highlights: tuple[Highlight, ...] = ()
    score: float | None = None
    story: str | None = None
    kind: str = "article"


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some hits of a search.

    `next` goes into `search(after=…)` for the page that follows; None at the end. Total and pages are those of the
    moment of the first page: what comes in later is on none of them. `total_is_exact` is False where counting would
    have meant reading too many texts: there are at least `total`.
    """

    hits: tuple[Hit, ...]
    total: int
    total_is_exact: bool
    next: str | None = None


class FacetField(StrEnum):
    """What hits can be counted by."""

    TOPIC = "topic"
    SOURCE = "source"
    LANGUAGE = "language"  # "" for none
    DAY = "day"  # of publication in UTC, as 2026-11-22; "" for none


@dataclass(frozen=True, slots=True, kw_only=True)
class FacetCount:
    """How many hits have the value."""

    value: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Facet:
    """The most frequent values first; days newest first, "" last."""

    field: FacetField
    counts: tuple[FacetCount, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexStats:
    """The size and age of the index."""

    documents: int
    bytes: int
    words: int  # different words
    analyser_version: str
    path: str
    newest: datetime | None  # when the latest arrival was first seen


class SearchIndex(Protocol):
    """A view of the ledger that answers queries. Each search finds exactly the articles that `Query.match` accepts.

    Stemmed queries (`Query.stemmed`) are no exception.

    `SearchIndexError` says that the index cannot be used as it is, `QueryError` that a query costs too much here.
    """

    def put(self, documents: Sequence[Document]) -> PutReport:
        """Add or replace by id. An older version never replaces a newer one, the same version does."""
        ...

    def delete(self, ids: Iterable[str]) -> int:
        """Remove; how many were there."""
        ...

    def search(
        self,
        query: Query,
        *,
        sort: Sort = Sort.NEWEST,
        limit: int = 10,
        after: str | None = None,
        filters: Filters = NO_FILTERS,
    ) -> Page:
        """One page of at most `limit` (1 to 1,000) hits. Pages never skip or repeat an article while others write."""
        ...

    def count(self, query: Query, *, filters: Filters = NO_FILTERS) -> int:
        """How many articles match, exactly."""
        ...

    def facets(
        self, query: Query, fields: Sequence[FacetField], *, filters: Filters = NO_FILTERS, limit: int = 50
    ) -> tuple[Facet, ...]:
        """Counts by the values of each field, at most `limit` values a field, in the order of `fields`."""
        ...

    def ids(self, query: Query, *, filters: Filters = NO_FILTERS) -> frozenset[str]:
        """Every article that matches."""
        ...

    def similar(self, word: str, *, limit: int = 5) -> tuple[str, ...]:
        """Words that stand in articles and look like `word`, a token; the most alike first, never `word` itself."""
        ...

    def stats(self) -> IndexStats:
        """Size and age."""
        ...

    def close(self) -> None:
        """Let go of files and connections; the index cannot be used any more."""
        ...
