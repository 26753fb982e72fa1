"""What goes into the ledger comes out of it, whole, and only once."""

from dataclasses import asdict, replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from newsdesk.ledger import Ledger, alerts, articles, entries, feeds, history, sites, windows
from newsdesk.ledger.feeds import PollResult, Validators
from newsdesk.ledger.overview import overview
from newsdesk.ledger.replays import Period, archived
from newsdesk.ledger.sites import KeptFile, SlotRequest
from newsdesk.ledger.tables import article_versions, polls, tags
from newsdesk.model import Done, Reason, Retry, Rule, SiteRule, Stage
from newsdesk.rules import alerts_for, notifications_for
from tests.ledger.make import (
    FEED,
    FEED_ID,
    HOUR,
    NOW,
    draft,
    intent,
    only,
    record_failure,
    record_success,
    store_article,
    store_entries,
    tag,
    terms,
)


def test_the_watchlists_feeds_are_due_at_once_and_missing_ones_rest(ledger: Ledger) -> None:
    other = replace(FEED, url="http://other.example/rss", name="Other")
    with ledger.write() as connection:
        feeds.sync(connection, [FEED, other], NOW)
        assert {feed.name for _, feed in feeds.claim_due(connection, terms())} == {"Gazette", "Other"}
        feeds.sync(connection, [FEED], NOW)
        assert {feed.name for _, feed in feeds.claim_due(connection, terms(now=NOW + HOUR))} == {"Gazette"}
        feeds.sync(connection, [FEED, other], NOW + 2 * HOUR)
        assert {feed.name for _, feed in feeds.claim_due(connection, terms(now=NOW + 3 * HOUR))} == {"Gazette", "Other"}


def test_a_changed_declaration_takes_effect_and_keeps_the_history(ledger: Ledger) -> None:
    with ledger.write() as connection:
        store_entries(connection, "one")
        feeds.sync(connection, [replace(FEED, name="The Gazette", every_seconds=60)], NOW)
        _, feed = only(feeds.claim_due(connection, terms()))
        assert (feed.name, feed.options.every) == ("The Gazette", 60)
        assert set(windows.known(connection, FEED_ID, ["one", "two"])) == {"one"}


def test_a_poll_leaves_a_row_and_validators_change_only_with_success(ledger: Ledger) -> None:
    result = PollResult(started_at=NOW, finished_at=NOW, outcome=Done(), status=200, entries_seen=3, entries_new=2)
    stored = Validators(etag='W/"a"', last_modified="Sun, 22 Nov 2026 09:00:00 GMT", body_hash="f" * 64)
    with ledger.write() as connection:
        feeds.sync(connection, [FEED], NOW)
        lease, _ = only(feeds.claim_due(connection, terms()))
        assert record_success(connection, lease, result, interval=900, next_at=NOW + HOUR, validators=stored)
        lease, feed = only(feeds.claim_due(connection, terms(now=NOW + HOUR)))
        assert (feed.validators, feed.interval_seconds) == (stored, 900)
        failed = replace(result, outcome=Retry(at=NOW + 3 * HOUR, reason=Reason.TIMEOUT), status=None)
        assert record_failure(connection, lease, failed, failures=1)
        _, feed = only(feeds.claim_due(connection, terms(now=NOW + 3 * HOUR)))
        assert (feed.validators, feed.failures) == (stored, 1)
        assert connection.execute(select(func.count()).select_from(polls)).scalar_one() == 2


def test_slots_of_a_domain_follow_each_other(ledger: Ledger) -> None:
    horizon = timedelta(seconds=3)
    one, other = (SlotRequest(domain=name, spacing=timedelta(seconds=2)) for name in ("example.org", "example.com"))
    with ledger.write() as connection:
        slots = sites.reserve_slots(connection, [one, one, one, other], now=NOW, horizon=horizon)
        slots += sites.reserve_slots(connection, [one], now=NOW, horizon=horizon)
    assert [(slot.at - NOW).total_seconds() for slot in slots] == [0, 2, 4, 0, 4]
    assert [slot.is_ours for slot in slots] == [True, True, False, True, False]


