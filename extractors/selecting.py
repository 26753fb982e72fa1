"""Selectors that an operator writes, CSS or XPath: checked when they are loaded, and evaluated at bounded cost.

lxml reads XPath in C, where nothing can be interrupted, and its cost is quadratic wherever the results of one step
overlap. So a path is evaluated step by step: a step that searches all below starts at the outermost elements only,
whose results cannot overlap. Conditions may search below once, compare with texts and numbers, and use functions of
texts and positions. Refused are siblings anywhere, and in conditions parents, absolute paths and comparisons of two
places: each of these is quadratic on some page. No function here reads a file.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from lxml.etree import Element, SubElement, XPath, XPathError

from .prose import words

MAX_SELECTOR: Final = 300  # characters
_MAX_STEPS = 12
_MAX_CONDITIONS = 6
_MAX_NODES = 20_000  # that one step may find
_FUNCTIONS = words(
    "contains starts-with normalize-space not last position concat substring substring-after substring-before string "
    "string-length translate boolean name local-name text node true false and or"
)
_AXES = words("child descendant descendant-or-self self attribute parent")
_CALL = re.compile(r"([\w:.-]+)\s*\(")
_AXIS = re.compile(r"([\w-]+)\s*::")
_SEARCH = re.compile(r"//|descendant")
_ABSOLUTE = re.compile(r"(?:^|[\[(,=<>|+]|\b(?:and|or|div|mod)\b)\s*/")
_UPWARDS = re.compile(r"\.\.|parent")
_FREE_COMPARISON = re.compile(r"[=<>](?!=|\s*(?:'|\d|last\s*\())")
_IS_XPATH = re.compile(r"\s*\(?\s*(?:\.{0,2}/|[\w-]+\s*::)")
_OPENERS, _CLOSERS = frozenset("[("), frozenset("])")


class SelectorError(ValueError):
    """A selector that cannot be read, or is not allowed; the text says why and what to write."""


class CostlyError(Exception):
    """A selector finds more on this page than a selector may."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Step:
    """One step of a path; `searches`: it looks at all below and not only at the children."""

    find: XPath
    searches: bool


def check_selector(text: str) -> str:
    """The selector without blanks around it. Raises SelectorError."""
    for path in _compiled(text.strip()):
        for step in path:
            _try(step)
    return text.strip()


def select(text: str, tree: Any) -> list[Any]:
    """All that a checked selector matches, each once: elements, or the texts of attributes and text nodes.

    Raises CostlyError.
    """
    found: dict[Any, None] = {}
    for path in _compiled(text):
        found.update(dict.fromkeys(_walk(path, tree)))
    return list(found)


def _walk(path: tuple[_Step, ...], tree: Any) -> Iterable[Any]:
    nodes: dict[Any, None] = {tree: None}
    for step in path:
        elements = [node for node in nodes if not isinstance(node, str)]
        nodes = {}
        for element in _outermost(elements) if step.searches else elements:
            nodes.update(dict.fromkeys(_results(step.find(element))))
            if len(nodes) > _MAX_NODES:
                raise CostlyError(f"matches more than {_MAX_NODES} places")
    return nodes


def _results(found: Any) -> list[Any]:
    if not isinstance(found, list):
        raise SelectorError("gives a number, a text or a truth value and no places of the page; write a path")
    return found


def _outermost(elements: list[Any]) -> Iterator[Any]:
    """Those that stand in none of the others."""
    all_of_them = set(elements)
    return (e for e in elements if not any(around in all_of_them for around in e.iterancestors()))


@lru_cache(maxsize=1024)
def _compiled(selector: str) -> tuple[tuple[_Step, ...], ...]:
    """The paths of a selector; several are alternatives."""
    if not selector:
        raise SelectorError("is empty; write a CSS selector such as div.article-text, or leave the key out")
    if len(selector) > MAX_SELECTOR or not selector.isprintable():
        raise SelectorError(f"has more than {MAX_SELECTOR} characters, or control characters; write a shorter one")
    path = selector if _IS_XPATH.match(selector) else _path_of_css(selector)
    _check(path)
    return tuple(tuple(_steps(part)) for part in _split(path, "|"))


