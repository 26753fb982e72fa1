"""subscribe: ask hubs to push what is new, renew what they granted, give up what nobody wants any more (WebSub).

The hub's answers come to the web app's callback (`newsdesk.pipeline.push`). A hub that does not do its part is asked
again for a day and a half, then left alone for a while; its feed is polled as if there were no hub.
"""

import asyncio
import dataclasses
from dataclasses import dataclass
from datetime import datetime

from newsdesk.errors import FetchError
from newsdesk.fetch import Fetcher
from newsdesk.ledger import Connection, Lease, subscriptions
from newsdesk.ledger.leases import Terms
from newsdesk.model import Counts, Done, Dropped, Outcome, Reason, Retry
from newsdesk.pipeline.manners import HostBusyError, Manners
from newsdesk.pipeline.step import LeaseLostError, Tally, refused, under_way
from newsdesk.schedule import LONGEST_RETRY_AFTER
from newsdesk.services import Services
from newsdesk.websub import Mode, Subscription, gives_up, next_ask, request_form, wanted_mode

_UNSUBSCRIBE_ASKS = 3  # the lease runs out by itself
_NO_LIMIT = 1_000_000  # of claims: `gives_up` counts them, and ends them otherwise


def subscribe(services: Services, *, limit: int | None = None) -> Counts:
    """Ask the hubs that are due. Without NEWSDESK_WEB_URL there is no callback: no hub is asked for anything."""
    tally, base = Tally("subscribe"), callback_base(services)
    _settle(services, has_callback=base is not None)
    with services.ledger.read() as connection:
        if not subscriptions.count_due(connection, services.clock()):
            return tally.counts()

    async def run() -> None:
        async with services.open_fetcher() as fetcher:
            manners = Manners(services, fetcher)
            visit = _Visit(services=services, tally=tally, fetcher=fetcher, manners=manners, base=base)
            await under_way(services, _claim, visit.one, limit=limit)

    asyncio.run(run())
    return tally.counts()


def callback_base(services: Services) -> str | None:
    """What the callbacks' addresses begin with; None where hubs are not to be asked."""
    given = services.settings.web_url
    return given.rstrip("/") + "/websub/" if given else None


def _settle(services: Services, *, has_callback: bool) -> None:
    now = services.clock()
    with services.ledger.read() as connection:
        if subscriptions.is_settled(connection, now, has_callback=has_callback):
            return
    with services.ledger.write() as connection:
        subscriptions.settle(connection, now, has_callback=has_callback)


def _claim(connection: Connection, terms: Terms) -> list[tuple[Lease, Subscription]]:
    return subscriptions.claim_due(connection, dataclasses.replace(terms, attempts=_NO_LIMIT))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    """What came of a claim."""

    outcome: Outcome
    due: datetime | None = None  # the hub took the request: asked again then, unless its challenge comes
    is_over: bool = False  # nothing is asked any more
    why: str | None = None  # it is over, so that a person should know


@dataclass(frozen=True, slots=True, kw_only=True)
class _Visit:
    services: Services
    tally: Tally
    fetcher: Fetcher
    manners: Manners
    base: str | None

    async def one(self, lease: Lease, subscription: Subscription) -> Outcome:
        try:
            answer = self._without_request(lease, subscription) or await self._ask(lease, subscription)
        except LeaseLostError:
            self.tally.settle(Done(), held=False, subject=subscription.hub)
            return Done()
        except HostBusyError as error:
            answer = _Answer(outcome=Retry(at=error.at, reason=Reason.HOST_BUSY, counts=False))
        except FetchError as error:
            answer = self._failed(lease, subscription, error)
        except Exception as error:
            answer = _Answer(outcome=refused(error))
        self.services.failpoint("subscribe.worked")
        await asyncio.to_thread(self._record, lease, subscription, answer)
        self.services.failpoint("subscribe.recorded")
        return answer.outcome

    def _without_request(self, lease: Lease, subscription: Subscription) -> _Answer | None:
        """What is over already."""
        now, asks = self.services.clock(), lease.attempts - 1
        if wanted_mode(subscription) is Mode.SUBSCRIBE:
            why = f"the hub {subscription.hub} verified none of {asks} requests: it is left alone for some days"
            if gives_up(subscription, asks, now):
                return _Answer(outcome=Dropped(reason=Reason.TIMEOUT, detail=why), is_over=True, why=why)
            return None
        is_leased = subscription.ends_at is not None and subscription.ends_at > now
        if self.base is None or not is_leased or asks >= _UNSUBSCRIBE_ASKS:
            return _Answer(outcome=Done(detail="the hub's lease runs out by itself"), is_over=True)
        return None

    async def _ask(self, lease: Lease, subscription: Subscription) -> _Answer:
        await self.manners.wait_for_slot(subscription.hub)
        await asyncio.to_thread(self._begin, lease)
        form = request_form(subscription, wanted_mode(subscription), f"{self.base}{subscription.id}")
        await self.manners.heed(subscription.hub, self.fetcher.post(subscription.hub, form))
        due = next_ask(lease.attempts, self.services.clock(), self.services.chance())
        return _Answer(outcome=Done(), due=due)

    def _begin(self, lease: Lease) -> None:
        with self.services.ledger.write() as connection:
            if not subscriptions.begin(connection, lease, self.services.clock()):
                raise LeaseLostError

    def _failed(self, lease: Lease, subscription: Subscription, error: FetchError) -> _Answer:
        now, reason = self.services.clock(), Reason(error.reason)
        if wanted_mode(subscription) is Mode.UNSUBSCRIBE:
            if error.permanent:
                return _Answer(outcome=Done(detail=str(error)), is_over=True)
        elif gives_up(subscription, lease.attempts, now) or (error.permanent and not subscription.is_leased(now)):
            why = f"the hub cannot be asked, and is left alone for some days: {error}"
            return _Answer(outcome=Dropped(reason=reason, detail=str(error)), is_over=True, why=why)
        at = next_ask(lease.attempts, now, self.services.chance())
        if error.retry_at is not None:
            at = max(at, min(error.retry_at, now + LONGEST_RETRY_AFTER))
        return _Answer(outcome=Retry(at=at, reason=reason, detail=str(error)))

    def _record(self, lease: Lease, subscription: Subscription, answer: _Answer) -> None:
        with self.services.ledger.write() as connection:
            held = subscriptions.record(connection, lease, answer.outcome, due=answer.due)
            if held and answer.is_over:
                subscriptions.end(connection, subscription, why=answer.why, now=self.services.clock())
            # a hub may verify or refuse while it is still asked: then the callback has recorded all there is
            was_answered = not held and subscriptions.is_answered(connection, lease)
        self.tally.settle(answer.outcome, held=held or was_answered, subject=subscription.hub)
