"""WebSub, the subscriber's part (W3C Recommendation, 23 January 2018): who pushes a feed, and what of it is believed.

Pure: headers, documents and `now` in, decisions out. A hub that pushes never replaces polling, it only makes it rarer:
each poll sees to it that the hub delivers.
"""

import hashlib
import hmac
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import parse_qs, urljoin, urlsplit

from extractors.records import ParsedFeed
from newsdesk.schedule import spread

LEASE_SECONDS = 864_000  # asked for: ten days, the Recommendation's own figure (section 8.2)
MAX_ASKS = 8  # requests in a row that came to nothing, before the hub is left alone; a day and a half in all
REST = timedelta(days=3)  # until a hub that refused, never verified or fell silent is asked once more

_SHORTEST_LEASE, _LONGEST_LEASE = timedelta(minutes=10), timedelta(days=30)
_ANSWER_WITHIN = timedelta(days=1)  # a challenge that comes later after our request is not its answer
_FIRST_PAUSE, _LONGEST_PAUSE = 15 * 60, 86_400  # seconds between two requests to a hub that does not do its part
_SILENT_POLLS = 2  # polls in a row that find what the hub did not push: it is dead
_MAX_URL = 2_000
_LINK = re.compile(r"<([^<>]*)>([^<]*)")
_REL = re.compile(r';\s*rel\s*=\s*("[^"]*"|[^\s;,"]+)', re.IGNORECASE)
_ANCHOR = re.compile(r";\s*anchor\s*=", re.IGNORECASE)
_SIGNATURE = re.compile(r"\s*(sha1|sha256|sha384|sha512)=([0-9a-f]{40,128})\s*", re.IGNORECASE)
_YOUTUBE = ("youtube.com", "www.youtube.com")
_YOUTUBE_HUB = "https://pubsubhubbub.appspot.com/"
_HTTPS_HUBS = ("pubsubhubbub.appspot.com", "pubsubhubbub.superfeedr.com")  # many feeds still name them with http


class Mode(StrEnum):
    """What a hub is asked for, and says."""

    SUBSCRIBE = "subscribe"
    UNSUBSCRIBE = "unsubscribe"
    DENIED = "denied"  # the hub's word alone


class State(StrEnum):
    """Where a subscription stands."""

    PENDING = "pending"  # the hub is to be asked, or has not verified yet
    ACTIVE = "active"  # verified; while it is renewed, too
    DENIED = "denied"  # by the hub; it is asked again after a rest
    ENDED = "ended"  # by us: the feed is watched no more or has another hub, or the hub does not deliver


class Signature(StrEnum):
    """What a push's signature is worth."""

    GOOD = "good"
    WEAK = "weak"  # right, but by SHA-1
    BAD = "bad"
    MISSING = "missing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hub:
    """Who pushes a feed, and the feed's address there."""

    url: str
    topic: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """One feed at one hub. `id` ends the callback's address, `secret` signs what is pushed; both are secrets."""

    id: str = field(repr=False)
    feed_id: str
    hub: str
    topic: str
    secret: str = field(repr=False)
    state: State
    asked_at: datetime | None = None  # when the hub was last asked for anything
    verified_at: datetime | None = None
    ends_at: datetime | None = None  # of the lease
    pushed_at: datetime | None = None  # the last push with a right signature
    unpushed: int = 0  # polls in a row that found what no push had brought

    def is_leased(self, now: datetime) -> bool:
        """Whether the hub owes us pushes."""
        return self.state is State.ACTIVE and self.ends_at is not None and self.ends_at > now

    def delivers(self, now: datetime) -> bool:
        """Whether polls may be rare: leased, pushes came, and no poll found what they left out."""
        return self.is_leased(now) and self.pushed_at is not None and self.unpushed == 0

    def takes_pushes(self) -> bool:
        """Whether pushes are read. Before the hub has verified, too: both may be under way at once."""
        return self.state in (State.PENDING, State.ACTIVE)


# ------------------------------------------------------------------ discovery


def choose_hub(headers: Mapping[str, str], parsed: ParsedFeed, url: str) -> Hub | None:
    """The hub of a feed that was had from `url` (after redirects), and its topic there; None where it names none.

    Link headers go before what the document says (section 4); of several hubs the first with https is taken. Without
    rel=self the topic is `url`. `headers` have lower-case names. YouTube's feeds name no hub, but have one.
    """
    told = _links(headers.get("link", ""), url)
    hubs = told["hub"] or [_absolute(hub, url) for hub in parsed.hub_urls]
    selves = told["self"] or ([_absolute(parsed.self_url, url)] if parsed.self_url else [])
    hub = _best(hubs)
    if hub is None:
        return _youtube(url)
    return Hub(url=hub, topic=next((topic for topic in selves if _is_web(topic)), url))


def _links(header: str, url: str) -> dict[str, list[str]]:
    """Targets of the relations hub and self in a Link header (RFC 8288), absolute."""
    found: dict[str, list[str]] = {"hub": [], "self": []}
    for target, parameters in _LINK.findall(header):
        rel = _REL.search(parameters)
        if rel is None or _ANCHOR.search(parameters):  # an anchor speaks of another document
            continue
        for name in rel[1].strip('"').lower().split():
            if name in found:
                found[name].append(_absolute(target.strip(), url))
    return found


