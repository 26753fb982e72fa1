"""What a page states about itself, collected in one walk over its tree; nothing is decided here."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Final

from lxml.etree import _Element

from .bylines import split_names
from .prose import one_line
from .shown import find_shown_dates

_MAX_VALUE = 5000  # characters of a meta tag or heading that are read
_MAX_SCRIPT = 2_000_000
_MAX_HEADINGS = 8
_MAX_TIMES = 100
_MAX_MARKS = 6  # elements of one kind of byline that are looked at
_SHORTEST = 4  # characters of a heading
_MAX_BYLINE = 120
_NAME_WORDS = range(2, 6)
_MAX_TEXTS = 60  # pieces of text in an element that are read: elements may nest deep

AUTHOR_TAGS: Final = (
    "author",
    "article:author",
    "parsely-author",
    "sailthru.author",
    "dc.creator",
    "byl",
    "article:author_name",
    "citation_author",
    "cxenseparse:author",
    "twitter:data1",
)
# Spellings of the same statement.
_ALIASES = {
    "og:article:author": "article:author",
    "article.author": "article:author",
    "dcterms.creator": "dc.creator",
    "dc.author": "dc.creator",
    "creator": "dc.creator",
    "authors": "author",
    "dcterms.title": "dc.title",
    "og:article:published_time": "article:published_time",
    "og:article:modified_time": "article:modified_time",
}
_WRITTEN = re.compile(
    r"writ|author|\bby\b|\bvon\b|autor|auteur|\bpar\b|\bpor\b|skriv|geschr|verfass|scritto|écrit|लेखक", re.IGNORECASE
)
_BYLINE_CLASS = re.compile(
    r"byline|author[-_]{1,2}name|article[-_]{1,2}author|story[-_]{1,2}author|entry-author", re.IGNORECASE
)
_AUTHOR_LINK = re.compile(
    r"/(?:authors?|by|profile|autor(?:en|es)?|auteurs?|people|staff|journalists?|reporter|columnist)/[^/?#]",
    re.IGNORECASE,
)
_PUBLISHED_CLASS = re.compile(r"publish|entry-date|pubdate|date-created|posted", re.IGNORECASE)
_UPDATED_CLASS = re.compile(r"updat|modif", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeMark:
    """A <time> element: its machine text, its visible text, and which instant its markup says it is."""

    machine: str
    visible: str
    is_published: bool
    is_updated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """Meta tags by lower-case name (all values), headings, scripts, marks; all text is one line."""

    metas: dict[str, tuple[str, ...]]
    title_tag: str
    headings: tuple[str, ...]
    scripts: tuple[str, ...]
    canonical: str
    base: str
    language: str
    times: tuple[TimeMark, ...]
    micro_dates: tuple[str, ...]  # itemprop=datePublished
    shown_dates: tuple[str, ...]
    bylines: dict[str, tuple[str, ...]]

    def first(self, *names: str) -> str:
        """The first value of the first of these meta tags that is there, else ""."""
        return next((values[0] for name in names if (values := self.metas.get(name))), "")


def read_head(tree: _Element) -> Head:
    """Collects; `tree` is not changed."""
    metas: dict[str, list[str]] = {}
    for element in tree.iter("meta"):
        name = (element.get("property") or element.get("name") or element.get("itemprop") or "").strip().casefold()
        value = one_line((element.get("content") or "")[:_MAX_VALUE])
        if name and value:
            metas.setdefault(_ALIASES.get(name, name), []).append(value)
    headings = tuple(
        text for element in islice(tree.iter("h1"), _MAX_HEADINGS) if len(text := _visible(element)) >= _SHORTEST
    )
    scripts = tuple(_linked_scripts(tree))
    frozen = {name: tuple(values) for name, values in metas.items()}
    return Head(
        metas=frozen,
        title_tag=next((text for element in tree.iter("title") if (text := _visible(element))), ""),
        headings=headings,
        scripts=scripts,
        canonical=next(_links(tree, "canonical"), ""),
        base=next((element.get("href") or "" for element in tree.iter("base")), "").strip(),
        language=(tree.get("lang") or tree.get("{http://www.w3.org/XML/1998/namespace}lang") or "").strip(),
        times=tuple(_times(_behind_headline(tree))),
        micro_dates=tuple(_micro_dates(tree)),
        shown_dates=() if "article:published_time" in frozen else _shown_dates(tree, scripts),
        bylines=_bylines(tree, frozen),
    )


def _visible(element: _Element) -> str:
    return one_line(" ".join(str(text) for text in islice(element.itertext(), _MAX_TEXTS))[:_MAX_VALUE])


def _linked_scripts(tree: _Element) -> Iterator[str]:
    for element in tree.iter("script"):
        if "ld+json" in (element.get("type") or "").lower() and element.text and len(element.text) < _MAX_SCRIPT:
            yield element.text


def _links(tree: _Element, relation: str) -> Iterator[str]:
    for element in tree.iter("link"):
        if relation in (element.get("rel") or "").lower().split() and (target := (element.get("href") or "").strip()):
            yield target


def _behind_headline(tree: _Element) -> list[_Element]:
    """The first time elements behind the first h1, then those before it and in the margin: they are other articles'."""
    near: list[_Element] = []
    far: list[_Element] = []
    has_headline = next(tree.iter("h1"), None) is None
    for element in islice(tree.iter("h1", "time"), _MAX_TIMES):
        if element.tag == "h1":
            has_headline = True
        elif has_headline and next(element.iterancestors("aside", "nav", "footer"), None) is None:
            near.append(element)
        else:
            far.append(element)
    return [*near, *far][: 2 * _MAX_MARKS]