def _path_of_css(selector: str) -> str:
    from cssselect import HTMLTranslator
    from cssselect import SelectorError as CssError

    try:
        path = HTMLTranslator().css_to_xpath(selector, prefix="//")
    except (CssError, RecursionError) as error:
        raise SelectorError(f"cannot be read as CSS ({error}); write div.article-text or //time/@datetime") from error
    return path.replace("/descendant-or-self::*/", "//")


def _check(path: str) -> None:
    """Refuse what is not known to be cheap on every page, whatever it says."""
    bare = re.sub(r"\"[^\"]*\"|'[^']*'", "''", path)
    if sibling := re.search(r"(?:following|preceding)[\w-]*", bare):
        advice = "write the place among them in XPath, such as //div/p[1] or //p[last()]"
        raise SelectorError(f"looks at siblings ({sibling[0]}), which is too dear on large pages; {advice}")
    unknown = [name for name in _CALL.findall(bare) if name not in _FUNCTIONS]
    unknown += [f"{axis}::" for axis in _AXIS.findall(bare) if axis not in _AXES]
    if unknown or "$" in bare:
        advice = "write contains(), starts-with(), normalize-space(), not(), position() and last() only"
        raise SelectorError(f"uses {unknown[0] if unknown else 'a variable'}, which is not allowed; {advice}")
    conditions = list(_conditions(bare))
    if len(conditions) > _MAX_CONDITIONS:
        raise SelectorError(f"has {len(conditions)} conditions; write at most {_MAX_CONDITIONS}")
    if any(_UPWARDS.search(condition) for condition in conditions):
        raise SelectorError("looks at the parent within a condition; write it as a step, such as //h1/../p")
    if any(_FREE_COMPARISON.search(condition) for condition in conditions):
        raise SelectorError("compares two places of the page; compare with a text or a number")
    if any(len(_SEARCH.findall(condition)) > 1 or _ABSOLUTE.search(condition) for condition in conditions):
        advice = "write at most one .// in each, and none that begins with /"
        raise SelectorError(f"searches the page within a condition; {advice}")


def _conditions(path: str) -> Iterator[str]:
    """What stands in brackets at the top."""
    depth, start = 0, 0
    for place, character in enumerate(path):
        if character == "[":
            depth += 1
            start = place + 1 if depth == 1 else start
        elif character == "]":
            depth -= 1
            if depth == 0:
                yield path[start:place]


def _steps(path: str) -> Iterator[_Step]:
    pieces = [piece.strip() for piece in _split(path.strip(), "/")]
    absolute = pieces[0] == "" and len(pieces) > 1 and pieces[1] != ""
    searches, count = False, 0
    for place, piece in enumerate(pieces):
        if piece in {"", "."}:
            searches = searches or (piece == "" and place > 0)
            continue
        count += 1
        if count > _MAX_STEPS:
            raise SelectorError(f"has more than {_MAX_STEPS} steps; write a shorter one")
        if piece.startswith(("descendant", "(")):
            raise SelectorError("searches by an axis or has a path in parentheses; write it with // and without them")
        first = absolute and count == 1  # the root element, which is where the path begins
        prefix = "descendant-or-self::node()/" if searches else "self::" if first else ""
        yield _Step(find=_compile(prefix + piece), searches=searches)
        searches = False
    if not count or searches:
        raise SelectorError("ends before it names an element; write such as //div[@class='text']")


def _compile(step: str) -> XPath:
    try:
        return XPath(step, regexp=False, smart_strings=False)
    except XPathError as error:
        raise SelectorError(f"cannot be read as XPath ({error}: {step}); write such as //div[@class='text']") from error


def _try(step: _Step) -> None:
    """Some faults, such as unknown prefixes, show only on a page."""
    page = Element("html")
    SubElement(page, "body").text = "text"
    try:
        _results(step.find(page))
    except XPathError as error:
        raise SelectorError(f"cannot be evaluated ({error}); write such as //div[@class='text']") from error


def _split(path: str, mark: str) -> list[str]:
    """Cut at a mark that stands in no text, bracket or parenthesis."""
    pieces, depth, quote = [""], 0, ""
    for character in path:
        if quote:
            quote = "" if character == quote else quote
        elif character in "'\"":
            quote = character
        elif character in _OPENERS:
            depth += 1
        elif character in _CLOSERS:
            depth -= 1
        elif character == mark and depth == 0:
            pieces.append("")
            continue
        pieces[-1] += character
    return pieces
