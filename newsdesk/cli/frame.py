"""What all commands share: where state lies, how errors are told, how data is printed."""

import dataclasses
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console

from newsdesk.errors import NewsdeskError, WatchlistError
from newsdesk.services import Services, open_services
from newsdesk.settings import Settings, read_settings

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)

HomeOption = Annotated[
    Path | None,
    typer.Option("--home", help="Folder of all state; default: NEWSDESK_HOME, else var.", rich_help_panel="Common"),
]
WatchlistOption = Annotated[
    Path | None,
    typer.Option("--watchlist", help="What is watched; default: watchlist.yaml.", rich_help_panel="Common"),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.", rich_help_panel="Common")]


@dataclasses.dataclass(slots=True)
class Common:
    """Options given before the command; those after it win."""

    home: Path | None = None
    watchlist: Path | None = None


common = Common()


def settings_for(home: Path | None = None, watchlist: Path | None = None) -> Settings:
    """Settings of this call. A state folder that holds settings of its own (the demonstration's) brings them along."""
    home, watchlist = home or common.home, watchlist or common.watchlist
    chosen = read_settings(home=home, watchlist=watchlist)
    kept = chosen.home / "settings.json"
    if not kept.is_file():
        return chosen
    try:
        environment = json.loads(kept.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        fail(f"{kept} cannot be read ({error}); delete it or make the folder anew")
    return read_settings({**environment, "NEWSDESK_HOME": str(chosen.home)}, watchlist=watchlist)


@contextmanager
def services_for(home: Path | None = None, watchlist: Path | None = None) -> Iterator[Services]:
    """Everything open for one command."""
    with open_services(settings_for(home, watchlist)) as services:
        yield services


def fail(message: str, code: int = 1) -> NoReturn:
    """End with a message for people."""
    err.print(f"[red]error:[/red] {_escaped(message)}")
    raise typer.Exit(code)


@contextmanager
def errors_told() -> Iterator[None]:
    """Errors of ours become one readable message and exit code 1; anything else is a defect and shows its trace."""
    try:
        yield
    except WatchlistError as error:
        for problem in error.problems:
            err.print(f"[red]error:[/red] {_escaped(problem)}")
        err.print(f"{len(error.problems)} faults in the watchlist; nothing was started.")
        sys.exit(1)
    except NewsdeskError as error:
        err.print(f"[red]error:[/red] {_escaped(str(error))}")
        sys.exit(1)


def _escaped(text: str) -> str:
    return text.replace("[", "\\[")


def print_json(value: object) -> None:
    """Print a record, or a collection of records, as JSON: instants as ISO 8601, enums by value."""
    sys.stdout.write(json.dumps(plain(value), ensure_ascii=False, indent=2) + "\n")


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
