from datetime import UTC, datetime

from newsdesk.model import Article, Rule, Tag
from newsdesk.rules import alert_id, alerts_for, notifications_for

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def article(*topics: str, id_: str = "a" * 32) -> Article:
    return Article(
        id=id_,
        url="https://press.example/1",
        source="Press",
        title="Title",
        text="Text",
        summary="",
        language="en",
        authors=(),
        published=NOW,
        modified=None,
        fetched_at=NOW,
        recorded_at=NOW,
        first_seen_at=NOW,
        tags=tuple(Tag(topic=topic, topic_version="1", evidence=()) for topic in topics),
    )


def rule(id_: str, *topics: str, readers: tuple[str, ...] = ("desk",), send: str = "immediate") -> Rule:
    return Rule(id=id_, title=id_, topics=topics, readers=readers, send=send)


def test_a_rule_fires_with_the_tags_it_asks_for_and_no_others() -> None:
    (firing,) = alerts_for(article("gst", "sport", "trade"), [rule("policy", "trade", "gst"), rule("arts", "film")])
    assert firing.rule == "policy"
    assert [tag.topic for tag in firing.tags] == ["gst", "trade"]


def test_an_article_without_tags_fires_nothing() -> None:
    assert alerts_for(article(), [rule("policy", "trade")]) == ()


def test_the_alert_of_a_rule_and_an_article_is_the_same_however_often_and_for_whichever_tags() -> None:
    first = alerts_for(article("gst"), [rule("policy", "gst", "trade")])[0].alert
    again = alerts_for(article("trade"), [rule("policy", "gst", "trade")])[0].alert
    other = alerts_for(article("trade", id_="b" * 32), [rule("policy", "trade")])[0].alert
    assert first == again == alert_id("policy", "a" * 32)
    assert len(first) == 32
    assert other != first


def test_each_reader_of_a_rule_gets_one_notice_even_if_named_twice() -> None:
    rules = [rule("policy", "gst", readers=("desk", "editor", "desk"))]
    firings = alerts_for(article("gst"), rules)
    notices = notifications_for(firings, rules)
    assert [notice.reader for notice in notices] == ["desk", "editor"]
    assert notices[0].key == f"immediate|policy|desk|{firings[0].alert}"
    assert len({notice.id for notice in notices}) == 2
    assert notices == notifications_for(firings, rules)


def test_two_rules_for_one_reader_give_two_notices() -> None:
    rules = [rule("policy", "gst"), rule("trade", "gst")]
    notices = notifications_for(alerts_for(article("gst"), rules), rules)
    assert [(notice.rule, notice.reader) for notice in notices] == [("policy", "desk"), ("trade", "desk")]


def test_rules_that_do_not_send_at_once_make_no_immediate_notice() -> None:
    rules = [rule("policy", "gst", send="daily")]
    assert notifications_for(alerts_for(article("gst"), rules), rules) == ()
