"""Dates that a page shows to people beside its headline, and nowhere states for machines."""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Final

from lxml.etree import _Element

from .prose import one_line

_WINDOW: Final = 150  # elements behind the headline among which its date stands
_MOST = 4
_LENGTHS = range(8, 120)  # characters of such a line
_MAX_PARTS = 6  # child elements
_ASIDE = ("aside", "nav", "footer", "a", "time")
_CLASS = re.compile(
    r"publish|pub-?_?date|posted|release-?_?date|(?:entry|article|story|post|byline|news)-?_?(?:date|time)|date-?_?time|"
    r"date-?_?line|timestamp|\bdate\b",
    re.IGNORECASE,
)
_SAID = re.compile(
    r"\b(?:first published|published|publish(?:ed)? date|posted|veröffentlicht|erstellt|publié|publicado|pubblicato|"
    r"gepubliceerd|publicerad|udgivet|publisert|opublikowano|опубликовано)"
    r"(?: (?:on|at|am|le|el|il|op|den))?\b\s*[:\-–]*|(?:प्रकाशित|प्रकाशन तिथि)\s*[:\-–]*",
    re.IGNORECASE,
)
_CHANGED = re.compile(
    r"\W*\b(?:last )?(?:updated?|modified|aktualisiert|stand|mis à jour|actualizado|atualizado|aggiornato|bijgewerkt|"
    r"uppdaterad|opdateret|oppdatert|обновлено)\b|\W*(?:अपडेट|अद्यतन)",
    re.IGNORECASE,
)


def find_shown_dates(tree: _Element) -> Iterator[str]:
    """Short texts near the headline that are marked as the publication, or say that they are."""
    start = next(tree.iter("h1"), None)
    near = islice(_following(tree, start), _WINDOW)
    texts = (text for element in near if (text := _text(element)))
    yield from islice(dict.fromkeys(texts), _MOST)


def _following(tree: _Element, start: _Element | None) -> Iterator[_Element]:
    is_behind = start is None
    for element in tree.iter():
        if is_behind and isinstance(element.tag, str):
            yield element
        is_behind = is_behind or element is start


def _text(element: _Element) -> str:
    """The text of an element that may be the date, without what it says of changes; "" for all others."""
    if len(element) > _MAX_PARTS:
        return ""
    text = one_line(" ".join(islice((str(part) for part in element.itertext()), 4 * _MAX_PARTS)))
    if len(text) not in _LENGTHS or not any(map(str.isdigit, text)):
        return ""
    if said := _SAID.search(text):
        text = text[said.end() :]
    elif not _CLASS.search(f"{element.get('class') or ''} {element.get('id') or ''}"):
        return ""
    if next(element.iterancestors(*_ASIDE), None) is not None or element.tag in _ASIDE:
        return ""
    return text[: changed.start()].strip(" |,·•") if (changed := _CHANGED.search(text)) else text.strip()
