"""alert: rules are evaluated once, on arrival, from the ledger; what they say becomes rows in the same transaction.

They see those tags of an article for which they were not asked yet. Tags that came by re-tagging are not among them.
"""

from newsdesk.ledger import Connection, Lease, alerts, articles
from newsdesk.model import Article, Counts, Done, Outcome, Stage
from newsdesk.pipeline.step import Step, Tally, drain
from newsdesk.rules import Firing, alerts_for, notifications_for
from newsdesk.services import Services


def alert(services: Services, *, limit: int | None = None) -> Counts:
    """Evaluate the rules for every article that waits for it; the mails wait for delivery then."""
    rules = services.watchlist.rules
    tally = Tally("alert")

    def claim(connection: Connection, size: int) -> list[tuple[Lease, Article]]:
        return articles.claim_for_rules(connection, services.claim_terms(size))

    def work(article: Article) -> tuple[Outcome, tuple[Firing, ...] | None]:
        return Done(), alerts_for(article, rules)

    def record(
        connection: Connection, claimed: tuple[Lease, Article], outcome: Outcome, found: tuple[Firing, ...] | None
    ) -> bool:
        (lease, article), now = claimed, services.clock()
        held = articles.record(connection, lease, outcome, next_stage=Stage.DONE, now=now, alerted_at=now)
        if held and found is not None:
            articles.note_asked(connection, article)
            fresh = [firing for firing in found if alerts.store_alert(connection, firing, article, now)]
            for notice in notifications_for(fresh, rules):
                tally.produced += alerts.store_notification(connection, notice, now)
        return held

    return drain(services, tally, Step(claim=claim, work=work, record=record), limit=limit)
