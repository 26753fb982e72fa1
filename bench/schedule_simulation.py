"""Thirty days of a thousand feeds under our schedule and under fixed timers, in one run with one truth.

    python bench/schedule_simulation.py [--days 30] [--share 1.0] [--seed 1]

The feeds are made by chance (bench/simulated_feeds.py): wires, agencies, bursts at nine, dailies, weeklies; servers
with and without validators, with max-age, Expires and ttl, sensible and not; outages, 429 and 503 with Retry-After,
moves, 410, changed guids; 300 feeds on one domain. The whole system stops for two hours on days 10 and 20. Ours are the
pure functions of newsdesk.schedule and newsdesk.intake; time is a number that the run sets. The peers ask every feed
each 60 or 15 minutes with conditional requests, as most readers do out of the box. Columns, for each policy:

    req/day   requests of one feed on one day
    lost      entries that no poll saw
    delay     median minutes from publication to the poll that found it

Of the lost entries, `asked` fell out since the server or its ttl asked us to stay away, `away` while the server was
down or our system stopped, `policy` since the policy came too late. Rude is a request before Retry-After, an
unconditional one of a server that gives validators, a second start on one domain in one second. What is lost by
estimate is what the gap events of newsdesk.intake say. A run in which ours loses more than one entry in 100,000 by its
policy, misses a gap or is rude ends with exit code 1.
"""

import argparse
import statistics
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.simulated_feeds import Kind, SimulatedFeed, make_feeds
from bench.simulated_policies import Account, FixedTimer, OurSchedule, Report

_FAULTS = ("policy", "asked", "away")
_MAY_BE_LOST = 1e-5  # chance brings two dozen entries in six minutes once in a million polls of a wire


def main() -> int:
    """Run the three policies, print what came of them."""
    options = _options()
    feeds = make_feeds(options.seed, options.days, options.share)
    ours = OurSchedule(feeds, seed=options.seed, days=options.days).run()
    reports = [ours, *(FixedTimer(feeds, minutes=minutes, days=options.days).run() for minutes in (60, 15))]
    _print_kinds(feeds, reports, options.days)
    _print_totals(reports, len(feeds), options.days)
    for name, many in sorted(ours.events.items()):
        print(f"{many:>8} {name}")
    lost = ours.total(lambda account: account.lost["policy"]) / ours.total(lambda account: account.found)
    return 1 if lost > _MAY_BE_LOST or ours.events["gaps missed"] or ours.rude.total() else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--share", type=float, default=1.0, help="share of the thousand feeds")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def _print_kinds(feeds: Sequence[SimulatedFeed], reports: Sequence[Report], days: int) -> None:
    many = Counter(feed.kind for feed in feeds)
    print(f"{'':<13}" + "".join(f"{report.name + ': req/day':>17} {'lost':>8} {'delay':>6}" for report in reports))
    for kind in Kind:
        line = f"{kind:<8}{many[kind]:>5}"
        for account in (report.accounts[kind] for report in reports):
            line += f"{account.requests / many[kind] / days:>17.1f} {account.lost.total():>8} {_delay([account]):>6}"
        print(line)


def _delay(accounts: Sequence[Account]) -> str:
    delays = [seconds for account in accounts for seconds in account.delays]
    return f"{statistics.median(delays) / 60:.0f}" if delays else "-"


def _print_totals(reports: Sequence[Report], feeds: int, days: int) -> None:
    ours = reports[0]
    print(
        f"\n{'policy':<8} {'req/day':>8} {'ratio':>6} {'found':>8}" + "".join(f"{name:>8}" for name in _FAULTS), end=""
    )
    print(f" {'early':>7} {'uncond.':>7} {'same second':>11} {'busiest second':>14} {'cpu s':>6}")
    for report in reports:
        requests = report.total(lambda account: account.requests)
        print(f"{report.name:<8} {requests / feeds / days:>8.1f}", end=" ")
        print(f"{requests / ours.total(lambda account: account.requests):>6.2f}", end=" ")
        print(f"{report.total(lambda account: account.found):>8.0f}", end="")
        for fault in _FAULTS:
            print(f"{sum(account.lost[fault] for account in report.accounts.values()):>8}", end="")
        rude = (report.rude[name] for name in ("before Retry-After", "unconditional", "same-second starts"))
        print(" {:>7} {:>7} {:>11}".format(*rude), end=" ")
        print(f"{report.busiest_second:>14} {report.cpu:>6.1f}")
    print()


if __name__ == "__main__":
    sys.exit(main())
