"""What tries of topics read, on both databases."""

from newsdesk.ledger import Ledger, alerts, articles, lists
from newsdesk.model import Stage, Tag
from newsdesk.rules import Firing, alert_id
from tests.ledger.make import NOW, store_article


def test_articles_are_found_by_their_present_topic(ledger: Ledger) -> None:
    with ledger.write() as connection:
        one, other = (store_article(connection, name).article for name in ("one", "other"))
        tag = Tag(topic="trade", topic_version="1", evidence=())
        articles.replace_tags(connection, one, [tag], NOW)
        articles.replace_tags(connection, other, [tag], NOW)
        articles.replace_tags(connection, other, [], NOW)
        assert lists.ids_with_topic(connection, "trade") == {one.id}
        assert lists.ids_with_topic(connection, "sport") == frozenset()


def test_articles_are_found_by_their_stage(ledger: Ledger) -> None:
    with ledger.write() as connection:
        tagged = store_article(connection, "one", stage=Stage.INDEX).article.id
        waiting = store_article(connection, "two", stage=Stage.TAG).article.id
        assert lists.ids_at(connection, Stage.TAG) == {waiting}
        assert lists.ids_at(connection, Stage.TAG, Stage.INDEX) == {waiting, tagged}


def test_texts_come_in_order_of_their_ids(ledger: Ledger) -> None:
    with ledger.write() as connection:
        stored = [store_article(connection, f"article {number}").article for number in range(4)]
        found = list(lists.texts(connection, [*(article.id for article in stored), "0" * 32]))
    assert [text.id for text in found] == sorted(article.id for article in stored)
    assert {(text.title, text.body, text.language) for text in found} == {
        (article.title, article.text, article.language) for article in stored
    }


def test_alerts_that_were_raised_are_known_among_many_that_were_not(ledger: Ledger) -> None:
    with ledger.write() as connection:
        article = store_article(connection, "one").article
        raised = alert_id("now", article.id)
        alerts.store_alert(connection, Firing(alert=raised, rule="now", tags=()), article, NOW)
        assert lists.raised(connection, {raised, *(f"{number:032x}" for number in range(1200))}) == {raised}
        assert lists.raised(connection, ()) == frozenset()
