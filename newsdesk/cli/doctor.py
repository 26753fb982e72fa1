"""The command `doctor`: looks at everything that the line needs, and makes no file."""

import os
import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from newsdesk.cli.frame import HomeOption, JsonOption, WatchlistOption, out, print_json, print_rows, settings_for
from newsdesk.errors import NewsdeskError
from newsdesk.index import open_index
from newsdesk.ledger import open_ledger
from newsdesk.mail import parse_mail_url
from newsdesk.mail.session import Watch, open_session
from newsdesk.settings import Settings, describe_settings
from newsdesk.watchlist import load_watchlist

doctors = typer.Typer()

_LEAST_FREE = 500_000_000  # bytes
_RELAY_SECONDS = 10.0
_SQLITE = "sqlite:///"


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """One thing that the doctor looked at."""

    name: str
    well: bool
    text: str


@doctors.command(rich_help_panel="Care")
def doctor(
    home: HomeOption = None,
    watchlist: WatchlistOption = None,
    *,
    settings: Annotated[bool, typer.Option("--settings", help="List every setting instead.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Look whether everything that is needed is there and works; names what is not, with the remedy.

    A mail relay is asked for a session, and no mail is sent. Exit code 1: something is wrong.

    newsdesk doctor
    newsdesk doctor --settings
    """
    if settings:
        _print_settings(as_json=as_json)
        return
    found = list(_examine(settings_for(home, watchlist)))
    if as_json:
        print_json(found)
    for one in () if as_json else found:
        word = ("ok     ", "green") if one.well else ("wrong  ", "red")
        out.print(Text.assemble(word, one.name, ": ", one.text))
    raise typer.Exit(0 if all(one.well for one in found) else 1)


def _print_settings(*, as_json: bool) -> None:
    described = describe_settings()
    if as_json:
        print_json([{"name": name, "default": default, "meaning": meaning} for name, default, meaning in described])
    elif sys.stdout.isatty():
        for name, default, meaning in described:
            out.print(
                Text.assemble((name, "cyan"), f"  {meaning}", (f"  (default {default})" if default else "", "dim"))
            )
    else:
        print_rows(described)


def _examine(settings: Settings) -> Iterator[Examined]:
    checks: tuple[tuple[str, Callable[[Settings], str]], ...] = (
        ("Python", lambda _: sys.version.split()[0]),
        ("SQLite", _sqlite),
        ("state folder", _folder),
        ("watchlist", lambda s: f"{s.watchlist}: {len(load_watchlist(s.watchlist).feeds)} feeds"),
        ("ledger", _ledger),
        ("search index", _index),
        ("mail", _mail),
        ("Airflow", _airflow),
    )
    for name, look in checks:
        try:
            yield Examined(name=name, well=True, text=look(settings))
        except (NewsdeskError, OSError) as error:
            yield Examined(name=name, well=False, text=str(error))


def _sqlite(_settings: Settings) -> str:
    with sqlite3.connect(":memory:") as connection:
        options = {row[0] for row in connection.execute("PRAGMA compile_options")}
    connection.close()
    if "ENABLE_FTS5" not in options:
        raise NewsdeskError(
            "this Python's SQLite has no FTS5: use a Python built with it (Debian's and python.org's are)"
        )
    return f"{sqlite3.sqlite_version} with FTS5"


def _folder(settings: Settings) -> str:
    home = settings.home
    place = next(folder for folder in (home, *home.absolute().parents) if folder.exists())
    if not place.is_dir() or not os.access(place, os.W_OK | os.X_OK):
        raise NewsdeskError(f"{place} may not be written: check its owner and rights, or name another with --home")
    free = shutil.disk_usage(place).free
    if free < _LEAST_FREE:
        raise NewsdeskError(f"{home}: only {free / 1e6:.0f} MB are free; make room")
    return f"{home}, {free / 1e9:.0f} GB free" + ("" if home.exists() else "; the first run makes it")


def _ledger(settings: Settings) -> str:
    address = settings.ledger_address
    if address.startswith(_SQLITE) and not Path(address.removeprefix(_SQLITE)).exists():
        return f"{address}; the first run makes it"
    with open_ledger(address) as ledger, ledger.read():
        return str(ledger.engine.url.render_as_string(hide_password=True))


def _index(settings: Settings) -> str:
    if not Path(settings.index_address.removeprefix("sqlite:///")).exists() and "://" not in settings.index_address:
        return f"{settings.index_address}; the first run makes it"
    index = open_index(settings.index_address)
    try:
        stats = index.stats()
    finally:
        index.close()
    return f"{stats.path}: {stats.documents} articles, analyser {stats.analyser_version}"


def _mail(settings: Settings) -> str:
    target = parse_mail_url(settings.mail_address)
    if isinstance(target, Path):
        return f"spool folder {target}"
    with Watch(_RELAY_SECONDS) as watch:
        open_session(target, watch).close()
    return f"SMTP relay {target.host}:{target.port} answers, security {target.security}"


def _airflow(_settings: Settings) -> str:
    try:
        return version("apache-airflow")
    except PackageNotFoundError:
        return "not installed; `newsdesk run --loop` does the work without it"
