"""Both readings of a document: that of the fast reader, complete or not, and that of feedparser."""

from collections.abc import Sequence
from dataclasses import fields, replace

from extractors import ExtractError, ParsedFeed, parse_feed
from extractors.feed import _feed_of
from extractors.feed_dates import DateRules
from extractors.feed_fast import read_raw_feed

URL = "https://feeds.example/section/document"
RULES = DateRules(default_zone=None, day_first=True, now=None)


def fast(content: bytes, content_type: str | None = None) -> ParsedFeed | None:
    """What the fast reader makes of a document, even where an entry is so bare that feedparser is asked."""
    raw = read_raw_feed(content, content_type)
    return _feed_of(raw, URL, RULES) if raw else None


def difference(content: bytes, content_type: str | None = None) -> str | None:
    """The first field in which the fast reader does not agree with feedparser; None also where it refuses."""
    seen = fast(content, content_type)
    if seen is None:
        return None
    try:
        sure = parse_feed(content, URL, content_type=content_type, reader="feedparser")
    except ExtractError as error:
        return f"feedparser: {error}"
    return first_difference(replace(seen, reader="feedparser"), sure)


def first_difference(one: ParsedFeed, other: ParsedFeed) -> str | None:
    for first, second in zip(one.entries, other.entries, strict=False):
        if named := _named(first, second, [field.name for field in fields(first) if field.compare]):
            return f"entry: {named}"
    return _named(one, other, [field.name for field in fields(one) if field.compare])


def _named(one: object, other: object, names: Sequence[str]) -> str | None:
    for name in names:
        if (seen := getattr(one, name)) != (wanted := getattr(other, name)):
            return f"{name}: {seen!r}, but feedparser {wanted!r}"
    return None
