"""What keeps a page from costing more than a page may: all of it is linear in the length of the text.

The limits leave room: of two thousand real pages the largest has 2.9 million characters, 1.1 million without
scripts and styles, and 19,500 tags.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from lxml.etree import iterwalk

from .prose import words

MAX_CHARACTERS: Final = 2_500_000
MAX_TAGS: Final = 40_000
MAX_DEPTH: Final = 2_000  # elements within elements; deeper pages get no tree at all
MAX_WORK: Final = 25_000_000  # characters times the depth they stand at
MAX_STEPS: Final = 5_000_000  # sum of the depths of all elements
_MAX_RAW = 30_000_000
_LARGE_CHARACTERS = 1_000_000
_LARGE_TAGS = 20_000
_LARGE_JSON = 2_000_000

_CONTROLS = tuple(map(chr, (*range(9), 0x0B, 0x0C, *range(0x0E, 0x20), 0x7F)))
_BULKY = ("script", "style", "svg", "template")
_OPENING = re.compile(rf"<({'|'.join(_BULKY)})\b([^<>]{{0,2000}})>", re.IGNORECASE)
_CLOSING = {name: re.compile(rf"</{name}\b[^<>]{{0,200}}>?", re.IGNORECASE) for name in _BULKY}
_INLINE_FILE = re.compile(r"data:[a-z/+.-]{3,40};base64,[A-Za-z0-9+/=]{1000,}")
_BREAKS = re.compile(r"(?:<br\s{0,20}/?>\s{0,20}){3,}", re.IGNORECASE)
_LONG_TAG = 4000  # characters from which a tag is looked at for absurd numbers of attributes
_MAX_ATTRIBUTES = 500
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9-]{0,40})([^<>]{0,2000})")
# Void elements, and those that the next of their kind closes: they do not nest.
_FLAT = words(
    "area base br col embed hr img input link meta param source track wbr p li dt dd tr td th thead tbody "
    "tfoot option optgroup colgroup html head body path circle rect line polygon use script style title "
    "textarea"
)
_MARKUP = re.compile(r"<[^<>]*>")
_TEXT_ONLY = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Guarded:
    """A page that is safe to parse. Where it nests too deep, `html` is "" and `plain` its bare text."""

    html: str
    plain: str = ""


def guard(text: str) -> Guarded:
    """The page within its limits; what cannot be text is dropped first, the tail last."""
    html = _without_controls(text[:_MAX_RAW])
    if len(html) > _LARGE_CHARACTERS or html.count("<") > _LARGE_TAGS:
        html = _without_comments("".join(_without_bulk(html)))
        html = _BREAKS.sub("<br><br>", _INLINE_FILE.sub("", html))
    html = _first_tags(_without_long_tags(html)[:MAX_CHARACTERS])
    return Guarded(html="", plain=bare_text(html)) if _is_deep(html) else Guarded(html=html)


def bare_text(html: str) -> str:
    """The first hundred thousand characters between the tags, as one line."""
    bare = _MARKUP.sub(" ", _without_comments("".join(_without_bulk(html, keep_json=False))))
    return " ".join(bare.split())[:_TEXT_ONLY]


def is_heavy(tree: Any) -> bool:
    """Whether much stands deep: engines read a text once more for each element around it, and climb from each.

    Of the real pages none comes near the limits: a hundred thousand characters at a depth of thirty are an eighth of
    the one, and twenty thousand elements at a depth of sixty a quarter of the other.
    """
    work = steps = depth = 0
    for event, element in iterwalk(tree, events=("start", "end")):
        if event == "start":
            depth += 1
            steps += depth
            work += depth * len(element.text or "") * (element.tag not in _BULKY)
        else:
            depth -= 1
            work += depth * len(element.tail or "")
        if work > MAX_WORK or steps > MAX_STEPS:
            return True
    return False


def _without_bulk(html: str, *, keep_json: bool = True) -> Iterator[str]:
    """The page without scripts, styles and drawings; JSON-LD stays unless it is huge."""
    place, unclosed = 0, set[str]()
    while found := _OPENING.search(html, place):
        name = found.group(1).lower()
        # One look for an end that is not there is dear enough: many would be quadratic.
        closing = None if name in unclosed else _CLOSING[name].search(html, found.end())
        if closing is None:
            unclosed.add(name)
            yield html[place : found.end()]
            place = found.end()
            continue
        end = closing.end()
        keeps = keep_json and "ld+json" in found.group(2).lower() and end - found.start() < _LARGE_JSON
        yield html[place : end if keeps else found.start()]
        place = end
    yield html[place:]


def _without_comments(html: str) -> str:
    parts, place = [], 0
    while (start := html.find("<!--", place)) >= 0 and (end := html.find("-->", start + 4)) >= 0:
        parts.append(html[place:start])
        place = end + 3
    return "".join(parts) + html[place:]


def _without_controls(text: str) -> str:
    for control in _CONTROLS:  # a search for one character is so fast that 29 of them beat one pattern by far
        if control in text:
            text = text.replace(control, "")
    return text


def _without_long_tags(html: str) -> str:
    """An absurd number of attributes costs every parser quadratic time, so such a tag keeps its name only."""
    pieces = html.split("<")
    for place, piece in enumerate(pieces):
        if len(piece) < _LONG_TAG or not place or not piece[0].isalpha():
            continue
        tag, closed, rest = piece.partition(">")
        if len(tag) >= _LONG_TAG and (tag.count("=") > _MAX_ATTRIBUTES or len(tag.split()) > 2 * _MAX_ATTRIBUTES):
            pieces[place] = tag.split(None, 1)[0][:20] + closed + rest
    return "<".join(pieces)


def _first_tags(html: str) -> str:
    if html.count("<") <= MAX_TAGS:
        return html
    place = -1
    for _ in range(MAX_TAGS + 1):
        place = html.find("<", place + 1)
    return html[:place]


def _is_deep(html: str) -> bool:
    """Whether elements nest beyond the limit, by counting tags; unclosed ones count, as parsers nest them."""
    if html.count("<") - html.count("</") <= MAX_DEPTH:
        return False  # with so few that open, as on most pages, no order of them is deep
    depth = 0
    for found in _TAG.finditer(html):
        closing, name, rest = found.groups()
        if name.lower() in _FLAT or rest.endswith("/"):
            continue
        depth = max(depth - 1, 0) if closing else depth + 1
        if depth > MAX_DEPTH:
            return True
    return False
