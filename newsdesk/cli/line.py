"""Commands that do the work: run, poll, deliver, maintain, requeue, index rebuild."""

import itertools
import signal
import threading
from collections.abc import Callable
from functools import partial
from typing import Annotated

import typer
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from newsdesk import pipeline
from newsdesk.cli.arrivals import rest
from newsdesk.cli.frame import (
    HomeOption,
    JsonOption,
    WatchlistOption,
    err,
    fail,
    out,
    print_json,
    services_for,
    settings_for,
    tell_error,
)
from newsdesk.errors import NewsdeskError, SettingsError, WatchlistError
from newsdesk.index import clear_index
from newsdesk.ledger import tables
from newsdesk.ledger.leases import requeue as requeue_rows
from newsdesk.model import Counts
from newsdesk.services import Services

STEPS: tuple[Callable[[Services], Counts], ...] = (
    pipeline.poll,
    pipeline.subscribe,
    pipeline.collect,
    pipeline.tag,
    pipeline.retag,
    pipeline.index,
    pipeline.alert,
    pipeline.deliver,
)

lines = typer.Typer()
indexes = typer.Typer(no_args_is_help=True, help="Look after the search index.")
lines.add_typer(indexes, name="index", rich_help_panel="Care")


@lines.command(rich_help_panel="Work")
def run(
    *,
    loop: Annotated[bool, typer.Option("--loop", help="Go on for ever, until Ctrl-C.")] = False,
    every: Annotated[int, typer.Option(help="With --loop: seconds between two rounds.", min=1)] = 60,
    home: HomeOption = None,
    watchlist: WatchlistOption = None,
    as_json: JsonOption = False,
) -> None:
    """Run the whole line without Airflow: poll, subscribe, collect, tag, retag, index, alert, deliver.

    With --loop, what comes in between two rounds is processed at once, as when a hub pushes. With --json, each round is
    one line then.

    newsdesk run                     # once: all that is due now
    newsdesk run --loop --every 30   # until Ctrl-C
    newsdesk run --json              # the counts of each step
    """
    stop = threading.Event()
    if loop:
        for wanted in (signal.SIGINT, signal.SIGTERM):
            signal.signal(wanted, lambda *_: stop.set())
    for number in itertools.count(1):
        try:
            with services_for(home, watchlist) as services:
                counts = [_show_step(step, services) for step in STEPS]
        except NewsdeskError as error:
            if not loop or (number == 1 and isinstance(error, SettingsError | WatchlistError)):
                raise
            # a full disk or a locked database passes: say so, wait, go on where it stopped
            tell_error(f"{error}; the next try is in {every} s")
        else:
            _print_counts(counts, as_json=as_json, on_one_line=loop)
        opened = partial(services_for, home, watchlist)
        if not loop or rest(stop, every, opened, partial(_process, as_json=as_json)):
            return


def _process(services: Services, *, as_json: bool) -> None:
    """What waits is brought to its end, without a poll."""
    steps = STEPS[STEPS.index(pipeline.collect) :]
    _print_counts([_show_step(step, services) for step in steps], as_json=as_json, on_one_line=True)


def _show_step(step: Callable[[Services], Counts], services: Services) -> Counts:
    """With a moving line on a terminal, silently elsewhere."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as progress:
        progress.add_task(step.__name__, total=None)
        return step(services)


def _print_counts(counts: list[Counts], *, as_json: bool, on_one_line: bool) -> None:
    if as_json:
        print_json(counts, on_one_line=on_one_line)
        return
    for count in counts:
        out.print(pipeline.describe(count), markup=False)


@lines.command(rich_help_panel="Work")
def poll(
    *,
    now: Annotated[
        bool, typer.Option("--now", help="Due or not; servers that told us to wait are left alone.")
    ] = False,
    home: HomeOption = None,
    watchlist: WatchlistOption = None,
    as_json: JsonOption = False,
) -> None:
    """Poll the feeds that are due and store new entries; nothing else.

    newsdesk poll
    newsdesk poll --now --json
    """

    def poll_feeds(services: Services) -> Counts:
        if now:
            pipeline.hasten(services)
        return pipeline.poll(services)

    _one(poll_feeds, home, watchlist, as_json=as_json)


@lines.command(rich_help_panel="Work")
def deliver(home: HomeOption = None, watchlist: WatchlistOption = None, *, as_json: JsonOption = False) -> None:
    """Render and hand over the mails that are due; nothing else.

    newsdesk deliver
    """
    _one(pipeline.deliver, home, watchlist, as_json=as_json)


@lines.command(rich_help_panel="Care")
def maintain(home: HomeOption = None, watchlist: WatchlistOption = None, *, as_json: JsonOption = False) -> None:
    """Do the daily work: compare the index with the ledger and mend it, prune old polls.

    newsdesk maintain
    """
    _one(pipeline.maintain, home, watchlist, as_json=as_json)


def _one(step: Callable[[Services], Counts], home: HomeOption, watchlist: WatchlistOption, *, as_json: bool) -> None:
    with services_for(home, watchlist) as services:
        counts = _show_step(step, services)
    if as_json:
        print_json(counts)
    else:
        out.print(pipeline.describe(counts), markup=False)


@lines.command(rich_help_panel="Care")
def requeue(
    row: Annotated[str | None, typer.Argument(help="One id as shown by `newsdesk status`; default: all.")] = None,
    *,
    home: HomeOption = None,
    watchlist: WatchlistOption = None,
    as_json: JsonOption = False,
) -> None:
    """Give quarantined rows another try. The next run, or Airflow, takes them up.

    newsdesk requeue                                    # all of them
    newsdesk requeue 3f2a9c0be5d14417a8e2f0c96b7d5e18   # one, by its id
    """
    waiting = (tables.entries, tables.articles, tables.topics, tables.notifications, tables.outbox)
    with services_for(home, watchlist) as services, services.ledger.write() as connection:
        now = services.clock()
        counts = {table.name: requeue_rows(connection, table, now=now, row_id=row) for table in waiting}
    if row is not None and not any(counts.values()):
        fail(f"no quarantined row has the id {row}; `newsdesk status` lists them")
    if as_json:
        print_json(counts)
    else:
        out.print(
            ", ".join(f"{number} {name}" for name, number in counts.items() if number) or "nothing was quarantined"
        )


@indexes.command("rebuild")
def rebuild_index(home: HomeOption = None, watchlist: WatchlistOption = None, *, as_json: JsonOption = False) -> None:
    """Make the search index anew from the ledger; stages and alerts are not touched.

    newsdesk index rebuild
    """
    # emptied before it is opened: an index of another version of Newsdesk does not open at all
    clear_index(settings_for(home, watchlist).index_address)
    with services_for(home, watchlist) as services:
        number = pipeline.rebuild_index(services)
    if as_json:
        print_json({"articles": number})
    else:
        out.print(f"{number} articles written")
