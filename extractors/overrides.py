"""What an operator says of one site's pages: tried before all engines, checked against them, reported where it fails.

A selector that once was right goes wrong in silence when the site changes. So what it matches must be able to be the
field: a date that can be read, names, a text that is no mere part of what the engines find. Where it is not, the
engines' answer stands, and the record says which selector failed and how.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from .body import MIN_TEXT, block_lines
from .bylines import split_names
from .instants import Instant, date_fault, read_instant
from .prose import heading_key, one_line
from .records import OverrideEnd, OverrideUse, SiteOverride
from .selecting import CostlyError, SelectorError, check_selector, select
from .urls import host_of

SURE: Final = 0.98  # confidence in a field that the engines find too
LIKELY: Final = 0.85  # in one that they do not
_MOST_REMOVED = 20
_LEAST_SHARE = 0.3  # of the engines' text, that a text in its place must have
_LONGEST_TITLE = 500
_SHORTEST_TITLE = 4
_MAX_TEXTS = 200  # pieces of text of a title, a date or a byline
_HOST = re.compile(r"(?:\*\.)?[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Overridden:
    """What the selectors give of a page; "" and None where they give nothing that can be used."""

    title: str = ""
    authors: tuple[str, ...] = ()
    published: Instant | None = None
    body: str = ""
    removed: bool = False  # the tree has lost elements
    uses: tuple[OverrideUse, ...] = ()


def check_host(text: str) -> str:
    """A host, or `*.` and a host for it and all below it, in lower case. Raises SelectorError."""
    written = text.strip().lower()
    star = "*." if written.startswith("*.") else ""
    name = written.removeprefix(star)
    host = star + (
        name if _HOST.fullmatch(name) or not name.replace("-", "").replace(".", "").isalnum() else _idna(name)
    )
    if not _HOST.fullmatch(host):
        advice = "write press.example, or *.press.example for it and all hosts below it"
        raise SelectorError(f"{written[:60]!r} is no host; {advice}")
    return host


def _idna(name: str) -> str:
    """The name as addresses have it: zeitung-köln becomes xn--zeitung-kln-zfb."""
    return host_of(f"https://{name}/")


def check_few(removed: tuple[str, ...]) -> tuple[str, ...]:
    """The selectors of `remove`, if they are not too many. Raises SelectorError."""
    if len(removed) > _MOST_REMOVED:
        raise SelectorError(
            f"has {len(removed)} selectors; write at most {_MOST_REMOVED}, as one may hold alternatives"
        )
    return removed


def check_override(override: SiteOverride) -> SiteOverride:
    """The override with its host and selectors checked and trimmed. Raises SelectorError with the key that is wrong."""
    checked: dict[str, Any] = {"host": check_host(override.host)}
    for field, selector in _selectors(override):
        try:
            checked[field] = check_selector(selector)
        except SelectorError as error:
            raise SelectorError(f"{field}: {error}") from error
    removed = []
    check_few(override.remove)
    for selector in override.remove:
        try:
            removed.append(check_selector(selector))
        except SelectorError as error:
            raise SelectorError(f"remove: {error}") from error
    return SiteOverride(**checked, remove=tuple(removed))


def find_override(overrides: Iterable[SiteOverride], url: str) -> SiteOverride | None:
    """The override for the host of `url`, with or without www.

    The host itself goes before a pattern, and a longer pattern before a shorter one.
    """
    host = host_of(url)
    bare = host.removeprefix("www.")
    fitting = [
        o for o in overrides if o.host in {host, bare} or (o.host.startswith("*.") and f".{host}".endswith(o.host[1:]))
    ]
    return max(fitting, key=lambda o: (not o.host.startswith("*."), len(o.host)), default=None)


def apply_override(override: SiteOverride | None, tree: Any, *, now: datetime | None = None) -> Overridden:
    """What the selectors of a checked override match; the elements to remove are taken out of the tree."""
    if override is None:
        return Overridden()
    found = {field: _Found(field, selector, tree) for field, selector in _selectors(override)}
    title, authors = _title(found.get("title")), _authors(found.get("author"))
    published = _published(found.get("date"), now)
    uses = [_Found("remove", selector, tree) for selector in override.remove]
    removed = [element for use in uses for element in use.elements()]
    for element in removed:
        _drop(element)
    body = _body(found.get("body"))
    return Overridden(
        title=title,
        authors=authors,
        published=published,
        body=body,
        removed=bool(removed),
        uses=tuple(one.use() for one in (*found.values(), *uses)),
    )


def is_plausible_body(text: str, engines: str) -> bool:
    """Whether a text can stand in the place of the engines': a teaser or a caption cannot."""
    return len(text) >= max(min(MIN_TEXT, len(engines)), _LEAST_SHARE * len(engines))


