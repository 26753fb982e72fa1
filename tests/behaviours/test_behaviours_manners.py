"""How often servers are asked, and how: behaviours 16 and 20, through the real step and the server's own record."""

import asyncio
import itertools
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from newsdesk import pipeline
from newsdesk.ledger import sites, tables
from newsdesk.ledger.sites import SlotRequest
from newsdesk.model import Counts
from newsdesk.pipeline.manners import Manners
from newsdesk.services import Services
from tests.hostile import HostileServer
from tests.hostile.publishers import XML, rss, story
from tests.hostile.scripts import SCRIPTS
from tests.hostile.wire import Request, send
from tests.line import NOW, Clock, line

WEEK = timedelta(days=7)


# ------------------------------------------------------------------ 16: conditional requests


@dataclass
class Publisher:
    """A feed with validators that has a new story now and then, and now and then is broken."""

    clock: Clock
    asked: list[Request] = field(default_factory=list)
    answers: Counter[str] = field(default_factory=Counter)

    FAULTS = (
        "status/500",
        "wall/login",
        "reset/head",
        "status/404",
        "later/429",
        "status/410",
        "length/long",
        "hangup",
    )

    async def __call__(self, writer: asyncio.StreamWriter, request: Request, argument: str) -> None:
        self.asked.append(request)
        if len(self.asked) % 3 == 0:
            fault = self.FAULTS[len(self.asked) // 3 % len(self.FAULTS)]
            name, _, argument = fault.partition("/")
            self.answers[fault] += 1
            await SCRIPTS[name](writer, request, argument)
            return
        edition = 1 + (self.clock.now - NOW) // timedelta(hours=30)
        etag, modified = f'W/"edition-{edition}"', f"Mon, {edition + 1:02} Mar 2026 12:00:00 GMT"
        known = request.headers.get("if-none-match"), request.headers.get("if-modified-since")
        if known == (etag, modified):
            self.answers["304"] += 1
            await send(writer, 304, b"", {"ETag": etag})
        else:
            self.answers["200"] += 1
            body = rss(*(story(n, str(n)) for n in range(edition + 3)))
            await send(writer, 200, body, XML | {"ETag": etag, "Last-Modified": modified})


def test_behaviour_16_a_feed_is_asked_without_validators_once_ever(tmp_path: Path) -> None:
    """One unconditional request in seven days with two restarts, and none after an error."""
    clock = Clock()
    publisher = Publisher(clock)

    async def run() -> None:
        async with HostileServer(plays={"press": publisher}) as server:
            for stop in (NOW + timedelta(days=2, hours=7), NOW + timedelta(days=5), NOW + WEEK):
                options = {"poll_maximum_seconds": "14400", "poll_default_seconds": "3600"}
                with line(tmp_path, server.url("/press"), clock=clock, **options) as services:
                    await asyncio.to_thread(_poll_until, services, clock, stop)

    asyncio.run(run())
    bare = [number for number, request in enumerate(publisher.asked) if not _is_conditional(request)]
    assert bare == [0]
    assert len(publisher.asked) > 24
    assert set(publisher.answers) == {"200", "304", *Publisher.FAULTS}
    assert publisher.answers["200"] > 3  # the stories that came anew were seen, too


def _poll_until(services: Services, clock: Clock, stop: datetime) -> None:
    """Each poll at its time, and the restart finds the clock where it was left."""
    while clock.now < stop:
        pipeline.poll(services)
        with services.ledger.read() as connection:
            due_at = connection.execute(tables.feeds.select()).one().due_at
        clock.now = min(max(due_at, clock.now + timedelta(seconds=1)), stop)


def _is_conditional(request: Request) -> bool:
    return {"if-none-match", "if-modified-since"} <= request.headers.keys()


# ------------------------------------------------------------------ 20: one at a time, spaced

SPACING = 0.01


@dataclass
class Doorman:
    """Counts who is inside, and notes when each came."""

    inside: int = 0
    most: int = 0
    came: list[float] = field(default_factory=list)

    async def __call__(self, writer: asyncio.StreamWriter, request: Request, _argument: str) -> None:
        self.came.append(request.at)
        self.inside += 1
        self.most = max(self.most, self.inside)
        await asyncio.sleep(0.03 if len(self.came) % 10 == 0 else 0.001)  # some answers take longer than the spacing
        self.inside -= 1
        await send(writer, 304 if "if-none-match" in request.headers else 200, b"<rss version='2.0'/>", XML)


def test_behaviour_20_three_hundred_feeds_of_a_domain_are_asked_one_by_one(tmp_path: Path) -> None:
    """At most one request in flight to a registrable domain, and its spacing between starts, for 300 feeds on it."""
    doorman = Doorman()

    async def run() -> Counts:
        async with HostileServer(plays={"press": doorman}) as server:
            urls = [server.url(f"/press?n={n}", f"desk{n % 7}.press.localhost") for n in range(300)]
            with line(tmp_path, *urls, spacing_seconds=str(SPACING)) as services:
                while len(doorman.came) < len(urls):
                    counts = await asyncio.to_thread(pipeline.poll, services)
            return counts

    asyncio.run(run())
    assert len(doorman.came) == 300
    assert doorman.most == 1
    # A single gap tells of the machine, too: an early start may be noted late. So stretches of ten are measured.
    stretches = [later - earlier for earlier, later in zip(doorman.came, doorman.came[10:], strict=False)]
    assert min(stretches) > SPACING * 9
    assert all(earlier < later for earlier, later in itertools.pairwise(doorman.came))


def test_behaviour_20_another_process_waits_for_a_slow_request(tmp_path: Path) -> None:
    """While one process waits for a slow answer, no other asks the domain: its feeds are sent back."""

    async def run() -> tuple[Counts, list[str], Counts]:
        doorman, end = Doorman(), asyncio.Event()
        async with HostileServer(plays={"press": doorman}) as server:
            urls = [server.url(f"/press?n={n}", "press.localhost") for n in range(3)]
            clock = Clock()
            with line(tmp_path, *urls, clock=clock, spacing_seconds="0.2") as one:
                slow = asyncio.ensure_future(Manners(one).heed(urls[0], end.wait()))
                while not _is_busy(one):  # noqa: ASYNC110 - it is the ledger that changes
                    await asyncio.sleep(0.01)
                with line(tmp_path, *urls, clock=clock, spacing_seconds="0.2") as other:
                    meanwhile = await asyncio.to_thread(pipeline.poll, other)
                    seen = [request.target for request in server.requests]
                    end.set()
                    await slow
                    clock.now += timedelta(minutes=1)
                    after = await asyncio.to_thread(pipeline.poll, other)
            return meanwhile, seen, after

    meanwhile, seen, after = asyncio.run(run())
    assert (meanwhile.outcomes, seen) == ({"retry:host-busy": 3}, [])
    assert sum(after.outcomes.values()) == 3
    assert not any("host-busy" in name for name in after.outcomes)


def _is_busy(services: Services) -> bool:
    with services.ledger.read() as connection:
        return sites.is_busy(connection, "press.localhost", services.clock())


@pytest.mark.parametrize("width", [50, 200])
def test_behaviour_20_a_thousand_feeds_that_are_due_do_not_start_together(tmp_path: Path, width: int) -> None:
    """When a thousand feeds of different domains are due, no more start in a second than may be under way at once."""

    async def ask(manners: Manners) -> list[SlotRequest]:
        # what a request waits for, without the waiting itself
        return [await manners.slot_request(f"http://www.paper{n}.test/feed") for n in range(1000)]

    with line(tmp_path, "http://paper.test/feed", fetch_concurrency=str(width)) as services:
        requests = asyncio.run(ask(Manners(services)))
        with services.ledger.write() as connection:
            slots = sites.reserve_slots(connection, requests, now=NOW, horizon=timedelta(hours=1))
    starts = sorted((slot.at - NOW).total_seconds() for slot in slots)
    assert all(later - earlier >= 0.99 for earlier, later in zip(starts, starts[width:], strict=False))
    assert starts[-1] == pytest.approx(999 / width)
