"""retag: a topic of the watchlist changed, so stored articles follow it: those that it may concern, and no others.

The index names them by the topic's own query, and the evaluator decides. Tags that come so raise no alerts, unless
somebody asks for them: what is stored is no news.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from newsdesk.errors import SearchIndexError
from newsdesk.index import Filters
from newsdesk.ledger import Connection, Lease, articles, leases, lists, retags, topics
from newsdesk.ledger.articles import TagEnd
from newsdesk.ledger.retags import Verdict
from newsdesk.ledger.topics import Retagging
from newsdesk.model import Article, Counts, Done, Outcome, Reason, Stage, Topic
from newsdesk.pipeline.step import LeaseLostError, Step, Tally, drain, retry
from newsdesk.pipeline.topics import follow_topics
from newsdesk.query import QueryError, parse
from newsdesk.services import Services
from newsdesk.tagging import RuleSet

_BATCH = 200  # articles of one transaction
_PAUSE = 0.02  # seconds until an article that somebody else holds is tried again
_EVERYTHING = parse("*:*")


def retag(services: Services, *, limit: int | None = None) -> Counts:
    """Let stored articles follow every topic that changed; those whose tags change wait for the index then.

    After `step_seconds` the rest waits for the next time: news goes first.
    """
    tally, declared = Tally("retag"), follow_topics(services)
    with services.ledger.read() as connection:
        if not topics.count_waiting(connection, services.clock()):
            return tally.counts()
    end = services.clock() + timedelta(seconds=services.settings.step_seconds)

    def is_over() -> bool:
        return services.clock() >= end

    def claim(connection: Connection, size: int) -> list[tuple[Lease, tuple[Lease, Retagging]]]:
        claimed = [] if is_over() else topics.claim_changed(connection, services.claim_terms(size))
        return [(lease, (lease, row)) for lease, row in claimed]

    def work(claimed: tuple[Lease, Retagging]) -> tuple[Outcome, bool | None]:
        nonlocal declared
        lease, row = claimed
        if _version(declared, row.topic) != row.wanted:  # somebody else declared since, with a newer watchlist
            declared = follow_topics(services)
        topic = next((topic for topic in declared if topic.id == row.topic), None)
        return _Work(services=services, tally=tally, lease=lease, row=row, topic=topic).carry_out(is_over)

    def record(
        connection: Connection,
        claimed: tuple[Lease, tuple[Lease, Retagging]],
        outcome: Outcome,
        whole: bool | None,  # noqa: FBT001 - the product of the work
    ) -> bool:
        return topics.record(connection, claimed[0], outcome, whole=bool(whole), now=services.clock())

    return drain(services, tally, Step(claim=claim, work=work, record=record, batch=1), limit=limit)


def ask_retag(services: Services, topic: str, *, alerts: bool) -> bool:
    """Let the next `retag` go through a topic of the watchlist, changed or not. False where there is no such topic.

    `alerts`: those of its tags that came by re-tagging, now or before, are brought to the rules as if they were news.
    """
    follow_topics(services)
    with services.ledger.write() as connection:
        return topics.ask(connection, topic, alerts=alerts, now=services.clock())


def _version(declared: Sequence[Topic], topic_id: str) -> str | None:
    return next((topic.version for topic in declared if topic.id == topic_id), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Work:
    """One topic, held by its lease."""

    services: Services
    tally: Tally
    lease: Lease
    row: Retagging
    topic: Topic | None  # None: it was removed

    def carry_out(self, is_over: Callable[[], bool]) -> tuple[Outcome, bool | None]:
        """The outcome, and whether the topic is done; else the next claim goes on where this one stopped."""
        try:
            candidates, note = self._candidates()
        except SearchIndexError as error:
            attempts, reason = self.lease.attempts, Reason.STORAGE_FAILED
            return retry(self.services, attempts=attempts, reason=reason, detail=str(error), counts=False), None
        ids = sorted(key for key in candidates if key > self.row.reached)
        rules = RuleSet([self.topic] if self.topic else [])
        for start in range(0, len(ids), _BATCH):
            if start and is_over():
                return Done(detail=f"{len(ids) - start} articles are left for the next time"), False
            self._settle(ids[start : start + _BATCH], rules)
            self.services.failpoint("retag.batch")
        return Done(detail=note), True

    def _candidates(self) -> tuple[frozenset[str], str]:
        """Articles that carry the topic or may get it; and for people, where the index could not name them.

        The ledger is asked before the index: an article that goes from one to the other meanwhile is found twice.
        """
        if self.topic is None:
            with self.services.ledger.read() as connection:
                return lists.ids_with_topic(connection, self.row.topic), ""
        documents = self.services.index.stats().documents
        with self.services.ledger.read() as connection:
            ids = lists.ids_with_topic(connection, self.topic.id)
            ids |= lists.ids_at(connection, Stage.INDEX, Stage.ALERT)
            extent = retags.extent(connection)
        # the index is a view and may be behind, as while it is built anew
        is_short = documents - extent.unrecorded < extent.indexed
        missing = self._missing() if is_short else frozenset()
        note = f"the index lacked {len(missing)} articles: they were read from the ledger" if missing else ""
        filters = Filters(languages=self.topic.languages, sources=self.topic.sources)
        try:
            return ids | missing | self.services.index.ids(self.topic.query, filters=filters), note
        except QueryError as error:
            with self.services.ledger.read() as connection:
                return articles.all_ids(connection), f"every article was read: {error}"

    def _missing(self) -> frozenset[str]:
        with self.services.ledger.read() as connection:
            indexed = articles.indexed_ids(connection)
        return indexed - self.services.index.ids(_EVERYTHING)

    def _settle(self, ids: Sequence[str], rules: RuleSet) -> None:
        """One batch. Raises LeaseLostError where somebody else has the topic, or it changed again."""
        why = TagEnd.TOPIC_CHANGED if self.topic else TagEnd.TOPIC_REMOVED
        left = ids
        while left:
            with self.services.ledger.read() as connection:
                found = articles.load_ids(connection, left)
            verdicts = [_verdict(article, rules) for article in found]
            now = self.services.clock()
            with self.services.ledger.write() as connection:
                until = now + timedelta(seconds=self.services.settings.lease_seconds)
                if not leases.renew(connection, self.lease, until):
                    raise LeaseLostError
                applied = retags.apply(connection, self.row.topic, verdicts, why=why, alerts=self.row.alerts, now=now)
                left = applied.left
                topics.advance(connection, self.row.topic, applied.effect, reached=None if left else ids[-1])
            self.tally.produced += applied.sent_on
            if left:
                time.sleep(_PAUSE)


def _verdict(article: Article, rules: RuleSet) -> Verdict:
    found = rules.tags_of(article)
    return Verdict(article_id=article.id, article_version=article.version, tag=found[0] if found else None)
