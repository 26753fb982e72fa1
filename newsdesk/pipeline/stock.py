"""What is stored of a stretch of time: for commands that try a topic on it. They change nothing."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from functools import cached_property

from newsdesk.backtest import Clock, Window
from newsdesk.index import Filters
from newsdesk.ledger import articles, lists
from newsdesk.model import Article, Stage, Topic
from newsdesk.query import Query, QueryError, parse
from newsdesk.query.tree import And, Keyword, Node, Not, Or
from newsdesk.services import Services
from newsdesk.suggest import Text

_BATCH = 200  # articles in memory at a time
_PRECISION = timedelta(minutes=1)  # of the beginning of what is stored
_EVERYTHING = parse("*:*")
_ONLY_INDEXED = ("topic", "story")  # fields that the index knows and that are unknown when an article is tagged


class Stock:
    """The articles of a window. Those that the index holds are found there; the few that wait for it are added."""

    def __init__(self, services: Services, window: Window) -> None:
        self._services = services
        self.window = window

    @cached_property
    def indexed(self) -> frozenset[str]:
        """All of the window, as the index has them."""
        return self._services.index.ids(_EVERYTHING, filters=_filters(self.window))

    @cached_property
    def untagged(self) -> frozenset[str]:
        """Articles of any time that wait for tagging: their tags, if any, are those of an older version."""
        with self._services.ledger.read() as connection:
            return lists.ids_at(connection, Stage.TAG)

    @cached_property
    def unindexed(self) -> frozenset[str]:
        """Articles of any time that wait for the index, or for what comes before it."""
        with self._services.ledger.read() as connection:
            return lists.ids_at(connection, Stage.TAG, Stage.INDEX)

    def tagged(self, topic: Topic) -> frozenset[str]:
        """Articles of the window that carry the topic now."""
        with self._services.ledger.read() as connection:
            return lists.ids_with_topic(connection, topic.id) & (self.indexed | self.unindexed)

    def candidates(self, topic: Topic, query: Query) -> frozenset[str]:
        """Every article of the window that may match, and more; all of them where the index cannot tell."""
        if _asks_for(query.tree, _ONLY_INDEXED):
            return self.indexed | self.unindexed
        try:
            return self.found(query, topic) | self.unindexed
        except QueryError:  # a wildcard with too many words for the index; tagging takes any
            return self.indexed | self.unindexed

    def found(self, query: Query, topic: Topic | None = None) -> frozenset[str]:
        """What the index finds in the window, of the languages and sources of `topic`. Raises QueryError."""
        return self._services.index.ids(query, filters=_filters(self.window, topic))

    def read(self, ids: Iterable[str]) -> Iterator[tuple[Article, datetime]]:
        """Those of the articles that are in the window, in order of their ids, with their instant."""
        for some in _batches(ids):
            with self._services.ledger.read() as connection:
                found = articles.load_ids(connection, some)
            for article in found:
                when = self.window.instant(article)
                if when is not None and self.window.since <= when < self.window.until:
                    yield article, when

    def texts(self, ids: Iterable[str]) -> Iterator[Text]:
        """What stands in the articles, in order of their ids."""
        for some in _batches(ids):
            with self._services.ledger.read() as connection:
                found = list(lists.texts(connection, some))
            yield from found

    @cached_property
    def begins(self) -> datetime | None:
        """When the oldest article is, to the minute; None where that is before the window, or nothing is stored."""
        since, until = self.window.since, self.window.until
        if not self.indexed or self._holds_any(datetime.min.replace(tzinfo=since.tzinfo), since):
            return None
        while until - since > _PRECISION:
            middle = since + (until - since) / 2
            if self._holds_any(since, middle):
                until = middle
            else:
                since = middle
        return since

    def _holds_any(self, since: datetime, until: datetime) -> bool:
        within = Window(since=since, until=until, clock=self.window.clock)
        return self._services.index.count(_EVERYTHING, filters=_filters(within)) > 0


def _batches(ids: Iterable[str]) -> Iterator[list[str]]:
    rest = sorted(ids)
    for start in range(0, len(rest), _BATCH):
        yield rest[start : start + _BATCH]


def _filters(window: Window, topic: Topic | None = None) -> Filters:
    by_arrival = window.clock is Clock.ARRIVAL
    return Filters(
        languages=topic.languages if topic else (),
        sources=topic.sources if topic else (),
        arrived_from=window.since if by_arrival else None,
        arrived_before=window.until if by_arrival else None,
        published_from=None if by_arrival else window.since,
        published_before=None if by_arrival else window.until,
    )


def _asks_for(node: Node, fields: tuple[str, ...]) -> bool:
    match node:
        case Keyword():
            return node.field in fields
        case And() | Or():
            return any(_asks_for(child, fields) for child in node.nodes)
        case Not():
            return _asks_for(node.node, fields)
        case _:
            return False
