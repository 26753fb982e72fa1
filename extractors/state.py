"""The article in the state that a page hands to its own program, for pages that are empty until it runs.

Frameworks put it into the page as JSON: `<script type="application/json">`, or an assignment to a variable. What it
holds has no common form; but of all texts that stand under one name, the article's are the longest.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, Final

from .jsonld import text_of_markup
from .prose import one_line

_SHORTEST: Final = 60  # characters of a text that is prose
_LEAST = 500  # of all that stand under one name
_LARGEST = 5_000_000  # characters of a script
_MAX_TEXTS = 5_000
_MAX_DEPTH = 40
_ASSIGNED = re.compile(r"[\w$.\]\"']\s{0,5}=\s{0,5}(?=[{\[])")
_PROSE = re.compile(r"[^\s<>{}]\s[^\s<>{}]|[\u3040-\u30ff\u3400-\u9fff]{8}")
_CODE = re.compile(r"^\s*[{\[(<]?(?:function|var|window|import|https?:|/\*)|[{};]\s*$|\.[\w-]+\{")


def find_states(tree: Any) -> tuple[str, ...]:
    """The scripts that may hold such a state."""
    scripts = (script for script in tree.iter("script") if "ld+json" not in (script.get("type") or ""))
    texts = (script.text or "" for script in scripts)
    return tuple(text for text in texts if _LEAST <= len(text) <= _LARGEST)


def read_state(scripts: Iterable[str]) -> str:
    """The lines of the longest prose under one name in these scripts, "" where none is an article long."""
    groups: defaultdict[tuple[str, ...], dict[str, None]] = defaultdict(dict)
    for script in scripts:
        for place, (path, text) in enumerate(_texts(_loaded(script), ())):
            if place >= _MAX_TEXTS:
                break
            for line in text_of_markup(text).split("\n"):
                groups[path].setdefault(one_line(line))
    sizes = {path: sum(len(line) for line in lines if len(line) >= _SHORTEST) for path, lines in groups.items()}
    best = max(sizes, key=lambda path: sizes[path], default=())
    return "\n".join(filter(None, groups[best])) if sizes.get(best, 0) >= _LEAST else ""


def _loaded(script: str) -> Any:
    text = script.strip()
    if text[:1] not in ("{", "["):
        found = _ASSIGNED.search(text)
        text = text[found.end() :] if found else ""
    try:
        return json.JSONDecoder(strict=False).raw_decode(text)[0]
    except (ValueError, RecursionError):
        return None


def _texts(value: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    """Every text that is prose, with the names that lead to it; places in lists are no names."""
    if len(path) > _MAX_DEPTH:
        return
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _texts(inner, (*path, name))
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner, (*path, ""))
    elif isinstance(value, str) and len(value) >= _SHORTEST and _PROSE.search(value[:400]) and not _CODE.search(value):
        yield path, value
