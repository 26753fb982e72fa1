"""The command `sources`."""

from typing import Annotated

import typer
from rich.text import Text

from newsdesk.cli.frame import HomeOption, JsonOption, WatchlistOption, err, print_json, print_table, readers_for
from newsdesk.ledger.readings import readings
from newsdesk.quality import Figures, Quality, SourceQuality, judge_source
from newsdesk.services import Services

sources_ = typer.Typer()


@sources_.command(rich_help_panel="Look")
def sources(
    *,
    degraded: Annotated[bool, typer.Option("--degraded", help="Only sources that got worse.")] = False,
    home: HomeOption = None,
    watchlist: WatchlistOption = None,
    as_json: JsonOption = False,
) -> None:
    """Tell how well the pages of each source are read: those of the last day against those of the month before.

    A site that changes its template shows here as degraded. Each figure stands as lately / before.

    Exit code 1: a source is degraded.

    newsdesk sources
    newsdesk sources --degraded --json
    """
    with readers_for(home, watchlist) as services:
        found = judged_sources(services)
    shown = [one for one in found if one.quality is Quality.DEGRADED or not degraded]
    if as_json:
        print_json(shown)
    else:
        _print(shown)
    raise typer.Exit(1 if any(one.quality is Quality.DEGRADED for one in found) else 0)


def judged_sources(services: Services) -> list[SourceQuality]:
    """Every source of the last month, by name."""
    now = services.clock()
    with services.ledger.read() as connection:
        pages = readings(connection, now)
    return [judge_source(name, pages[name], now) for name in sorted(pages)]


def _print(found: list[SourceQuality]) -> None:
    heads = ("source", "state", "pages", "characters", "no date", "same text", "doubtful", "garbled", "unreadable")
    print_table(heads, [(one.source, one.quality.value, *_cells(one.lately, one.before)) for one in found])
    for one in found:
        for finding in one.findings:
            err.print(Text.assemble((f"{one.source}: ", "yellow"), finding))


def _cells(lately: Figures, before: Figures) -> tuple[str, ...]:
    counts = [f"{new:,.0f} / {old:,.0f}" for new, old in ((lately.pages, before.pages),)]
    counts.append(f"{lately.characters:,.0f} / {before.characters:,.0f}")
    pairs = ((getattr(lately, name), getattr(before, name)) for name in _SHARES)
    return (*counts, *(f"{new:.0%} / {old:.0%}" for new, old in pairs))


_SHARES = ("undated", "identical", "doubtful", "garbled", "unreadable")
