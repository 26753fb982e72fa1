"""Feeds as text of the watchlist, and that text put in where the feeds of a file stand, comments untouched."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import yaml

from newsdesk.errors import WatchlistError
from newsdesk.model import FeedSpec
from newsdesk.watchlist.shape import FeedShape

_LOADER = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader
_FIELDS: Final = {"every": "every_seconds"}  # fields of FeedSpec that are not called as their keys
_UNITS: Final = (("d", 86400), ("h", 3600), ("m", 60))
_WIDE = 1_000_000  # characters of a line: nothing is folded


def feed_keys(feed: FeedSpec) -> dict[str, Any]:
    """The feed's keys as the watchlist has them, in the order of the reference; defaults are left out."""
    keys: dict[str, Any] = {}
    for key, field in FeedShape.model_fields.items():
        value = getattr(feed, _FIELDS.get(key, key))
        if isinstance(value, tuple):
            value = dict(value)
        if field.is_required() or value != field.default:
            keys[key] = _duration(value) if key == "every" else value
    return keys


def render_feeds(feeds: Sequence[FeedSpec], *, indent: int = 2) -> str:
    """The entries of `feeds:`, one key a line, each line `indent` blanks in."""
    text = _dumped([feed_keys(feed) for feed in feeds], flow=False) if feeds else ""
    return "".join(f"{' ' * indent}{line}\n" for line in text.split("\n") if line)


def with_feeds(text: str, feeds: Sequence[FeedSpec]) -> str:
    """The watchlist `text` with these feeds behind the last of its `feeds:`; every other character stays.

    The text must be a watchlist that was read without fault. Raises WatchlistError where there is no place for them.
    """
    if not feeds:
        return text
    root = yaml.compose(text, Loader=_LOADER)
    if root is None:
        return _ended(text) + "version: 1\nfeeds:\n" + render_feeds(feeds)
    if not isinstance(root, yaml.MappingNode) or root.flow_style:
        raise _no_place(root, "the whole watchlist stands between brackets; write each section as `key:` on a line")
    for key, value in root.value:
        if key.value == "feeds":
            return _in_section(text, key, value, feeds)
    return _ended(text) + "feeds:\n" + render_feeds(feeds)


def _in_section(text: str, key: yaml.Node, value: yaml.Node, feeds: Sequence[FeedSpec]) -> str:
    if value.start_mark.index < key.start_mark.index:
        raise _no_place(key, "`feeds:` names a list that stands elsewhere; write the feeds here")
    if isinstance(value, yaml.SequenceNode):
        if value.flow_style:
            return _in_brackets(text, value, feeds)
        dash = text.rindex("-", 0, value.value[0].start_mark.index)
        column = dash - (text.rfind("\n", 0, dash) + 1)
        return _behind(text, _end_of(value, text), feeds, column)
    if isinstance(value, yaml.ScalarNode) and not value.value and not value.style:
        return _behind(text, key.end_mark.index, feeds, 2)
    raise _no_place(key, "`feeds:` holds no list; leave it empty or write entries below")


def _in_brackets(text: str, value: yaml.SequenceNode, feeds: Sequence[FeedSpec]) -> str:
    """Entries of `feeds: [{…}, {…}]`."""
    entries = [_dumped(feed_keys(feed), flow=True).strip() for feed in feeds]
    place = value.value[-1].end_mark.index if value.value else value.start_mark.index + 1
    first = ", " if value.value else ""
    return text[:place] + first + ", ".join(entries) + text[place:]


def _behind(text: str, place: int, feeds: Sequence[FeedSpec], column: int) -> str:
    """Whole lines behind the one that holds `place`, and behind comments that are indented like the entries."""
    end = _next_line(text, place)
    while end < len(text):
        line = text[end : _next_line(text, end)]
        margin = len(line) - len(line.lstrip(" "))
        if not line.lstrip(" ").startswith("#") or margin < max(column, 1):
            break
        end += len(line)
    return _ended(text[:end]) + render_feeds(feeds, indent=column) + text[end:]


def _next_line(text: str, place: int) -> int:
    return text.find("\n", place) + 1 or len(text)


def _end_of(node: yaml.Node, text: str) -> int:
    """Where the last text within a node ends. The marks of lists and blocks take in what follows them."""
    while isinstance(node, yaml.CollectionNode) and node.value and not node.flow_style:
        last = node.value[-1]
        node = last[1] if isinstance(last, tuple) else last
    end = node.end_mark.index
    return len(text[:end].rstrip()) if getattr(node, "style", None) in ("|", ">") else end


class _Dumper(yaml.SafeDumper):
    """Keeps every text on one line."""


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.Node:
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=None if value.isprintable() else '"')


_Dumper.add_representer(str, _text)


def _dumped(value: Sequence[Mapping[str, Any]] | Mapping[str, Any], *, flow: bool) -> str:
    dumped = yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=_WIDE, default_flow_style=flow)
    return str(dumped)


def _duration(seconds: int) -> str:
    return next((f"{seconds // size}{unit}" for unit, size in _UNITS if seconds % size == 0), f"{seconds}s")


def _ended(text: str) -> str:
    return text if not text or text.endswith("\n") else text + "\n"


def _no_place(node: yaml.Node, what: str) -> WatchlistError:
    return WatchlistError((f"line {node.start_mark.line + 1}: no feeds can be added: {what}",))
