"""One entry of a sound feed → the keys that feedparser gives for it, as far as `feed_entry` asks for them.

Each rule does what feedparser 6.0.14 does with that element, in the order of the document. Whatever would need a rule
that is not here raises UnfitError, and feedparser reads the document.
"""

import re
from collections.abc import Callable, Container, Mapping
from html.entities import entitydefs
from typing import Any, Final

from .feed_names import HTML_TAGS, is_only_noted, tags_of

_PLAIN, _HTML = "text/plain", "text/html"
_TYPES: Final = {
    "text": _PLAIN, "plain": _PLAIN, "text/plain": _PLAIN, "html": _HTML, "text/html": _HTML,
}  # fmt: skip
_LANGUAGE: Final = "{http://www.w3.org/XML/1998/namespace}lang"
_ABOUT: Final = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"
_SLASHES = re.compile(r"^([A-Za-z][A-Za-z0-9+-.]*://)/*")
_LINK_TYPES: Final = frozenset(("html", "text/html", "xhtml", "application/xhtml+xml"))
_END_TAG = re.compile(r"</\w+>")
_TAG = re.compile(r"</?(\w+)")
_REFERENCE = re.compile(r"&#?\w+;")
_NAMED_REFERENCE = re.compile(r"&(\w+);")
_QUERY_REFERENCE = re.compile(r"&([A-Za-z0-9_]+);")
_SHADOWED: Final = frozenset(("rel", "type", "href", "url", "uri", "base", "lang", "lastmod", "ispermalink"))


class UnfitError(Exception):
    """The document is feedparser's to read."""


class Reading:
    """The keys of one entry, or of the feed, while its elements are read."""

    __slots__ = ("caption_depth", "has_content", "has_person", "has_source", "has_title", "is_atom", "keys", "language")

    def __init__(self, *, is_atom: bool, language: str | None) -> None:
        self.keys: dict[str, Any] = {}
        self.is_atom = is_atom
        self.language = language
        self.has_content = self.has_person = self.has_source = self.has_title = False
        self.caption_depth = 0


Rule = Callable[[Any, Reading], None]


def read_raw_entry(element: Any, *, is_atom: bool, language: str | None) -> dict[str, Any]:
    """The keys of the entry `element`. Raises UnfitError where feedparser might give others."""
    entry = Reading(is_atom=is_atom, language=language)
    if element.keys():
        check_attributes(element)
        if about := element.get(_ABOUT):
            entry.keys["id"] = about
    for child in element:
        rule = _ENTRY_RULES.get(child.tag)
        if rule is not None:
            rule(child, entry)
        elif not is_only_noted(child.tag, child.prefix):
            raise UnfitError(child.tag)
        elif len(child):
            _read_inner(child, entry, 2)
    return entry.keys


def text_of(element: Any) -> str:
    """The text of an element without children, as feedparser mends it."""
    if len(element):
        raise UnfitError(element.tag)
    text = element.text
    if text is None:
        return ""
    text = text.strip()
    return text if text.isascii() else mended(text)


def mended(text: str) -> str:
    """UTF-8 that was taken for latin-1 put right. There are no controls here that are letters of windows-1252."""
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text


def detail_of(element: Any, entry: Reading, default: str) -> dict[str, Any]:
    """Type and language of an element that holds text or HTML."""
    kind, language = default, entry.language
    for name, value in element.items():
        if name == "type":
            kind = _TYPES.get(value.lower(), "")
        elif name == _LANGUAGE:
            language = value.replace("_", "-") or None
        else:
            kind = ""
    if not kind:
        raise UnfitError(element.tag)
    return {"type": kind if entry.is_atom or kind == _HTML else _settled(element), "language": language}


def _settled(element: Any) -> str:
    """What is called plain text in RSS is HTML where it looks like that to feedparser."""
    text = (element.text or "").strip()
    if not (("</" in text and _END_TAG.search(text)) or ("&" in text and _REFERENCE.search(text))):
        return _PLAIN
    is_html = all(tag.lower() in HTML_TAGS for tag in _TAG.findall(text)) and all(
        name in entitydefs for name in _NAMED_REFERENCE.findall(text)
    )
    return _HTML if is_html else _PLAIN


def resolved(link: str) -> str:
    """A link as feedparser resolves it where there is no base."""
    return _SLASHES.sub(r"\1", link) if ":///" in link else link


def rules_by_tag(rules: Mapping[Rule, tuple[str, ...]]) -> dict[str, Rule]:
    """The rule for every tag that the names mean."""
    return {tag: rule for rule, names in rules.items() for tag in tags_of(*names)}


