"""JSON Feed 1.0 and 1.1 (jsonfeed.org/version/1.1) → ParsedFeed."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from .feed_dates import DateRules, entry_dates
from .feed_entry import guid_of, has_repeated_guids, language_of, people
from .feed_text import FeedText, damage, not_a_feed
from .records import ParsedEntry, ParsedFeed
from .text import clean_html, escaped, one_line, plain_text, plain_title
from .urls import absolute

_VERSION: Final = re.compile(r"https?://(?:www\.)?jsonfeed\.org/version/(\d(?:\.\d)?)")
_ITEMS: Final = re.compile(r",?\s*\"items\"\s*:\s*\[")
_BETWEEN: Final = re.compile(r"[\s,]*")


def parse_json_feed(document: FeedText, url: str, rules: DateRules) -> ParsedFeed:
    """The feed; of a document that breaks off, what stands before the break."""
    feed, problem = _loaded(document.text)
    version = _VERSION.match(str(feed.get("version", "")))
    if not version:
        reason = problem or "names no version of jsonfeed.org"
        return not_a_feed(f"The JSON document {reason}.")
    items = feed.get("items")
    problems = [*document.problems, *((f"it {problem}",) if problem else ())]
    if not isinstance(items, list):
        items = []
        problems.append("it has no list of items")
    link = _url(feed, "home_page_url", url)
    entries = tuple(_entry(item, feed, link or url, rules) for item in items if isinstance(item, dict))
    if len(entries) < len(items):
        problems.append(f"{len(items) - len(entries)} of its items are no objects")
    return ParsedFeed(
        format="json11" if version[1] == "1.1" else "json10",
        title=plain_title(_text(feed, "title"), is_html=False),
        link=link,
        language=language_of(feed.get("language")),
        entries=entries,
        bozo_reason=damage(problems),
        self_url=_url(feed, "feed_url", url),
        hub_urls=tuple(hub for entry in _objects(feed, "hubs") if (hub := _url(entry, "url", url))),
        next_url=_url(feed, "next_url", url),
        repeated_guids=has_repeated_guids(entries),
        truncated=problem is not None,
        reader="json",
    )


def _entry(item: Mapping[str, Any], feed: Mapping[str, Any], base: str, rules: DateRules) -> ParsedEntry:
    dates = entry_dates(
        rules, published=item.get("date_published"), dublin_core=None, updated=item.get("date_modified")
    )
    html, text, summary = (_text(item, key) for key in ("content_html", "content_text", "summary"))
    return ParsedEntry(
        guid=guid_of(_identifier(item.get("id"))),
        link=_url(item, "url", base) or _url(item, "external_url", base),
        title=plain_title(_text(item, "title"), is_html=False),
        published=dates.published,
        published_source=dates.source,
        published_assumed_zone=dates.assumed_zone,
        updated=dates.updated,
        summary=one_line(summary or text) or plain_text(html),
        content=clean_html(html, base) if html else escaped(text),
        authors=_authors(item) or _authors(feed),
        categories=_tags(item),
        language=language_of(item.get("language")),
        source_url=None,
    )


def _identifier(value: object) -> object:
    """Version 1.1: a number, where a text should stand, is its text."""
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def _authors(thing: Mapping[str, Any]) -> tuple[str, ...]:
    """`authors` of 1.1, else `author` of 1.0."""
    author = thing.get("author")
    return people(_objects(thing, "authors")) or people((author,) if isinstance(author, dict) else ())


def _tags(item: Mapping[str, Any]) -> tuple[str, ...]:
    tags = item.get("tags")
    texts = (one_line(tag) for tag in tags if isinstance(tag, str)) if isinstance(tags, list) else ()
    return tuple(dict.fromkeys(text for text in texts if text))


def _objects(thing: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
    value = thing.get(key)
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _text(thing: Mapping[str, Any], key: str) -> str:
    value = thing.get(key)
    # half of a surrogate pair can be written in JSON, and stored nowhere
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else ""


def _url(thing: Mapping[str, Any], key: str, base: str) -> str | None:
    return absolute(_text(thing, key), base)


def _loaded(text: str) -> tuple[dict[str, Any], str | None]:
    """The object, and what is wrong with the text; of a broken text whatever stands before the break."""
    decoder = json.JSONDecoder(strict=False)  # raw line ends in texts are a common slip
    try:
        loaded = decoder.decode(text)
    except (ValueError, RecursionError):
        return _salvaged(text, decoder), "breaks off or is not JSON throughout"
    return (loaded, None) if isinstance(loaded, dict) else ({}, "is no object")


def _salvaged(text: str, decoder: json.JSONDecoder) -> dict[str, Any]:
    start = _ITEMS.search(text)
    if not start:
        return {}
    try:
        head = decoder.decode(text[: start.start()] + "}")
    except (ValueError, RecursionError):
        return {}
    return {**head, "items": list(_whole_items(text, start.end(), decoder))} if isinstance(head, dict) else {}


def _whole_items(text: str, place: int, decoder: json.JSONDecoder) -> Iterator[Any]:
    while True:
        place = _BETWEEN.match(text, place).end()  # type: ignore[union-attr]  # it matches nothing too
        try:
            item, place = decoder.raw_decode(text, place)
        except (ValueError, RecursionError):
            return
        yield item
