"""A topic changes, and the stored articles follow it: they alone, with their history, and without alerts."""

from datetime import timedelta
from email import message_from_bytes, policy

from newsdesk import pipeline
from newsdesk.index import clear_index
from newsdesk.ledger import articles, history, retags
from newsdesk.ledger.articles import StoredVersion
from newsdesk.ledger.overview import overview
from newsdesk.model import Done, Stage
from newsdesk.pipeline.index import document
from newsdesk.pipeline.topics import follow_topics
from tests.ledger.make import draft
from tests.pipeline.desk import (
    POLICY,
    PROTESTS,
    RULE,
    STRIKES,
    TEXTS,
    Desk,
    alerted,
    counts,
    is_at_rest,
    process,
    shown,
    state_of,
    statements,
    tagged,
)

# ------------------------------------------------------------------ what changes, and what does not


def test_articles_gain_lose_and_keep_a_topic_that_changed_and_nobody_is_alerted(desk: Desk) -> None:
    with desk.open() as services:
        desk.take_in(services, **TEXTS)
        process(services)
        assert alerted(services) == {"march", "both"}
    desk.declare(protests=STRIKES)
    with desk.open() as services:
        assert pipeline.retag(services).produced == 3
        assert tagged(services) == {"walkout", "both"}
        state = state_of(services)
        assert counts(state) == (1, 1, 1)
        assert (state.version, state.stage) == (services.watchlist.topics[0].version, "done")
        process(services)
        assert shown(services) == {"walkout", "both"}
        assert alerted(services) == {"march", "both"}
        assert is_at_rest(services)


def test_what_a_topic_was_stays_in_history_with_its_reason(desk: Desk) -> None:
    for declared in (PROTESTS, STRIKES, PROTESTS):
        desk.declare(protests=declared)
        with desk.open() as services:
            if declared is PROTESTS and not tagged(services):
                desk.take_in(services, **TEXTS)
            process(services)
    with desk.open() as services:
        desk.take_in(services, both="Only the policy is left.")
        process(services)
        with services.ledger.read() as connection:
            life = history.life(connection, "http://gazette.example/both")
    assert life is not None
    first, second, third = life.tags
    assert first.topic_version == third.topic_version != second.topic_version
    assert [one.ended_why for one in life.tags] == ["topic-changed", "topic-changed", "article-changed"]
    assert (first.ended_at, second.ended_at) == (second.tagged_at, third.tagged_at)
    assert [one.alert for one in life.tags] == ["asked", "asked", "asked"]


def test_a_new_topic_finds_stored_articles_and_a_removed_one_leaves_them(desk: Desk) -> None:
    with desk.open() as services:
        desk.take_in(services, **TEXTS)
        process(services)
    desk.declare(protests=PROTESTS, policy=POLICY)
    with desk.open() as services:
        process(services)
        assert (tagged(services, "policy"), shown(services, "policy")) == ({"both"}, {"both"})
        assert counts(state_of(services, "policy")) == (1, 0, 0)
    desk.declare(policy=POLICY, rules={})
    with desk.open() as services:
        process(services)
        assert (tagged(services), shown(services)) == (set(), set())
        state = state_of(services)
        assert (state.version, state.wanted, state.stage, counts(state)) == (None, None, "done", (0, 2, 0))
        assert tagged(services, "policy") == {"both"}
        with services.ledger.read() as connection:
            life = history.life(connection, "http://gazette.example/march")
        assert life is not None
        assert [one.ended_why for one in life.tags] == ["topic-removed"]


def test_a_change_that_moves_no_tag_writes_nothing_into_the_index(desk: Desk) -> None:
    with desk.open() as services:
        desk.take_in(services, **TEXTS)
        process(services)
    desk.declare(protests={**PROTESTS, "at_least": 2, "query": "protest* OR protests"} | {"at_least": 1})
    with desk.open() as services:
        assert pipeline.retag(services).produced == 0
        assert counts(state_of(services)) == (0, 0, 2)
        assert pipeline.waiting(services).articles == 0


def test_languages_sources_and_mentions_decide_too(desk: Desk) -> None:
    with desk.open() as services:
        desk.take_in(services, once="They protest.", often="They protest. They protest. They protest.")
        process(services)
    desk.declare(protests=PROTESTS | {"at_least": 3})
    with desk.open() as services:
        process(services)
        assert tagged(services) == {"often"}
    desk.declare(protests=PROTESTS | {"languages": ["hi"]})
    with desk.open() as services:
        process(services)
        assert tagged(services) == set()


def test_nothing_changed_costs_one_question(desk: Desk) -> None:
    with desk.open() as services:
        desk.take_in(services, **TEXTS)
        process(services)
    desk.declare(protests=PROTESTS | {"title": "Marches"})  # titles do not tag
    with desk.open() as services:
        with statements(services) as sent:
            follow_topics(services)
        assert len(sent) == 1
        with statements(services) as sent:
            assert pipeline.retag(services).outcomes == {}
        assert len(sent) == 2


def test_the_first_run_on_an_empty_ledger_re_tags_nothing(desk: Desk) -> None:
    with desk.open() as services:
        desk.take_in(services, **TEXTS)
        assert pipeline.tag(services).outcomes == {"done": 4}
        assert pipeline.retag(services).outcomes == {}
        state = state_of(services)
        assert (state.version, state.stage, state.retagged_at) == (state.wanted, "done", None)


# ------------------------------------------------------------------ alerts


