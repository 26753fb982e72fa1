"""Commands about what is watched: watchlist check, watchlist schema."""

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from newsdesk.cli.frame import HomeOption, JsonOption, WatchlistOption, is_piped, out, print_json, settings_for
from newsdesk.model import Watchlist
from newsdesk.services import utc_now
from newsdesk.watchlist import Finding, Review, Severity, review_watchlist, schema_text

care = typer.Typer()
watchlists = typer.Typer(no_args_is_help=True, help="Check what is watched.")
care.add_typer(watchlists, name="watchlist", rich_help_panel="Care")

_STYLES = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.HINT: "dim"}


@watchlists.command()
def check(
    file: Annotated[Path | None, typer.Argument(help="A watchlist; default: the one in use.")] = None,
    *,
    home: HomeOption = None,
    watchlist: WatchlistOption = None,
    as_json: JsonOption = False,
) -> None:
    """Check a watchlist: form, references, queries, and each topic against its own examples.

    Each finding has its line and a remedy. What is faulty does not keep the rest from being checked. Exit code 1: there
    are errors: it cannot be used, or a topic fails its examples.

    newsdesk watchlist check
    newsdesk watchlist check mine.yaml --json
    """
    path = file or settings_for(home, watchlist).watchlist
    review = review_watchlist(path, now=utc_now())
    if as_json:
        print_json(review.findings)
    else:
        _print_review(path, review)
    raise typer.Exit(1 if any(found.severity is Severity.ERROR for found in review.findings) else 0)


def _print_review(path: Path, review: Review) -> None:
    for found in review.findings:
        _print_finding(path, found)
    counts = ", ".join(
        _count(number, severity.value)
        for severity in Severity
        if (number := sum(found.severity is severity for found in review.findings))
    )
    told = _count(len(review.findings), "finding") + (f": {counts}" if counts else "")
    out.print(f"{path}: {_contents(review.watchlist)}; {told}", markup=False)


def _print_finding(path: Path, found: Finding) -> None:
    """One line, as compilers write it; on a terminal that is too narrow the remedy stands below."""
    place = f"{path}:{found.line}: "
    what = f"{found.where}: {found.message}" if found.where else found.message
    length = sum(map(len, (place, found.severity, what, found.remedy))) + len(":  → ")
    gap = " " if is_piped() or length <= out.width else "\n    "
    line = Text.assemble((place, "dim"), (f"{found.severity}: ", _STYLES[found.severity]), what)
    out.print(Text.assemble(line, (f"{gap}→ {found.remedy}", "dim")))


def _contents(loaded: Watchlist | None) -> str:
    if loaded is None:
        return "it cannot be used as it is"
    return ", ".join(
        (
            _count(len(loaded.feeds), "feed"),
            _count(len(loaded.topics), "topic"),
            _count(len(loaded.readers), "reader"),
            _count(len(loaded.rules), "rule"),
        )
    )


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


@watchlists.command()
def schema() -> None:
    """Print the JSON Schema of the watchlist, for editors that check and complete YAML.

    newsdesk watchlist schema > watchlist.schema.json
    """
    sys.stdout.write(schema_text())
