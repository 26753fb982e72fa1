"""The page's own structured description: JSON-LD in the vocabulary of schema.org, read leniently.

Publishers wrap it in comments and CDATA, leave commas behind, put several objects in a row, point by "@id" into
"@graph", and give lists where strings are expected. All of that is read; what is still no JSON is left alone.
"""

import html
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from .bylines import split_names
from .prose import heading_key, one_line, words

ARTICLES: Final = words(
    "article newsarticle reportagenewsarticle analysisnewsarticle opinionnewsarticle backgroundnewsarticle "
    "reviewnewsarticle askpublicnewsarticle blogposting liveblogposting socialmediaposting techarticle "
    "scholarlyarticle report review advertisercontentarticle satiricalarticle"
)
_PAGES = words("webpage videoobject itempage recipe podcastepisode event imagegallery mediaobject")
_FOLLOWED = ("@graph", "mainEntity", "mainEntityOfPage", "itemListElement", "item", "hasPart", "about")
_PUBLISHED = ("datePublished", "uploadDate", "dateCreated")
_MAX_DEPTH = 12
_MAX_NODES = 3000
_MAX_REFERENCES = 5  # from one "@id" to the next
_MAX_SECTIONS = 8
_MAX_DIGITS = 6
_MAX_NESTING = 400  # brackets within brackets; deeper text only exhausts the reader
_OPENERS = re.compile(r"^\s*(?:<!--|//\s*<!\[CDATA\[|/\*\s*<!\[CDATA\[\s*\*/|<!\[CDATA\[)")
_CLOSERS = re.compile(r"(?:-->|//\s*\]\]>|/\*\s*\]\]>\s*\*/|\]\]>)\s*;?\s*$")
_HANGING_COMMA = re.compile(r",(\s{0,200}[}\]])")
_BLOCKS = re.compile(r"</?(?:p|div|br|h\d|li|ul|blockquote|figure)\b[^<>]*>", re.IGNORECASE)
_HIDDEN = re.compile(r"<(script|style)\b[^<>]*>[^<]*</\1>", re.IGNORECASE)
_MARKUP = re.compile(r"<[^<>]{1,2000}>")
_LOOKS_LIKE_MARKUP = re.compile(r"</?(?:p|div|br|strong|em|a|h\d|ul|li|span)\b", re.IGNORECASE)

Node = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Structured:
    """What JSON-LD says of the page's main article. Dates are verbatim; empty strings where it is silent."""

    types: frozenset[str] = frozenset()  # of all things described, lower case
    is_article: bool = False
    is_live: bool = False
    is_free: bool | None = None
    headline: str = ""
    other_headlines: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    published: str = ""
    modified: str = ""
    publishers: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    word_count: int = 0  # of the whole text, as the publisher counts it
    description: str = ""
    body: str = ""


def read_structured(
    scripts: Iterable[str], *, urls: tuple[str, ...] = (), headings: frozenset[str] = frozenset()
) -> Structured:
    """The page's article out of its JSON-LD blocks.

    `urls` are the page's addresses and `headings` the keys of its visible headings: they tell its own article from
    teasers of others.
    """
    nodes = [node for script in scripts for node in _nodes(read_leniently(script))][:_MAX_NODES]
    kinds = frozenset(kind for node in nodes for kind in _types(node))
    paths = {_path(url) for url in urls if url}
    main = _main_node(nodes, paths, headings)
    if main is None:
        return Structured(types=kinds)
    ids: dict[str, Node] = {}
    for node in nodes:
        if isinstance(key := node.get("@id"), str) and (node.get("name") or key not in ids):
            ids[key] = node
    own = _types(main)
    return Structured(
        types=kinds,
        is_article=bool(own & ARTICLES) and (_matches(main, paths, headings) > 0 or _articles(nodes) == 1),
        is_live="liveblogposting" in own,
        is_free=_truth(main.get("isAccessibleForFree")),
        headline=_text(main.get("headline")) or _text(main.get("name")),
        other_headlines=tuple(filter(None, (_text(main.get("alternativeHeadline")), _text(main.get("name"))))),
        authors=_authors(main, ids),
        published=next(filter(None, (_instant(main.get(key)) for key in _PUBLISHED)), ""),
        modified=_instant(main.get("dateModified")),
        publishers=tuple(name for _, name in _people(main.get("publisher"), ids)),
        sections=_texts(main.get("articleSection")),
        word_count=_count(main.get("wordCount")),
        description=_text(main.get("description")),
        body=_body(main.get("articleBody") or main.get("text")),
    )


def read_leniently(script: str) -> list[Any]:
    """All JSON values of a script element, in order; [] where nothing in it is JSON."""
    text = _CLOSERS.sub("", _OPENERS.sub("", script.strip().lstrip("\ufeff"))).strip().rstrip(";")
    if _nesting(text) > _MAX_NESTING:
        return []
    found: list[Any] = []
    for attempt in (str, lambda t: _HANGING_COMMA.sub(r"\1", t), html.unescape):
        found = _values(attempt(text))
        if found:
            break
    return found


def _values(text: str) -> list[Any]:
    decoder, values, place = json.JSONDecoder(strict=False), list[Any](), 0
    try:
        while place < len(text):
            value, place = decoder.raw_decode(text, place)
            values.append(value)
            while place < len(text) and text[place] in " \t\r\n,;":
                place += 1
    except (ValueError, RecursionError):
        pass  # what was read until here stands
    return values


def _nesting(text: str) -> int:
    depth = deepest = 0
    for bracket in re.findall(r"[\[\]{}]", text):
        depth += 1 if bracket in "[{" else -1
        deepest = max(deepest, depth)
    return deepest


