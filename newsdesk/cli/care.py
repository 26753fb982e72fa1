"""Commands that look after the installation: watchlist check, doctor."""

import os
import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from newsdesk.cli.frame import HomeOption, JsonOption, WatchlistOption, out, print_json, settings_for
from newsdesk.errors import NewsdeskError
from newsdesk.index import open_index
from newsdesk.ledger import open_ledger
from newsdesk.mail import parse_mail_url
from newsdesk.settings import Settings, describe_settings
from newsdesk.watchlist import lint_watchlist, load_watchlist

care = typer.Typer()
watchlists = typer.Typer(no_args_is_help=True, help="Check what is watched.")
care.add_typer(watchlists, name="watchlist", rich_help_panel="Care")

_LEAST_FREE = 500_000_000  # bytes


@watchlists.command()
def check(
    file: Annotated[Path | None, typer.Argument(help="A watchlist; default: the one in use.")] = None,
    *,
    home: HomeOption = None,
    watchlist: WatchlistOption = None,
    as_json: JsonOption = False,
) -> None:
    r"""Check a watchlist: form, references, queries, and each topic against its own examples.

    Exit code 1: it cannot be used, or a topic fails its examples.

    \b
    newsdesk watchlist check
    newsdesk watchlist check mine.yaml --json
    """
    loaded = load_watchlist(file or settings_for(home, watchlist).watchlist)
    findings = lint_watchlist(loaded)
    if as_json:
        print_json(findings)
    else:
        styles = {"error": "red", "warning": "yellow", "hint": "dim"}
        for found in findings:
            line = Text.assemble(
                (f"{found.severity}: ", styles[str(found.severity)]), f"{found.where}: {found.message}"
            )
            out.print(Text.assemble(line, (f" → {found.remedy}" if found.remedy else "", "dim")))
        parts = (
            f"{len(loaded.feeds)} feeds",
            f"{len(loaded.topics)} topics",
            f"{len(loaded.readers)} readers",
            f"{len(loaded.rules)} rules",
        )
        out.print(f"{loaded.path}: {', '.join(parts)}; {len(findings)} findings", markup=False)
    raise typer.Exit(1 if any(str(found.severity) == "error" for found in findings) else 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """One thing that the doctor looked at."""

    name: str
    well: bool
    text: str


@care.command(rich_help_panel="Care")
def doctor(
    home: HomeOption = None,
    watchlist: WatchlistOption = None,
    *,
    settings: Annotated[bool, typer.Option("--settings", help="Also list every setting.")] = False,
    as_json: JsonOption = False,
) -> None:
    r"""Look whether everything that is needed is there and works; names what is not, with the remedy.

    \b
    newsdesk doctor
    newsdesk doctor --settings
    """
    found = list(_examine(settings_for(home, watchlist)))
    if as_json:
        print_json(found)
    else:
        for one in found:
            out.print(
                Text.assemble(
                    ("ok     " if one.well else "wrong  ", "green" if one.well else "red"), one.name, ": ", one.text
                )
            )
        for variable, default, meaning in describe_settings() if settings else ():
            out.print(
                Text.assemble((variable, "cyan"), f"  {meaning}", (f"  (default {default})" if default else "", "dim"))
            )
    raise typer.Exit(0 if all(one.well for one in found) else 1)


def _examine(settings: Settings) -> Iterator[Examined]:
    checks: tuple[tuple[str, Callable[[Settings], str]], ...] = (
        ("Python", lambda _: sys.version.split()[0]),
        ("SQLite", _sqlite),
        ("state folder", _folder),
        ("watchlist", lambda s: f"{s.watchlist}: {len(load_watchlist(s.watchlist).feeds)} feeds"),
        ("ledger", _ledger),
        ("search index", _index),
        ("mail", _mail),
        ("Airflow", lambda _: _airflow()),
    )
    for name, look in checks:
        try:
            yield Examined(name=name, well=True, text=look(settings))
        except (NewsdeskError, OSError) as error:
            yield Examined(name=name, well=False, text=str(error))


def _sqlite(_settings: Settings) -> str:
    with sqlite3.connect(":memory:") as connection:
        options = {row[0] for row in connection.execute("PRAGMA compile_options")}
    if "ENABLE_FTS5" not in options:
        raise NewsdeskError(
            "this Python's SQLite has no FTS5: use a Python built with it (Debian's and python.org's are)"
        )
    return f"{sqlite3.sqlite_version} with FTS5"


def _folder(settings: Settings) -> str:
    settings.home.mkdir(parents=True, exist_ok=True)
    if not os.access(settings.home, os.W_OK):
        raise NewsdeskError(f"{settings.home} may not be written: check its owner and rights")
    free = shutil.disk_usage(settings.home).free
    if free < _LEAST_FREE:
        raise NewsdeskError(f"{settings.home}: only {free / 1e6:.0f} MB are free; make room")
    return f"{settings.home}, {free / 1e9:.0f} GB free"


def _ledger(settings: Settings) -> str:
    with open_ledger(settings.ledger_address) as ledger, ledger.read():
        return str(ledger.engine.url.render_as_string(hide_password=True))


def _index(settings: Settings) -> str:
    index = open_index(settings.index_path)
    try:
        stats = index.stats()
    finally:
        index.close()
    return f"{stats.path}: {stats.documents} articles, analyser {stats.analyser_version}"


def _mail(settings: Settings) -> str:
    target = parse_mail_url(settings.mail_address)
    return f"spool folder {target}" if isinstance(target, Path) else f"SMTP relay {target.host}:{target.port}"


def _airflow() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("apache-airflow")
    except PackageNotFoundError:
        return "not installed; `newsdesk run --loop` does the work without it"