def test_slots_of_an_address_are_shared_and_the_queue_of_one_domain_stops_no_neighbour(ledger: Ledger) -> None:
    half = timedelta(seconds=0.5)
    one, other, third = (
        SlotRequest(domain=name, spacing=timedelta(seconds=2), shared=(("address 203.0.113.7", half),))
        for name in ("example.org", "example.com", "example.net")
    )
    with ledger.write() as connection:
        slots = sites.reserve_slots(connection, [one, one, one, other], now=NOW, horizon=HOUR)
        slots += sites.reserve_slots(connection, [third], now=NOW, horizon=HOUR)
    assert [(slot.at - NOW).total_seconds() for slot in slots] == [0, 2, 4, 1.5, 2]


def test_a_slow_request_keeps_its_domain_until_it_ends_or_is_given_up(ledger: Ledger) -> None:
    request, second = SlotRequest(domain="example.org", spacing=timedelta(seconds=2)), timedelta(seconds=1)
    with ledger.write() as connection:
        sites.mark_busy(connection, "example.org", "mine", now=NOW, until=NOW + HOUR)
        sites.mark_busy(connection, "example.org", "another", now=NOW, until=NOW + HOUR * 9)
        [slot] = sites.reserve_slots(connection, [request], now=NOW + second, horizon=HOUR)
        assert (slot.is_ours, slot.is_busy, slot.at) == (False, True, NOW + second * 3)
        sites.clear_busy(connection, "example.org", "another")
        assert sites.is_busy(connection, "example.org", NOW + second)
        assert not sites.is_busy(connection, "example.org", NOW + HOUR)  # its process is dead
        sites.clear_busy(connection, "example.org", "mine")
        [slot] = sites.reserve_slots(connection, [request], now=NOW + second, horizon=HOUR)
        assert slot.is_ours


def test_a_limit_is_meant_for_the_domain_when_another_url_was_told_shortly_before(ledger: Ledger) -> None:
    def told(url: str, minutes: int) -> bool:
        now = NOW + timedelta(minutes=minutes)
        with ledger.write() as connection:
            return sites.note_limit(connection, "example.org", url, now=now, within=timedelta(minutes=10))

    assert [told("a", 0), told("a", 1), told("b", 11), told("c", 20), told("c", 21)] == [
        False,
        False,
        False,
        True,
        False,
    ]


def test_a_domain_that_rests_is_busy_for_those_who_have_a_slot_already(ledger: Ledger) -> None:
    with ledger.write() as connection:
        sites.mark_busy(connection, "example.org", "mine", now=NOW, until=NOW + timedelta(minutes=1))
        sites.close_until(connection, "example.org", NOW + HOUR)
        sites.clear_busy(connection, "example.org", "mine")
        assert sites.is_busy(connection, "example.org", NOW + timedelta(minutes=59))
        request = SlotRequest(domain="example.org", spacing=timedelta())
        [slot] = sites.reserve_slots(connection, [request], now=NOW, horizon=HOUR * 2)
        assert (slot.is_ours, slot.at) == (False, NOW + HOUR)


def test_robots_are_kept_for_their_time(ledger: Ledger) -> None:
    with ledger.write() as connection:
        sites.keep_robots(connection, "http://a.example", KeptFile(body=b"User-agent: *"), NOW + HOUR)
        sites.keep_robots(connection, "http://b.example", KeptFile(body=None), NOW + HOUR)
        sites.keep_robots(connection, "http://b.example", KeptFile(body=None), NOW + 2 * HOUR)
        assert sites.kept_robots(connection, "http://a.example", NOW) == KeptFile(body=b"User-agent: *")
        assert sites.kept_robots(connection, "http://a.example", NOW + HOUR) is None
        assert sites.kept_robots(connection, "http://b.example", NOW + HOUR) == KeptFile(body=None)
        assert sites.kept_robots(connection, "http://c.example", NOW) is None


