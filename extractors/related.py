"""Lists of links to other articles within a text: headlines of others, on which topics must not match."""

from itertools import islice
from typing import Any, Final

from .prose import heading_key

_SHORTEST: Final = 20  # characters of a link that can be a headline
_MAX_TEXTS = 20
_MAX_PARTS = 6
_LINKED = 0.6  # of an item's text that its link holds
_MAX_SHARE = 0.15  # of the text; where it is more, the list is the article


def find_related(tree: Any) -> frozenset[str]:
    """Keys of all list items that are hardly more than a link."""
    found = set()
    for item in tree.iter("li"):
        link = item.find(".//a") if len(item) <= _MAX_PARTS else None
        if link is None:
            continue
        label = " ".join(islice(link.itertext(), _MAX_TEXTS)).strip()
        if len(label) < _SHORTEST:
            continue
        key, whole = _key(label), _key(" ".join(islice(item.itertext(), _MAX_TEXTS)))
        if len(key) >= _LINKED * len(whole):
            found.add(whole)
    return frozenset(found)


def without_related(text: str, related: frozenset[str]) -> str:
    """The lines of a text without such items, unless they are a good part of it."""
    lines = text.split("\n")
    dropped = {place for place, line in enumerate(lines) if line.startswith("- ") and _key(line) in related}
    if sum(len(lines[place]) for place in dropped) > _MAX_SHARE * len(text):
        return text
    return "\n".join(line for place, line in enumerate(lines) if place not in dropped)


def _key(text: str) -> str:
    return heading_key(text).replace(" ", "")
