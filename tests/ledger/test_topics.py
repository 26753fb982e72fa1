"""Topics as the stored tags follow them: what waits when they change, and what re-tagging does to an article."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Connection, insert, select, update

from newsdesk.ledger import Ledger, RowRefusedError, articles, history, leases, open_ledger, retags, tables, topics
from newsdesk.ledger.articles import TagAlert, TagEnd, tag_row
from newsdesk.ledger.leases import requeue
from newsdesk.ledger.overview import overview
from newsdesk.ledger.retags import Applied, Extent, Verdict
from newsdesk.ledger.topics import Effect
from newsdesk.model import Article, Done, Quarantined, Reason, Stage, Tag, Topic
from newsdesk.query import parse
from tests.ledger.make import HOUR, NOW, only, store_article, tag, terms

TOPIC = Topic(id="trader-protests", title="Protests", query=parse("protest*"), version="v1")
OTHER = replace(TOPIC, id="policy")
CHANGED = replace(TOPIC, version="v2")


def store_tagged(connection: Connection, name: str, *found: Tag, stage: Stage = Stage.DONE) -> Article:
    """An article with tags at a stage behind tagging; at the last one the rules were asked."""
    made = store_article(connection, name, stage=stage)
    stamps = {"tagged_at": NOW, "alerted_at": NOW if stage is Stage.DONE else None}
    connection.execute(update(tables.articles).where(tables.articles.c.id == made.article.id).values(stamps))
    articles.replace_tags(connection, made.article, found, NOW)
    article = articles.load_ids(connection, [made.article.id])[0]
    if stage is Stage.DONE:
        connection.execute(update(tables.tags).values(alert="asked"))
    return article


def apply(connection: Connection, *decided: tuple[Article, Tag | None], **changes: Any) -> Applied:
    verdicts = [Verdict(article_id=one.id, article_version=one.version, tag=found) for one, found in decided]
    more: dict[str, Any] = {"why": TagEnd.TOPIC_CHANGED, "alerts": False, "now": NOW + HOUR} | changes
    return retags.apply(connection, TOPIC.id, verdicts, **more)


def lives(connection: Connection, article: Article) -> list[tuple[str, str | None, str]]:
    """Version of the topic, why it ended and the state of its alert, in the order of time."""
    life = history.life(connection, article.id)
    assert life is not None
    return [(one.topic_version, one.ended_why, one.alert) for one in life.tags]


def stage_of(connection: Connection, article: Article) -> tuple[str, object]:
    row = connection.execute(select(tables.articles).where(tables.articles.c.id == article.id)).one()
    return row.stage, row.due_at


# ------------------------------------------------------------------ what is declared


def test_where_nothing_was_tagged_topics_are_taken_over_without_work(ledger: Ledger) -> None:
    with ledger.write() as connection:
        store_article(connection, "one")
        assert topics.declare(connection, [TOPIC, OTHER], NOW) == 0
        assert topics.declared_digest(connection) == topics.digest([OTHER, TOPIC])
        assert [state.version for state in topics.states(connection)] == ["v1", "v1"]
        assert topics.declare(connection, [CHANGED], NOW) == 0
        assert [state.version for state in topics.states(connection)] == [None, "v2"]
        assert topics.claim_changed(connection, terms()) == []


def test_topics_that_come_change_or_go_wait_once_articles_are_tagged(ledger: Ledger) -> None:
    with ledger.write() as connection:
        topics.declare(connection, [TOPIC, OTHER], NOW)
        store_tagged(connection, "one")
        assert topics.declare(connection, [TOPIC, OTHER], NOW) == 0
        fresh = replace(TOPIC, id="floods")
        assert topics.declare(connection, [CHANGED, fresh], NOW) == 3
        waiting = [row for _, row in topics.claim_changed(connection, terms())]
        assert {row.topic: row.wanted for row in waiting} == {TOPIC.id: "v2", "floods": "v1", "policy": None}
        assert [(state.id, state.version) for state in topics.states(connection, waiting=True)] == [
            ("floods", None),
            ("policy", "v1"),
            (TOPIC.id, "v1"),
        ]


def test_a_topic_that_changes_again_is_taken_from_whoever_works_on_it(ledger: Ledger) -> None:
    with ledger.write() as connection:
        topics.declare(connection, [TOPIC], NOW)
        store_tagged(connection, "one")
        topics.declare(connection, [CHANGED], NOW)
        lease, _ = only(topics.claim_changed(connection, terms()))
        assert leases.renew(connection, lease, NOW + 2 * HOUR)
        topics.advance(connection, TOPIC.id, Effect(gained=2, kept=1), reached="5")
        topics.advance(connection, TOPIC.id, Effect(lost=1), reached=None)
        state = topics.states(connection)[0]
        assert (state.gained, state.lost, state.kept) == (2, 1, 1)
        assert topics.claim_changed(connection, terms(now=NOW + HOUR)) == []
        topics.declare(connection, [TOPIC], NOW)
        assert not leases.renew(connection, lease, NOW + 2 * HOUR)
        assert not topics.record(connection, lease, Done(), whole=True, now=NOW)
        lease, row = only(topics.claim_changed(connection, terms()))
        assert (row.wanted, row.reached) == ("v1", "")
        assert topics.record(connection, lease, Done(), whole=True, now=NOW)
        assert topics.states(connection)[0].version == "v1"


def test_what_is_half_done_is_claimed_again_where_it_stopped(ledger: Ledger) -> None:
    with ledger.write() as connection:
        topics.declare(connection, [TOPIC], NOW)
        assert topics.ask(connection, TOPIC.id, alerts=True, now=NOW)
        assert not topics.ask(connection, "unheard-of", alerts=True, now=NOW)
        lease, _ = only(topics.claim_changed(connection, terms()))
        topics.advance(connection, TOPIC.id, Effect(), reached="7")
        assert topics.record(connection, lease, Done(), whole=False, now=NOW)
        _, row = only(topics.claim_changed(connection, terms()))
        assert (row.reached, row.alerts) == ("7", True)


def test_a_topic_that_was_given_up_is_shown_and_can_be_tried_again(ledger: Ledger) -> None:
    with ledger.write() as connection:
        topics.declare(connection, [TOPIC], NOW)
        topics.ask(connection, TOPIC.id, alerts=False, now=NOW)
        lease, _ = only(topics.claim_changed(connection, terms()))
        topics.record(connection, lease, Quarantined(reason=Reason.UNEXPECTED), whole=False, now=NOW)
        assert [(trouble.kind, trouble.id) for trouble in overview(connection).troubles] == [("topic", TOPIC.id)]
        assert requeue(connection, tables.topics, now=NOW, row_id=TOPIC.id) == 1
        only(topics.claim_changed(connection, terms()))


def test_whoever_records_tags_keeps_the_topics_as_they_are(ledger_url: str) -> None:
    with open_ledger(ledger_url) as ledger, ledger.write() as connection:
        assert not topics.hold(connection, topics.digest([TOPIC]))
        topics.declare(connection, [TOPIC], NOW)
        assert topics.hold(connection, topics.digest([TOPIC]))
        assert not topics.hold(connection, topics.digest([CHANGED]))


# ------------------------------------------------------------------ what re-tagging does


def test_tags_that_come_to_a_finished_article_are_muted_and_others_keep_their_state(ledger: Ledger) -> None:
    with ledger.write() as connection:
        gains, keeps, loses = (
            store_tagged(connection, name, *found)
            for name, found in (("gains", ()), ("keeps", (tag(),)), ("loses", (tag(),)))
        )
        applied = apply(
            connection,
            (gains, tag(version="v2")),
            (keeps, tag(version="v2")),
            (loses, None),
            (gains, tag(version="v2")),
        )
        assert applied == Applied(effect=Effect(gained=1, lost=1, kept=1), sent_on=2, left=())
        assert lives(connection, gains) == [("v2", None, "muted")]
        assert lives(connection, keeps) == [("v1", "topic-changed", "asked"), ("v2", None, "asked")]
        assert lives(connection, loses) == [("v1", "topic-changed", "asked")]
        stages = [stage_of(connection, article)[0] for article in (gains, keeps, loses)]
        assert stages == ["index", "done", "index"]  # the index shows neither versions nor parts of queries
        again = apply(connection, (gains, tag(version="v2")), (keeps, tag(version="v2")), (loses, None))
        assert again == Applied(effect=Effect(kept=2), sent_on=0, left=())


def test_alerts_that_are_asked_for_reach_muted_tags_only(ledger: Ledger) -> None:
    with ledger.write() as connection:
        muted, asked = store_tagged(connection, "muted"), store_tagged(connection, "asked", tag())
        apply(connection, (muted, tag()), (asked, tag()))
        lease, _ = only(articles.claim_waiting(connection, Stage.INDEX, terms(now=NOW + HOUR)))
        articles.record(connection, lease, Done(), next_stage=Stage.DONE, now=NOW)
        applied = apply(connection, (muted, tag()), (asked, tag()), alerts=True, now=NOW + 2 * HOUR)
        assert (applied.effect, applied.sent_on) == (Effect(kept=2), 1)
        lease, article = only(articles.claim_for_rules(connection, terms(now=NOW + 2 * HOUR)))
        assert (article.id, article.tags) == (muted.id, (tag(),))
        articles.note_asked(connection, article)
        assert lives(connection, muted) == lives(connection, asked) == [("v1", None, "asked")]


def test_an_article_on_its_way_takes_new_tags_along(ledger: Ledger) -> None:
    with ledger.write() as connection:
        before_index = store_tagged(connection, "one", stage=Stage.INDEX)
        holder, _ = only(articles.claim_waiting(connection, Stage.INDEX, terms()))
        before_rules = store_tagged(connection, "two", tag(), stage=Stage.ALERT)
        apply(connection, (before_index, tag(end=9)), (before_rules, tag(end=9)))
        assert lives(connection, before_index)[-1] == lives(connection, before_rules)[-1] == ("v1", None, "due")
        assert {stage_of(connection, one)[0] for one in (before_index, before_rules)} == {"index"}
        late = articles.record(connection, holder, Done(), next_stage=Stage.ALERT, now=NOW)
        assert not late  # it wrote the article without the tag


def test_articles_before_tagging_and_changed_ones_are_not_touched(ledger: Ledger) -> None:
    with ledger.write() as connection:
        moved = store_tagged(connection, "moved", tag())
        waits = store_tagged(connection, "waits", tag(), stage=Stage.TAG)
        applied = apply(connection, (waits, None), (replace(moved, version=7), None))
        assert (applied.effect, applied.left) == (Effect(), (moved.id,))
        assert lives(connection, moved) == [("v1", None, "asked")]
        assert lives(connection, waits) == [("v1", None, "due")]
        gone = apply(connection, (waits, None), why=TagEnd.TOPIC_REMOVED)
        assert gone.effect == Effect(lost=1)
        assert lives(connection, waits) == [("v1", "topic-removed", "due")]
        assert stage_of(connection, waits)[0] == "tag"


def test_an_article_that_a_person_is_to_look_at_stays_set_aside(ledger: Ledger) -> None:
    with ledger.write() as connection:
        article = store_tagged(connection, "one", stage=Stage.INDEX)
        lease, _ = only(articles.claim_waiting(connection, Stage.INDEX, terms()))
        refused = Quarantined(reason=Reason.INDEX_REFUSED)
        articles.record(connection, lease, refused, next_stage=Stage.ALERT, now=NOW)
        apply(connection, (article, tag()))
        assert stage_of(connection, article) == ("index", None)


@pytest.mark.postgres
def test_an_article_that_somebody_holds_is_left_for_a_moment(postgres_url: str) -> None:
    with open_ledger(postgres_url) as ledger:
        with ledger.write() as connection:
            free, held = store_tagged(connection, "free"), store_tagged(connection, "held")
        with ledger.write() as other, ledger.write() as connection:
            other.execute(update(tables.articles).where(tables.articles.c.id == held.id).values(title="Held"))
            applied = apply(connection, (free, tag()), (held, tag()))
        assert (applied.effect, applied.left) == (Effect(gained=1), (held.id,))


def test_an_article_never_carries_a_topic_twice(ledger: Ledger) -> None:
    with ledger.write() as connection:
        article = store_tagged(connection, "one", tag())
    row = tag_row(article.id, 1, tag(version="v2"), alert=TagAlert.DUE, now=NOW + HOUR)
    with pytest.raises(RowRefusedError, match=r"(?i)unique"), ledger.write() as connection:
        connection.execute(insert(tables.tags).values(row))


def test_the_extent_counts_what_the_index_should_and_may_hold(ledger: Ledger) -> None:
    with ledger.write() as connection:
        store_tagged(connection, "one", stage=Stage.INDEX)
        assert retags.extent(connection) == Extent(indexed=0, unrecorded=1)
        lease, _ = only(articles.claim_waiting(connection, Stage.INDEX, terms()))
        articles.record(connection, lease, Done(), next_stage=Stage.ALERT, now=NOW, indexed_at=NOW)
        assert retags.extent(connection) == Extent(indexed=1, unrecorded=0)
