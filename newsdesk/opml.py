"""OPML 2.0: lists of feeds as feed readers exchange them. Pure: bytes in, records out, and back.

What is read is wider than the specification (opml.org/spec2.opml), since hardly any program keeps to it: names of
attributes in any case, bare ampersands, wrong encodings, feeds inside feeds, `feed:` addresses. What is dangerous in
XML is not read at all: document types, entities, anything outside the document.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from extractors.feed_text import FeedText, read_document
from extractors.records import ExtractError
from extractors.text import plain_title
from extractors.urls import canonical_key
from newsdesk.errors import NewsdeskError

NAMESPACE: Final = "https://newsdesk.example/opml"  # of our own attributes; a name, no address

_LARGEST = 10_000_000  # bytes
_DEEPEST = 20  # folders within folders that are kept
_MOST_LEVELS = 100  # outlines within outlines that are read
_MOST_FEEDS = 10_000
_START = re.compile(rb"<\?xml\b|<(?:[\w.-]{1,30}:)?opml\b", re.IGNORECASE)
_ROOT = re.compile(r"<(?:[\w.-]{1,30}:)?opml\b", re.IGNORECASE)
_ROOT_BYTES = re.compile(_ROOT.pattern.encode(), re.IGNORECASE)
_MARK = b"\xef\xbb\xbf"
_FEED_TYPES = frozenset(("rss", "rss1", "rss2", "rdf", "atom", "feed", "json", "jsonfeed", "pie"))
_INCLUSIONS = frozenset(("include", "link"))
# feed://host/path and feed:https://host/path, and the same of podcast programs.
_FEED_SCHEME = re.compile(r"(?:feed|rss|itpc|pcast):(?://)?(?=(https?:)?)", re.IGNORECASE)
_QUALIFIED = re.compile(r"\{([\w.:/#?=&%~+-]+)\}[\w.-]+")
_UNDECLARED = re.compile(r"([\w.-]+):([\w.-]+)")
_OWN: Final = frozenset(("xmlurl", "text"))


class OpmlError(NewsdeskError):
    """A document is no OPML that could be read, or a feed cannot be said in OPML; the text says why, and the remedy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpmlFeed:
    """A feed of a list. `settings` are our own attributes by local name, `attributes` those of other programs.

    A name in a namespace is written `{namespace}name`.
    """

    url: str
    text: str  # as it is shown, as it stands in the document; "" where it gives none
    folders: tuple[str, ...] = ()  # from the outermost to the one that holds the feed
    settings: tuple[tuple[str, str], ...] = ()
    attributes: tuple[tuple[str, str], ...] = ()
    line: int = 0  # of the document; 0 where there is none


@dataclass(frozen=True, slots=True, kw_only=True)
class OpmlDocument:
    """The feeds of a document, each once, and in `problems` one sentence for each thing that is wrong with it."""

    title: str
    feeds: tuple[OpmlFeed, ...]
    problems: tuple[str, ...]


def parse_opml(content: bytes) -> OpmlDocument:
    """The feeds of an OPML document in its order. Raises OpmlError where it is none, or more than 10 MB."""
    if len(content) > _LARGEST:
        raise OpmlError(f"the OPML document has {len(content)} bytes; at most {_LARGEST} are read: split it")
    content, problems = _from_its_start(content)
    root, more = _tree(content)
    found = _ROOT_BYTES.search(content)
    reading = _Reading(lines=content[: found.start()].count(b"\n") if found else 0, problems=[*problems, *more])
    body = next((child for child in root if _local(child) == "body"), root)
    reading.folder(body, ())
    head = next((child for child in root if _local(child) == "head"), None)
    title = next((child.text or "" for child in head if _local(child) == "title"), "") if head is not None else ""
    return OpmlDocument(
        title=plain_title(title, is_html=False),
        feeds=tuple(reading.feeds.values()),
        problems=tuple(dict.fromkeys(reading.problems)),
    )


def category_folders(category: str) -> tuple[str, ...]:
    """The folder that the attribute `category` names: its first path with slashes, as /News/India."""
    paths = (part.strip() for part in category.split(","))
    path = next((part for part in paths if part.startswith("/")), "")
    return tuple(name for part in path.split("/") if (name := part.strip()))[:_DEEPEST]


