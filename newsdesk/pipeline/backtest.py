"""A topic tried on what is stored: it reads ledger and index, and changes neither."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from newsdesk.backtest import (
    Day,
    MailCount,
    PartWork,
    Shown,
    Trial,
    Verdict,
    Window,
    choose_samples,
    count_days,
    count_mails,
    count_parts,
)
from newsdesk.ledger import lists
from newsdesk.model import Topic
from newsdesk.pipeline.stock import Stock
from newsdesk.query import render
from newsdesk.services import Services


@dataclass(frozen=True, slots=True, kw_only=True)
class BackTest:
    """What a topic would have done to the articles of a window, and how that differs from the tags there are."""

    topic: str
    title: str
    query: str  # as a query of one line
    window: Window
    zone: str  # of the days
    begins: datetime | None  # the oldest article stored, where the window begins before it
    stored: int  # articles of the window
    tagged: int
    days: tuple[Day, ...]  # of the window, from the first with a stored article on; none where none is
    parts: tuple[PartWork, ...]
    unmet: tuple[str, ...]  # words of the query that no article tagged holds
    mails: tuple[MailCount, ...]
    untagged: int  # articles that wait for tagging, and are in no comparison
    gained: int
    lost: int
    gains: tuple[Shown, ...]  # the newest of them
    losses: tuple[Shown, ...]
    samples: tuple[Shown, ...]

    @property
    def share(self) -> float:
        """Of all articles of the window."""
        return self.tagged / self.stored if self.stored else 0.0

    @property
    def length_in_days(self) -> float:
        """Of the part of the window of which anything is stored."""
        return replace(self.window, since=self.begins or self.window.since).length_in_days


def back_test(services: Services, topic: Topic, window: Window, *, samples: int, zone: str) -> BackTest:
    """Try `topic`, which need not be in the watchlist, by the rules of the watchlist that name its id."""
    stock = Stock(services, window)
    trial = Trial(topic, services.watchlist.rules)
    wanted = stock.candidates(topic, trial.candidates) | stock.tagged(topic)
    verdicts = [verdict for article, when in stock.read(wanted) if (verdict := trial.judge(article, when))]
    compared = [verdict for verdict in verdicts if verdict.article not in stock.untagged]
    gained = [verdict for verdict in compared if verdict.is_tagged and not verdict.was_tagged]
    lost = [verdict for verdict in compared if verdict.was_tagged and not verdict.is_tagged]
    ids = {firing.alert for verdict in verdicts for firing in verdict.firings}
    with services.ledger.read() as connection:
        raised = lists.raised(connection, ids)
    new = sum(1 for _ in stock.read(stock.unindexed - stock.indexed))
    return BackTest(
        topic=topic.id,
        title=topic.title,
        query=render(topic.query.tree),
        window=window,
        zone=zone,
        begins=stock.begins,
        stored=len(stock.indexed) + new,
        tagged=sum(verdict.is_tagged for verdict in verdicts),
        days=count_days(verdicts, replace(window, since=stock.begins or window.since), zone) if stock.indexed else (),
        parts=count_parts(verdicts, trial.parts),
        unmet=trial.unmet,
        mails=count_mails(verdicts, trial.rules, raised),
        untagged=len(verdicts) - len(compared),
        gained=len(gained),
        lost=len(lost),
        gains=_shown(stock, trial, _newest(gained, samples)),
        losses=_shown(stock, trial, _newest(lost, samples)),
        samples=_shown(stock, trial, choose_samples(verdicts, samples)),
    )


def _newest(verdicts: Iterable[Verdict], number: int) -> Sequence[Verdict]:
    return sorted(verdicts, key=lambda verdict: (verdict.when, verdict.article), reverse=True)[:number]


def _shown(stock: Stock, trial: Trial, verdicts: Sequence[Verdict]) -> tuple[Shown, ...]:
    """In the order of the verdicts; without an article that left the window meanwhile."""
    found = {article.id: trial.show(article, when) for article, when in stock.read(v.article for v in verdicts)}
    return tuple(found[verdict.article] for verdict in verdicts if verdict.article in found)
