"""Feeds as text of the watchlist, and that text put in where the feeds of a file stand, comments untouched."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import yaml

from newsdesk.errors import WatchlistError
from newsdesk.model import FeedSpec
from newsdesk.watchlist.shape import FeedShape

_FIELDS = {"every": "every_seconds"}  # fields of FeedSpec that are not called as their keys
_UNITS = (("d", 86400), ("h", 3600), ("m", 60))
_WIDE = 1_000_000  # characters of a line: nothing is folded


def feed_keys(feed: FeedSpec) -> dict[str, Any]:
    """The feed's keys as the watchlist has them, in the order of the reference; defaults are left out."""
    keys: dict[str, Any] = {}
    for key, field in FeedShape.model_fields.items():
        value = getattr(feed, _FIELDS.get(key, key))
        if isinstance(value, tuple):
            value = dict(value)
        if field.is_required() or value != field.default:
            keys[key] = duration_text(value) if key == "every" else value
    return keys


def duration_text(seconds: int) -> str:
    """`10m`: seconds as the watchlist writes them, in the widest unit that is exact."""
    return next((f"{seconds // size}{unit}" for unit, size in _UNITS if seconds % size == 0), f"{seconds}s")


def render_feeds(feeds: Sequence[FeedSpec], *, indent: int = 2) -> str:
    """The entries of `feeds:`, one key a line, each line `indent` blanks in."""
    return "".join(f"{' ' * indent}{line}\n" for feed in feeds for line in _block([feed_keys(feed)]).splitlines())


def with_feeds(text: str, feeds: Sequence[FeedSpec]) -> str:
    """The watchlist `text` with these feeds behind the last of its `feeds:`; every other character stays.

    Raises WatchlistError where there is no place for them; the text must be YAML that can be read.
    """
    if not feeds:
        return text
    root = yaml.compose(text, Loader=yaml.SafeLoader)
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
    match value:
        case yaml.SequenceNode(flow_style=True):
            return _in_brackets(text, value, feeds)
        case yaml.SequenceNode():
            column = value.value[0].start_mark.column - _dash(text, value)
            return _behind(text, _last_leaf(value).end_mark.index, feeds, column)
        case yaml.ScalarNode(value="", style=None):
            return _behind(text, key.end_mark.index, feeds, 2)
        case _:
            raise _no_place(key, "`feeds:` holds no list; leave it empty or write entries below")


def _in_brackets(text: str, value: yaml.SequenceNode, feeds: Sequence[FeedSpec]) -> str:
    """Entries of `feeds: [{…}, {…}]`."""
    entries = [_flow(feed_keys(feed)) for feed in feeds]
    place = value.value[-1].end_mark.index if value.value else value.start_mark.index + 1
    first = ", " if value.value else ""
    return text[:place] + first + ", ".join(entries) + text[place:]


def _behind(text: str, place: int, feeds: Sequence[FeedSpec], column: int) -> str:
    """Whole lines behind the one that holds `place`, and behind comments that are indented like the entries."""
    end = text.find("\n", place)
    if end < 0:
        return _ended(text) + render_feeds(feeds, indent=column)
    end += 1
    for line in text[end:].splitlines(keepends=True):
        margin = len(line) - len(line.lstrip(" "))
        if not line.lstrip().startswith("#") or margin < max(column, 1):
            break
        end += len(line)
    return _ended(text[:end]) + render_feeds(feeds, indent=column) + text[end:]


def _dash(text: str, value: yaml.SequenceNode) -> int:
    """How far the first entry of a list stands behind its dash."""
    start = value.value[0].start_mark.index
    return start - text.rindex("-", value.start_mark.index, start)


def _last_leaf(node: yaml.Node) -> yaml.Node:
    """The last text within a node: where a list ends its own marks do not tell, since they take in what follows."""
    while isinstance(node, yaml.CollectionNode) and node.value and not node.flow_style:
        last = node.value[-1]
        node = last[1] if isinstance(last, tuple) else last
    return node


def _block(value: object) -> str:
    return str(yaml.safe_dump(value, sort_keys=False, allow_unicode=True, width=_WIDE))


def _flow(keys: Mapping[str, Any]) -> str:
    """One entry between brackets, on one line."""
    dumped = yaml.safe_dump(dict(keys), sort_keys=False, allow_unicode=True, width=_WIDE, default_flow_style=True)
    return " ".join(_lines(str(dumped)))


def _lines(text: str) -> Iterator[str]:
    return (line.strip() for line in text.splitlines() if line.strip())


def _ended(text: str) -> str:
    return text if not text or text.endswith("\n") else text + "\n"


def _no_place(node: yaml.Node, what: str) -> WatchlistError:
    return WatchlistError((f"line {node.start_mark.line + 1}: no feeds can be added: {what}",))
