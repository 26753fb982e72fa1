"""The standfirst: the sentence between headline and text, which engines take for decoration.

The page's description tells what it is: where the same sentence is visible on the page and the text lacks it, it
belongs to the article. Topics are often named there and nowhere else.
"""

from collections.abc import Iterable
from itertools import islice
from typing import Any, Final

from .prose import heading_key, one_line

_SHORTEST: Final = 40
_LONGEST = 700
_MAX_PARTS = 6  # child elements; more is no sentence but a part of the page
_SAME_HEAD = 80  # characters of a key; descriptions are often cut
_TOP = 4  # lines of a text among which its own headline may stand
_ELEMENTS = ("p", "h2", "h3", "h4", "div", "span", "li", "strong")


def find_lede(tree: Any, descriptions: Iterable[str]) -> str:
    """The visible sentence that one of the descriptions repeats, "" where there is none."""
    keys = [_key(text) for text in dict.fromkeys(descriptions) if len(text) >= _SHORTEST]
    heads = {key[:8] for key in keys}
    for element in tree.iter(*_ELEMENTS) if keys else ():
        if len(element) > _MAX_PARTS:
            continue
        raw = " ".join(islice(element.itertext(), 4 * _MAX_PARTS)).strip()  # bounded: elements may nest deep
        if not _SHORTEST <= len(raw) <= 2 * _LONGEST or _key(raw[:40])[:8] not in heads:
            continue
        text = one_line(raw)
        if len(text) <= _LONGEST and any(_is_same(_key(text), key) for key in keys):
            return text
    return ""


def join_lede(lede: str, text: str, headlines: Iterable[str]) -> str:
    """Lines of the article: its standfirst first, and not its headline, which has a field of its own."""
    known = {_key(headline) for headline in headlines}
    lines = text.split("\n")
    place = 0
    kept = []
    for line in lines:
        if line.strip():
            place += 1
            if place <= _TOP and _key(line) in known:
                continue
        kept.append(line)
    body = "\n".join(kept)
    key = _key(lede)
    if lede and key not in known and key[:50] not in _key(body):
        return f"{lede}\n{body}"
    return body


def _key(text: str) -> str:
    return heading_key(text).replace(" ", "")


def _is_same(visible: str, stated: str) -> bool:
    """Either text may be the longer: descriptions are cut, and the page may show the first sentence only."""
    if visible.startswith(stated[:_SAME_HEAD]):
        return len(visible) < 1.5 * len(stated) + 40
    return stated.startswith(visible) and len(visible) >= 0.6 * len(stated)
