"""One entry as feedparser gives it → ParsedEntry."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from .feed_dates import DateRules, entry_dates
from .feed_repair import CAPTION
from .prose import clean
from .records import ParsedEntry
from .text import clean_html, escaped, looks_like_html, one_line, plain_text, plain_title
from .urls import absolute

_HTML_TYPES = frozenset(("text/html", "application/xhtml+xml"))
_PLAIN = "text/plain"
_CAPTION: Final = f"media_{CAPTION}"
_BARE_HOST = re.compile(r"\s*+(www\.(?:[\w-]+\.)+[a-z]{2,24}(?:[/?#]|\s*$))", re.IGNORECASE)
# `News Desk <desk@news.example>` of mail, and feedparser's own join.
_NAME_AND_ADDRESS = re.compile(r"(?P<name>[^()<>@]+)[(<][^\s()<>@]+@[^\s()<>@]+[)>]\s*")


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedContext:
    """What the document says for all its entries."""

    rules: DateRules
    base: str  # channel link, else the document's URL: what links are relative to without xml:base
    document_url: str
    dates_are_dublin_core: bool  # the only update instants of this document are its dc:date elements
    authors: tuple[str, ...]  # those of an Atom feed hold for entries without (RFC 4287 section 4.2.1)


def read_entry(raw: Mapping[str, Any], feed: FeedContext) -> ParsedEntry:
    """The entry in our shape; `raw` is a plain dict of feedparser's own keys."""
    updated, created = raw.get("updated"), raw.get("created")
    dates = entry_dates(
        feed.rules,
        published=raw.get("published"),
        dublin_core=(updated or created) if feed.dates_are_dublin_core else created,
        updated=None if feed.dates_are_dublin_core else updated,
    )
    return ParsedEntry(
        guid=guid_of(raw.get("id")),
        link=_link(raw, feed.base),
        title=plain_title(_text(raw, "title"), is_html=_type(raw, "title") in _HTML_TYPES),
        published=dates.published,
        published_source=dates.source,
        published_assumed_zone=dates.assumed_zone,
        updated=dates.updated,
        summary=_summary(raw),
        content=_content(raw, feed),
        authors=_authors(raw) or feed.authors,
        categories=_categories(raw),
        language=_language(raw),
        source_url=_source_url(raw, feed.base),
    )


def guid_of(value: object) -> str | None:
    """The identifier as it stands, but for blanks around it and characters that nothing can store."""
    return clean(value).strip() or None if isinstance(value, str) else None


def has_repeated_guids(entries: Sequence[ParsedEntry]) -> bool:
    """Whether one guid stands on several entries."""
    guids = [entry.guid for entry in entries if entry.guid]
    return len(set(guids)) < len(guids)


def people(details: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """Names, or addresses where no name is given; each once."""
    names = (plain_title(str(person.get("name") or person.get("email") or ""), is_html=False) for person in details)
    return tuple(dict.fromkeys(name for name in names if name))


def _authors(raw: Mapping[str, Any]) -> tuple[str, ...]:
    """Of one author the text is read again: feedparser's pattern for addresses does not know the long top domains."""
    authors, said = raw.get("authors", ()), raw.get("author")
    if not authors and not said:
        return ()
    if len(authors) > 1 or not isinstance(said, str):
        return people(authors)
    named = _NAME_AND_ADDRESS.fullmatch(said)
    return people(({"name": named["name"] if named else said},))


def _link(raw: Mapping[str, Any], base: str) -> str | None:
    for key in ("feedburner_origlink", "pheedo_origlink"):  # the publisher's own URL behind a counting redirector
        if key in raw and isinstance(original := raw[key], str) and (url := absolute(original, None)):
            return url
    link = raw.get("link") or ""
    # feedparser takes a guid for the link where there is none; a word that is no URL must not become a path.
    is_guid = bool(raw.get("guidislink")) and link == raw.get("id")
    if link.lstrip()[:4].lower() == "www." and _BARE_HOST.match(link):  # never a path, whatever RFC 3986 says
        link = f"//{link.strip()}"
    if url := absolute(link, None if is_guid else base):
        return url
    links = [link for link in raw.get("links", ()) if link.get("rel") == "alternate" and link.get("href")]
    return next((url for link in links if (url := absolute(link["href"], base))), None)


def _summary(raw: Mapping[str, Any]) -> str:
    value = _text(raw, "summary")
    if not (value.strip() or raw.get("content")):  # YouTube says there what a video is about
        value = _text(raw, _CAPTION)
    if _type(raw, "summary") in _HTML_TYPES or looks_like_html(value):
        return plain_text(value)
    return one_line(value)


def _content(raw: Mapping[str, Any], feed: FeedContext) -> str:
    """The first content in HTML, else the first in plain text."""
    if "content" not in raw:
        return ""
    contents = [content for content in raw.get("content", ()) if str(content.get("value") or "").strip()]
    for content in contents:
        if content.get("type") in _HTML_TYPES:
            base = content.get("base")
            explicit = absolute(base, feed.document_url) if base and base != feed.document_url else None
            return clean_html(content["value"], explicit or feed.base)
    return next((escaped(content["value"]) for content in contents if content.get("type") == _PLAIN), "")


def _categories(raw: Mapping[str, Any]) -> tuple[str, ...]:
    if "tags" not in raw:
        return ()
    terms = (plain_title(str(tag.get("term") or tag.get("label") or ""), is_html=False) for tag in raw.get("tags", ()))
    return tuple(dict.fromkeys(term for term in terms if term))


def _language(raw: Mapping[str, Any]) -> str | None:
    if found := language_of(raw.get("language")):
        return found
    for detail in (raw.get("title_detail"), raw.get("summary_detail"), *raw.get("content", ())):
        if detail and (found := language_of(detail.get("language"))):
            return found
    return None


def language_of(value: object) -> str | None:
    """A language tag (BCP 47) as the document spells it, with hyphens."""
    return _language_tag(value) if isinstance(value, str) else None


@lru_cache(maxsize=256)
def _language_tag(value: str) -> str | None:
    return one_line(value).replace("_", "-")[:35] or None


def _source_url(raw: Mapping[str, Any], base: str) -> str | None:
    source = raw.get("source")
    if not isinstance(source, Mapping):
        return None
    links = (source.get("href"), source.get("link"), source.get("id"))
    return next((url for link in links if isinstance(link, str) and (url := absolute(link, base))), None)


def _text(raw: Mapping[str, Any], key: str) -> str:
    value = raw.get(key)
    return value if isinstance(value, str) else ""


def _type(raw: Mapping[str, Any], key: str) -> str:
    detail = raw.get(f"{key}_detail")
    return str(detail.get("type", "")) if detail else ""