def test_tdmrep_is_kept_for_its_time_apart_from_robots(ledger: Ledger) -> None:
    with ledger.write() as connection:
        sites.keep_tdmrep(connection, "http://a.example", KeptFile(body=b"[]"), NOW + HOUR)
        sites.keep_tdmrep(connection, "http://a.example", KeptFile(body=None), NOW + 2 * HOUR)
        assert sites.kept_tdmrep(connection, "http://a.example", NOW + HOUR) == KeptFile(body=None)
        assert sites.kept_tdmrep(connection, "http://a.example", NOW + 2 * HOUR) is None
        assert sites.kept_robots(connection, "http://a.example", NOW) is None


@pytest.mark.parametrize("rule", [None, SiteRule(location="/", reserved=True, policy="https://a.example/policy")])
def test_what_the_site_said_of_a_page_comes_back_with_it(ledger: Ledger, rule: SiteRule | None) -> None:
    period = Period(since=NOW - HOUR, until=NOW + HOUR)
    with ledger.write() as connection:
        store_entries(connection, "one")
        lease, _ = only(entries.claim_waiting(connection, terms()))
        said = rule and asdict(rule)
        entries.record(connection, lease, Done(), page_key="key", fetched_at=NOW, site_rule=said)
        (found,) = archived(connection, period, after="", limit=10)
    assert found.site_rule == rule


def test_an_edited_entry_waits_for_collection_again(ledger: Ledger) -> None:
    with ledger.write() as connection:
        store_entries(connection, "one")
        lease, _ = only(entries.claim_waiting(connection, terms()))
        entries.record(connection, lease, Done())
        entries.store(connection, FEED_ID, [intent("one", title="New rules", version=2)], NOW)
        _, entry = only(entries.claim_waiting(connection, terms()))
        assert (entry.title, entry.version, entry.authors, entry.source) == ("New rules", 2, ("R. Mehta",), "Gazette")


def test_an_article_comes_back_as_it_was_stored(ledger: Ledger) -> None:
    with ledger.write() as connection:
        made = store_article(connection, "one")
        _, found = only(articles.claim_waiting(connection, Stage.TAG, terms()))
        assert found == replace(made.article, sources=("Gazette",))


def test_a_new_version_keeps_the_old_one_and_starts_at_tagging(ledger: Ledger) -> None:
    with ledger.write() as connection:
        made = store_article(connection, "one", stage=Stage.DONE)
        before = articles.stored_version(connection, made.article.id)
        assert before is not None
        assert (before.version, before.first_entry) == (1, made.entry_id)
        articles.store(connection, draft("one", text="They met again."), before=before, now=NOW + HOUR)
        _, found = only(articles.claim_waiting(connection, Stage.TAG, terms(now=NOW + HOUR)))
        assert (found.version, found.text, found.first_seen_at) == (2, "They met again.", NOW)
        assert connection.execute(select(func.count()).select_from(article_versions)).scalar_one() == 2


def test_an_index_that_failed_leaves_no_stamp(ledger: Ledger) -> None:
    with ledger.write() as connection:
        store_article(connection, "one", stage=Stage.INDEX)
        lease, article = only(articles.claim_waiting(connection, Stage.INDEX, terms()))
        later = Retry(at=NOW + HOUR, reason=Reason.STORAGE_FAILED)
        articles.record(connection, lease, later, next_stage=Stage.ALERT, now=NOW, indexed_at=NOW)
        assert articles.indexed_ids(connection) == frozenset()
        lease, _ = only(articles.claim_waiting(connection, Stage.INDEX, terms(now=NOW + HOUR)))
        articles.record(connection, lease, Done(), next_stage=Stage.ALERT, now=NOW, indexed_at=NOW)
        assert articles.indexed_ids(connection) == {article.id}


def test_the_first_version_is_written_once(ledger: Ledger) -> None:
    with ledger.write() as connection:
        made = store_article(connection, "one")
        assert not articles.store(connection, made, before=None, now=NOW + HOUR)
        assert articles.load_ids(connection, [made.article.id])[0].recorded_at == NOW


