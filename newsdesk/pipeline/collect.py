"""collect: fetch the page of each entry, archive it, extract the article."""

import asyncio
from collections.abc import Awaitable
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime

from extractors import ExtractError, extract_article
from newsdesk.errors import ArchiveError, FetchError, LedgerError, WorkerError
from newsdesk.fetch import Fetched, Fetcher, page_overrides
from newsdesk.intake import article_id, is_material
from newsdesk.ledger import Connection, Lease, articles, entries
from newsdesk.ledger.articles import Draft, StoredVersion
from newsdesk.ledger.entries import Entry
from newsdesk.model import FEED_SUMMARY, Counts, Done, Dropped, Outcome, Quarantined, Reason, Retry, SiteRule
from newsdesk.pipeline.drafts import PageAt, judge, may_be_kept, page_link, stand_in
from newsdesk.pipeline.manners import HostBusyError, Manners, RobotsBook
from newsdesk.pipeline.reservations import TdmBook, with_site_rule
from newsdesk.pipeline.step import LeaseLostError, Tally, refused, retry, under_way, unexpected
from newsdesk.services import FailpointHit, Services
from newsdesk.workers import DocumentWorkers

# imported once a worker, before a page's time is counted
HEAVY = ("htmldate", "nh3", "py3langid.langid", "readability", "resiliparse.extract.html2text", "trafilatura")
_HTML = ("text/html", "application/xhtml+xml", "text/plain", "application/xml", "text/xml", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Page:
    """What came of an entry's link."""

    fetched_at: datetime | None = None
    page_key: str | None = None
    site_rule: SiteRule | None = None
    draft: Draft | None = None
    known_article: str | None = None


_NOTHING = _Page()


def collect(services: Services, *, limit: int | None = None) -> Counts:
    """Collect the page of every entry that waits for it; new articles and new versions wait for tagging then."""
    tally = Tally("collect")

    async def run() -> None:
        with services.open_workers(*HEAVY) as workers:
            async with services.open_fetcher() as fetcher:
                manners = Manners(services, fetcher)
                visit = _Visit(
                    services=services,
                    tally=tally,
                    fetcher=fetcher,
                    manners=manners,
                    robots=RobotsBook(services=services, fetcher=fetcher, manners=manners),
                    tdm=TdmBook(services=services, fetcher=fetcher, manners=manners),
                    workers=workers,
                )
                await under_way(services, entries.claim_waiting, visit.one, limit=limit)

    asyncio.run(run())
    return tally.counts()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Visit:
    services: Services
    tally: Tally
    fetcher: Fetcher
    manners: Manners
    robots: RobotsBook
    tdm: TdmBook
    workers: DocumentWorkers
    full: list[ArchiveError] = field(default_factory=list)  # the archive cannot be written: no page is asked for

    async def one(self, lease: Lease, entry: Entry) -> Outcome:
        try:
            outcome, page = await self._work(entry)
        except (LedgerError, FailpointHit):
            raise
        except Exception as error:
            outcome, page = self._outcome_of(error, lease), _NOTHING
        page = self._with_stand_in(entry, outcome, page)
        self.services.failpoint("collect.worked")
        try:
            await asyncio.to_thread(self._record, lease, entry, outcome, page)
        except Exception as error:
            outcome = refused(error)
            await asyncio.to_thread(self._record, lease, entry, outcome, _NOTHING)
        self.services.failpoint("collect.recorded")
        return outcome

    async def _work(self, entry: Entry) -> tuple[Outcome, _Page]:
        if entry.link is None:
            return Dropped(reason=Reason.NO_LINK, detail="the entry has no link to a page"), _NOTHING
        link = page_link(entry.link)
        known = await asyncio.to_thread(self._known_article, entry, link)
        if known is not None:
            return Done(reason=Reason.KNOWN_ARTICLE), _Page(known_article=known)
        rules = await self.robots.rules_for(link)
        if not rules.allows(link):
            return Dropped(reason=Reason.ROBOTS_DISALLOWED, detail="robots.txt of the site disallows it"), _NOTHING
        await self.tdm.prepare(link, least_seconds=rules.crawl_delay or 0.0)
        is_proxied = page_overrides(entry.feed, link).proxy is not None
        await self.manners.wait_for_slot(link, least_seconds=rules.crawl_delay or 0.0, is_proxied=is_proxied)
        if self.full:
            raise self.full[0]
        return await self._read(entry, await self.manners.heed(link, self._get(entry, link)))

    def _get(self, entry: Entry, link: str) -> Awaitable[Fetched]:
        return self.fetcher.get(link, accept="page", overrides=page_overrides(entry.feed, link))

    def _known_article(self, entry: Entry, link: str) -> str | None:
        """The article of this link where another entry brought it: its page need not be fetched again."""
        if entry.version > 1:
            return None
        candidate = article_id(link)
        with self.services.ledger.read() as connection:
            return candidate if articles.stored_version(connection, candidate) else None

    async def _read(self, entry: Entry, fetched: Fetched) -> tuple[Outcome, _Page]:
        now = self.services.clock()
        content_type = (fetched.content_type or "").partition(";")[0].strip().lower()
        if content_type not in _HTML:
            return Dropped(reason=Reason.NOT_HTML, detail=f"the page is {content_type}"), _Page(fetched_at=now)
        rule = await self.tdm.rule_for(fetched)
        key = await self._archive(fetched, now)
        parsed = await self.workers.run(
            extract_article,
            fetched.body,
            fetched.final_url,
            content_type=fetched.content_type,
            headers=with_site_rule(fetched.headers, rule),
            engine=entry.feed.engine or self.services.settings.engine,
            languages=self.services.settings.languages,
            overrides=self.services.watchlist.sites,
            now=now,
        )
        kept = key if may_be_kept(entry, parsed) else None
        if kept is None:
            await asyncio.to_thread(self.services.archive.remove, key)
        page = PageAt(url=fetched.final_url, fetched_at=now, key=kept, site_rule=rule)
        outcome, draft = judge(entry, parsed, page)
        return outcome, _Page(fetched_at=now, page_key=kept, site_rule=rule, draft=draft)

    async def _archive(self, fetched: Fetched, now: datetime) -> str:
        try:
            return await asyncio.to_thread(
                self.services.archive.put,
                url=fetched.final_url,
                fetched_at=now,
                status=fetched.status,
                headers=fetched.headers,
                body=fetched.body,
            )
        except ArchiveError as error:
            self.full.append(error)
            raise

    def _with_stand_in(self, entry: Entry, outcome: Outcome, page: _Page) -> _Page:
        at = page.fetched_at or self.services.clock()
        draft = page.draft or stand_in(entry, outcome, page_key=page.page_key, at=at)
        return replace(page, draft=draft)

    def _outcome_of(self, error: Exception, lease: Lease) -> Outcome:
        match error:
            case HostBusyError():
                return Retry(at=error.at, reason=Reason.HOST_BUSY, counts=False)
            case FetchError(permanent=True):
                return Dropped(reason=Reason(error.reason), detail=str(error))
            case FetchError():
                reason, not_before = Reason(error.reason), error.retry_at
                return retry(
                    self.services, attempts=lease.attempts, reason=reason, detail=str(error), not_before=not_before
                )
            case WorkerError(reason=Reason.WORKER_FAILED):
                return self._later(lease, Reason.WORKER_FAILED, error)
            case WorkerError():
                return Quarantined(reason=Reason(error.reason), detail=str(error))
            case ExtractError():
                return Dropped(reason=Reason.NOT_HTML, detail=str(error))
            case ArchiveError():
                return self._later(lease, Reason.STORAGE_FAILED, error)
            case _:
                return unexpected(error)

    def _later(self, lease: Lease, reason: Reason, error: Exception) -> Outcome:
        """Another try for a row that is not to blame."""
        return retry(self.services, attempts=lease.attempts, reason=reason, detail=str(error), counts=False)

    def _record(self, lease: Lease, entry: Entry, outcome: Outcome, page: _Page) -> None:
        held = fresh = True
        try:
            with self.services.ledger.write() as connection:
                outcome, fresh = _store(connection, entry, outcome, page, now=self.services.clock())
                article = page.draft.article.id if page.draft else page.known_article
                if not entries.record(connection, lease, outcome, **_values(page, article)):
                    raise LeaseLostError
        except LeaseLostError:
            held = False
        self.tally.settle(outcome, held=held, subject=entry.link or entry.id)
        self.tally.produced += fresh and held


def _store(
    connection: Connection, entry: Entry, outcome: Outcome, page: _Page, *, now: datetime
) -> tuple[Outcome, bool]:
    """Write the article that a page gave, if it is new or changed; the outcome as it is then, and whether it was."""
    article = page.draft.article.id if page.draft else page.known_article
    if article is None:
        return outcome, False
    fresh = False
    if page.draft is not None:
        before = articles.stored_version(connection, article)
        muted = entry.muted and (before is None or not _is_news(connection, page.draft))
        fresh = _is_fresh(entry, page.draft, before) and articles.store(
            connection, page.draft, before=before, now=now, muted=muted
        )
        if not fresh and isinstance(outcome, Done):
            outcome = Done(reason=Reason.UNCHANGED if entry.version > 1 else Reason.KNOWN_ARTICLE)
    articles.add_entry(connection, article, entry_id=entry.id, source=entry.source, now=now)
    return outcome, fresh


def _is_news(connection: Connection, draft: Draft) -> bool:
    """Whether the article says something else than it did, however little its feed shows of that."""
    title, text = articles.stored_words(connection, draft.article.id)
    return is_material((title, text), (draft.article.title, draft.article.text))


def _is_fresh(entry: Entry, draft: Draft, before: StoredVersion | None) -> bool:
    """Whether the article, or this version of it, is new.

    Only the entry that brought an article may change it, and a summary never takes the place of a text that was read.
    """
    if before is None:
        return True
    if draft.article.kind == FEED_SUMMARY != before.kind:
        return False
    return before.fingerprint != draft.fingerprint and before.first_entry == entry.id


def _values(page: _Page, article: str | None) -> dict[str, object]:
    values: dict[str, object] = {"article_id": article} if article else {}
    if page.fetched_at is not None:
        rule = page.site_rule and asdict(page.site_rule)
        values |= {"page_key": page.page_key, "fetched_at": page.fetched_at, "site_rule": rule}
    return values
