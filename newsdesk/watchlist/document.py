"""YAML text as plain values, with the line of each, and all that is wrong with it as YAML.

Scalars stay texts: what is a number or a switch is decided by the field they are for. So `language: no` is Norwegian,
and `title: 2026` a title.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import yaml

# libyaml reads a large watchlist about ten times as fast; both give the same nodes
_LOADER = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader
_MOST_NODES = 500_000  # enough for fifty thousand feeds with all that can be said of one
_DEEPEST = 20  # the watchlist itself needs 6
_NULLS = ("", "~", "null", "Null", "NULL")

Path: TypeAlias = tuple[str | int, ...]
Value: TypeAlias = "str | list[Value] | dict[str, Value] | None"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Something wrong: where, what, and what to write instead."""

    line: int  # from 1
    path: Path
    message: str
    remedy: str

    def show(self, file: str) -> str:
        """`file:line: key: what is wrong; what to write`."""
        key = f"{show_path(self.path)}: " if self.path else ""
        stop = "" if self.message.endswith((".", "!")) else ";"
        return f"{file}:{self.line}: {key}{self.message}{stop} {self.remedy}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a value stands. Lines and columns count from 1."""

    line: int  # of its key, or of the value itself in a list
    value_line: int
    is_literal: bool  # a block after |, whose lines are lines of the file
    is_one_line: bool


@dataclass(slots=True, kw_only=True)
class Document:
    """A YAML document as values and places."""

    value: Value = None
    places: dict[Path, Place] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def line(self, path: Path) -> int:
        """The line of the value at `path`, or of the nearest thing around it."""
        while path and path not in self.places:
            path = path[:-1]
        return self.places[path].line if path in self.places else 1

    def at(self, path: Path) -> Value:
        """The value at `path`; None where there is none."""
        found = self.value
        for step in path:
            if isinstance(found, dict) and isinstance(step, str):
                found = found.get(step)
            elif isinstance(found, list) and isinstance(step, int) and step < len(found):
                found = found[step]
            else:
                return None
        return found

    def locate(self, path: Path, offset: int) -> tuple[int, str]:
        """The line of the file, and words for the place, of a character of a text value, its margins not counted."""
        place, text = self.places[path], str(self.at(path))
        offset += len(text) - len(text.lstrip())
        before = text[:offset]
        if place.is_literal:
            row, column = before.count("\n"), offset - (before.rfind("\n") + 1)
            return place.value_line + 1 + row, f"line {row + 1}, column {column + 1}"
        line = place.value_line if place.is_one_line else place.line
        return line, f"column {offset + 1}"


def read_document(text: str) -> Document:
    """The document of `text`; what is wrong with it as YAML is in its `problems`, and then the value may be None."""
    document = Document()
    try:
        deep = _too_deep(text)
        node = None if deep else yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        document.problems.append(_syntax_problem(text, error))
        return document
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        document.problems.append(
            Problem(
                line=line,
                path=(),
                message=f"the character U+{ord(text[error.position]):04X} is not allowed",
                remedy="remove it",
            )
        )
        return document
    if deep:
        document.problems.append(deep)
    if node is not None:
        walk = _Walk(document)
        value = walk.value(node, ())
        document.value = None if walk.is_given_up else value
    return document


def _too_deep(text: str) -> Problem | None:
    """What is wrong with a text that nests too deeply: making nodes of it would overflow the stack of the process."""
    depth = 0
    for event in yaml.parse(text, Loader=_LOADER):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST:
            line = event.start_mark.line + 1 if event.start_mark else 1
            return Problem(line=line, path=(), message="too much is nested here", remedy="take brackets away")
    return None


def show_path(path: Path) -> str:
    """`topics.gst.query`, `feeds[2].url`."""
    shown = ""
    for step in path:
        shown += f"[{step}]" if isinstance(step, int) else f".{step}" if shown else step
    return shown


class _Walk:
    """Turns nodes into values. Aliases may make a small file large, or endless: both ends are watched."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._nodes = 0
        self.is_given_up = False

    def value(self, node: yaml.Node, path: Path, line: int | None = None) -> Value:
        start, end = node.start_mark, node.end_mark
        style = getattr(node, "style", None)
        self._document.places[path] = Place(
            line=line or start.line + 1,
            value_line=start.line + 1,
            is_literal=style == "|",
            is_one_line=start.line == end.line,
        )
        self._nodes += 1
        if self.is_given_up:
            return None
        if len(path) > _DEEPEST or self._nodes > _MOST_NODES:
            self.is_given_up = True
            self._add(node, path[:2], "too much is nested here, or repeated by aliases", "write it out")
            return None
        return self._content(node, path)

    def _content(self, node: yaml.Node, path: Path) -> Value:
        if not node.tag.startswith("tag:yaml.org,2002:"):
            self._add(node, path, f"the tag {node.tag} is not known", "remove it")
        match node:
            case yaml.MappingNode():
                return self._mapping(node, path)
            case yaml.SequenceNode():
                return [self.value(item, (*path, number)) for number, item in enumerate(node.value)]
            case _:
                text = str(node.value)
                return (
                    None if not getattr(node, "style", None) and text in _NULLS else text
                )  # plain: None, or "" of libyaml

    def _mapping(self, node: yaml.MappingNode, path: Path) -> Value:
        result: dict[str, Value] = {}
        lines: dict[str, int] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                self._add(key_node, path, "a key must be one word", "write `key: value`")
                continue
            key, line = str(key_node.value), key_node.start_mark.line + 1
            if key in result:
                self._add(key_node, (*path, key), f"stands twice (first in line {lines[key]})", "keep one")
                continue
            lines[key] = line
            result[key] = self.value(value_node, (*path, key), line)
        return result

    def _add(self, node: yaml.Node, path: Path, message: str, remedy: str) -> None:
        line = node.start_mark.line + 1
        self._document.problems.append(Problem(line=line, path=path, message=message, remedy=remedy))


def _syntax_problem(text: str, error: yaml.MarkedYAMLError) -> Problem:
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line, mark.column) if mark else (0, 0)
    lines = text.split("\n")
    here = lines[line] if line < len(lines) else ""
    if here[column : column + 1] == "\t" or here[: len(here) - len(here.lstrip())].count("\t"):
        return Problem(line=line + 1, path=(), message="a tab stands before the text", remedy="indent with blanks")
    what = error.problem or error.context or "it cannot be read"
    return Problem(
        line=line + 1,
        path=(),
        message=f"this is no YAML at column {column + 1} ({what})",
        remedy="check the indentation, put a text with : # * or quotes in it between single quotes, or write `key: |`"
        " and the text indented below",
    )


def children(value: Value) -> Mapping[str, Value]:
    """The entries of a mapping; none for anything else."""
    return value if isinstance(value, dict) else {}


def entries(value: Value) -> Sequence[Value]:
    """The entries of a list; none for anything else."""
    return value if isinstance(value, list) else ()
