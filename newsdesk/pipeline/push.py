"""What hubs send to the callback: challenges, refusals, and the documents that they push (WebSub).

A pushed document goes the road of a polled one, and its entries wait for collection before the hub has its answer. So
an answer of success means that nothing of it can be lost, and a hub that hears none sends the push again.
"""

import asyncio
import logging
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Self

from extractors import ExtractError, ParsedFeed, parse_feed
from newsdesk.errors import WorkerError
from newsdesk.fetch import FetchSettings
from newsdesk.fetch.decoding import BodyDecoder, BodyError
from newsdesk.ledger import feeds, subscriptions
from newsdesk.ledger.feeds import Feed, PollResult
from newsdesk.model import Done, Dropped, Outcome, Reason, Via, redacted
from newsdesk.pipeline.take_in import Taken, take_in
from newsdesk.services import Services
from newsdesk.websub import (
    Mode,
    Signature,
    State,
    Subscription,
    check_signature,
    is_expected,
    lease_of,
    may_be_denied,
    renewal,
)
from newsdesk.workers import WORKER_FAILED

log = logging.getLogger("newsdesk")

_LIMITS = FetchSettings(user_agent="")  # of size, as for polled documents
_EMPTY = b"<rss version='2.0'><channel/></rss>"


class Receipt(StrEnum):
    """What a push is answered with."""

    TAKEN = "taken"
    DROPPED = "dropped"  # its signature is missing or wrong: answered like `TAKEN`, so that nobody learns by trying
    UNKNOWN = "unknown"  # there is no such subscription
    GONE = "gone"  # it has ended
    LATER = "later"  # we cannot read it now; the hub is to come again


@dataclass(frozen=True, slots=True, kw_only=True)
class Push:
    """A content distribution request; `body` as it came over the wire, by which it is signed."""

    body: bytes = field(repr=False)
    content_type: str = ""
    content_encoding: str = ""
    signature: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """A pushed document, read; or why it cannot be."""

    size: int
    parsed: ParsedFeed | None
    outcome: Outcome


