"""What all commands share: where state lies, how errors are told, how data is printed."""

import dataclasses
import json
import logging
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from newsdesk.errors import NewsdeskError, SettingsError, WatchlistError
from newsdesk.services import Services, open_services
from newsdesk.settings import Settings, read_settings
from newsdesk.watchlist import load_watchlist

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)

HomeOption = Annotated[
    Path | None,
    typer.Option("--home", help="Folder of all state; default: NEWSDESK_HOME, else var.", rich_help_panel="Common"),
]
WatchlistOption = Annotated[
    Path | None,
    typer.Option(
        "--watchlist",
        help="What is watched; default: NEWSDESK_WATCHLIST, else watchlist.yaml.",
        rich_help_panel="Common",
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.", rich_help_panel="Common")]


@dataclasses.dataclass(slots=True)
class Common:
    """Options given before the command; those after it win."""

    home: Path | None = None
    watchlist: Path | None = None


common = Common()


def settings_for(home: Path | None = None, watchlist: Path | None = None) -> Settings:
    """Settings of this call. A state folder that `demo` or `up` made brings its own along, for its own watchlist only.

    What is allowed for the sample newsroom (loopback, no spacing) must never hold for somebody's real feeds.
    """
    home, watchlist = home or common.home, watchlist or common.watchlist
    chosen = read_settings(home=home, watchlist=watchlist)
    kept = chosen.home / "settings.json"
    if not kept.is_file():
        return chosen
    remembered = _kept_settings(kept)
    if watchlist is not None and watchlist.resolve() != Path(remembered.get("NEWSDESK_WATCHLIST", "")):
        return chosen
    try:
        return read_settings(kept=remembered, home=chosen.home, watchlist=watchlist)
    except SettingsError as error:
        raise SettingsError(f"{kept}: {error}") from error


def _kept_settings(path: Path) -> Mapping[str, str]:
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        fail(f"{path} cannot be read ({error}); delete it or make the folder anew")
    if not isinstance(kept, dict):
        fail(f"{path} holds no settings; delete it or make the folder anew")
    return {str(name): str(value) for name, value in kept.items()}


@contextmanager
def services_for(home: Path | None = None, watchlist: Path | None = None) -> Iterator[Services]:
    """Everything open for one command."""
    with open_services(settings_for(home, watchlist)) as services:
        yield services


@contextmanager
def readers_for(home: Path | None = None, watchlist: Path | None = None) -> Iterator[Services]:
    """The same for a command that only looks: where there is no ledger it says so, and makes none."""
    settings = settings_for(home, watchlist)
    load_watchlist(settings.watchlist)  # its faults are told first
    file = settings.ledger_address.removeprefix("sqlite:///")
    if file != settings.ledger_address and not Path(file).exists():
        fail(f"there is no ledger at {file}: nothing was collected there yet; `newsdesk run` or `make up` makes it")
    with open_services(settings) as services:
        yield services


# ------------------------------------------------------------------ what goes wrong


def fail(message: str, code: int = 1) -> NoReturn:
    """End with a message for people."""
    tell_error(message)
    raise typer.Exit(code)


def tell_error(message: str) -> None:
    """Say on stderr what is wrong."""
    err.print(Text.assemble(("error: ", "red"), message))


@contextmanager
def errors_told() -> Iterator[None]:
    """Errors of ours become one readable message and exit code 1; anything else is a defect and shows its trace."""
    try:
        yield
    except WatchlistError as error:
        for problem in error.problems:
            tell_error(problem)
        faults = f"{len(error.problems)} faults" if len(error.problems) > 1 else "1 fault"
        err.print(f"{faults} in the watchlist; nothing was started.")
        sys.exit(1)
    except NewsdeskError as error:
        tell_error(str(error))
        sys.exit(1)


class WarningsTold(logging.Handler):
    """Our own warnings on stderr, one line each."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)

    def emit(self, record: logging.LogRecord) -> None:
        """Print one record."""
        err.print(Text.assemble(("warning: ", "yellow"), record.getMessage()))


def tell_warnings() -> None:
    """From now on our warnings are shown, and nothing that a library logs."""
    logging.getLogger("newsdesk").handlers = [WarningsTold()]
    logging.getLogger().addHandler(logging.NullHandler())  # without any, Python prints their warnings itself


# ------------------------------------------------------------------ how data is printed


def is_piped() -> bool:
    """Whether a program reads the output: it gets data and nothing else, one line a row."""
    return not sys.stdout.isatty()


def print_rows(rows: Iterable[Sequence[object]]) -> None:
    """For programs: one line a row, tabs between the cells, no headings."""
    for row in rows:
        sys.stdout.write("\t".join(" ".join(str(cell).split()) for cell in row) + "\n")


def print_table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """A table for people, rows for programs."""
    if is_piped():
        print_rows(rows)
        return
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for column in columns:
        table.add_column(column, header_style="dim", overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    out.print(table)


def print_json(value: object, *, on_one_line: bool = False) -> None:
    """Print a record, or a collection of records, as JSON: instants as ISO 8601, enums by value."""
    indent = None if on_one_line else 2
    sys.stdout.write(json.dumps(plain(value), ensure_ascii=False, indent=indent) + "\n")
    sys.stdout.flush()


def plain(value: object) -> Any:
    """A record as JSON types."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return value if isinstance(value, str | int | float | bool) or value is None else str(value)