def _nodes(value: Any, depth: int = 0) -> Iterator[Node]:
    if depth > _MAX_DEPTH:
        return
    if isinstance(value, list):
        for item in value:
            yield from _nodes(item, depth + 1)
    elif isinstance(value, dict):
        yield value
        for key in _FOLLOWED:
            if key in value:
                yield from _nodes(value[key], depth + 1)


def _types(node: Node) -> set[str]:
    kinds = node.get("@type")
    return {str(kind).rsplit("/", 1)[-1].lower() for kind in (kinds if isinstance(kinds, list) else [kinds]) if kind}


def _main_node(nodes: list[Node], paths: set[str], headings: frozenset[str]) -> Node | None:
    scored = [(score, -place, node) for place, node in enumerate(nodes) if (score := _score(node, paths, headings))]
    return max(scored, key=lambda entry: entry[:2])[2] if scored else None


def _score(node: Node, paths: set[str], headings: frozenset[str]) -> float:
    """How likely this is the page's own article; 0 for things that are none."""
    kinds = _types(node)
    score = 4.0 if kinds & ARTICLES else 1.5 if kinds & _PAGES else 0.0
    if not score:
        return 0.0
    if not (_text(node.get("headline") or node.get("name")) or node.get("datePublished")):
        score -= 1
    stated = sum(
        bool(node.get(key)) * worth for key, worth in (("datePublished", 0.5), ("author", 0.5), ("articleBody", 0.3))
    )
    return score + _matches(node, paths, headings) + stated


def _matches(node: Node, paths: set[str], headings: frozenset[str]) -> int:
    """What ties the node to this page rather than to another article: its headline, its address."""
    headline = _text(node.get("headline") or node.get("name"))
    address = _address(node)
    return 3 * (bool(headline) and heading_key(headline) in headings) + 2 * (bool(address) and _path(address) in paths)


def _articles(nodes: list[Node]) -> int:
    """How many different articles are described; lists of teasers describe many."""
    return len({_text(node.get("headline") or node.get("name")) for node in nodes if _types(node) & ARTICLES})


def _address(node: Node) -> str:
    main = node.get("mainEntityOfPage")
    if isinstance(main, dict):
        main = main.get("@id") or main.get("url")
    address = main or node.get("url") or node.get("@id")
    return address if isinstance(address, str) else ""


def _path(url: str) -> str:
    try:
        return urlsplit(url).path.rstrip("/")
    except ValueError:
        return url


def _authors(node: Node, ids: dict[str, Node]) -> tuple[str, ...]:
    """Persons first; organisations only where no person is named."""
    named = _people(node.get("author") or node.get("creator"), ids)
    persons = [name for kind, name in named if kind != "organization"] or [name for _, name in named]
    names: dict[str, str] = {}
    for person in persons:
        for name in split_names(person):
            names.setdefault(name.casefold(), name)
    return tuple(names.values())


def _people(value: Any, ids: dict[str, Node], depth: int = 0) -> list[tuple[str, str]]:
    """(kind, name) of whatever stands under author or publisher."""
    if depth > _MAX_REFERENCES or not value:
        return []
    if isinstance(value, list):
        return [pair for item in value for pair in _people(item, ids, depth + 1)]
    if isinstance(value, str):
        return [("text", one_line(value))]
    if not isinstance(value, dict):
        return []
    target = ids.get(value["@id"]) if "name" not in value and isinstance(value.get("@id"), str) else None
    if target is not None and target is not value:
        return _people(target, ids, depth + 1)
    kind = "organization" if any("organization" in kind for kind in _types(value)) else "person"
    name = value.get("name") or " ".join(str(value[k]) for k in ("givenName", "familyName") if value.get(k))
    return [
        pair if pair[0] != "text" else (kind, pair[1])
        for item in (name if isinstance(name, list) else [name])
        for pair in _people(item, ids, depth + 1)
    ]


def _text(value: Any) -> str:
    if isinstance(value, list):
        value = next((item for item in value if item), "")
    if isinstance(value, dict):
        value = value.get("@value") or value.get("name")
    return one_line(value) if isinstance(value, str) else ""


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(filter(None, map(_text, value[:_MAX_SECTIONS] if isinstance(value, list) else [value])))


def _count(value: Any) -> int:
    """A number as JSON or as digits; 0 for anything else."""
    text = str(value).strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _MAX_DIGITS else 0


def _instant(value: Any) -> str:
    """A date as text; numbers are seconds or milliseconds since 1970, which the date reader knows."""
    if isinstance(value, list):
        value = value[0] if value else ""
    if isinstance(value, dict):
        value = value.get("@value")
    return str(value)[:100].strip() if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def _truth(value: Any) -> bool | None:
    match str(value).strip().casefold().rsplit("/", 1)[-1]:
        case "true" | "yes" | "1":
            return True
        case "false" | "no" | "0":
            return False
        case _:
            return None


def _body(value: Any) -> str:
    """`articleBody` as lines of text."""
    if isinstance(value, list):
        value = "\n".join(item for item in value if isinstance(item, str))
    return text_of_markup(value) if isinstance(value, str) else ""


def text_of_markup(value: str) -> str:
    """Lines of a text into which some publishers put markup, escaped once or twice."""
    text = html.unescape(value)
    if _LOOKS_LIKE_MARKUP.search(text):
        text = _BLOCKS.sub("\n", _HIDDEN.sub(" ", text))
        text = html.unescape(_MARKUP.sub("", text))
    return text.strip()
