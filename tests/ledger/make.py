"""Records for the tests of the ledger, each with one thing that can be changed."""

from datetime import UTC, datetime, timedelta
from typing import Any

from extractors.records import ParsedEntry
from newsdesk.intake import EntryIntent, article_id, digest, entry_fingerprint, feed_id
from newsdesk.ledger import Connection, articles, entries, feeds, leases, tables
from newsdesk.ledger.articles import Draft
from newsdesk.ledger.feeds import NextPoll, Polled, PollResult, Standing, Trouble, Validators
from newsdesk.ledger.leases import Lease, Terms
from newsdesk.model import Article, Done, Evidence, FeedSpec, Stage, Tag
from newsdesk.schedule import Gone, Move

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
FEED = FeedSpec(url="http://gazette.example/feed.xml", name="Gazette")
FEED_ID = feed_id(FEED.url)
HOUR = timedelta(hours=1)


def terms(limit: int = 10, *, now: datetime = NOW, seconds: int = 60, attempts: int = 8) -> Terms:
    return Terms(now=now, limit=limit, seconds=seconds, attempts=attempts)


def intent(name: str, *, title: str = "Rules for online shops", version: int = 1) -> EntryIntent:
    entry = ParsedEntry(
        guid=name,
        link=f"http://gazette.example/{name}",
        title=title,
        published=NOW - HOUR,
        published_source=None,
        updated=None,
        summary="Draft rules were published.",
        content="",
        authors=("R. Mehta",),
    )
    key = digest("entry", FEED_ID, name)
    return EntryIntent(id=key, identity=name, fingerprint=entry_fingerprint(entry), version=version, entry=entry)


def store_entries(connection: Connection, *names: str) -> None:
    feeds.sync(connection, [FEED], NOW)
    entries.store(connection, FEED_ID, [intent(name) for name in names], NOW)


def draft(name: str, *, text: str = "The traders met in Surat.", **changes: Any) -> Draft:
    url = f"http://gazette.example/{name}"
    values: dict[str, Any] = {
        "id": article_id(url),
        "url": url,
        "source": FEED.name,
        "title": "Traders meet",
        "text": text,
        "summary": "",
        "language": "en",
        "authors": ("R. Mehta",),
        "published": NOW - HOUR,
        "modified": None,
        "fetched_at": NOW,
        "recorded_at": NOW,
        "first_seen_at": NOW,
        "signals": ("noarchive",),
    }
    return Draft(
        article=Article(**values | changes),
        feed_id=FEED_ID,
        entry_id=intent(name).id,
        fingerprint=digest(text),
        page_key=f"2026/11/22/{name}.warc.gz",
        provenance={"title": ("jsonld", 0.9)},
        signals=("noarchive",),
    )


def store_article(connection: Connection, name: str, *, stage: Stage = Stage.TAG) -> Draft:
    """An article with its entry; at `stage` by the ordinary way."""
    store_entries(connection, name)
    made = draft(name)
    articles.store(connection, made, before=None, now=NOW)
    articles.add_entry(connection, made.article.id, entry_id=made.entry_id, source=FEED.name, now=NOW)
    for step in (Stage.TAG, Stage.INDEX, Stage.ALERT):
        if step is stage:
            break
        lease, _ = articles.claim_waiting(connection, step, terms())[0]
        following = {Stage.TAG: Stage.INDEX, Stage.INDEX: Stage.ALERT, Stage.ALERT: Stage.DONE}[step]
        articles.record(connection, lease, Done(), next_stage=following, now=NOW)
    return made


def tag(topic: str = "trader-protests", *, version: str = "v1", end: int = 7) -> Tag:
    found = Evidence(
        field="body", start=4, end=end, part="traders", sentence="The traders met in Surat.", sentence_start=0
    )
    return Tag(topic=topic, topic_version=version, evidence=(found,))


def only(claimed: list[tuple[Lease, Any]]) -> tuple[Lease, Any]:
    assert len(claimed) == 1
    return claimed[0]


def record_success(
    connection: Connection,
    lease: Lease,
    result: PollResult,
    *,
    next_at: datetime,
    interval: int = 900,
    validators: Validators | None = None,
) -> bool:
    """A poll that went well, of a feed that does not move."""
    if not leases.hold(connection, tables.feeds, [lease]):
        return False
    polled = Polled(
        lease=lease,
        outcome=Done(),
        result=result,
        next_poll=NextPoll(at=next_at, interval=interval, why="nothing new"),
        standing=Standing(move=Move(), validators=validators),
    )
    feeds.record_successes(connection, [polled])
    return True


def record_failure(connection: Connection, lease: Lease, result: PollResult, *, failures: int) -> bool:
    """A poll that failed."""
    trouble = Trouble(failures=failures, failing_since=NOW, gone=Gone(), why="1 failure")
    return feeds.record_failure(connection, lease, result, trouble=trouble)
