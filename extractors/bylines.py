"""Names of authors out of bylines, and which of a page's sources to believe."""

import re
from collections.abc import Iterable, Mapping
from typing import Final

from .prose import heading_key, one_line

MAX_AUTHORS: Final = 12
SITE_ITSELF: Final = 0.2  # confidence in an author that is the publisher
_MAX_NAME = 70
_MAX_WORDS = 7
# From the most exact source to the least; within persons first the order in which they are named stays.
SOURCES: Final = (
    "jsonld",
    "parsely-author",
    "sailthru.author",
    "twitter:data1",
    "cxenseparse:author",
    "author",
    "dc.creator",
    "byl",
    "article:author",
    "itemprop",
    "rel",
    "byline",
    "citation_author",
    "article:author_name",
    "jsonld-weak",
    "author-link",
)
# Under 0.7 is what teasers of other articles may have brought.
_CONFIDENCE = {"jsonld": 0.9, "parsely-author": 0.9, "itemprop": 0.65, "rel": 0.65, "byline": 0.6, "author-link": 0.5}

_BY = (
    "by|von|vom|par|por|di|door|av|af|written by|story by|reported by|posted by|texto|texte|text|testo|autor|author|"
    "autorin|autore|auteur|reporter|edited by|words by|analysis by|द्वारा|लेखक|रिपोर्ट|автор"
)
_LEAD = re.compile(rf"^\s*(?:{_BY})(?:\s*:\s*|\s+)", re.IGNORECASE)
_FUNCTION = re.compile(
    r"^(?:redaktion|foto|photo|fotos|photos|text|bild|video|interview|analyse)\s*:\s*", re.IGNORECASE
)
_ADDRESS = re.compile(r"\S*(?:https?:|//|www\.|@)\S*", re.IGNORECASE)
_NO_NAME = re.compile(
    r"https?:|www\.|[@{}\[\]<>=#]|^\W*$|\.(?:com|net|org|de|in|co\.uk)$|^(?:null|undefined|none|n/a|admin)$",
    re.IGNORECASE,
)
_ROLES = re.compile(
    r"\b(?:editor|reporter|correspondent|writer|staff|news|chief|producer|redakt\w*|redactor\w*|journalist\w*|"
    r"columnist|contributor|associate|korrespondent\w*|autor\w*|bureau|desk)\b",
    re.IGNORECASE,
)
_AND = r"and|und|et|&|og|och|oraz|en|ve|और|и"
_BETWEEN = re.compile(rf"\s*;\s*|\s*,\s+(?:{_AND}|y|e|i|a)\s+|\s+(?:{_AND})\s+|\s+/\s+|\s*\n\s*", re.IGNORECASE)
_AFTER = re.compile(r"\s+[|–—•·]\s+")
_TITLE_AFTER = re.compile(
    r"\s+(?:기자|특파원|논설위원|記者|记者|특별취재팀)$"
)  # "reporter" follows the name in Korean and Japanese
_NOTE = re.compile(r"\s*\([^()]{0,80}\)\s*$")


def split_names(byline: str) -> list[str]:
    """The names in a byline: without "by", roles, addresses and notes; at most twelve."""
    text = _ADDRESS.sub(" ", _LEAD.sub("", one_line(byline[:500])))
    text = _AFTER.split(_NOTE.sub("", text.strip()))[0]
    names: dict[str, str] = {}
    for piece in (name for part in _BETWEEN.split(text) for name in _comma_parts(part)):
        name = _FUNCTION.sub("", _LEAD.sub("", piece.strip(" ,.;:-–—|"))).strip()
        name = _TITLE_AFTER.sub("", name)
        if _is_name(name):
            names.setdefault(name.casefold(), name)
    return list(names.values())[:MAX_AUTHORS]


def _comma_parts(part: str) -> list[str]:
    """Two people are in "A B, C D", one in "A B, political editor"."""
    pieces = re.split(r"\s*,\s*", part)
    if len(pieces) > 1 and all(" " in piece for piece in pieces) and not any(_ROLES.search(p) for p in pieces[1:]):
        return pieces
    return pieces[:1]


def _is_name(text: str) -> bool:
    words = text.split()
    return (
        bool(words)
        and len(text) <= _MAX_NAME
        and len(words) <= _MAX_WORDS
        and not text.isdigit()
        and not _NO_NAME.search(text)
    )


def choose_authors(
    candidates: Mapping[str, Iterable[str]], site_names: Iterable[str]
) -> tuple[tuple[str, ...], str, float]:
    """(authors, source, confidence): the first source that names somebody who is not the site itself.

    A site that signs its articles itself is the author where nobody else is named, with little confidence.
    """
    sites = {heading_key(name) for name in site_names} - {""}
    found = {source: tuple(candidates.get(source, ())) for source in SOURCES}
    for source, names in found.items():
        if persons := tuple(name for name in names if heading_key(name) not in sites):
            return persons[:MAX_AUTHORS], source, _CONFIDENCE.get(source, 0.8)
    for source, names in found.items():
        if names:
            return names[:1], source, SITE_ITSELF
    return (), "", 0.0
