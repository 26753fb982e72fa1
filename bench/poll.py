"""What a poll of many feeds costs, against `requests` with `feedparser.parse` in the same run.

    python -m bench.poll [--feeds 2000] [--rounds 3]

A server on loopback, in a process of its own, brings out the feeds: RSS 2.0 with thirty whole articles each, about
75 kB, every feed on a host of its own. After a first round, which is not counted, a fifth of the feeds has two new
entries in each round; the others answer 304 to whoever asks conditionally. The contestants take turns:

    newsdesk     `newsdesk.pipeline.poll`: slots, conditional requests, parsing in workers, new entries told from known
                 ones, everything recorded in a ledger on SQLite
    plain        `requests` and `feedparser.parse` for every feed; it records nothing and knows nothing of before
    conditional  the same with If-None-Match, so that only what changed is parsed

`cpu` is processor time, workers included, and the server not; `feeds/cpu-s` are feeds for each second of it.
"""

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import feedparser
import requests

from newsdesk import pipeline
from newsdesk.services import Services, open_services
from newsdesk.settings import read_settings


def main() -> int:
    """Take turns, print the ratios."""
    options = _options()
    with tempfile.TemporaryDirectory() as folder, open_server() as port:
        urls = [f"http://paper{number}.localhost:{port}/feed/{number}" for number in range(options.feeds)]
        contestants = {
            "newsdesk": _newsdesk(Path(folder), urls),
            "plain": _plain(urls, conditional=False),
            "conditional": _plain(urls, conditional=True),
        }
        costs: dict[str, list[float]] = {name: [] for name in contestants}
        print(f"{'round':>5} {'contestant':<12} {'seconds':>8} {'cpu':>8} {'feeds/cpu-s':>12} {'new':>7}")
        for number in range(options.rounds + 1):
            for name, contestant in contestants.items():
                costs[name].append(_turn(number, name, contestant, options.feeds))
            requests.get(f"http://127.0.0.1:{port}/next", timeout=10)
    for name in ("plain", "conditional"):
        ratio = sum(costs[name][1:]) / sum(costs["newsdesk"][1:])
        print(f"newsdesk polls {ratio:.1f} times the feeds for each CPU second of {name} requests + feedparser")
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--feeds", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=3)
    return parser.parse_args()


def _turn(number: int, name: str, contestant: Callable[[], int], feeds: int) -> float:
    began, before = time.perf_counter(), _cpu()
    new = contestant()
    cost, seconds = _cpu() - before, time.perf_counter() - began
    print(f"{number or 'first':>5} {name:<12} {seconds:>8.1f} {cost:>8.1f} {feeds / cost:>12.0f} {new:>7}", flush=True)
    return cost


def _cpu() -> float:
    used = [resource.getrusage(whose) for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def _newsdesk(folder: Path, urls: list[str]) -> Callable[[], int]:
    """Polls in one process with a clock that goes on by a day each time, so that every feed is due."""
    watchlist = folder / "watchlist.yaml"
    feeds = "".join(f"  - url: {url}\n    name: Paper {number}\n" for number, url in enumerate(urls))
    watchlist.write_text(f"version: 1\nfeeds:\n{feeds}topics: {{}}\nreaders: {{}}\nrules: {{}}\n", encoding="utf-8")
    environ = {
        "NEWSDESK_HOME": str(folder / "state"),
        "NEWSDESK_WATCHLIST": str(watchlist),
        "NEWSDESK_ALLOW_NETWORKS": "127.0.0.0/8",
        "NEWSDESK_STEP_SECONDS": "100000",
        "NEWSDESK_USER_AGENT": "Newsdesk-bench",
    }
    days = [0]

    def clock() -> datetime:
        return datetime.now(UTC) + timedelta(days=days[0])

    def poll() -> int:
        with open_services(read_settings(environ), clock=clock) as services:
            new = _polled(services)
        days[0] += 2
        return new

    return poll


def _polled(services: Services) -> int:
    counts = pipeline.poll(services)
    odd = {name: many for name, many in counts.outcomes.items() if name not in ("done", "done:not-modified")}
    if odd:
        raise SystemExit(f"the poll did not go well: {odd}")
    return counts.produced


def _plain(urls: list[str], *, conditional: bool) -> Callable[[], int]:
    """One request after the other, each document parsed as a whole."""
    tags: dict[str, str] = {}
    session = requests.Session()

    def poll() -> int:
        entries = 0
        for url in urls:
            headers = {"If-None-Match": tags[url]} if conditional and url in tags else {}
            answer = session.get(_dialled(url), headers=headers, timeout=30)
            tags[url] = answer.headers["ETag"]
            if answer.status_code == requests.codes.ok:
                entries += len(feedparser.parse(answer.content).entries)
        return entries

    return poll


def _dialled(url: str) -> str:
    """The same feed by the numeric host: how a system resolves names below localhost differs."""
    return "http://127.0.0.1:" + url.rpartition(":")[2]


@contextmanager
def open_server() -> Iterator[int]:
    """A server of many feeds in a process of its own; its port."""
    command = [sys.executable, "-m", "bench.many_feeds"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        if process.stdin is None or process.stdout is None:
            raise SystemExit("the server cannot be started")
        yield int(process.stdout.readline())
        process.stdin.close()
        process.wait(10)


if __name__ == "__main__":
    sys.exit(main())