def test_alerts_come_where_they_are_asked_for_and_once(desk: Desk) -> None:
    with desk.open() as services:
        desk.take_in(services, **TEXTS)
        process(services)
    desk.declare(protests=STRIKES, policy=POLICY, rules={"all": RULE, "late": RULE | {"topics": ["policy"]}})
    with desk.open() as services:
        process(services)
        assert alerted(services) == {"march", "both"}
        for _ in range(2):
            assert pipeline.ask_retag(services, "protests", alerts=True)
            process(services)
            assert alerted(services) == {"march", "both", "walkout"}  # and not for the other topic, which is as new
        assert counts(state_of(services)) == (0, 0, 2)
        assert is_at_rest(services)


def test_a_mail_that_waits_tells_the_words_that_made_it_though_its_topic_changed_since(desk: Desk) -> None:
    with desk.open() as services:
        desk.take_in(services, **TEXTS)
        for step in (pipeline.tag, pipeline.index, pipeline.alert):
            step(services)
    desk.declare(protests=STRIKES)
    with desk.open() as services:
        process(services)
    sent = [message_from_bytes(path.read_bytes(), policy=policy.default) for path in desk.folder.rglob("*.eml")]
    assert [message["Subject"] for message in sent] == ["Protests: Traders meet (Gazette)"] * 2
    for message in sent:
        part = message.get_body(("plain",))
        assert part is not None
        assert "protest" in part.get_content()


def test_an_article_that_is_still_on_its_way_alerts_for_what_it_gains(desk: Desk) -> None:
    with desk.open() as services:
        desk.take_in(services, **TEXTS)
        pipeline.tag(services)
    desk.declare(protests=STRIKES)
    with desk.open() as services:
        process(services)
        assert alerted(services) == {"walkout", "both"}
        assert shown(services) == {"walkout", "both"}


def test_an_article_that_waits_for_its_alert_is_indexed_again_before(desk: Desk) -> None:
    with desk.open() as services:
        desk.take_in(services, **TEXTS)
        pipeline.tag(services)
        pipeline.index(services)
    desk.declare(protests=STRIKES)
    with desk.open() as services:
        process(services)
        assert alerted(services) == {"walkout", "both"}
        assert shown(services) == {"walkout", "both"}


def test_news_in_an_article_that_was_re_tagged_alerts_as_any_news(desk: Desk) -> None:
    with desk.open() as services:
        desk.take_in(services, **TEXTS)
        process(services)
    desk.declare(protests=STRIKES)
    with desk.open() as services:
        process(services)
        desk.take_in(services, walkout="Workers strike for the third day.")
        process(services)
        assert alerted(services) == {"march", "both", "walkout"}


def test_a_version_that_no_news_brought_alerts_nobody(desk: Desk) -> None:
    """What a replay of archived pages does."""
    with desk.open() as services:
        desk.take_in(services, **TEXTS)
        process(services)
        desk.take_in(services, fresh="They protest.")
        with services.ledger.write() as connection:
            for name in ("weather", "fresh"):
                again = draft(name, text="They protest in the rain.")
                before = articles.stored_version(connection, again.article.id)
                assert isinstance(before, StoredVersion)
                articles.store(connection, again, before=before, now=services.clock(), muted=True)
        process(services)
        assert tagged(services) == {"march", "both", "weather", "fresh"}
        assert alerted(services) == {"march", "both", "fresh"}  # the last had not come to its alert yet


# ------------------------------------------------------------------ what the index does not know


def test_articles_that_the_index_lost_are_found_in_the_ledger(desk: Desk) -> None:
    with desk.open() as services:
        desk.take_in(services, **TEXTS)
        process(services)
    clear_index(desk.folder / "index.db")
    desk.declare(protests=STRIKES)
    with desk.open() as services:
        pipeline.retag(services)
        assert tagged(services) == {"walkout", "both"}
        assert state_of(services).detail == "the index lacked 4 articles: they were read from the ledger"


def test_while_the_index_cannot_be_used_the_topic_waits(desk: Desk) -> None:
    with desk.open() as services:
        desk.take_in(services, **TEXTS)
        process(services)
    for path in desk.folder.glob("index.db*"):
        path.unlink()
    (desk.folder / "index.db").write_bytes(b"no index at all " * 500)
    desk.declare(protests=STRIKES, policy=POLICY)
    with desk.open() as services:
        assert pipeline.retag(services).outcomes == {"retry:storage-failed": 2}
        assert tagged(services) == {"march", "both"}
        with services.ledger.read() as connection:
            assert [state.reason for state in overview(connection).retags] == ["storage-failed"] * 2
    (desk.folder / "index.db").unlink()
    desk.clock.now += timedelta(hours=1)
    with desk.open() as services:
        assert pipeline.retag(services).outcomes == {"done": 2}
        assert tagged(services) == {"walkout", "both"}


def test_an_old_state_that_was_written_late_is_written_over(desk: Desk) -> None:
    with desk.open() as services:
        desk.take_in(services, **TEXTS)
        pipeline.tag(services)
        with services.ledger.write() as connection:
            slow = articles.claim_waiting(connection, Stage.INDEX, services.claim_terms(10))
    desk.declare(protests=STRIKES)
    with desk.open() as services:
        process(services)
        services.index.put([document(article) for _, article in slow])
        assert shown(services) == {"march", "both"}
        with services.ledger.write() as connection:
            for lease, article in slow:
                if not articles.record(
                    connection, lease, Done(), next_stage=Stage.ALERT, now=services.clock(), indexed_at=services.clock()
                ):
                    retags.mend_index(connection, article, services.clock())
        process(services)
        assert shown(services) == {"walkout", "both"}