def _times(elements: list[_Element]) -> Iterator[TimeMark]:
    for element in elements:
        marks = " ".join(filter(None, (element.get("class"), element.get("itemprop"), element.get("data-testid"))))
        yield TimeMark(
            machine=(element.get("datetime") or "").strip()[:100],
            visible=_visible(element)[:100],
            is_published=element.get("pubdate") is not None or bool(_PUBLISHED_CLASS.search(marks)),
            is_updated=bool(_UPDATED_CLASS.search(marks)),
        )


def _shown_dates(tree: _Element, scripts: tuple[str, ...]) -> tuple[str, ...]:
    """Looked for only where nothing better can be there: it costs as much as all the rest."""
    return () if any('"datePublished"' in script for script in scripts) else tuple(find_shown_dates(tree))


def _micro_dates(tree: _Element) -> Iterator[str]:
    for element in _elements(tree, "//*[@itemprop='datePublished']")[:2]:
        yield (element.get("datetime") or element.get("content") or _visible(element))[:100]


def _bylines(tree: _Element, metas: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Names by source, in the terms of `bylines.SOURCES`."""
    found: dict[str, tuple[str, ...]] = {}
    for tag in AUTHOR_TAGS:
        if tag == "twitter:data1" and not _WRITTEN.search(" ".join(metas.get("twitter:label1", ()))):
            continue
        found[tag] = _distinct(name for value in metas.get(tag, ()) for name in split_names(value))
    found["itemprop"] = _named(_elements(tree, "//*[@itemprop='author']"))
    found["rel"] = _named([a for a in tree.iter("a") if "author" in (a.get("rel") or "").lower().split()])
    found["byline"] = _named(
        [
            e
            for e in _elements(tree, "//*[@class or @data-testid]")
            if _is_byline(f"{e.get('class')} {e.get('data-testid')}")
        ]
    )
    found["author-link"] = _named([a for a in tree.iter("a") if _AUTHOR_LINK.search(a.get("href") or "")])[:1]
    return found


@lru_cache(maxsize=4096)
def _is_byline(label: str) -> bool:
    return bool(_BYLINE_CLASS.search(label))


def _elements(tree: _Element, path: str) -> list[_Element]:
    found = tree.xpath(path)
    return [element for element in found if isinstance(element, _Element)] if isinstance(found, list) else []


def _named(elements: list[_Element]) -> tuple[str, ...]:
    """Names that these elements show: two to five words each, as a lone word is too often a label."""
    texts = []
    for element in elements[:_MAX_MARKS]:
        inner = _elements(element, ".//*[@itemprop='name']")
        text = element.get("content") or _visible(inner[0] if inner else element)
        if text and len(text) <= _MAX_BYLINE:
            texts.append(text)
    names = (name for text in texts for name in split_names(text))
    return _distinct(name for name in names if len(name.split()) in _NAME_WORDS and not re.search(r"\d", name))[:4]


def _distinct(names: Iterator[str]) -> tuple[str, ...]:
    kept: dict[str, str] = {}
    for name in names:
        kept.setdefault(name.casefold(), name)
    return tuple(kept.values())
