"""A ledger with a feed in each state, as months of polling leave it."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import update

from newsdesk.intake import digest, feed_id
from newsdesk.ledger import Connection, events, feeds, open_ledger, tables
from newsdesk.model import FeedEvent, FeedEventKind, FeedSpec, Stage

COURT = "https://court-notices.example/feed.xml"
NO_FEED = "The document is an HTML page (“Ministry of Trade”), not a feed."
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A feed: how it stands, and how its last poll ended."""

    name: str
    row: dict[str, Any]
    poll: dict[str, Any]
    newest: timedelta = HOUR  # ago
    every: timedelta = 4 * HOUR  # between two entries
    days: int = 40  # of entries
    events: tuple[FeedEvent, ...] = ()

    @property
    def url(self) -> str:
        return f"https://{self.name.lower().replace(' ', '-')}.example/feed.xml"


def examples(now: datetime) -> tuple[Made, ...]:
    well: dict[str, Any] = {"outcome": "done", "status": 200}
    failed: dict[str, Any] = {"last_success_at": now - 9 * DAY, "failing_since": now - 9 * DAY, "failures": 12}
    gap = FeedEvent(
        kind=FeedEventKind.GAP,
        detail="no entry of the last document is in this one",
        since=now - 2 * DAY - HOUR,
        until=now - 2 * DAY,
        missed=14.0,
        found=9,
    )
    moved = FeedEvent(kind=FeedEventKind.MOVED, detail="polled at https://daily-planet.example/atom.xml from now on")
    return (
        Made(name="Daily Planet", row={}, poll=well, events=(moved,)),
        Made(name="Harbour Gazette", row={"overlap": 0.6}, poll=well, every=HOUR / 4, newest=HOUR / 6, events=(gap,)),
        Made(name="Hill Times", row={}, poll=well | {"reason": "not-modified", "status": 304}, newest=6 * DAY),
        Made(
            name="Court Notices",
            row=failed | {"reason": "forbidden"},
            poll={
                "outcome": "retry",
                "reason": "forbidden",
                "detail": f"{COURT}: the server answered 403",
                "status": 403,
            },
            newest=9 * DAY,
        ),
        Made(
            name="Ministry of Trade",
            row=failed | {"reason": "not-a-feed"},
            poll={"outcome": "retry", "reason": "not-a-feed", "detail": NO_FEED, "status": 200},
            newest=9 * DAY,
        ),
        Made(
            name="Old Weekly",
            row=failed | {"reason": "gone", "retired_at": now - 3 * DAY, "due_at": None, "gone_seen": 3},
            poll={"outcome": "dropped", "reason": "gone", "detail": "said 3 times", "status": 410},
            newest=9 * DAY,
        ),
        Made(
            name="Wire Service",
            row={
                "failures": 1,
                "failing_since": now - HOUR,
                "reason": "rate-limited",
                "detail": "429 with Retry-After",
                "not_before": now + 5 * HOUR,
                "due_at": now + 5 * HOUR,
            },
            poll={"outcome": "retry", "reason": "rate-limited", "detail": "429 with Retry-After", "status": 429},
        ),
        Made(name="Young Paper", row={}, poll=well, days=1),
    )


def make_feeds(home: Path, now: datetime) -> None:
    """Write watchlist and ledger of the examples into a state folder."""
    home.mkdir(parents=True, exist_ok=True)
    made = examples(now)
    declared = {"version": 1, "feeds": [{"url": one.url, "name": one.name} for one in made]}
    (home / "watchlist.yaml").write_text(yaml.safe_dump(declared), encoding="utf-8")
    with open_ledger(f"sqlite:///{home / 'ledger.db'}") as ledger, ledger.write() as connection:
        store_feeds(connection, now)


def store_feeds(connection: Connection, now: datetime) -> None:
    """The examples, as rows."""
    made = examples(now)
    feeds.sync(connection, [FeedSpec(url=one.url, name=one.name) for one in made], now - 90 * DAY)
    for one in made:
        _store(connection, one, now)


def _store(connection: Connection, one: Made, now: datetime) -> None:
    key = feed_id(one.url)
    standing: dict[str, Any] = {
        "first_success_at": now - 89 * DAY,
        "last_success_at": now - HOUR / 5,
        "last_polled_at": now - HOUR / 5,
        "due_at": now + HOUR / 2,
        "interval_seconds": 2700,
        "interval_why": "about 6 new a day, window of 30",
        "overlap": 0.97,
        "etag": '"1"',
        "outcome": one.poll["outcome"],
    }
    arrivals = _arrivals(one, now)
    if arrivals:
        standing["last_new_at"] = arrivals[-1]
    connection.execute(update(tables.feeds).where(tables.feeds.c.id == key).values(standing | one.row))
    window = {"feed_id": key, "ids": [str(number) for number in range(30)], "seen_at": now}
    window["arrivals"] = [at.timestamp() for at in arrivals[-50:]]
    connection.execute(tables.feed_windows.insert().values(window))
    at = standing["last_polled_at"]
    for number in range(3):
        times = {"started_at": at - number * HOUR, "finished_at": at - number * HOUR + timedelta(seconds=1.4)}
        row = {"id": uuid.uuid4().hex, "feed_id": key, "via": "poll", "overlap": 0.97, "entries_new": 1}
        connection.execute(tables.polls.insert().values(row | {"entries_seen": 30} | times | one.poll))
    rows = [_entry(key, number, arrival) for number, arrival in enumerate(arrivals)]
    connection.execute(tables.entries.insert(), rows)
    events.add(connection, key, one.events, now - 2 * DAY)


def _arrivals(one: Made, now: datetime) -> list[datetime]:
    """Evenly; a few are late."""
    found, at = [], now - one.newest
    while at > now - one.days * DAY:
        found.append(at)
        at -= one.every * (2 if len(found) % 7 == 3 else 1)
    return found[::-1]


def _entry(key: str, number: int, at: datetime) -> dict[str, Any]:
    return {
        "id": digest("entry", key, str(number)),
        "feed_id": key,
        "identity": str(number),
        "fingerprint": "f",
        "version": 1,
        "title": "Title",
        "summary": "",
        "content": "",
        "authors": [],
        "link": None,
        "published": at,
        "first_seen_at": at,
        "stage": Stage.DONE.value,
        "attempts": 0,
    }
