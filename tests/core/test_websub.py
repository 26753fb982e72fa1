"""The subscriber's decisions: who pushes a feed, what is expected of a hub, what a push is worth."""

import hashlib
import hmac
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.records import ParsedFeed
from newsdesk import websub
from newsdesk.websub import Hub, Mode, Signature, State, Subscription

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
URL = "https://gazette.example/news/feed.xml"
EMPTY = ParsedFeed(format="rss20", title="", link=None, language=None, entries=())
ASKED = Subscription(
    id="unguessable",
    feed_id="f" * 32,
    hub="https://hub.example/",
    topic=URL,
    secret="0" * 64,
    state=State.PENDING,
    asked_at=NOW - HOUR,
)
ACTIVE = replace(ASKED, state=State.ACTIVE, verified_at=NOW - HOUR, ends_at=NOW + 24 * HOUR, pushed_at=NOW)


def told(*hubs: str, topic: str | None = None) -> ParsedFeed:
    return replace(EMPTY, hub_urls=hubs, self_url=topic)


# ------------------------------------------------------------------ discovery


@pytest.mark.parametrize(
    ("link", "parsed", "hub"),
    [
        ("", EMPTY, None),
        ("", told("https://hub.example/"), Hub(url="https://hub.example/", topic=URL)),
        (
            "",
            told("https://hub.example/", topic="https://gazette.example/feed"),
            Hub(url="https://hub.example/", topic="https://gazette.example/feed"),
        ),
        (
            '<https://hub.example/>; rel="hub", <https://gazette.example/f>; rel="self"',
            told("https://other.example/", topic="https://gazette.example/feed"),
            Hub(url="https://hub.example/", topic="https://gazette.example/f"),
        ),
        (
            "</hub>; rel=hub, <../feed>; type=\"text/xml\"; REL='x', <../feed>; title=a; rel=SELF",
            EMPTY,
            Hub(url="https://gazette.example/hub", topic="https://gazette.example/feed"),
        ),
        (
            '<https://a.example/?q=1,2;3>; rel="self hub"',
            EMPTY,
            Hub(url="https://a.example/?q=1,2;3", topic="https://a.example/?q=1,2;3"),
        ),
        ('<https://hub.example/>; rel="hub"; anchor="https://b.example/"', EMPTY, None),
        (
            "<http://a.example/>; rel=hub, <https://b.example/>; rel=hub",
            EMPTY,
            Hub(url="https://b.example/", topic=URL),
        ),
        ("", told("javascript:1", "ftp://hub.example/", "http://[", "http:///"), None),
        ("", told("https://hub.example/", topic="mailto:a@b.example"), Hub(url="https://hub.example/", topic=URL)),
        (
            "",
            told("http://pubsubhubbub.appspot.com/"),
            Hub(url="https://pubsubhubbub.appspot.com/", topic=URL),
        ),
        ("<https://next.example/>; rel=next", told("http://hub.example/"), Hub(url="http://hub.example/", topic=URL)),
    ],
)
def test_hub_and_topic_come_from_the_headers_then_from_the_document(
    link: str, parsed: ParsedFeed, hub: Hub | None
) -> None:
    assert websub.choose_hub({"link": link} if link else {}, parsed, URL) == hub


def test_a_channel_of_youtube_has_a_hub_that_it_does_not_name() -> None:
    url = "https://www.youtube.com/feeds/videos.xml?channel_id=UC123"
    hub = websub.choose_hub({}, replace(EMPTY, self_url=url), url)
    assert hub == Hub(
        url="https://pubsubhubbub.appspot.com/", topic="https://www.youtube.com/xml/feeds/videos.xml?channel_id=UC123"
    )
    for other in (
        "https://www.youtube.com/feeds/videos.xml?playlist_id=PL1",
        "https://youtube.example/feeds/videos.xml",
    ):
        assert websub.choose_hub({}, EMPTY, other) is None


@given(st.text(max_size=300), st.lists(st.text(max_size=40), max_size=3), st.none() | st.text(max_size=40))
def test_any_header_and_any_link_give_a_web_address_or_none(link: str, hubs: list[str], topic: str | None) -> None:
    found = websub.choose_hub({"link": link}, told(*hubs, topic=topic), URL)
    assert found is None or (found.url.startswith("http") and found.topic.startswith("http"))


# ------------------------------------------------------------------ subscribing


def test_a_request_names_callback_mode_and_topic_and_only_a_subscription_brings_a_secret() -> None:
    form = websub.request_form(ASKED, Mode.SUBSCRIBE, "https://news.example/websub/unguessable")
    assert form == {
        "hub.callback": "https://news.example/websub/unguessable",
        "hub.mode": "subscribe",
        "hub.topic": URL,
        "hub.lease_seconds": "864000",
        "hub.secret": "0" * 64,
    }
    assert set(websub.request_form(ASKED, Mode.UNSUBSCRIBE, "x")) == {"hub.callback", "hub.mode", "hub.topic"}


def test_neither_secret_nor_callback_stand_in_what_is_logged() -> None:
    assert "unguessable" not in repr(ASKED)
    assert "000" not in repr(ASKED)


