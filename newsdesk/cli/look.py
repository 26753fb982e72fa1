"""Commands that show what is there: explain, status, alerts."""

from datetime import datetime, timedelta
from typing import Annotated

import typer
from rich.text import Text

from newsdesk import pipeline
from newsdesk.cli.feeds import judged_feeds
from newsdesk.cli.frame import (
    HomeOption,
    JsonOption,
    WatchlistOption,
    fail,
    is_piped,
    out,
    print_json,
    print_rows,
    readers_for,
)
from newsdesk.cli.life import print_life
from newsdesk.cli.sources import judged_sources
from newsdesk.cli.state import Health, judge
from newsdesk.ledger import history, lists
from newsdesk.ledger.overview import overview

looks = typer.Typer()


@looks.command(rich_help_panel="Look")
def explain(
    url: Annotated[str, typer.Argument(help="Address of an article or of an entry's link, or an id.")],
    *,
    home: HomeOption = None,
    watchlist: WatchlistOption = None,
    as_json: JsonOption = False,
) -> None:
    """Tell the whole life of an article: feed, fetch, extraction, tags with evidence, index, alerts, mails.

    newsdesk explain http://gujarat-ledger.localhost:8700/economy/gujarat-amazon-memorandum
    """
    with readers_for(home, watchlist) as services:
        with services.ledger.read() as connection:
            life = history.life(connection, url)
        if life is None:
            fail(f"nothing is known of {url}; `newsdesk search` shows the addresses of articles")
        if as_json:
            print_json(life)
        else:
            print_life(life, services.watchlist, out)


@looks.command(rich_help_panel="Look")
def status(home: HomeOption = None, watchlist: WatchlistOption = None, *, as_json: JsonOption = False) -> None:
    """Tell what waits, what failed and what needs a person.

    Exit code: 0 all is well, 1 look at it, 2 it is broken.

    newsdesk status
    newsdesk status --json || echo 'something is wrong'
    """
    with readers_for(home, watchlist) as services:
        with services.ledger.read() as connection:
            seen = overview(connection)
        waiting = pipeline.waiting(services)
        sources = judged_sources(services)
        feeds = judged_feeds(services)
        health = judge(seen, waiting, services.clock(), stale=timedelta(minutes=30), sources=sources, feeds=feeds)
    if as_json:
        print_json({"health": health, "waiting": waiting, "overview": seen})
    else:
        _print_status(health)
    raise typer.Exit(health.code)


def _print_status(health: Health) -> None:
    styles = ("green", "yellow", "red")
    for line in health.lines:
        out.print(Text.assemble((f"{line.word:6}", styles[line.code]), " ", line.text))


def _minute(instant: datetime) -> str:
    return f"{instant:%Y-%m-%d %H:%M}"


@looks.command(rich_help_panel="Look")
def alerts(
    *,
    limit: Annotated[int, typer.Option(help="Alerts shown.", min=1)] = 20,
    home: HomeOption = None,
    watchlist: WatchlistOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the newest alerts, with their readers and whether the mails went out.

    newsdesk alerts --limit 5
    """
    with readers_for(home, watchlist) as services, services.ledger.read() as connection:
        found = lists.newest_alerts(connection, limit=limit)
    if as_json:
        print_json(found)
    else:
        _print_alerts(found)


def _print_alerts(found: tuple[lists.AlertLine, ...]) -> None:
    for alert in found:
        when, readers = _minute(alert.created_at), ", ".join(alert.readers)
        sent = f"{alert.sent} of {len(alert.readers)}"
        if is_piped():
            print_rows([(when, alert.rule, ",".join(alert.topics), alert.title, alert.source, sent, alert.url)])
            continue
        out.print(Text.assemble((alert.title, "bold"), (f"  {alert.source}", "dim")))
        out.print(Text(f"{when}  rule {alert.rule}: {', '.join(alert.topics)}", "dim"))
        out.print(Text.assemble(f"{sent} mails sent", (f" to {readers}", "dim")))
        out.print(Text(alert.url, "cyan"), end="\n\n")
