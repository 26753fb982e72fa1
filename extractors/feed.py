"""Bytes of a feed document → ParsedFeed. This module is the one door to feedparser.

feedparser gets bytes in a stream and nothing else: given a text it may open a URL or a file of that name. Its
sanitising and its resolving of links are off (two thirds of its time, and one of two inputs that hang it); `text` does
both. Its reading of dates is not used: `dates` reads the texts. What a hostile document can still cost in time and
memory is bounded by the caller's worker process.
"""

import io
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final, Literal

from .feed_dates import DateRules, has_update_element
from .feed_entry import FeedContext, has_repeated_guids, language_of, people, read_entry
from .feed_fast import RawFeed, read_raw_feed
from .feed_text import FeedText, damage, not_a_feed, read_document
from .json_feed import parse_json_feed
from .packed import unpacked
from .records import ExtractError, ParsedEntry, ParsedFeed
from .sitemap import parse_sitemap
from .text import plain_title
from .urls import absolute
from .zones import zone_of

_FORMATS: Final[Mapping[str, str]] = {
    "rss090": "rss09x",
    "rss091n": "rss09x",
    "rss091u": "rss09x",
    "rss092": "rss09x",
    "rss093": "rss09x",
    "rss094": "rss09x",
    "rss10": "rss10",
    "rss20": "rss20",
    "rss": "rss20",  # no version, or one that does not exist: read as the widest of them
    "atom01": "atom03",
    "atom02": "atom03",
    "atom03": "atom03",
    "atom10": "atom10",
    "atom": "atom10",
}
_BASE_ATTRIBUTE = re.compile(r"\bbase\s{0,5}=")
_PERIODS: Final = {"hourly": 3600, "daily": 86_400, "weekly": 604_800, "monthly": 2_592_000, "yearly": 31_536_000}
_MINUTE = 60
_SHOWN = 100  # characters of a value in the account of a difference


def parse_feed(  # noqa: PLR0913 -- what decides how one document is read
    content: bytes,
    url: str,
    *,
    content_type: str | None = None,
    day_first: bool = True,
    default_zone: str | None = None,
    now: datetime | None = None,
    reader: Literal["auto", "feedparser", "both"] = "auto",
    known: frozenset[str] = frozenset(),
) -> ParsedFeed:
    """What a document says that was had from `url` (after redirects).

    `content_type` is the value of the HTTP header. `day_first` and `default_zone` (IANA name) decide dates that do not
    tell by themselves. `now` only makes None of dates more than 24 hours ahead; without it none are. `reader`: sound
    documents are read by the fast reader, all others by feedparser (`auto`); all by feedparser; or by both, which gives
    feedparser's answer and tells in `shadow_difference` where the fast reader's is another. `known`: marks of entries
    that need not be read again; where the fast reader finds them they are in `unchanged` instead of `entries`.

    What is no feed (a login page, an image, nothing) is a ParsedFeed with `not_a_feed_reason`. ExtractError is raised
    for what must not or cannot be read at all: more than 20 MB, absurd markup, an unknown default zone.
    """
    if default_zone:
        zone_of(default_zone)  # a wrong name is told even where no date needs it
    content = unpacked(content)
    rules = DateRules(default_zone=default_zone, day_first=day_first, now=now)
    fast = None
    if reader != "feedparser":
        fast = _read_fast(read_raw_feed(content, content_type, known if reader == "auto" else frozenset()), url, rules)
    if fast and reader == "auto":
        return fast
    parsed = _read_all(content, content_type, url, rules)
    return replace(parsed, shadow_difference=_difference(fast, parsed)) if fast else parsed


def _read_fast(raw: RawFeed | None, url: str, rules: DateRules) -> ParsedFeed | None:
    """The feed by the fast reader, or None where it does not vouch for what it read."""
    feed = _feed_of(raw, url, rules) if raw else None
    return feed if feed and all(map(_is_complete, feed.entries)) else None


def _is_complete(entry: ParsedEntry) -> bool:
    return bool(entry.guid and entry.link and entry.published and (entry.title or entry.summary or entry.content))


def _read_all(content: bytes, content_type: str | None, url: str, rules: DateRules) -> ParsedFeed:
    document = read_document(content, content_type)
    if document.not_a_feed_reason:
        return not_a_feed(document.not_a_feed_reason)
    match document.root:
        case "json":
            return parse_json_feed(document, url, rules)
        case "urlset" | "sitemapindex":
            return parse_sitemap(document, url, rules)
        case _:
            return _parse_xml_feed(document, url, rules)