def write_opml(feeds: Sequence[OpmlFeed], *, title: str) -> bytes:
    """The feeds as OPML 2.0 in UTF-8, folders as nested outlines; the same feeds always give the same bytes.

    Raises OpmlError for an attribute that XML cannot hold.
    """
    from lxml import etree

    root = etree.Element("opml", {"version": "2.0"}, nsmap=_prefixes(feeds))
    etree.SubElement(etree.SubElement(root, "head"), "title").text = title
    folders: dict[tuple[str, ...], Any] = {(): etree.SubElement(root, "body")}
    for feed in feeds:
        for depth, name in enumerate(feed.folders, 1):
            if feed.folders[:depth] not in folders:
                around = folders[feed.folders[: depth - 1]]
                folders[feed.folders[:depth]] = etree.SubElement(around, "outline", text=name, title=name)
        outline = etree.SubElement(folders[feed.folders], "outline")
        for name, value in _written(feed).items():
            _set(outline, name, value, feed)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True))


# ------------------------------------------------------------------ reading


def _from_its_start(content: bytes) -> tuple[bytes, list[str]]:
    """Without what a server may have put before the document, such as warnings."""
    found = _START.search(content)
    if found is None or not content[: found.start()].removeprefix(_MARK).strip() or b"\0" in content[:100]:
        return content, []
    return content[found.start() :], ["other text stands before the document"]


def _tree(content: bytes) -> tuple[Any, list[str]]:
    """The root element, and what is wrong with the document as XML."""
    try:
        document = read_document(content, None)
    except ExtractError as error:
        raise OpmlError(f"the OPML document is not read: {error}") from error
    if document.root != "opml":
        raise OpmlError(f"this is no OPML: {_told(document)}; export your feeds as OPML in the program that has them")
    start = _ROOT.search(document.text)
    prolog = document.text[: start.start()] if start else ""
    problems = [*document.problems]
    if "<!ENTITY" in prolog:
        problems.append("it declares entities of its own, which are not read")
    if document.truncated:
        problems.append("it ends before its last element does")
    root, fault = _parsed(document.text[len(prolog) :])
    return root, [*problems, *((f"it is not well-formed XML ({fault})",) if fault else ())]


def _told(document: FeedText) -> str:
    """What a document is that is no OPML."""
    if document.root:
        return f"its root element is <{document.root}>"
    told = (document.not_a_feed_reason or "").removesuffix(", so it is not a feed.").removesuffix(", not a feed.")
    return told.replace("The document", "it").strip(".")


def _parsed(text: str) -> tuple[Any, str]:
    """The root element of a document without prolog, and the parser's first complaint."""
    from lxml import etree

    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(text.encode(), parser)
    except etree.XMLSyntaxError as error:
        raise OpmlError(f"this is no OPML: {error}; export your list of feeds anew") from error
    if root is None:
        raise OpmlError("this is no OPML: it has no element at all; export your list of feeds anew")
    # Prefixes without a namespace are common and do no harm.
    faults = (one.message for one in parser.error_log if one.domain_name != "NAMESPACE")
    return root, next(faults, "")


