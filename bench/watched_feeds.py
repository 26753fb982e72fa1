"""What it costs to watch 50,000 feeds in one process: memory, and the work of a minute.

    python -m bench.watched_feeds [--feeds 50000] [--due 833]

The watchlist names all of them; in each minute `--due` are due (50,000 at an hour's interval are 833 a minute), and a
server on loopback answers 304. The rows:

    load      read and check the watchlist (5 MB of YAML)
    sync      make the ledger's feeds those of the watchlist, the first time
    idle      a minute in which nothing is due: the watchlist read again, the clock, the claim
    minute    a minute in which `--due` feeds are due: claimed, asked, recorded, with their next times

`cpu` is processor time of this process and its workers, `peak` the most memory that this process has had (MB).
"""

import argparse
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

from sqlalchemy import select, update

from bench.poll import open_server
from newsdesk import pipeline
from newsdesk.ledger import feeds, tables
from newsdesk.services import Services, open_services
from newsdesk.settings import read_settings
from newsdesk.watchlist import load_watchlist

T = TypeVar("T")
_MINUTES = 3


def main() -> int:
    """Load, sync, poll; print what each costs."""
    options = _options()
    with tempfile.TemporaryDirectory() as name, open_server() as port:
        folder = Path(name)
        watchlist = folder / "watchlist.yaml"
        watchlist.write_text(_watchlist(options.feeds, port), encoding="utf-8")
        environ = {
            "NEWSDESK_HOME": name,
            "NEWSDESK_WATCHLIST": str(watchlist),
            "NEWSDESK_ALLOW_NETWORKS": "127.0.0.0/8",
            "NEWSDESK_STEP_SECONDS": "100000",
            "NEWSDESK_USER_AGENT": "Newsdesk-bench",
        }
        clock = _Clock()
        print(f"{'what':<8} {'seconds':>8} {'cpu':>8} {'peak':>8}")
        _timed("load", lambda: load_watchlist(watchlist))
        with open_services(read_settings(environ), clock=clock) as services:
            _timed("sync", lambda: _sync(services))
            due = _first_polls(services, clock, options.due)
            for _ in range(_MINUTES):
                clock.minutes += 1
                _timed("idle", lambda: pipeline.poll(services))
                _make_due(services, due, clock())
                counts = _timed("minute", lambda: pipeline.poll(services))
                if counts.outcomes != {"done:not-modified": options.due}:
                    raise SystemExit(f"the poll did not go well: {counts.outcomes}")
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--feeds", type=int, default=50_000)
    parser.add_argument("--due", type=int, default=833)
    return parser.parse_args()


class _Clock:
    def __init__(self) -> None:
        self.minutes = 0

    def __call__(self) -> datetime:
        return datetime.now(UTC) + timedelta(minutes=self.minutes)


def _watchlist(count: int, port: int) -> str:
    declared = "".join(
        f"  - url: http://paper{number}.localhost:{port}/feed/{number}\n    name: Paper {number}\n    language: en\n"
        for number in range(count)
    )
    return f"version: 1\nfeeds:\n{declared}topics: {{}}\nreaders: {{}}\nrules: {{}}\n"


def _sync(services: Services) -> None:
    with services.ledger.write() as connection:
        feeds.sync(connection, services.watchlist.feeds, services.clock(), digest=services.watchlist.digest)


def _first_polls(services: Services, clock: _Clock, count: int) -> list[str]:
    """Poll `count` feeds for the first time, which is not counted; all others are due in an hour."""
    with services.ledger.write() as connection:
        ids = list(connection.execute(select(tables.feeds.c.id).order_by(tables.feeds.c.id).limit(count)).scalars())
        later = clock() + timedelta(hours=1)
        connection.execute(update(tables.feeds).where(tables.feeds.c.id > ids[-1]).values(due_at=later))
    pipeline.poll(services)
    return ids


def _make_due(services: Services, ids: list[str], now: datetime) -> None:
    with services.ledger.write() as connection:
        connection.execute(update(tables.feeds).where(tables.feeds.c.id <= ids[-1]).values(due_at=now))


def _timed(what: str, work: Callable[[], T]) -> T:
    began, before = time.perf_counter(), _cpu()
    result = work()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{what:<8} {time.perf_counter() - began:>8.2f} {_cpu() - before:>8.2f} {peak:>8.0f}", flush=True)
    return result


def _cpu() -> float:
    used = [resource.getrusage(whose) for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


if __name__ == "__main__":
    sys.exit(main())
