"""The commands on feeds: how they are, all about one, and what an operator may do to it."""

import sys
from datetime import datetime
from typing import Annotated

import typer
from rich.text import Text

from newsdesk.cli.feed_life import life_lines
from newsdesk.cli.feed_table import feed_lines, feed_rows
from newsdesk.cli.frame import (
    HomeOption,
    JsonOption,
    WatchlistOption,
    common,
    err,
    fail,
    is_piped,
    out,
    print_json,
    print_rows,
    readers_for,
)
from newsdesk.feed_health import FeedState, show_minute
from newsdesk.ledger import Connection
from newsdesk.ledger.feed_health import WatchedFeed, watched_feeds
from newsdesk.ledger.feed_life import FeedLife, FeedName, feed_life, find_feed, hasten_feed, near_feeds, revive_feed
from newsdesk.messages import write_feed_report
from newsdesk.pipeline.feed_report import feed_report, queue_feed_report
from newsdesk.services import Services

feeds = typer.Typer(invoke_without_command=True)

FeedArgument = Annotated[str, typer.Argument(help="The feed's URL or name.")]


@feeds.callback()
def list_feeds(
    context: typer.Context,
    *,
    state: Annotated[
        str, typer.Option("--state", help="Only these, separated by commas: gone, blocked, failing, silent, slow, ok.")
    ] = "",
    home: HomeOption = None,
    watchlist: WatchlistOption = None,
    as_json: JsonOption = False,
) -> None:
    """Tell how each feed is, worst first: its state and why, its last try and success, its newest entry, the next poll.

    Silent is a feed that has had nothing new for longer than its own rhythm makes believable. On a pipe a row has
    state, name, last try, last success, newest entry, overlap, interval in seconds, next poll, why, URL.

    newsdesk feeds
    newsdesk feeds --state failing,silent
    newsdesk feeds --json
    """
    if context.invoked_subcommand is not None:
        if as_json or state:
            raise typer.BadParameter(f"put options behind `{context.invoked_subcommand}`")
        common.home, common.watchlist = home or common.home, watchlist or common.watchlist
        return
    wanted = _states(state)
    with readers_for(home, watchlist) as services:
        found = judged_feeds(services)
        now = services.clock()
    shown = [feed for feed in found if feed.health.state in wanted]
    if as_json:
        print_json(shown)
    elif is_piped():
        print_rows(feed_rows(shown))
    else:
        _print(shown, found, now)


def _states(text: str) -> tuple[FeedState, ...]:
    names = [name.strip() for name in text.split(",") if name.strip()]
    known = {state.value for state in FeedState}
    for name in names:
        if name not in known:
            fail(f"there is no state {name}; write one or some of {', '.join(FeedState)}")
    return tuple(FeedState(name) for name in names) or tuple(FeedState)


def judged_feeds(services: Services) -> tuple[WatchedFeed, ...]:
    """Every feed of the watchlist with its state, worst first."""
    with services.ledger.read() as connection:
        return watched_feeds(connection, services.clock(), deadline=services.settings.fetch_seconds)


def _print(shown: list[WatchedFeed], found: tuple[WatchedFeed, ...], now: datetime) -> None:
    for line in feed_lines(shown, now, width=out.width) if shown else ():
        out.print(line)
    counts = [(state, sum(feed.health.state is state for feed in found)) for state in FeedState]
    told = ", ".join(f"{number} {state.value}" for state, number in counts if number)
    noun = "feed" if len(found) == 1 else "feeds"
    out.print(Text(f"{len(found)} {noun}{': ' if told else ''}{told}", "dim"))


# ------------------------------------------------------------------ one feed


@feeds.command()
def show(
    feed: FeedArgument, *, home: HomeOption = None, watchlist: WatchlistOption = None, as_json: JsonOption = False
) -> None:
    """Tell all about a feed: state, rhythm, window, polls, gaps, moves, its hub; when it is polled next, and why then.

    newsdesk feeds show 'The Gujarat Ledger'
    newsdesk feeds show http://gujarat-ledger.localhost:8700/feeds/latest.xml --json
    """
    with readers_for(home, watchlist) as services:
        now = services.clock()
        with services.ledger.read() as connection:
            known = _known(connection, feed)
            life = feed_life(connection, known.id, now, deadline=services.settings.fetch_seconds)
    if as_json:
        print_json(life)
    else:
        _print_life(life, now)


def _print_life(life: FeedLife, now: datetime) -> None:
    for line in life_lines(life, now, width=out.width):
        out.print(line)


def _known(connection: Connection, text: str) -> FeedName:
    return find_feed(connection, text) or fail(_unknown(connection, text))


def _unknown(connection: Connection, text: str) -> str:
    near = ", ".join(f"{one.name} ({one.url})" for one in near_feeds(connection, text))
    hint = f"did you mean {near}?" if near else "`newsdesk feeds` lists those that there are"
    return f"there is no feed {text}, or not only one; {hint}"


@feeds.command()
def poll(
    feed: FeedArgument, *, home: HomeOption = None, watchlist: WatchlistOption = None, as_json: JsonOption = False
) -> None:
    """Make one feed due now. Not where its server told us to wait: then it says until when, and why.

    The next run, or Airflow within a minute, polls it.

    newsdesk feeds poll 'The Gujarat Ledger'
    """
    with readers_for(home, watchlist) as services, services.ledger.write() as connection:
        known = _known(connection, feed)
        forbidden = hasten_feed(connection, known.id, services.clock())
    if forbidden is not None:
        fail(f"{known.name} is not polled now: {forbidden}")
    if as_json:
        print_json(known)
    else:
        out.print(f"{known.name}: due now; `newsdesk poll` or the next run polls it", markup=False)


@feeds.command()
def revive(
    feed: FeedArgument, *, home: HomeOption = None, watchlist: WatchlistOption = None, as_json: JsonOption = False
) -> None:
    """Poll a retired feed again: one whose server said for a day or more that it is gone for good.

    newsdesk feeds revive http://gujarat-ledger.localhost:8700/feeds/latest.xml
    """
    with readers_for(home, watchlist) as services, services.ledger.write() as connection:
        known = _known(connection, feed)
        revived = revive_feed(connection, known.id, services.clock())
    if not revived:
        fail(f"{known.name} is not retired; `newsdesk feeds poll` makes it due now")
    if as_json:
        print_json(known)
    else:
        out.print(f"{known.name}: polled again, from the next run on", markup=False)


# ------------------------------------------------------------------ the report


@feeds.command()
def report(
    *,
    send: Annotated[
        bool, typer.Option("--send", help="Queue the mail to NEWSDESK_REPORT_TO, once in each week.")
    ] = False,
    home: HomeOption = None,
    watchlist: WatchlistOption = None,
    as_json: JsonOption = False,
) -> None:
    """Print the weekly report of the feeds that need a person, as it would be now.

    It is mailed to NEWSDESK_REPORT_TO by the first `newsdesk maintain` of each week; Airflow calls that daily.

    newsdesk feeds report
    newsdesk feeds report --send
    """
    with readers_for(home, watchlist) as services:
        if send and not services.settings.report_to:
            fail("nobody gets the report; set NEWSDESK_REPORT_TO to an address")
        made = feed_report(services)
        before = queue_feed_report(services) if send else None
    if as_json:
        print_json(made)
    else:
        sys.stdout.write(write_feed_report(made))
    if before is not None:
        fail(f"the report of week {made.week} was queued {show_minute(before)} UTC already; there is one a week")
    if send:
        err.print(Text(f"queued for {services.settings.report_to}; the next delivery sends it", "dim"))
