"""replay: archived pages are read again, as the present extractors read them. Nothing is fetched."""

import asyncio
import logging
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from extractors import ExtractError, extract_article
from newsdesk.archive import PageMissingError
from newsdesk.errors import ArchiveError, LedgerError, WorkerError
from newsdesk.ledger import Connection, articles
from newsdesk.ledger.articles import Draft
from newsdesk.ledger.replays import ArchivedEntry, Period, archived, note
from newsdesk.model import Counts, Dropped, Outcome, Reason
from newsdesk.pipeline.collect import HEAVY
from newsdesk.pipeline.drafts import PageAt, judge, stand_in
from newsdesk.pipeline.reservations import with_site_rule
from newsdesk.services import FailpointHit, Services
from newsdesk.workers import DocumentWorkers

log = logging.getLogger("newsdesk")

_BATCH = 100  # pages read between two looks into the ledger


def replay(services: Services, period: Period, *, alerts: bool = False) -> Counts:
    """Read the period's archived pages again; articles that come out otherwise get a new version and wait for tagging.

    They raise no alerts unless `alerts` asks for them: nothing arrived. A page that is read as before changes nothing,
    so a replay may be broken off and begun again. An article keeps its id and address, whatever the page says of them
    now. Pages of the same reading as before count as done:unchanged.
    """
    task = _Replay(services=services, alerts=alerts)

    async def run() -> None:
        with services.open_workers(*HEAVY) as workers:
            for batch in _batches(services, period):
                readings = await asyncio.gather(*(task.read(workers, one) for one in batch))
                for one, reading in zip(batch, readings, strict=True):
                    await asyncio.to_thread(task.record, one, reading)
                services.failpoint("replay.batch")

    asyncio.run(run())
    return Counts(step="replay", outcomes=dict(task.outcomes), produced=task.produced)


def _batches(services: Services, period: Period) -> Iterator[list[ArchivedEntry]]:
    after = ""
    while True:
        with services.ledger.read() as connection:
            batch = archived(connection, period, after=after, limit=_BATCH)
        if not batch:
            return
        after = batch[-1].entry.id
        yield batch


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    """What another look at a page gave; `trouble` where it could not be read again, and then all stays as it was."""

    outcome: Outcome | None = None
    draft: Draft | None = None
    trouble: str = ""


@dataclass(slots=True, kw_only=True)
class _Replay:
    services: Services
    alerts: bool
    outcomes: Counter[str] = field(default_factory=Counter)
    produced: int = 0

    async def read(self, workers: DocumentWorkers, one: ArchivedEntry) -> _Reading:
        """The page as it reads now."""
        try:
            stored = await asyncio.to_thread(self.services.archive.get, one.page_key)
            parsed = await workers.run(
                extract_article,
                stored.body,
                stored.url,
                content_type=stored.headers.get("content-type"),
                headers=with_site_rule(stored.headers, one.site_rule),
                engine=one.entry.feed.engine or self.services.settings.engine,
                languages=self.services.settings.languages,
                overrides=self.services.watchlist.sites,
                now=one.fetched_at,  # as if it were then: what is in the future is judged by the page's own day
            )
        except PageMissingError:
            return _Reading(trouble="page-missing")
        except WorkerError as error:
            return self._troubled(one, error.reason, error)
        except (ArchiveError, ExtractError) as error:
            return self._troubled(one, "page-damaged", error)
        page = PageAt(url=stored.url, fetched_at=one.fetched_at, key=one.page_key, site_rule=one.site_rule)
        outcome, draft = judge(one.entry, parsed, page)
        draft = draft or stand_in(one.entry, outcome, page_key=one.page_key, at=one.fetched_at)
        return _Reading(outcome=outcome, draft=draft)

    def _troubled(self, one: ArchivedEntry, what: str, error: Exception) -> _Reading:
        log.warning("replay: %s: %s: %s", one.entry.link, what, error)
        return _Reading(trouble=what)

    def record(self, one: ArchivedEntry, reading: _Reading) -> None:
        """Store what differs, in one transaction."""
        if reading.outcome is None:
            self.outcomes[reading.trouble] += 1
            return
        try:
            with self.services.ledger.write() as connection:
                changed = self._store(connection, one, reading.outcome, reading.draft)
        except (LedgerError, FailpointHit):
            raise
        except Exception:
            log.exception("replay: %s cannot be stored", one.entry.link)
            self.outcomes[Reason.UNEXPECTED.value] += 1
            return
        if isinstance(reading.outcome, Dropped):
            name = f"dropped:{reading.outcome.reason.value}"
        else:
            name = "done" if changed else f"done:{Reason.UNCHANGED.value}"
        self.outcomes[name] += 1
        self.produced += changed

    def _store(self, connection: Connection, one: ArchivedEntry, outcome: Outcome, draft: Draft | None) -> bool:
        if draft is None:
            note(connection, one, outcome, one.article_id)
            return False
        if one.article_id is not None:
            draft = _with_identity(connection, draft, one.article_id)
        before = articles.stored_version(connection, draft.article.id)
        if before is not None and before.first_entry != one.entry.id:
            return False  # another entry brought the article, and only that one may change it
        if articles.is_as_stored(connection, draft) or not note(connection, one, outcome, draft.article.id):
            return False
        now = self.services.clock()
        if not articles.store(connection, draft, before=before, now=now, muted=not self.alerts):
            return False
        articles.add_entry(connection, draft.article.id, entry_id=one.entry.id, source=one.entry.source, now=now)
        return True


def _with_identity(connection: Connection, draft: Draft, article_id: str) -> Draft:
    """The draft under the id and address that the article has had from the beginning."""
    (stored,) = articles.load_ids(connection, [article_id])
    return replace(draft, article=replace(draft.article, id=stored.id, url=stored.url))
