"""tag: which topics an article is about, and the words that prove it."""

from dataclasses import dataclass

from newsdesk.ledger import Connection, Lease, articles, topics
from newsdesk.ledger.leases import release
from newsdesk.model import Article, Counts, Done, Outcome, Stage, Tag
from newsdesk.pipeline.step import Step, Tally, drain
from newsdesk.pipeline.topics import follow_topics
from newsdesk.services import Services
from newsdesk.tagging import RuleSet

_TURNS = 5  # with other topics each: watchlists that contradict each other must not hold the step for ever


def tag(services: Services, *, limit: int | None = None) -> Counts:
    """Tag every article that waits for it; it waits for the index then.

    Topics may change while it runs. An article is tagged by those that hold when its tags are recorded, or again.
    """
    tally = Tally("tag")
    for _ in range(_TURNS):
        declared = follow_topics(services)
        turn = _Turn(services=services, tally=tally, rules=RuleSet(declared), digest=topics.digest(declared))
        left = None if limit is None else limit - sum(tally.outcomes.values())
        drain(services, tally, Step(claim=turn.claim, work=turn.work, record=turn.record), limit=left)
        if not turn.is_outdated:
            break
    return tally.counts()


@dataclass(slots=True, kw_only=True)
class _Turn:
    """Work with one set of topics."""

    services: Services
    tally: Tally
    rules: RuleSet
    digest: str
    is_outdated: bool = False

    def claim(self, connection: Connection, size: int) -> list[tuple[Lease, Article]]:
        if self.is_outdated:
            return []
        return articles.claim_waiting(connection, Stage.TAG, self.services.claim_terms(size))

    def work(self, article: Article) -> tuple[Outcome, tuple[Tag, ...] | None]:
        return Done(), self.rules.tags_of(article)

    def record(
        self, connection: Connection, claimed: tuple[Lease, Article], outcome: Outcome, found: tuple[Tag, ...] | None
    ) -> bool:
        (lease, article), now = claimed, self.services.clock()
        if not topics.hold(connection, self.digest):
            self.is_outdated = True
            release(connection, [lease])
            return False
        held = articles.record(connection, lease, outcome, next_stage=Stage.INDEX, now=now, tagged_at=now)
        if held and found is not None:
            articles.replace_tags(connection, article, found, now)
            self.tally.produced += len(found)
        return held