def _parse_xml_feed(document: FeedText, url: str, rules: DateRules) -> ParsedFeed:
    has_base = "base" in document.text and bool(_BASE_ATTRIBUTE.search(document.text))
    parsed = _feedparser(document.text, url if has_base else None)
    if not parsed["entries"] and not parsed["version"]:
        return not_a_feed(f"The document is XML with the root element <{document.root}>, but holds no feed.")
    version = str(parsed["version"] or "")
    raw = RawFeed(
        version=version,
        feed=dict(parsed["feed"]),
        entries=[dict(entry) for entry in parsed["entries"]],
        dates_are_dublin_core=version.startswith("rss") and not has_update_element(document.text),
    )
    feed = _feed_of(raw, url, rules)
    entries = feed.entries
    if document.truncated and entries and not (entries[-1].guid or entries[-1].link):
        entries = entries[:-1]  # the document breaks off before this entry says which it is
    return replace(
        feed,
        entries=entries,
        repeated_guids=has_repeated_guids(entries),
        bozo_reason=_bozo_reason(document, parsed),
        truncated=document.truncated,
        reader="feedparser",
    )


def _feed_of(raw: RawFeed, url: str, rules: DateRules) -> ParsedFeed:
    feed = raw.feed
    link = _home_page(feed, url)
    context = FeedContext(
        rules=rules,
        base=link or url,
        document_url=url,
        dates_are_dublin_core=raw.dates_are_dublin_core,
        authors=people(feed.get("authors", ())) if raw.version.startswith("atom") else (),
    )
    entries = tuple(read_entry(entry, context) for entry in raw.entries)
    if raw.marks:
        entries = tuple(replace(entry, mark=mark) for entry, mark in zip(entries, raw.marks, strict=True))
    return ParsedFeed(
        format=_FORMATS.get(raw.version, ""),
        title=plain_title(str(feed.get("title") or ""), is_html=_title_type(feed) != "text/plain"),
        link=link,
        language=language_of(feed.get("language")),
        entries=entries,
        self_url=_first(feed, url, "self"),
        hub_urls=_linked(feed, url, "hub"),
        next_url=_first(feed, url, "prev-archive") or _first(feed, url, "next"),
        ttl_seconds=_whole(feed.get("ttl"), _MINUTE),
        update_seconds=_update_seconds(feed),
        repeated_guids=has_repeated_guids(entries),
        reader="fast",
        unchanged=tuple(raw.unchanged),
    )


def _difference(fast: ParsedFeed, sure: ParsedFeed) -> str | None:
    """The first difference in what identifies entries, in words."""
    if len(fast.entries) != len(sure.entries):
        return f"{len(fast.entries)} entries, not {len(sure.entries)}"
    for number, (one, other) in enumerate(zip(fast.entries, sure.entries, strict=True), 1):
        for name in ("guid", "link", "title", "published"):
            seen, wanted = getattr(one, name), getattr(other, name)
            if seen != wanted:
                return f"{name} of entry {number}: {str(seen)[:_SHOWN]!r}, not {str(wanted)[:_SHOWN]!r}"
    return None


def _feedparser(text: str, location: str | None) -> Any:
    """The result of feedparser. With a `location` it resolves links itself, which only documents with xml:base need."""
    import feedparser

    headers = {"content-type": "application/xml; charset=utf-8"} | ({"content-location": location} if location else {})
    try:
        return feedparser.parse(
            io.BytesIO(text.encode("utf-8")), response_headers=headers, resolve_relative_uris=False, sanitize_html=False
        )
    except MemoryError:
        raise  # the worker's limit, which its owner must see
    except Exception as error:
        raise ExtractError(f"feedparser gave up on the document: {type(error).__name__}: {error}") from error


def _bozo_reason(document: FeedText, parsed: Any) -> str | None:
    problems = list(document.problems)
    if document.truncated:
        problems.append("it ends before its last element does")
    if parsed["bozo"]:
        error = parsed["bozo_exception"]
        said = error.getMessage() if hasattr(error, "getMessage") else str(error)
        problems.append(f"it is not well-formed XML ({said})")
    return damage(problems)


def _home_page(feed: Mapping[str, Any], url: str) -> str | None:
    link = feed.get("link")
    return (absolute(link, url) if isinstance(link, str) else None) or _first(feed, url, "alternate")


def _first(feed: Mapping[str, Any], url: str, relation: str) -> str | None:
    return next(iter(_linked(feed, url, relation)), None)


def _linked(feed: Mapping[str, Any], url: str, relation: str) -> tuple[str, ...]:
    links = (link["href"] for link in feed.get("links", ()) if link.get("rel") == relation and link.get("href"))
    return tuple(dict.fromkeys(found for link in links if (found := absolute(link, url))))


def _title_type(feed: Mapping[str, Any]) -> str:
    detail = feed.get("title_detail")
    return str(detail.get("type")) if detail else "text/plain"


def _update_seconds(feed: Mapping[str, Any]) -> int | None:
    """RSS 1.0 syndication module: so many times (1 where not said) in a period (daily where not said)."""
    if "sy_updateperiod" not in feed and "sy_updatefrequency" not in feed:
        return None
    period = _PERIODS.get(str(feed.get("sy_updateperiod") or "daily").strip().lower())
    times = _whole(feed.get("sy_updatefrequency"), 1) or 1
    return period // times if period else None


def _whole(value: object, unit: int) -> int | None:
    """A count in `unit`s; None for what is no count of practical size."""
    text = value.strip() if isinstance(value, str) else ""
    return int(text) * unit if re.fullmatch(r"[0-9]{1,7}", text) and int(text) > 0 else None
