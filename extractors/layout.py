"""Pages that are laid out by tables, as they all were once and those of offices and small papers still are.

Engines take a table for data and a cell for one paragraph; but a cell with prose in it is a part of the page.
"""

from dataclasses import dataclass, field
from typing import Any, Final

from lxml.etree import iterwalk

_PROSE: Final = 400  # characters of a cell, without the tables within it, that are an article and no entry of a table
_LINKED = 0.5  # of its text that may be links
_SILENT = frozenset(("script", "style"))
_PARTS = frozenset(("tbody", "thead", "tfoot", "tr", "td", "th"))


@dataclass(slots=True, kw_only=True)
class _Table:
    """A table on the way, and the counts of its cell that is being read."""

    element: Any
    parts: list[Any] = field(default_factory=list)
    characters: int = 0
    linked: int = 0
    is_layout: bool = False


def loosen_tables(tree: Any) -> None:
    """Tables with prose in a cell, and those around them, become plain blocks. One walk, linear in the page."""
    if next(tree.iter("td"), None) is None:
        return
    layout, around, links = [], list[_Table](), 0
    for event, element in iterwalk(tree, events=("start", "end")):
        if event == "start":
            links += element.tag == "a"
            _enter(element, around)
            _count(element.text if element.tag not in _SILENT else None, around, is_link=links > 0)
            continue
        links -= element.tag == "a"
        if closed := _leave(element, around):
            layout.append(closed)
        _count(element.tail, around, is_link=links > 0)
    for table in layout:
        for part in (table.element, *table.parts):
            part.tag = "div"


def _enter(element: Any, around: list[_Table]) -> None:
    if element.tag == "table":
        around.append(_Table(element=element))
    elif around and element.tag in _PARTS:
        around[-1].parts.append(element)
        around[-1].characters = around[-1].linked = 0


def _leave(element: Any, around: list[_Table]) -> _Table | None:
    """The table that ends here, if it is a layout."""
    if not around:
        return None
    table = around[-1]
    if element.tag == "td":
        table.is_layout |= table.characters >= _PROSE and table.linked <= _LINKED * table.characters
    if element is not table.element:
        return None
    around.pop()
    if table.is_layout and around:
        around[-1].is_layout = True
    return table if table.is_layout else None


def _count(text: str | None, around: list[_Table], *, is_link: bool) -> None:
    if around and text:
        length = len(text.strip())
        around[-1].characters += length
        around[-1].linked += is_link * length