def test_tags_are_replaced_and_old_ones_stay_as_history(ledger: Ledger) -> None:
    with ledger.write() as connection:
        made = store_article(connection, "one")
        articles.replace_tags(connection, made.article, [tag(), tag("policy")], NOW)
        articles.replace_tags(connection, made.article, [tag(version="v2", end=9)], NOW + HOUR)
        articles.replace_tags(connection, made.article, [tag(version="v2", end=9)], NOW + HOUR)
        article = articles.load_ids(connection, [made.article.id])[0]
        assert article.tags == (tag(version="v2", end=9),)
        assert connection.execute(select(func.count()).select_from(tags)).scalar_one() == 3


def test_an_alert_and_its_mail_exist_once_for_ever(ledger: Ledger) -> None:
    rule = Rule(id="now", title="Now", topics=("trader-protests",), readers=("desk",))
    with ledger.write() as connection:
        made = store_article(connection, "one")
        articles.replace_tags(connection, made.article, [tag()], NOW)
        article = articles.load_ids(connection, [made.article.id])[0]
        firings = alerts_for(article, [rule])
        notice = notifications_for(firings, [rule])[0]
        assert alerts.store_alert(connection, firings[0], article, NOW)
        assert not alerts.store_alert(connection, firings[0], article, NOW)
        assert alerts.store_notification(connection, notice, NOW)
        assert not alerts.store_notification(connection, notice, NOW)
        lease, notification = only(alerts.claim_notifications(connection, terms()))
        assert notification.alerts[0].article == article
        assert notification.alerts[0].tags == (tag(),)
        mail = alerts.Mail(
            id=notification.id,
            reader=notification.reader,
            message_id="<a@b>",
            sender="n@example.org",
            recipient="d@example.org",
            subject="S",
            data=b"\x00\xffbytes",
        )
        assert alerts.record_rendering(connection, lease, Done(), mail=mail, channel="spool", now=NOW)
        assert alerts.claim_notifications(connection, terms()) == []
        lease, waiting_mail = only(alerts.claim_mails(connection, terms()))
        assert waiting_mail == mail
        assert alerts.record_delivery(connection, lease, Done(), sent_at=NOW)
        assert alerts.claim_mails(connection, terms(now=NOW + HOUR)) == []


def test_the_life_of_an_article_names_every_step(ledger: Ledger) -> None:
    with ledger.write() as connection:
        made = store_article(connection, "one", stage=Stage.DONE)
        articles.replace_tags(connection, made.article, [tag()], NOW)
    with ledger.read() as connection:
        life = history.life(connection, made.article.url)
        assert life is not None
        assert history.life(connection, made.article.id) == life
        assert history.life(connection, "http://gazette.example/unknown") is None
    assert life.entries[0].feed == "Gazette"
    assert life.stamps is not None
    assert (life.stamps.stage, life.stamps.provenance["title"]) == ("done", ("jsonld", 0.9))
    assert [found.topic for found in life.tags] == ["trader-protests"]


def test_the_overview_counts_by_outcome_and_names_troubles(ledger: Ledger) -> None:
    with ledger.write() as connection:
        store_article(connection, "one", stage=Stage.DONE)
    with ledger.read() as connection:
        seen = overview(connection)
    assert seen.article_count == 1
    assert [(ending.stage, ending.count) for ending in seen.articles] == [("done", 1)]
    assert [(line.name, line.entries, line.polls) for line in seen.feeds] == [("Gazette", 1, 0)]
    assert seen.troubles == ()


def test_old_polls_are_pruned(ledger: Ledger) -> None:
    with ledger.write() as connection:
        feeds.sync(connection, [FEED], NOW)
        lease, _ = only(feeds.claim_due(connection, terms()))
        result = PollResult(started_at=NOW, finished_at=NOW, outcome=Done())
        record_success(connection, lease, result, interval=1, next_at=NOW)
        assert history.prune_polls(connection, NOW) == 0
        assert history.prune_polls(connection, NOW + HOUR) == 1
