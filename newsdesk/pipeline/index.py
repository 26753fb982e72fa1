"""index: into the search index, batch by batch; the index is a view, so writing twice is as good as once."""

from newsdesk.errors import SearchIndexError
from newsdesk.index import Document, PutOutcome, PutStatus, TopicSpan
from newsdesk.ledger import articles, retags
from newsdesk.model import Article, Counts, Done, Outcome, Quarantined, Reason, Stage
from newsdesk.pipeline.step import Tally, given_back, retry, unexpected
from newsdesk.services import Services


def index(services: Services, *, limit: int | None = None) -> Counts:
    """Index every article that waits for it; it waits for the rules then."""
    tally = Tally("index")
    left = limit
    while left is None or left > 0:
        terms = services.claim_terms(services.settings.batch if left is None else min(left, services.settings.batch))
        with services.ledger.write() as connection:
            claimed = articles.claim_waiting(connection, Stage.INDEX, terms)
        if not claimed:
            break
        left = None if left is None else left - len(claimed)
        with given_back(services, [lease for lease, _ in claimed]):
            outcomes = _put(
                services, [article for _, article in claimed], attempts=max(lease.attempts for lease, _ in claimed)
            )
            services.failpoint("index.worked")
            now = services.clock()
            with services.ledger.write() as connection:
                for (lease, article), outcome in zip(claimed, outcomes, strict=True):
                    held = articles.record(connection, lease, outcome, next_stage=Stage.ALERT, now=now, indexed_at=now)
                    if not held:
                        retags.mend_index(connection, article, now)
                    tally.settle(outcome, held=held, subject=article.url)
        services.failpoint("index.recorded")
    return tally.counts()


def _put(services: Services, batch: list[Article], *, attempts: int) -> list[Outcome]:
    """One outcome for each article; an index that cannot be used costs them no attempt."""
    try:
        report = services.index.put([document(article) for article in batch])
    except SearchIndexError as error:
        later = retry(services, attempts=attempts, reason=Reason.STORAGE_FAILED, detail=str(error), counts=False)
        return [later for _ in batch]
    except Exception as error:  # one article's fault; which one, each by itself shows
        if len(batch) == 1:
            return [unexpected(error)]
        return [outcome for article in batch for outcome in _put(services, [article], attempts=attempts)]
    return [_outcome(result) for result in report.outcomes]


def _outcome(result: PutOutcome) -> Outcome:
    if result.status is PutStatus.REFUSED:
        return Quarantined(reason=Reason.INDEX_REFUSED, detail=result.detail)
    return Done()


def document(article: Article) -> Document:
    """The article as the index holds it."""
    return Document(
        id=article.id,
        version=article.version,
        url=article.url,
        title=article.title,
        body=article.text,
        source=article.source,
        first_seen=article.first_seen_at,
        fetched=article.fetched_at,
        summary=article.summary,
        language=article.language,
        authors=article.authors,
        topics=tuple(tag.topic for tag in article.tags),
        published=article.published,
        evidence=tuple(
            TopicSpan(topic=tag.topic, field=found.field, start=found.start, end=found.end)
            for tag in article.tags
            for found in tag.evidence
        ),
        kind=article.kind,
    )