def _absolute(link: str, base: str) -> str:
    """The link as an absolute URL; "" for what is none."""
    try:
        return urljoin(base, link)
    except ValueError:
        return ""


def _best(hubs: Iterable[str]) -> str | None:
    usable = [_with_https(hub) for hub in hubs if _is_web(hub)]
    return next((hub for hub in usable if hub.startswith("https:")), next(iter(usable), None))


def _with_https(hub: str) -> str:
    parts = urlsplit(hub)
    is_known = parts.scheme == "http" and parts.netloc.lower() in _HTTPS_HUBS
    return parts._replace(scheme="https").geturl() if is_known else hub


def _is_web(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and len(url) <= _MAX_URL


def _youtube(url: str) -> Hub | None:
    parts = urlsplit(url)
    channel = parse_qs(parts.query).get("channel_id", [""])[0]
    if parts.hostname not in _YOUTUBE or parts.path != "/feeds/videos.xml" or not channel:
        return None
    topic = f"https://www.youtube.com/xml/feeds/videos.xml?channel_id={channel}"
    return Hub(url=_YOUTUBE_HUB, topic=topic)


# ------------------------------------------------------------------ subscribing


def request_form(subscription: Subscription, mode: Mode, callback: str) -> Mapping[str, str]:
    """The form that asks a hub (section 5.1)."""
    form = {"hub.callback": callback, "hub.mode": mode.value, "hub.topic": subscription.topic}
    if mode is Mode.SUBSCRIBE:
        form |= {"hub.lease_seconds": str(LEASE_SECONDS), "hub.secret": subscription.secret}
    return form


def wanted_mode(subscription: Subscription) -> Mode:
    """What the hub is to be asked for."""
    return Mode.UNSUBSCRIBE if subscription.state is State.ENDED else Mode.SUBSCRIBE


def is_expected(subscription: Subscription, mode: str, topic: str, now: datetime) -> bool:
    """Whether a challenge answers a request of ours (section 5.3): else whoever sends it is told 404.

    A hub may lose our answer and ask once more, so it is an answer for a day.
    """
    asked_at = subscription.asked_at
    if topic != subscription.topic or asked_at is None or now - asked_at > _ANSWER_WITHIN:
        return False
    match subscription.state:
        case State.PENDING | State.ACTIVE:
            return mode == Mode.SUBSCRIBE
        case State.ENDED:
            return mode == Mode.UNSUBSCRIBE and subscription.verified_at is not None
        case State.DENIED:
            return False


def may_be_denied(subscription: Subscription, topic: str) -> bool:
    """Whether a hub's refusal is about something: it may come at any time (section 5.2)."""
    return topic == subscription.topic and subscription.takes_pushes()


def lease_of(text: str | None) -> timedelta:
    """The lease that a hub grants: from ten minutes to thirty days, whatever it says; as asked for where it is silent.

    Too long a lease would hide that the hub has forgotten us; too short a one would have us ask all day.
    """
    if text is None or not (text.isascii() and text.isdigit()):
        return timedelta(seconds=LEASE_SECONDS)
    granted = timedelta(seconds=int(text[:9]))
    return min(max(granted, _SHORTEST_LEASE), _LONGEST_LEASE)


def renewal(lease: timedelta, now: datetime, chance: float) -> datetime:
    """When to renew: at half the lease, spread. `chance` is a number from 0 up to 1 that the caller draws."""
    return now + spread(lease.total_seconds() / 2, chance)


def next_ask(asks: int, now: datetime, chance: float) -> datetime:
    """When to ask a hub again that did not do its part `asks` times in a row: 15 min doubled each time, a day at most.

    A request that was taken waits as long for its verification.
    """
    pause = min(_FIRST_PAUSE * 2 ** min(max(asks - 1, 0), 20), _LONGEST_PAUSE)
    return now + spread(pause, chance)


def gives_up(subscription: Subscription, asks: int, now: datetime) -> bool:
    """Whether the hub is left alone for a while. A lease that still runs is worth asking until it ends."""
    return asks >= MAX_ASKS and not subscription.is_leased(now)


# ------------------------------------------------------------------ pushes


def check_signature(secret: str, body: bytes, header: str | None) -> Signature:
    """What the X-Hub-Signature of a body is worth (section 7.1); `body` as it came over the wire."""
    if not header:
        return Signature.MISSING
    told = _SIGNATURE.fullmatch(header)
    if told is None:
        return Signature.BAD
    method = told[1].lower()
    right = hmac.new(secret.encode(), body, getattr(hashlib, method)).hexdigest()
    if not hmac.compare_digest(right, told[2].lower()):
        return Signature.BAD
    return Signature.WEAK if method == "sha1" else Signature.GOOD


def unpushed_after(subscription: Subscription, *, new: int, polled_before: datetime | None) -> int:
    """`unpushed` after a poll that found `new` entries which nothing had brought before.

    What was there before the hub verified it need not push: a poll counts only if the one before it came later than
    that. Polls that find nothing say nothing; a push sets the count back to 0.
    """
    verified_at = subscription.verified_at
    if not new or verified_at is None or polled_before is None or polled_before < verified_at:
        return subscription.unpushed
    return subscription.unpushed + 1


def is_dead(unpushed: int) -> bool:
    """Whether the lease counts as dead, whatever the hub says."""
    return unpushed >= _SILENT_POLLS
