"""The reference pages that are made of the code: `python -m newsdesk.cli.reference docs/reference` writes them."""

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import typer.main
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

from newsdesk.cli.app import app
from newsdesk.model import REASONS
from newsdesk.settings import describe_settings
from newsdesk.watchlist import schema

_NOTE = "<!-- Made by `python -m newsdesk.cli.reference docs/reference`; do not edit. -->\n"
_PROGRAM = "newsdesk"
_COMMON = ("home", "watchlist", "as_json")
_COLUMNS = ("argument or option", "default", "meaning")

_COMMANDS = """\
`newsdesk COMMAND --help` says the same. `--home` and `--watchlist` may stand before or after the command. A state
folder that `demo` or `up` made remembers in `settings.json` how it is run; what stands there wins over the
environment.

| on | there is |
|---|---|
| standard output | data and nothing else; on a pipe, lists are one line a row with tabs between the cells |
| standard error | errors with their remedy, warnings, and figures such as the number of hits |

| exit code | means |
|---|---|
| 0 | done |
| 1 | it could not be done, as the message says; or the answer is no (`query`, `status`, `doctor`, `watchlist check`) |
| 2 | wrong usage; from `status`: the line is broken |
"""

_SETTINGS = """\
Set them in the environment. A secret may also be given as `…_FILE`, the path of a file that holds it. An unknown
`NEWSDESK_` variable is an error that names it. With nothing set at all, everything lies below `var/` and mail goes into
a spool folder. `newsdesk doctor --settings` prints this list.
"""

_OUTCOMES = """\
The work on a row of the ledger ends in one of four ways:

| outcome | means | then |
|---|---|---|
| done | it is done | the row goes on to its next step |
| dropped | ended, for a reason, and rightly so | nothing: the row stays as a record |
| retry | to be tried again, not before an instant | the same step takes it up then |
| quarantined | a person must look | nothing, until `newsdesk requeue` |

`newsdesk status` counts them, `newsdesk explain URL` shows those of one article, and each step prints its own as
`outcome:reason`. The same reason may end in a retry for one row and in a drop for another: what the other side may mend
is tried again, what it said for good is not.
"""

_WATCHLIST = """\
`watchlist.yaml` says what is watched. `newsdesk watchlist check` finds what is wrong with it, each fault with file,
line and key, and tries each topic on its examples; `newsdesk watchlist schema` prints the JSON Schema
([watchlist.schema.json](watchlist.schema.json)), by which editors check and complete the file. Topics, readers and
rules are named by their ids: lower-case letters and digits, with hyphens between. Queries are written in the
[query language](query-language.md).
"""


def pages() -> Mapping[str, str]:
    """Every page that is made of code, by its file name."""
    makers: Mapping[str, Callable[[], str]] = {
        "commands.md": _commands_page,
        "settings.md": _settings_page,
        "outcomes.md": _outcomes_page,
        "watchlist.md": _watchlist_page,
    }
    return {name: make() for name, make in makers.items()}


def _page(title: str, *parts: str) -> str:
    return "\n".join((f"# {title}\n", _NOTE, *parts)).rstrip("\n") + "\n"


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [columns, ["---"] * len(columns), *([cell.replace("|", "\\|") for cell in row] for row in rows)]
    return "".join(f"| {' | '.join(line)} |\n".replace("|  |", "| |") for line in lines)


def _code(text: str) -> str:
    return f"`{text}`" if text else ""


# ------------------------------------------------------------------ commands


Command = TyperCommand | TyperGroup


def commands() -> Iterator[tuple[str, Command]]:
    """Every command by what one types; of the groups of commands, those that do something when they stand alone."""
    root = typer.main.get_command(app)
    if isinstance(root, TyperGroup):
        yield from _below(root, "")


def _below(group: TyperGroup, prefix: str) -> Iterator[tuple[str, Command]]:
    for name, command in group.commands.items():
        if isinstance(command, TyperGroup):
            if command.invoke_without_command:
                yield f"{prefix}{name}", command
            yield from _below(command, f"{prefix}{name} ")
        elif isinstance(command, TyperCommand):
            yield f"{prefix}{name}", command


def _commands_page() -> str:
    common = {param.name: _parameter(param) for _, command in commands() for param in _parameters(command, common=True)}
    head = "These belong to most commands:\n\n" + _table(_COLUMNS, common.values())
    return _page("Commands", _COMMANDS, head, *(_command(name, command) for name, command in commands()))


def _command(name: str, command: Command) -> str:
    prose, examples = split_help(command.help or "")
    parts = [f"## {name}\n", "\n\n".join(prose) + "\n"]
    if examples:
        parts.append("\n".join(("```sh", *examples, "```")) + "\n")
    shared = " ".join(_code(param.opts[0]) for param in _parameters(command, common=True))
    if shared:
        parts.append(f"Also {shared}.\n")
    rows = [_parameter(param) for param in _parameters(command, common=False)]
    if rows:
        parts.append(_table(_COLUMNS, rows))
    return "\n".join(parts)


