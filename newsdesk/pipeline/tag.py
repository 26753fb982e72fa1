"""tag: which topics an article is about, and the words that prove it."""

from newsdesk.ledger import Connection, Lease, articles
from newsdesk.model import Article, Counts, Done, Outcome, Stage, Tag
from newsdesk.pipeline.step import Step, Tally, drain
from newsdesk.services import Services
from newsdesk.tagging import RuleSet


def tag(services: Services, *, limit: int | None = None) -> Counts:
    """Tag every article that waits for it; it waits for the index then."""
    rules = RuleSet(services.watchlist.topics)
    tally = Tally("tag")

    def claim(connection: Connection, size: int) -> list[tuple[Lease, Article]]:
        return articles.claim_waiting(connection, Stage.TAG, services.claim_terms(size))

    def work(article: Article) -> tuple[Outcome, tuple[Tag, ...] | None]:
        found = rules.tags(
            title=article.title,
            text=article.text,
            language=article.language,
            source=article.source,
            authors=article.authors,
            published=article.published,
        )
        return Done(), found

    def record(
        connection: Connection, claimed: tuple[Lease, Article], outcome: Outcome, found: tuple[Tag, ...] | None
    ) -> bool:
        (lease, article), now = claimed, services.clock()
        held = articles.record(connection, lease, outcome, next_stage=Stage.INDEX, now=now, tagged_at=now)
        if held and found is not None:
            articles.replace_tags(connection, article, found, now)
            tally.produced += len(found)
        return held

    return drain(services, tally, Step(claim=claim, work=work, record=record), limit=limit)