def refuse(uses: tuple[OverrideUse, ...], field: str, why: str) -> tuple[OverrideUse, ...]:
    """The uses with that field's selector refused."""
    return tuple(
        OverrideUse(field=use.field, selector=use.selector, end=OverrideEnd.REFUSED, why=why)
        if use.field == field and use.end is OverrideEnd.USED
        else use
        for use in uses
    )


def agrees(title: str, known: Iterable[str]) -> bool:
    """Whether the page states this headline elsewhere too."""
    return heading_key(title) in {heading_key(text) for text in known}


def _selectors(override: SiteOverride) -> list[tuple[str, str]]:
    pairs = (("title", override.title), ("body", override.body), ("date", override.date), ("author", override.author))
    return [(field, selector) for field, selector in pairs if selector is not None]


class _Found:
    """What one selector matches, and what becomes of it."""

    def __init__(self, field: str, selector: str, tree: Any) -> None:
        self.field, self.selector, self.why = field, selector, ""
        self.nodes: list[Any] = []
        try:
            self.nodes = select(selector, tree)
        except (CostlyError, SelectorError) as error:
            self.why = str(error)
        self.matches = bool(self.nodes)

    def elements(self) -> list[Any]:
        """Outermost ones; the page as a whole is none of them."""
        matched = {node for node in self.nodes if not isinstance(node, str)}
        return [
            node
            for node in self.nodes
            if node in matched
            and node.getparent() is not None
            and not any(around in matched for around in node.iterancestors())
        ]

    def texts(self) -> list[str]:
        """One line for each match: of an element its machine text first, where it has one."""
        return [text for node in self.nodes if (text := one_line(_text(node)))]

    def use(self) -> OverrideUse:
        if self.why:
            return OverrideUse(field=self.field, selector=self.selector, end=OverrideEnd.REFUSED, why=self.why)
        end = OverrideEnd.USED if self.matches else OverrideEnd.MISSED
        why = "" if self.matches else "it matches nothing on this page"
        return OverrideUse(field=self.field, selector=self.selector, end=end, why=why)


def _text(node: Any) -> str:
    if isinstance(node, str):
        return node
    stated = node.get("datetime") or node.get("content")
    return (
        str(stated)
        if stated
        else " ".join(str(text) for text, _ in zip(node.itertext(), range(_MAX_TEXTS), strict=False))
    )


def _title(found: _Found | None) -> str:
    if found is None or not found.matches:
        return ""
    title = next(iter(found.texts()), "")
    if _SHORTEST_TITLE <= len(title) <= _LONGEST_TITLE:
        return title
    found.why = f"it matches {len(title)} characters, which is no headline"
    return ""


def _authors(found: _Found | None) -> tuple[str, ...]:
    if found is None or not found.matches:
        return ()
    names = tuple(dict.fromkeys(name for text in found.texts() for name in split_names(text)))
    if not names:
        found.why = "what it matches holds no name"
    return names


def _published(found: _Found | None, now: datetime | None) -> Instant | None:
    if found is None or not found.matches:
        return None
    text = next(iter(found.texts()), "")
    instant = read_instant(text, "override")
    if instant is None or (fault := date_fault(text, instant, now)):
        found.why = f"{text[:60]!r} is no date" if instant is None else f"{text[:60]!r} is a date of the {fault}"
        return None
    return instant


def _body(found: _Found | None) -> str:
    if found is None or not found.matches:
        return ""
    texts = [node for node in found.nodes if isinstance(node, str)]
    text = "\n".join([*map(block_lines, found.elements()), *texts]).strip()
    if not text:
        found.why = "what it matches holds no text"
    return text


def _drop(element: Any) -> None:
    """Out of its tree, with all in it; the text behind it stays."""
    parent, before, tail = element.getparent(), element.getprevious(), element.tail
    if parent is None:
        return
    if tail:
        if before is not None:
            before.tail = (before.tail or "") + tail
        else:
            parent.text = (parent.text or "") + tail
    parent.remove(element)