def _parameters(command: Command, *, common: bool) -> Iterator[TyperArgument | TyperOption]:
    for param in command.params:
        if isinstance(param, TyperArgument | TyperOption) and (param.name in _COMMON) is common:
            yield param


def split_help(text: str) -> tuple[list[str], list[str]]:
    """The paragraphs of a help text, and the lines of its examples: those that begin with the program's name."""
    paragraphs = [part.strip() for part in text.replace("\\b\n", "").replace("\b", "").split("\n\n")]
    prose = [" ".join(part.split()) for part in paragraphs if part and not part.startswith(f"{_PROGRAM} ")]
    examples = [line for part in paragraphs if part.startswith(f"{_PROGRAM} ") for line in part.splitlines()]
    return prose, [line.rstrip() for line in examples]


def _parameter(param: TyperArgument | TyperOption) -> tuple[str, str, str]:
    name = str(param.metavar or param.name).upper()
    if isinstance(param, TyperOption):
        name = ", ".join(param.opts) + ("" if param.is_flag else f" {_choices(param) or name}")
    default = "" if param.default in (None, False) or param.required else _code(str(param.default))
    return _code(name), "required" if param.required else default, param.help or ""


def _choices(param: TyperOption) -> str:
    return "|".join(str(getattr(choice, "value", choice)) for choice in param.type_descriptor.choices or ())


# ------------------------------------------------------------------ settings, outcomes


def _settings_page() -> str:
    rows = ((_code(name), _code(default), meaning) for name, default, meaning in describe_settings())
    return _page("Settings", _SETTINGS, _table(("variable", "default", "meaning"), rows))


def _outcomes_page() -> str:
    sections = (
        f"## {title}\n\n"
        + _table(("reason", "means"), ((_code(reason.value), text) for reason, text in meanings.items()))
        for title, meanings in REASONS.items()
    )
    return _page("Outcomes and reasons", _OUTCOMES, *sections)


# ------------------------------------------------------------------ watchlist


def _watchlist_page() -> str:
    whole = schema()
    shapes: Mapping[str, Any] = whole["$defs"]
    sections = [_shape("The file", whole, shapes)]
    for name, prop in whole["properties"].items():
        target = _target(prop)
        if target is not None:
            sections.append(_shape(name, shapes[target], shapes))
    sections.append(_shape("topics: examples", shapes["ExamplesShape"], shapes))
    return _page("The watchlist", _WATCHLIST, *sections)


def _shape(title: str, shape: Mapping[str, Any], shapes: Mapping[str, Any]) -> str:
    required = shape.get("required", ())
    rows = (
        (
            _code(key),
            _kind(prop),
            "required" if key in required else _default(prop),
            _meaning(prop, shapes),
        )
        for key, prop in shape["properties"].items()
    )
    return f"## {title}\n\n{shape['description']}\n\n" + _table(("key", "value", "default", "meaning"), rows)


def _target(prop: Mapping[str, Any]) -> str | None:
    """The name of the shape that a property holds one or many of."""
    inner = (prop, prop.get("items", {}), *prop.get("patternProperties", {}).values())
    return next((str(part["$ref"]).rpartition("/")[2] for part in inner if "$ref" in part), None)


def _meaning(prop: Mapping[str, Any], shapes: Mapping[str, Any]) -> str:
    target = _target(prop)
    return str(prop.get("description") or (shapes[target]["description"] if target else ""))


def _default(prop: Mapping[str, Any]) -> str:
    default = prop.get("default")
    if default in (None, "", [], {}) or isinstance(default, dict):
        return ""
    return _code(str(default).lower() if isinstance(default, bool) else str(default))


def _kind(prop: Mapping[str, Any]) -> str:
    real = next((part for part in prop.get("anyOf", ()) if part.get("type") != "null"), prop)
    if real.get("type") == "array":
        return "list" if _target(real) else f"list: {_kind(real['items'])}"
    if _target(real):
        return "mapping"
    if "const" in real or "enum" in real:
        return " or ".join(_code(str(value)) for value in real.get("enum", [real.get("const")]))
    if "minimum" in real and "maximum" in real:
        return f"{real['minimum']} to {real['maximum']}"
    examples = ", ".join(_code(str(value)) for value in real.get("examples", ()))
    kind = {"boolean": "`true` or `false`", "object": "mapping", "string": "text"}.get(str(real.get("type")), "text")
    return f"{kind}, as {examples}" if examples else kind


def write(folder: Path) -> None:
    """Write all pages."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in pages().items():
        (folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