class Inbox:
    """Takes what hubs send, from any thread; to be used as a context manager, which holds the workers that parse."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._workers = services.open_workers()

    def __enter__(self) -> Self:
        # a worker takes a second to start: the first push must not wait for it
        self._workers.submit(parse_feed, _EMPTY, "http://localhost/")
        return self

    def __exit__(self, *_: object) -> None:
        self._workers.__exit__()

    @property
    def seconds(self) -> float:
        """How long a push may take to come in."""
        return self._services.settings.fetch_seconds

    def knows(self, key: str) -> Receipt:
        """Whether pushes for this callback are read, before any of it is: TAKEN, UNKNOWN or GONE."""
        with self._services.ledger.read() as connection:
            subscription = subscriptions.find(connection, key)
        if subscription is None:
            return Receipt.UNKNOWN
        return Receipt.TAKEN if subscription.takes_pushes() else Receipt.GONE

    def verify(self, key: str, mode: str, topic: str, *, lease: str | None) -> bool:
        """Whether a challenge answers a request of ours; if so, the subscription begins, goes on or ends with it."""
        now = self._services.clock()
        with self._services.ledger.write() as connection:
            subscription = subscriptions.find(connection, key, lock=True)
            if subscription is None or not is_expected(subscription, mode, topic, now):
                return False
            if mode == Mode.UNSUBSCRIBE:
                subscriptions.leave(connection, subscription)
                return True
            granted = lease_of(lease)
            renew_at = renewal(granted, now, self._services.chance())
            subscriptions.confirm(connection, subscription, now=now, ends_at=now + granted, renew_at=renew_at)
        if subscription.state is not State.ACTIVE:
            log.info("websub: %s pushes %s for %s", subscription.hub, subscription.topic, granted)
        return True

    def deny(self, key: str, topic: str, reason: str) -> bool:
        """Note a hub's refusal; False where it is about nothing."""
        with self._services.ledger.write() as connection:
            subscription = subscriptions.find(connection, key, lock=True)
            if subscription is None or not may_be_denied(subscription, topic):
                return False
            subscriptions.deny(connection, subscription, reason, self._services.clock())
        log.warning("websub: %s refuses to push %s: %s", subscription.hub, subscription.topic, reason)
        return True

    async def take(self, key: str, push: Push) -> Receipt:
        """Read a push and store what is new in it. Raises LedgerError, and then nothing is stored."""
        started = self._services.clock()
        found = await asyncio.to_thread(self._find, key)
        if found is None:
            return Receipt.UNKNOWN
        subscription, feed = found
        if not subscription.takes_pushes():
            return Receipt.GONE
        signature = check_signature(subscription.secret, push.body, push.signature)
        if signature in (Signature.MISSING, Signature.BAD):
            await asyncio.to_thread(self._drop, subscription, signature)
            return Receipt.DROPPED
        remark = "signed by SHA-1, which is weak" if signature is Signature.WEAK else ""
        read = await self._read(feed, subscription, push, remark)
        if read is None:
            return Receipt.LATER
        self._services.failpoint("push.read")
        await asyncio.to_thread(self._store, subscription, feed, read, started)
        return Receipt.TAKEN

    def _find(self, key: str) -> tuple[Subscription, Feed] | None:
        with self._services.ledger.read() as connection:
            subscription = subscriptions.find(connection, key)
            if subscription is None:
                return None
            feed = feeds.load(connection, subscription.feed_id, self._services.clock())
        return (subscription, feed) if feed is not None else None

    def _drop(self, subscription: Subscription, signature: Signature) -> None:
        what = "no signature" if signature is Signature.MISSING else "a wrong signature"
        why = f"a push with {what} was dropped at {self._services.clock():%Y-%m-%d %H:%M} UTC"
        log.warning("websub: %s, from whoever calls itself %s, for %s", why, subscription.hub, subscription.topic)
        with self._services.ledger.write() as connection:
            subscriptions.note_refused_push(connection, subscription, why)

    async def _read(self, feed: Feed, subscription: Subscription, push: Push, remark: str) -> _Read | None:
        """None where no worker can be had: the fault is ours."""
        size = len(push.body)
        try:
            body = _decoded(push)
            size = len(body)
            parsed = await self._workers.run(
                parse_feed,
                body,
                subscription.topic,
                content_type=push.content_type or None,
                day_first=feed.options.day_first,
                default_zone=feed.options.default_zone,
                now=self._services.clock(),
            )
        except WorkerError as error:
            if error.reason == WORKER_FAILED:
                return None
            return _Read(size=size, parsed=None, outcome=Dropped(reason=Reason(error.reason), detail=str(error)))
        except BodyError as error:
            return _Read(size=size, parsed=None, outcome=Dropped(reason=error.reason, detail=str(error)))
        except ExtractError as error:
            return _Read(size=size, parsed=None, outcome=Dropped(reason=Reason.NOT_A_FEED, detail=str(error)))
        if parsed.not_a_feed_reason is not None:
            dropped = Dropped(reason=Reason.NOT_A_FEED, detail=parsed.not_a_feed_reason)
            return _Read(size=size, parsed=None, outcome=dropped)
        return _Read(size=size, parsed=parsed, outcome=Done(detail=remark))

    def _store(self, subscription: Subscription, feed: Feed, read: _Read, started: datetime) -> None:
        """Entries, a row among the polls, and that the hub delivers, in one transaction."""
        taken = Taken()
        with self._services.ledger.write() as connection:
            if read.parsed is not None:
                taken = take_in(connection, self._services, feed, read.parsed, via=Via.PUSH)
            now = self._services.clock()
            result = PollResult(
                started_at=started,
                finished_at=now,
                outcome=read.outcome,
                size=read.size,
                entries_seen=len(read.parsed.entries) if read.parsed else 0,
                entries_new=taken.new,
                entries_changed=taken.changed,
                via=Via.PUSH,
            )
            feeds.add_poll(connection, feed.id, result)
            if read.parsed is not None:
                subscriptions.note_push(connection, subscription, new=taken.new, now=now)
        log.info("websub: a push for %s brought %d new and %d changed", redacted(feed.url), taken.new, taken.changed)


def _decoded(push: Push) -> bytes:
    decoder = BodyDecoder(push.content_encoding, _LIMITS)
    decoder.feed(push.body)
    return decoder.finish()