def read_link(element: Any, keys: dict[str, Any], *, of_entry: bool) -> None:
    """A link as text (RSS) or as attribute (Atom)."""
    links = keys.setdefault("links", [])
    if not element.keys():
        link = resolved(text_of(element))
        if "&" in link:
            link = _QUERY_REFERENCE.sub(r"&\1", link.replace("&amp;", "&") if of_entry else link)
        keys["link"] = link
        links.append({"rel": "alternate", "href": link})
        return
    attributes = plain_attributes(element)
    relation = attributes.get("rel", "alternate").lower()
    href = attributes.get("url", attributes.get("uri", attributes.get("href")))
    if not href or len(element):
        raise UnfitError("a link with attributes, but none to follow")
    href = resolved(href)
    links.append({"rel": relation, "href": href})
    if relation == "alternate" and attributes.get("type", _HTML).lower() in _LINK_TYPES:
        keys["link"] = href


def plain_attributes(element: Any) -> dict[str, str]:
    """Attributes without a namespace. feedparser takes those of unknown namespaces for such, too."""
    attributes = {}
    for name, value in element.items():
        if name.startswith("{"):
            if name.rpartition("}")[2].lower() in _SHADOWED:
                raise UnfitError(name)
        elif name != name.lower() or name in ("base", "lang"):
            raise UnfitError(name)
        else:
            attributes[name] = value
    return attributes


def read_author(element: Any, entry: Reading) -> None:
    """An author as text (RSS, Dublin Core) or as a person (Atom)."""
    keys = entry.keys
    authors, said = keys.setdefault("authors", []), keys.get("author", "")
    person: dict[str, str] = {}
    is_person = len(element) > 0
    if authors and is_person != entry.has_person:
        raise UnfitError("feedparser mixes persons and texts")
    entry.has_person = is_person
    if is_person:
        keys["author"] = _read_person(element, person)
    else:
        keys["author"] = text_of(element)
        if keys["author"]:
            person["name"] = keys["author"]
    authors.append(person)
    if len(authors) > 1 and ((is_person and "name" not in person) or "@" in keys["author"] or "@" in said):
        raise UnfitError("of several authors feedparser parts the addresses, and mixes what one has not")


def _read_person(element: Any, person: dict[str, str]) -> str:
    if element.text and element.text.strip():
        raise UnfitError("an author of text and elements")
    for child in element:
        key = _PERSON.get(child.tag)
        if len(child) or (child.tail and child.tail.strip()):
            raise UnfitError(child.tag)
        if key:
            person[key] = (child.text or "").strip()
        elif not is_only_noted(child.tag, child.prefix) or (child.keys() and child.text):
            raise UnfitError(child.tag)  # with attributes, its text is the author's
    name, email = person.get("name"), person.get("email")
    return f"{name} ({email})" if name and email else name or email or ""


def _read_inner(element: Any, entry: Reading, depth: int) -> None:
    """The children, which stand at `depth` below the entry. feedparser reads them as if they stood in the entry."""
    for child in element:
        if child.tag in _CAPTIONS:
            _read_caption(child, entry, depth)
        elif child.tag in _MEDIA_TITLES:
            _read_media_title(child, entry)
        elif child.tag not in _MEDIA and not is_only_noted(child.tag, child.prefix):
            raise UnfitError(child.tag)
        elif len(child):
            _read_inner(child, entry, depth + 1)


def pass_by(element: Any, _: Reading) -> None:
    """Nothing of this element is asked for."""
    if len(element):
        raise UnfitError(element.tag)


def check_attributes(element: Any, *, allowed: Container[str] = ()) -> None:
    """Raise UnfitError for attributes that mean something to feedparser, in whatever namespace."""
    for name in element.keys():  # noqa: SIM118 -- an element of lxml: without it, its children
        if name not in allowed and name.rpartition("}")[2].lower() in _SHADOWED:
            raise UnfitError(name)


def read_title(element: Any, entry: Reading) -> None:
    """The first title; feedparser has a rule of its own for each further one."""
    if "title" in entry.keys:
        raise UnfitError("two titles")
    detail, title = detail_of(element, entry, _PLAIN), text_of(element)
    entry.keys["title"], entry.keys["title_detail"] = title, detail
    entry.has_title = bool(title) and not entry.has_source


def _read_entry_link(element: Any, entry: Reading) -> None:
    read_link(element, entry.keys, of_entry=True)


def read_identifier(element: Any, entry: Reading) -> None:
    """A guid or id, which is the link, too, where none stands before it."""
    keys, names = entry.keys, element.keys()
    if "guidislink" in keys or (names and names != ["isPermaLink"]):
        raise UnfitError("several identifiers, or one with strange attributes")
    is_link = element.get("isPermaLink", "true") == "true"
    identifier = text_of(element)
    keys["id"] = identifier = resolved(identifier) if is_link else identifier
    keys["guidislink"] = is_link and "link" not in keys
    if is_link:
        keys.setdefault("link", identifier)