@pytest.mark.parametrize(
    ("subscription", "mode", "topic", "expected"),
    [
        (ASKED, "subscribe", URL, True),
        (ASKED, "unsubscribe", URL, False),
        (ASKED, "subscribe", URL + "?", False),
        (ASKED, "", URL, False),
        (ASKED, "denied", URL, False),
        (replace(ASKED, asked_at=None), "subscribe", URL, False),
        (replace(ASKED, asked_at=NOW - 25 * HOUR), "subscribe", URL, False),
        (ACTIVE, "subscribe", URL, True),
        (replace(ACTIVE, asked_at=NOW - 48 * HOUR), "subscribe", URL, False),
        (replace(ASKED, state=State.DENIED), "subscribe", URL, False),
        (replace(ACTIVE, state=State.ENDED), "unsubscribe", URL, True),
        (replace(ACTIVE, state=State.ENDED), "subscribe", URL, False),
        (replace(ASKED, state=State.ENDED), "unsubscribe", URL, False),
    ],
)
def test_a_challenge_is_answered_only_for_what_we_asked(
    subscription: Subscription, mode: str, topic: str, *, expected: bool
) -> None:
    assert websub.is_expected(subscription, mode, topic, NOW) is expected


def test_a_refusal_must_be_about_something() -> None:
    assert websub.may_be_denied(ASKED, URL)
    assert websub.may_be_denied(ACTIVE, URL)
    assert not websub.may_be_denied(ACTIVE, "https://other.example/")
    assert not websub.may_be_denied(replace(ASKED, state=State.ENDED), URL)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("86400", 86_400),
        ("0", 600),
        ("1", 600),
        ("99999999999999999999", 30 * 86_400),
        (None, 864_000),
        ("", 864_000),
        ("-5", 864_000),
        ("1e9", 864_000),
        ("٣", 864_000),
    ],
)
def test_a_lease_is_what_the_hub_grants_within_reason(text: str | None, seconds: int) -> None:
    assert websub.lease_of(text) == timedelta(seconds=seconds)


@given(st.integers(600, 30 * 86_400), st.floats(0, 1, exclude_max=True))
def test_a_lease_is_renewed_around_its_half(seconds: int, chance: float) -> None:
    at = websub.renewal(timedelta(seconds=seconds), NOW, chance)
    assert 0.47 <= (at - NOW).total_seconds() / seconds <= 0.56


def test_a_hub_that_does_nothing_is_asked_ever_more_rarely_and_then_left_alone() -> None:
    hours = [(websub.next_ask(asks, NOW, 1 / 3) - NOW) / HOUR for asks in range(1, 11)]
    assert hours == [0.25, 0.5, 1, 2, 4, 8, 16, 24, 24, 24]
    assert not websub.gives_up(ASKED, websub.MAX_ASKS - 1, NOW)
    assert websub.gives_up(ASKED, websub.MAX_ASKS, NOW)
    assert not websub.gives_up(ACTIVE, websub.MAX_ASKS, NOW), "a lease that runs is worth asking for"
    assert websub.gives_up(ACTIVE, websub.MAX_ASKS, NOW + 48 * HOUR)


# ------------------------------------------------------------------ pushes


@pytest.mark.parametrize(
    ("method", "verdict"),
    [
        ("sha1", Signature.WEAK),
        ("sha256", Signature.GOOD),
        ("sha384", Signature.GOOD),
        ("sha512", Signature.GOOD),
    ],
)
def test_a_right_signature_is_known_by_each_method(method: str, verdict: Signature) -> None:
    body = b"<rss/>\xff\x00"
    right = hmac.new(b"secret", body, getattr(hashlib, method)).hexdigest()
    assert websub.check_signature("secret", body, f"{method}={right}") is verdict
    assert websub.check_signature("secret", body, f" {method.upper()}={right.upper()} ") is verdict
    assert websub.check_signature("secret", body + b" ", f"{method}={right}") is Signature.BAD
    assert websub.check_signature("other", body, f"{method}={right}") is Signature.BAD
    assert websub.check_signature("secret", body, f"{method}={right[:-2]}") is Signature.BAD


@pytest.mark.parametrize(
    "header", ["sha256", "sha256=", "md5=" + "0" * 32, "sha256=" + "é" * 64, "0" * 64, "=", "sha1=x"]
)
def test_what_is_no_signature_is_a_bad_one(header: str) -> None:
    assert websub.check_signature("secret", b"", header) is Signature.BAD


def test_no_signature_is_missing() -> None:
    assert websub.check_signature("secret", b"", None) is Signature.MISSING
    assert websub.check_signature("secret", b"", "") is Signature.MISSING


# ------------------------------------------------------------------ polls as audit


def test_polls_are_rare_only_while_a_hub_delivers() -> None:
    assert ACTIVE.delivers(NOW)
    assert not replace(ACTIVE, pushed_at=None).delivers(NOW)
    assert not replace(ACTIVE, unpushed=1).delivers(NOW)
    assert not ACTIVE.delivers(NOW + 24 * HOUR)
    assert not replace(ACTIVE, state=State.PENDING).delivers(NOW)


@pytest.mark.parametrize(
    ("new", "polled_before", "unpushed"),
    [(3, NOW, 1), (1, NOW - HOUR, 1), (0, NOW, 0), (3, NOW - 2 * HOUR, 0), (3, None, 0)],
)
def test_a_poll_counts_against_a_hub_only_for_what_came_since_it_verified(
    new: int, polled_before: datetime | None, unpushed: int
) -> None:
    assert websub.unpushed_after(ACTIVE, new=new, polled_before=polled_before) == unpushed


def test_two_polls_in_a_row_that_found_what_was_not_pushed_end_a_lease() -> None:
    assert [websub.is_dead(unpushed) for unpushed in range(4)] == [False, False, True, True]
