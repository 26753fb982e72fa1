"""How fast archived pages are read again, and whether they give the same records each time.

    python bench/replay.py [--pages 1000] [--times 2]

The pages are made by chance in many forms (tests/pipeline/many_pages.py): six templates, six kinds of walls, six
languages, two charsets, with and without dates. A server on loopback brings them out, the line collects them once and
replays them; nothing is fetched by a replay. A record that differs ends the run with exit code 1. Columns:

    step      what was done
    seconds   wall time
    cpu       processor time of this process and its workers
    pages/s   pages by wall time
    changed   articles that came out otherwise
"""

import argparse
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from newsdesk import pipeline
from newsdesk.model import Counts
from newsdesk.services import Services
from tests.pipeline.many_pages import make_page
from tests.pipeline.press import open_press, services_of
from tests.pipeline.test_replay import EVER, records


def main() -> int:
    """Collect, replay, compare."""
    options = _options()
    with tempfile.TemporaryDirectory() as folder, open_press() as press:
        for number in range(options.pages):
            press.story(f"story-{number}")
            press.files[f"/story-{number}"] = (200, make_page(number))
        with services_of(Path(folder), press, spacing_seconds="0", step_seconds="100000") as services:
            pipeline.poll(services)
            print(f"{'step':<10} {'seconds':>8} {'cpu':>8} {'pages/s':>8} {'changed':>8}")
            _timed("collect", lambda: pipeline.collect(services), options.pages)
            _settle(services)
            return _replays(services, options)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=1000)
    parser.add_argument("--times", type=int, default=2)
    return parser.parse_args()


def _replays(services: Services, options: argparse.Namespace) -> int:
    before = records(services)
    counts = Counts(step="replay", outcomes={})
    for number in range(1, options.times + 1):
        counts = _timed(f"replay {number}", lambda: pipeline.replay(services, EVER), options.pages)
        _settle(services)
        if records(services) != before:
            print(f"replay {number} gave other records", file=sys.stderr)
            return 1
    for name, many in sorted(counts.outcomes.items()):
        print(f"{many:>6} {name}")
    print(f"{len(before)} rows of articles, versions, tags and entries: identical each time")
    return 0


def _settle(services: Services) -> None:
    pipeline.tag(services)
    pipeline.index(services)


def _timed(name: str, step: Callable[[], Counts], pages: int) -> Counts:
    began, cpu = time.perf_counter(), _cpu()
    counts = step()
    seconds = time.perf_counter() - began
    changed = counts.produced if name.startswith("replay") else 0
    print(f"{name:<10} {seconds:>8.1f} {_cpu() - cpu:>8.1f} {pages / seconds:>8.1f} {changed:>8}", flush=True)
    return counts


def _cpu() -> float:
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


if __name__ == "__main__":
    sys.exit(main())