def _read_description(element: Any, entry: Reading) -> None:
    _read_summary(element, entry, _HTML)


def _read_summary(element: Any, entry: Reading, default: str = _PLAIN) -> None:
    if "summary" in entry.keys and not entry.has_content:
        raise UnfitError("feedparser takes a second summary for the content")
    detail, summary = detail_of(element, entry, default), text_of(element)
    entry.keys["summary"], entry.keys["summary_detail"] = summary, detail


def _read_encoded(element: Any, entry: Reading) -> None:
    _read_content(element, entry, _HTML)


def _read_content(element: Any, entry: Reading, default: str = _PLAIN) -> None:
    detail, content = detail_of(element, entry, default), text_of(element)
    detail["value"] = content
    entry.has_content = True
    entry.keys.setdefault("content", []).append(detail)
    entry.keys.setdefault("summary", content)


def text_rule(key: str) -> Rule:
    """For an element whose text is all that is asked for."""

    def read(element: Any, entry: Reading) -> None:
        entry.keys[key] = text_of(element)

    return read


def noted_rule(key: str) -> Rule:
    """For an element without a rule of feedparser's, which notes its text only where it has no attributes."""

    def read(element: Any, entry: Reading) -> None:
        if element.keys():
            raise UnfitError(element.tag)
        entry.keys[key] = text_of(element)

    return read


def _read_category(element: Any, entry: Reading) -> None:
    tags: list[Mapping[str, str | None]] = entry.keys.setdefault("tags", [])
    if element.keys():
        attributes = plain_attributes(element)
        tag = {
            "term": attributes.get("term"),
            "scheme": attributes.get("scheme", attributes.get("domain")),
            "label": attributes.get("label"),
        }
        if any(tag.values()) and tag not in tags:
            tags.append(tag)
    term = text_of(element)
    if term and tags and not tags[-1]["term"]:
        tags[-1] = {**tags[-1], "term": term}
    elif term:
        tags.append({"term": term, "scheme": None, "label": None})


def _read_source(element: Any, entry: Reading) -> None:
    names = element.keys()
    if len(element) or entry.has_source or (names and names != ["url"]):
        raise UnfitError(element.tag)
    entry.keys["source"] = {"href": element.get("url")}
    entry.has_source, entry.has_title = True, False


def _read_media_title(element: Any, entry: Reading) -> None:
    if not entry.has_title or len(element):
        raise UnfitError("feedparser takes it for the title of the entry")


def _read_caption(element: Any, entry: Reading, depth: int = 1) -> None:
    if element.keys():
        raise UnfitError(element.tag)
    caption = text_of(element)
    if not entry.caption_depth or depth <= entry.caption_depth:
        entry.keys["media_caption"], entry.caption_depth = caption, depth


def read_contributor(element: Any, _: Reading) -> None:
    """A person of Atom that nobody asks for."""
    _read_person(element, {})


def _read_media(element: Any, entry: Reading) -> None:
    if len(element):
        _read_inner(element, entry, 2)


_PERSON: Final = {
    **dict.fromkeys(tags_of("name"), "name"),
    **dict.fromkeys(tags_of("email"), "email"),
    **dict.fromkeys(tags_of("uri", "url"), "href"),
}
_CAPTIONS: Final = frozenset(tags_of("media:caption"))
_MEDIA_TITLES: Final = frozenset(tags_of("media:title"))
_MEDIA: Final = frozenset(
    tags_of(
        "media:content", "media:credit", "media:group", "media:player", "media:rating", "media:restriction",
        "media:thumbnail",
    )
)  # fmt: skip
_ENTRY_RULES: Final[dict[str, Rule]] = rules_by_tag(
    {
        read_title: ("title",),
        _read_entry_link: ("link",),
        read_identifier: ("guid", "id"),
        _read_description: ("description",),
        _read_summary: ("summary",),
        _read_encoded: ("content:encoded",),
        _read_content: ("content",),
        text_rule("published"): ("pubDate", "pubdate", "published", "issued", "dcterms:issued"),
        text_rule("updated"): ("updated", "modified", "lastBuildDate", "dc:date", "dcterms:modified"),
        text_rule("created"): ("created", "dcterms:created"),
        text_rule("language"): ("language", "dc:language"),
        noted_rule("feedburner_origlink"): ("feedburner:origLink",),
        read_author: ("author", "dc:creator", "dc:author"),
        _read_category: ("category", "dc:subject"),
        _read_source: ("source",),
        read_contributor: ("contributor",),
        _read_caption: ("media:caption",),
        _read_media_title: ("media:title",),
        pass_by: (
            "copyright", "dc:contributor", "dc:publisher", "dc:rights", "enclosure", "expirationDate", "generator",
            "rights",
        ),
    }
) | dict.fromkeys(_MEDIA, _read_media)  # fmt: skip
