"""Links within a text that are none of it: headlines of other articles, on which topics must not match, and menus."""

import re
from itertools import islice
from typing import Any, Final

from .prose import heading_key

_SHORTEST: Final = 20  # characters of a link that can be a headline
_MAX_TEXTS = 20
_MAX_PARTS = 6
_FEW_PARTS = 3
_LINKED = 0.6  # of an item's text that its link holds
_ANNOUNCED = re.compile(
    r"\W*(?:also|must|related) (?:read|see|watch)|\W*read (?:more|also|next)|\W*(?:related|watch|see also)\s*[:|–-]|"
    r"\W*lesen sie (?:auch|hier|mehr)|\W*mehr (?:dazu|zum thema)|\W*(?:à )?lire (?:aussi|également)|\W*lee también|"
    r"\W*leia (?:também|mais)|\W*leggi anche|\W*lees ook|\W*läs (?:också|även|mer)|\W*læs også|\W*les også|"
    r"\W*czytaj (?:też|także)|\W*читайте (?:также|ещё)|\W*(?:यह|ये|इसे) भी (?:पढ़|देख)|\W*और पढ़",
    re.IGNORECASE,
)
_ADVERTISEMENT = re.compile(
    r"[\W_]*(?:advertisement|anzeige|werbung|publicité|publicidad|publicidade|pubblicità|advertentie|annons|annonse|"
    r"annonce|mainos|reklama|реклама|विज्ञापन|広告|广告|광고)[\W_]*",
    re.IGNORECASE,
)
_LABEL = 40  # characters of a link in a menu
_MENU = 4  # links one under the other that are a menu
_MAX_SHARE = 0.15  # of the text; where it is more, the list is the article


def find_related(tree: Any) -> frozenset[str]:
    """Keys of all list items that are hardly more than a link, and of paragraphs that announce one."""
    found = set()
    for item in tree.iter("li", "p", "h2", "h3", "h4", "h5", "div"):
        link = _link_of(item)
        if link is None:
            continue
        label = " ".join(islice(link.itertext(), _MAX_TEXTS)).strip()
        if len(label) < _SHORTEST:
            continue
        text = " ".join(islice(item.itertext(), _MAX_TEXTS)).strip()
        if (item.tag == "li" or _ANNOUNCED.match(text)) and len(_key(label)) >= _LINKED * len(whole := _key(text)):
            found.add(whole)
    return frozenset(found)


def _link_of(item: Any) -> Any:
    """The first link of a list item; of anything else, which may nest deep, only one that stands near its top."""
    if item.tag == "li":
        return item.find(".//a") if len(item) <= _MAX_PARTS else None
    if len(item) > _FEW_PARTS:
        return None
    link = item.find("a")
    return item.find("*/a") if link is None else link


def without_related(text: str, related: frozenset[str]) -> str:
    """The lines of a text without labels of advertisements, and without such items unless they are much of it."""
    lines = [line for line in text.split("\n") if not _ADVERTISEMENT.fullmatch(line)]
    dropped = {place for place, line in enumerate(lines) if _is_dropped(line) and _key(line) in related}
    if sum(len(lines[place]) for place in dropped) > _MAX_SHARE * len(text):
        dropped = set()
    return "\n".join(line for place, line in enumerate(lines) if place not in dropped)


def _is_dropped(line: str) -> bool:
    return line.startswith("- ") or bool(_ANNOUNCED.match(line))


def find_labels(tree: Any) -> frozenset[str]:
    """Keys of all short links: a menu is made of them."""
    labels = (" ".join(islice(link.itertext(), _MAX_TEXTS)).strip() for link in tree.iter("a"))
    return frozenset(_key(label) for label in labels if 0 < len(label) <= _LABEL)


def may_hold_menus(text: str) -> bool:
    """Whether a text begins or ends with so many short lines that they may be a menu."""
    lines = [line for line in text.split("\n") if line.strip()]
    return any(len(end) == _MENU and max(map(len, end)) <= _LABEL + 2 for end in (lines[:_MENU], lines[-_MENU:]))


def without_menus(text: str, labels: frozenset[str]) -> str:
    """The lines of a text without the menus that stand before and behind it."""
    lines = text.split("\n")
    start, end = _menu_end(lines, labels), _menu_end(lines[::-1], labels)
    return "\n".join(lines[start : len(lines) - end])


def _menu_end(lines: list[str], labels: frozenset[str]) -> int:
    """How many lines the menu at the beginning takes; 0 for none, or where all of it would be one."""
    found = end = 0
    for place, line in enumerate(lines):
        key = _key(line.removeprefix("- "))
        if key and key not in labels:
            return end if found >= _MENU else 0
        found += bool(key)
        end = place + 1
    return 0


def _key(text: str) -> str:
    return heading_key(text).replace(" ", "")
