"""The command `replay`."""

from typing import Annotated

import typer

from newsdesk import pipeline
from newsdesk.cli.frame import HomeOption, JsonOption, WatchlistOption, fail, out, print_json, readers_for
from newsdesk.cli.period import period
from newsdesk.ledger.replays import Period
from newsdesk.model import Counts
from newsdesk.services import Services

replays = typer.Typer()


@replays.command(rich_help_panel="Care")
def replay(  # noqa: PLR0913 - each is an option of the command
    *,
    since: Annotated[str, typer.Option("--since", help="Pages fetched since: 7d, 12h, 2w, or a date.")],
    until: Annotated[str | None, typer.Option("--until", help="Pages fetched until then.")] = None,
    source: Annotated[list[str] | None, typer.Option(help="Only pages of this source; may be repeated.")] = None,
    alerts: Annotated[bool, typer.Option("--alerts", help="What comes to light raises alerts as news does.")] = False,
    home: HomeOption = None,
    watchlist: WatchlistOption = None,
    as_json: JsonOption = False,
) -> None:
    """Read archived pages again, as the present extractors and `sites:` read them; then tag and index what differs.

    Nothing is fetched. An article that comes out otherwise gets a new version; the old one stays in its history.

    newsdesk replay --since 7d
    newsdesk replay --since 2026-11-01 --source 'The Gujarat Ledger'
    """
    with readers_for(home, watchlist) as services:
        wanted = _period(services, since, until, tuple(source or ()))
        steps = (pipeline.tag, pipeline.index, pipeline.alert)
        counts = [pipeline.replay(services, wanted, alerts=alerts), *(step(services) for step in steps)]
    if as_json:
        print_json(counts)
    else:
        _print(counts)


def _period(services: Services, since: str, until: str | None, sources: tuple[str, ...]) -> Period:
    now = services.clock()
    first, end = period(since, until, now)
    known = {feed.name for feed in services.watchlist.feeds}
    for name in sources:
        if name not in known:
            fail(f"there is no source {name}; the watchlist has {', '.join(sorted(known)) or 'none'}")
    return Period(since=first or now, until=end or now, sources=sources)


def _print(counts: list[Counts]) -> None:
    for count in counts:
        out.print(pipeline.describe(count), markup=False)
