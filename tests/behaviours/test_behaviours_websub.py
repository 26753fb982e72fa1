"""Behaviour 22: a hub pushes what is new, and nothing depends on it."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import update

from newsdesk import pipeline
from newsdesk.ledger import feeds, subscriptions, tables
from newsdesk.services import FailpointHit, Services
from newsdesk.websub import MAX_ASKS
from tests.pipeline.hub import Hub, Site, ask, open_hub, open_site

DAY = 86_400


@pytest.fixture
def hub() -> Iterator[Hub]:
    with open_hub() as opened:
        yield opened


@pytest.fixture
def site(tmp_path: Path, hub: Hub) -> Iterator[Site]:
    with open_site(tmp_path, hub) as opened:
        yield opened


def changed(site: Site, *, web_url: str | None = None, failpoint: str = "") -> Services:
    settings = site.services.settings
    address = settings.web_url if web_url is None else web_url
    return replace(site.services, settings=replace(settings, web_url=address, failpoint=failpoint))


def subscribe(site: Site) -> None:
    pipeline.poll(site.services)
    pipeline.subscribe(site.services)


def poll_again(site: Site) -> None:
    site.clock.forward(days=1.2)
    pipeline.poll(site.services)


def is_pushed(site: Site) -> bool:
    with site.services.ledger.read() as connection:
        feed = feeds.load(connection, site.rows("feeds")[0].id, site.clock())
    assert feed is not None
    return feed.is_pushed


def process(site: Site) -> None:
    for step in (pipeline.collect, pipeline.tag, pipeline.index, pipeline.alert):
        step(site.services)


@pytest.mark.parametrize("named", ["document", "header"])
def test_behaviour_22_the_hub_of_a_feed_is_asked_and_its_challenge_answered(site: Site, hub: Hub, named: str) -> None:
    """A feed that names a hub is subscribed to there, and the hub learns that it was we who asked."""
    hub.named = "header" if named == "header" else "document"
    subscribe(site)
    (form,) = hub.forms
    assert form["hub.mode"] == "subscribe"
    assert form["hub.topic"] == hub.topic
    assert form["hub.lease_seconds"] == str(10 * DAY)
    assert form["hub.callback"] == f"{site.web}websub/{site.subscription.id}"
    assert len(bytes.fromhex(form["hub.secret"])) >= 32
    assert len(site.subscription.id) >= 43
    (verdict,) = hub.verdicts
    assert (verdict.status, verdict.body) == (200, b"a-challenge")
    assert verdict.headers["content-type"] == "application/octet-stream"
    assert verdict.headers["x-content-type-options"] == "nosniff"
    assert site.subscription.state == "active"
    assert (site.subscription.ends_at - site.clock()).days == 10
    assert site.told() == [f"the hub {hub.url} pushes this feed from now on"]
    pipeline.subscribe(site.services)
    assert len(hub.forms) == 1


@pytest.mark.parametrize("why", ["the feed names none", "the operator wants none", "no address"])
def test_behaviour_22_nobody_is_asked_without_need(tmp_path: Path, hub: Hub, why: str) -> None:
    """No hub is asked where the feed names none, the operator wants none, or no hub could reach us."""
    feed: dict[str, bool] = {}
    hub.named = "nowhere" if why == "the feed names none" else "document"
    if why == "the operator wants none":
        feed["websub"] = False
    with open_site(tmp_path, hub, feed=feed) as site:
        pipeline.poll(site.services)
        pipeline.subscribe(changed(site, web_url="") if why == "no address" else site.services)
        assert site.rows("subscriptions") == []
    assert hub.forms == []


def test_behaviour_22_a_challenge_for_what_was_not_asked_is_answered_404(site: Site, hub: Hub) -> None:
    """A challenge with another topic or mode, for an unknown callback or long after our request, is told 404."""
    hub.manner = "later"
    pipeline.poll(site.services)
    with site.services.ledger.write() as connection:
        subscriptions.settle(connection, site.clock(), has_callback=True)
    callback = f"{site.web}websub/{site.subscription.id}"
    unasked = ask("GET", f"{callback}?hub.mode=subscribe&hub.topic={hub.topic}&hub.challenge=x")
    pipeline.subscribe(site.services)
    refused = [
        unasked,
        hub.verify(hub_topic="http://press.localhost/other.xml"),
        hub.verify(hub_mode="unsubscribe"),
        hub.verify(hub_mode="publish"),
        hub.verify(hub_challenge=""),
        ask("GET", callback),
        ask("GET", f"{site.web}websub/unknown?hub.mode=subscribe&hub.topic={hub.topic}&hub.challenge=x"),
        ask("GET", f"{callback}?hub.mode=denied&hub.topic=http://other.example/"),
    ]
    assert {(one.status, one.body) for one in refused} == {(404, b"not found\n")}
    assert site.subscription.state == "pending"
    site.clock.forward(days=2)
    assert hub.verify().status == 404
    site.clock.forward(days=-2)
    assert hub.verify().status == 200
    assert hub.verify().status == 200, "our answer may have been lost: the hub asks once more"
    assert site.subscription.state == "active"


def test_behaviour_22_a_push_with_a_bad_signature_is_ignored(site: Site, hub: Hub) -> None:
    """A push whose HMAC is wrong or missing is answered like any other, and nothing of it is stored."""
    subscribe(site)
    before = site.titles()
    for sign in ("wrong", ""):
        (said,) = hub.push(["forged"], sign=sign)
        assert (said.status, said.body) == (202, b"")
        assert "signature was dropped" in site.subscription.detail
    assert site.titles() == before
    assert site.subscription.pushed_at is None
    assert not is_pushed(site)


def test_behaviour_22_a_push_with_a_good_signature_waits_for_collection_at_once(site: Site, hub: Hub) -> None:
    """When the hub has its answer, the pushed entry is in the ledger and waits for the line."""
    subscribe(site)
    for number, sign in enumerate(("sha1", "sha256", "sha384", "sha512")):
        waiting = pipeline.waiting(site.services).entries
        (said,) = hub.push([f"rally-{number}"], sign=sign)
        assert (said.status, said.body) == (202, b"")
        assert pipeline.waiting(site.services).entries == waiting + 1
        entry = next(row for row in site.rows("entries") if row.identity == f"rally-{number}")
        assert (entry.via, entry.muted, entry.stage) == ("push", False, "collect")
    pushes = [row for row in site.rows("polls") if row.via == "push"]
    assert {(poll.outcome, poll.entries_seen, poll.entries_new) for poll in pushes} == {("done", 1, 1)}
    assert [row.detail for row in pushes].count("signed by SHA-1, which is weak") == 1
    assert is_pushed(site)


@pytest.mark.parametrize("ledger", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_behaviour_22_a_push_and_a_poll_of_one_entry_are_one_event(
    request: pytest.FixtureRequest, tmp_path: Path, hub: Hub, ledger: str
) -> None:
    """What comes by push and by poll, in either order, as often as it likes, is one entry and one alert."""
    url = request.getfixturevalue("postgres_url") if ledger == "postgres" else ""
    with open_site(tmp_path, hub, ledger_url=url) as site:
        push_and_poll(site, hub)


def push_and_poll(site: Site, hub: Hub) -> None:
    subscribe(site)
    hub.stories = ["rally", "march"]
    hub.push(["rally"])
    hub.push()
    poll_again(site)
    hub.stories = ["strike", "rally", "march"]
    poll_again(site)
    hub.push(["strike"])
    hub.push()
    assert [row.identity for row in site.rows("entries") if row.identity == "rally"] == ["rally"]
    assert len(site.titles()) == 3
    process(site)
    hub.push()
    process(site)
    assert [row.identity for row in site.rows("entries") if row.muted] == ["march"], "it was there before us"
    assert len({row.article_id for row in site.rows("alerts")}) == len(site.rows("alerts")) == 2
    assert {row.version for row in site.rows("entries")} == {1}
    assert [row.kind for row in site.rows("feed_events") if row.kind == "gap"] == []


def test_behaviour_22_a_lease_is_renewed_at_half_its_time(site: Site, hub: Hub) -> None:
    """The hub is asked again when half its lease is over, and pushes are taken all the while."""
    hub.lease_seconds = 4 * DAY
    subscribe(site)
    first = site.subscription
    site.clock.forward(days=1.8)
    pipeline.subscribe(site.services)
    assert len(hub.forms) == 1
    site.clock.forward(days=0.5)
    hub.manner = "later"
    pipeline.subscribe(site.services)
    assert hub.forms[1] == hub.forms[0], "the same callback and secret: the hub renews what it has"
    assert site.subscription.state == "active"
    assert [said.status for said in hub.push(["rally"])] == [202]
    hub.verify()
    second = site.subscription
    assert second.id == first.id
    assert second.ends_at - first.ends_at > (second.ends_at - site.clock()) / 2
    assert "Traders protest: rally" in site.titles()


def test_behaviour_22_a_denied_subscription_leaves_the_feed_to_polling(site: Site, hub: Hub) -> None:
    """A hub may refuse at any time; the feed is polled as before, a person can see it, and the hub is asked later."""
    hub.manner = "denies"
    subscribe(site)
    assert hub.verdicts[-1].status == 200
    assert site.subscription.state == "denied"
    assert "not for you" in site.told()[-1]
    assert not is_pushed(site)
    hub.stories.insert(0, "rally")
    poll_again(site)
    assert len(site.titles()) == 2
    pipeline.subscribe(site.services)
    assert len(hub.forms) == 1
    site.clock.forward(days=3)
    hub.manner = "verifies"
    pipeline.subscribe(site.services)
    assert site.subscription.state == "active"


@pytest.mark.parametrize("manner", ["down", "later"])
def test_behaviour_22_a_hub_that_does_nothing_is_left_alone_after_a_while(site: Site, hub: Hub, manner: str) -> None:
    """A hub that is down or never verifies is asked ever more rarely, then given up for days; polls go on."""
    hub.manner = "down" if manner == "down" else "later"
    subscribe(site)
    asked = [site.clock()]
    while site.subscription.state == "pending":
        assert not is_pushed(site)
        site.clock.now = site.subscription.due_at
        pipeline.subscribe(site.services)
        asked.append(site.clock())
    assert len(hub.forms) == MAX_ASKS
    pauses = [after - before for before, after in pairwise(asked)]
    assert pauses[: MAX_ASKS - 1] == sorted(pauses[: MAX_ASKS - 1])
    assert site.subscription.state == "ended"
    assert "left alone" in site.told()[-1]
    hub.stories.insert(0, "rally")
    poll_again(site)
    assert len(site.titles()) == 2
    site.clock.forward(days=3)
    hub.manner = "verifies"
    pipeline.subscribe(site.services)
    assert site.subscription.state == "active", "nothing ends for ever"


def test_behaviour_22_a_lease_that_does_not_deliver_is_dead(site: Site, hub: Hub) -> None:
    """Polls that find twice running what the hub did not push end the subscription; a push between starts anew."""
    subscribe(site)
    hub.push(["march", "rally"])
    assert is_pushed(site)
    hub.stories = ["rally", "march"]
    poll_again(site)
    hub.stories.insert(0, "strike")
    poll_again(site)
    assert site.subscription.unpushed == 1
    assert not is_pushed(site), "in doubt, polls come as often as without a hub"
    hub.push(["strike", "lockout"])
    assert site.subscription.unpushed == 0
    for number in range(2):
        assert site.subscription.state == "active"
        hub.stories.insert(0, f"silence-{number}")
        poll_again(site)
    assert site.subscription.state == "ended"
    assert "its lease is dead" in site.told()[-1]
    pipeline.subscribe(site.services)
    assert hub.forms[-1]["hub.mode"] == "unsubscribe"
    assert hub.subscribed == {}
    assert site.subscription.due_at is None


def test_behaviour_22_a_feed_that_is_watched_no_more_is_unsubscribed(site: Site, hub: Hub) -> None:
    """When a feed leaves the watchlist its hub is told so, and what it still pushes is answered 410."""
    subscribe(site)
    callback = hub.forms[0]["hub.callback"]
    with site.services.ledger.write() as connection:
        connection.execute(update(tables.feeds).values(active=False))
    hub.manner = "down"
    pipeline.subscribe(site.services)
    assert [said.status for said in hub.push(["late"])] == [410]
    assert "Traders protest: late" not in site.titles()
    hub.manner = "verifies"
    site.clock.now = site.subscription.due_at
    pipeline.subscribe(site.services)
    assert [form["hub.mode"] for form in hub.forms] == ["subscribe", "unsubscribe", "unsubscribe"]
    assert hub.subscribed == {}
    assert (site.subscription.state, site.subscription.stage) == ("ended", "done")
    assert ask("POST", callback, body=b"x").status == 410


def test_behaviour_22_a_damaged_or_foreign_push_harms_nothing(site: Site, hub: Hub) -> None:
    """A push that is no feed, or cannot be decoded, is noted; one that is too large is refused; a coded one is read."""
    subscribe(site)
    assert [said.status for said in hub.push(body=b"<html><body>Log in</body></html>")] == [202]
    assert [said.status for said in hub.push(body=b"not gzip at all", coding="br")] == [202]
    assert [row.reason for row in site.rows("polls") if row.via == "push" and row.outcome == "dropped"].count(
        "not-a-feed"
    ) == 1
    assert len(site.titles()) == 1
    callback = hub.forms[0]["hub.callback"]
    too_large = ask("POST", callback, headers={"Content-Length": "10000001"})
    assert too_large.status == 413
    assert [said.status for said in hub.push(["rally"], coding="gzip")] == [202]
    assert len(site.titles()) == 2


def test_behaviour_22_a_crash_after_the_request_asks_again_and_doubles_nothing(site: Site, hub: Hub) -> None:
    """A process that dies between request and record leaves a subscription that goes on where it stood."""
    pipeline.poll(site.services)
    hub.manner = "later"
    with pytest.raises(FailpointHit):
        pipeline.subscribe(changed(site, failpoint="subscribe.worked:raise"))
    pipeline.subscribe(site.services)
    assert len(hub.forms) == 2
    assert hub.forms[0] == hub.forms[1]
    hub.verify()
    assert site.subscription.state == "active"


def test_behaviour_22_a_push_that_is_not_stored_is_not_acknowledged(tmp_path: Path, hub: Hub) -> None:
    """The hub hears of success only when the entries are stored: otherwise it sends them again."""
    with open_site(tmp_path, hub, failpoint="push.read:raise") as site:
        subscribe(site)
        assert [said.status for said in hub.push(["rally"])] == [500]
        assert "Traders protest: rally" not in site.titles()
