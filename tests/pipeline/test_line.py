"""The whole line, from feeds to mails, on the sample newsroom."""

import email
import email.policy
from collections import Counter
from pathlib import Path

from newsdesk import pipeline
from newsdesk.ledger import articles, history, lists
from newsdesk.ledger.overview import drops, overview
from newsdesk.model import Counts
from newsdesk.newsroom import Newsroom
from newsdesk.query import parse
from newsdesk.services import Services
from tests.pipeline.conftest import OpenLine

STEPS = (pipeline.poll, pipeline.collect, pipeline.tag, pipeline.index, pipeline.alert, pipeline.deliver)


def run_line(services: Services) -> dict[str, Counts]:
    return {counts.step: counts for counts in (step(services) for step in STEPS)}


def test_every_article_carries_exactly_the_topics_that_it_should(open_line: OpenLine, newsroom: Newsroom) -> None:
    with open_line() as services:
        run_line(services)
        newsroom.advance()
        pipeline.hasten(services)
        run_line(services)
        with services.ledger.read() as connection:
            seen = overview(connection)
            dropped = drops(connection)
            found: dict[str, set[str]] = {}
            for topic, _ in seen.topics:
                for article in lists.articles_with_topic(connection, topic, limit=1000):
                    found.setdefault(article.url, set()).add(topic)
        expected = {entry.url: set(entry.topics) for entry in newsroom.entries if entry.topics}
        assert found == expected
        assert seen.article_count >= 60
        assert seen.troubles == ()
        assert Counter(drop.reason for drop in dropped) == Counter(
            {
                "bot-wall": 1,
                "consent-wall": 1,
                "index-page": 1,
                "not-found": 1,
                "paywall": 1,
                "robots-disallowed": 1,
                "soft-404": 1,
            }
        )
        with services.ledger.read() as connection:
            assert services.index.ids(parse("*:*")) == articles.indexed_ids(connection)


def test_the_memorandum_is_told_from_feed_to_mail(open_line: OpenLine, newsroom: Newsroom, tmp_path: Path) -> None:
    with open_line(sources=["gujarat-ledger"]) as services:
        run_line(services)
        link = next(entry.url for entry in newsroom.entries if entry.slug == "gujarat-amazon-memorandum")
        with services.ledger.read() as connection:
            life = history.life(connection, link)
    assert life is not None
    assert life.article is not None
    assert life.entries[0].feed == "The Gujarat Ledger"
    assert life.entries[0].outcome == "done"
    assert {tag.topic for tag in life.tags} == {"e-commerce-policy", "trader-protests"}
    assert all(tag.evidence for tag in life.tags)
    for tag in life.tags:
        for found in tag.evidence:
            text = life.article.title if found.field == "title" else life.article.text
            assert found.sentence in text
            assert text[found.start : found.end].strip()
    assert life.stamps is not None
    assert life.stamps.indexed_at is not None
    assert life.article.published is not None
    assert life.article.published.date().isoformat() == "2021-09-07"
    mails = [mail for alert in life.alerts for mail in alert.mails]
    assert mails
    assert all(mail.sent_at for mail in mails)
    spooled = [
        email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        for path in (tmp_path / "mail").rglob("*.eml")
    ]
    assert {mail.message_id for mail in mails} <= {message["Message-ID"] for message in spooled}


def test_running_the_line_twice_adds_nothing(open_line: OpenLine, tmp_path: Path) -> None:
    with open_line(sources=["gujarat-ledger", "dharti-wire"]) as services:
        run_line(services)
        with services.ledger.read() as connection:
            before = overview(connection)
        mails = sorted(path.name for path in (tmp_path / "mail").rglob("*.eml"))
        pipeline.hasten(services)
        again = run_line(services)
        with services.ledger.read() as connection:
            after = overview(connection)
    assert set(again["poll"].outcomes) == {"done:not-modified"}
    assert all(not again[step].outcomes for step in ("collect", "tag", "index", "alert", "deliver"))
    assert (after.entries, after.articles, after.mails, after.topics) == (
        before.entries,
        before.articles,
        before.mails,
        before.topics,
    )
    assert sorted(path.name for path in (tmp_path / "mail").rglob("*.eml")) == mails


def test_an_updated_article_gets_a_second_version_and_no_second_alert(open_line: OpenLine, newsroom: Newsroom) -> None:
    with open_line() as services:
        run_line(services)
        with services.ledger.read() as connection:
            alerts_before = overview(connection).alert_count
        newsroom.advance()
        pipeline.hasten(services)
        run_line(services)
        with services.ledger.read() as connection:
            seen = overview(connection)
            rules = [alert.url + alert.rule for alert in lists.newest_alerts(connection, limit=1000)]
    assert seen.version_count == seen.article_count + 1
    assert seen.alert_count > alerts_before
    assert len(rules) == len(set(rules))


def test_robots_txt_of_a_site_is_asked_for_once_a_day(open_line: OpenLine, newsroom: Newsroom) -> None:
    with open_line(sources=["gujarat-ledger"]) as services:
        run_line(services)
        newsroom.advance()
        pipeline.hasten(services)
        run_line(services)
    asked = [request for request in newsroom.requests if request.path == "/robots.txt"]
    pages = [request for request in newsroom.requests if "/economy/" in request.path]
    assert len(asked) == 1
    assert pages


def test_a_lost_index_is_made_again_from_the_ledger(open_line: OpenLine, tmp_path: Path) -> None:
    with open_line(sources=["gujarat-ledger"]) as services:
        run_line(services)
        whole = services.index.ids(parse("*:*"))
        services.index.delete(list(whole)[:3])
        assert pipeline.maintain(services).outcomes == {"missing": 3}
        assert services.index.ids(parse("*:*")) == whole
    for path in tmp_path.glob("index.db*"):
        path.unlink()
    with open_line(sources=["gujarat-ledger"]) as services:
        assert pipeline.rebuild_index(services) == len(whole)
        assert services.index.ids(parse("*:*")) == whole


def test_articles_tagged_with_a_topic_are_those_that_its_query_finds(open_line: OpenLine) -> None:
    with open_line() as services:
        run_line(services)
        for topic in services.watchlist.topics:
            with services.ledger.read() as connection:
                tagged = {article.id for article in lists.articles_with_topic(connection, topic.id, limit=1000)}
            assert services.index.ids(topic.query) == tagged