@dataclass(slots=True, kw_only=True)
class _Reading:
    """One walk through the outlines."""

    lines: int  # that stand before the root element
    problems: list[str]
    feeds: dict[str, OpmlFeed] = field(default_factory=dict)  # by canonical key
    is_full: bool = False

    def folder(self, element: Any, folders: tuple[str, ...], level: int = 0) -> None:
        """Read what an element holds; `folders` are those around it."""
        for outline in element:
            if _local(outline) == "outline":
                self._outline(outline, folders, level + 1)

    def _outline(self, outline: Any, folders: tuple[str, ...], level: int) -> None:
        plain = {name.lower(): value.strip() for name, value in reversed(outline.attrib.items())}
        name = plain.get("text") or plain.get("title") or ""
        if plain.get("iscomment", "").lower() == "true":
            self._tell(outline, f"“{name}” is commented out, with all that stands in it")
            return
        has_parts = any(_local(child) == "outline" for child in outline)
        url = plain.get("xmlurl") or (plain.get("url", "") if plain.get("type", "").lower() in _FEED_TYPES else "")
        if url:
            self._add(outline, url, plain, folders)
            if has_parts:
                self._tell(outline, f"“{name or url}” is a feed and holds outlines: they are read as if beside it")
        elif not has_parts:
            self._empty(outline, plain, name)
        if has_parts and level < _MOST_LEVELS:
            self.folder(outline, folders if url or not name else (*folders, name)[:_DEEPEST], level)
        elif has_parts:
            self._tell(outline, f"outlines nest more than {_MOST_LEVELS} deep: what stands deeper is not read")

    def _add(self, outline: Any, url: str, plain: Mapping[str, str], folders: tuple[str, ...]) -> None:
        if len(self.feeds) >= _MOST_FEEDS:
            if not self.is_full:
                self._tell(outline, f"here are more than {_MOST_FEEDS} feeds: the rest is not read; split the document")
            self.is_full = True
            return
        feed = OpmlFeed(
            url=_http(url),
            text=plain.get("text") or plain.get("title") or "",
            folders=folders,
            settings=tuple(_settings(outline)),
            attributes=tuple(_attributes(outline, plain)),
            line=self._line(outline),
        )
        first = self.feeds.setdefault(_key(feed.url), feed)
        if first is not feed:
            where = f" in “{'/'.join(folders)}”" if folders != first.folders and folders else ""
            self._tell(outline, f"{feed.url}{where} is the same feed as in line {first.line}: it is taken once")

    def _empty(self, outline: Any, plain: Mapping[str, str], name: str) -> None:
        """An outline that is neither feed nor folder: told where a feed may have been meant."""
        kind = plain.get("type", "").lower()
        if kind in _INCLUSIONS and plain.get("url"):
            self._tell(
                outline, f"“{name}” includes {plain['url']}, which is not fetched; fetch and import it by itself"
            )
        elif kind in _FEED_TYPES or "xmlurl" in plain:
            home = plain.get("htmlurl")
            remedy = f"try `newsdesk feeds discover {home}`" if home else "add its address as xmlUrl"
            self._tell(outline, f"“{name}” is said to be a feed but has no xmlUrl; {remedy}")

    def _tell(self, outline: Any, what: str) -> None:
        self.problems.append(f"line {self._line(outline)}: {what}")

    def _line(self, outline: Any) -> int:
        return self.lines + int(outline.sourceline or 0)


def _attributes(outline: Any, plain: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """What other programs wrote: all but what an export writes by itself, so that it comes out again as it went in."""
    text = plain.get("text") or plain.get("title") or ""
    derived = {"type": "rss", "title": text}
    for name, value in outline.attrib.items():
        known = name.lower()
        if known in _OWN or name.startswith(f"{{{NAMESPACE}}}") or derived.get(name) == value:
            continue
        undeclared = _UNDECLARED.fullmatch(name)  # a prefix without a namespace becomes one
        yield (f"{{{undeclared[1]}}}{undeclared[2]}" if undeclared else name), value


def _settings(outline: Any) -> Iterator[tuple[str, str]]:
    prefix = f"{{{NAMESPACE}}}"
    return ((name[len(prefix) :], value) for name, value in outline.attrib.items() if name.startswith(prefix))


def _http(url: str) -> str:
    found = _FEED_SCHEME.match(url)
    if not found:
        return url
    return url[found.end() :] if found[1] else f"http://{url[found.end() :]}"


def _key(url: str) -> str:
    try:
        return canonical_key(url)
    except ExtractError:
        return url  # whoever uses it says what is wrong


def _local(element: Any) -> str:
    tag = element.tag  # of comments and instructions it is a function
    return tag.rpartition("}")[2].rpartition(":")[2].lower() if isinstance(tag, str) else ""


# ------------------------------------------------------------------ writing


def _prefixes(feeds: Sequence[OpmlFeed]) -> dict[str, str]:
    """The namespaces of all attributes, by prefixes that do not hang on the order of the feeds."""
    named = {found[1] for feed in feeds for name, _ in feed.attributes if (found := _QUALIFIED.fullmatch(name))}
    return {"newsdesk": NAMESPACE} | {f"x{number}": uri for number, uri in enumerate(sorted(named), 1)}


def _written(feed: OpmlFeed) -> dict[str, str]:
    """The attributes of an outline; those of other programs win over what is only derived."""
    ours = f"{{{NAMESPACE}}}"
    own = {f"{ours}{name}": value for name, value in feed.settings}
    for name, _ in feed.attributes:
        if name.lower() in _OWN or name.startswith(ours):
            raise OpmlError(
                f"{feed.url}: the attribute {name} is written by Newsdesk itself; remove it from `outline:`"
            )
    plain = {"type": "rss", "text": feed.text, "title": feed.text, "xmlUrl": feed.url}
    return plain | dict(feed.attributes) | own


def _set(outline: Any, name: str, value: str, feed: OpmlFeed) -> None:
    try:
        outline.set(name, value)
    except ValueError as error:
        raise OpmlError(f"{feed.url}: XML cannot hold the attribute {name!r} ({error}); correct `outline:`") from error
