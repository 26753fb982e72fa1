"""What the shape finds wrong, in our words: what is wrong; what to write."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ValidationError

from newsdesk.watchlist.checks import suggest
from newsdesk.watchlist.document import Document, Path, Problem
from newsdesk.watchlist.shape import (
    ExamplesShape,
    FeedShape,
    ReaderShape,
    RuleShape,
    SiteShape,
    TopicShape,
    WatchlistShape,
)

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

_EXAMPLES: Mapping[str, str] = {
    "version": "version: 1",
    "url": "url: https://press.example/rss",
    "name": "name: and how readers know the source",
    "title": "title: and a few words",
    "query": "query: | and the query indented below",
    "address": "address: desk@paper.example",
}

_SECTIONS: Mapping[str, type[BaseModel]] = {
    "feeds": FeedShape,
    "topics": TopicShape,
    "readers": ReaderShape,
    "rules": RuleShape,
    "sites": SiteShape,
}


def shape_problems(error: ValidationError, document: Document) -> Iterator[Problem]:
    """Each fault of the shape with its line."""
    for detail in error.errors(include_url=False):
        path: Path = tuple(step for step in detail["loc"] if step != "[key]")
        message, _, remedy = _explain(detail, path).rpartition("; ")
        yield Problem(line=document.line(path), path=path, message=message, remedy=remedy)


def _explain(detail: "ErrorDetails", path: Path) -> str:
    key = str(path[-1]) if path else ""
    context: Mapping[str, Any] = detail.get("ctx", {})
    match detail["type"]:
        case "value_error":
            return str(context["error"])
        case "missing":
            return f"is missing; write {_EXAMPLES[key]}"
        case "extra_forbidden":
            return _unknown(path)
        case "model_type" | "dict_type":
            return "must hold keys with values; write them indented below, each as `key: value`"
        case "tuple_type":
            return "must be a list; write [one, two], or each entry below after a -"
        case "string_type" | "string_too_short":
            empty = detail["input"] is None or detail["input"] == ""
            wish = f"write {_EXAMPLES[key]}" if key in _EXAMPLES else "write one text, or leave the key out"
            return f"is empty; {wish}" if empty else f"must be one text, not a list or keys; {wish}"
        case "bool_parsing" | "bool_type":
            return "must be yes or no; write true or false"
        case "greater_than_equal" | "less_than_equal":
            bound = f"at least {context['ge']}" if "ge" in context else f"at most {context['le']}"
            return f"is out of range; write {bound}"
        case "int_parsing" | "int_type" | "int_parsing_size" | "int_from_float":
            return "must be a whole number; write it in digits"
        case kind:  # a rule that the shape has got and this list has not: better told in its own words than not at all
            return f"{detail['msg']} ({kind}); correct it as the reference says"


def _unknown(path: Path) -> str:
    known = _shape_at(path[:-1]).model_fields
    near = suggest(str(path[-1]), known)
    return f"is not known here; {near or 'remove it, or write one of ' + ', '.join(known)}"


def _shape_at(path: Path) -> type[BaseModel]:
    if not path:
        return WatchlistShape
    return ExamplesShape if path[-1] == "examples" else _SECTIONS[str(path[0])]
