"""Commands about what is watched: watchlist check, watchlist schema."""

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from newsdesk.cli.frame import HomeOption, JsonOption, WatchlistOption, out, print_json, settings_for
from newsdesk.model import Watchlist
from newsdesk.watchlist import Finding, Severity, lint_watchlist, load_watchlist, schema_text

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

    Exit code 1: it cannot be used, or a topic fails its examples.

    newsdesk watchlist check
    newsdesk watchlist check mine.yaml --json
    """
    loaded = load_watchlist(file or settings_for(home, watchlist).watchlist)
    findings = lint_watchlist(loaded)
    if as_json:
        print_json(findings)
    else:
        _print_findings(loaded, findings)
    raise typer.Exit(1 if any(found.severity is Severity.ERROR for found in findings) else 0)


def _print_findings(loaded: Watchlist, findings: tuple[Finding, ...]) -> None:
    for found in findings:
        line = Text.assemble((f"{found.severity}: ", _STYLES[found.severity]), f"{found.where}: {found.message}")
        out.print(Text.assemble(line, (f" → {found.remedy}" if found.remedy else "", "dim")))
    counts = (
        _count(len(loaded.feeds), "feed"),
        _count(len(loaded.topics), "topic"),
        _count(len(loaded.readers), "reader"),
        _count(len(loaded.rules), "rule"),
    )
    out.print(f"{loaded.path}: {', '.join(counts)}; {_count(len(findings), 'finding')}", markup=False)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


@watchlists.command()
def schema() -> None:
    """Print the JSON Schema of the watchlist, for editors that check and complete YAML.

    newsdesk watchlist schema > watchlist.schema.json
    """
    sys.stdout.write(schema_text())
