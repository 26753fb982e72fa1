"""Feeds of the watchlist to OPML and back, without loss.

Our settings stand in OPML as attributes of our own namespace. Name, language and folder also stand where other programs
look for them; they are written a second time, as ours, only where the reading back would not give them exactly.
"""

import json
import re
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final
from urllib.parse import urlsplit, urlunsplit

from extractors.records import ExtractError
from extractors.text import plain_title
from extractors.urls import canonical_key, host_of
from newsdesk.model import FeedSpec
from newsdesk.opml import OpmlDocument, OpmlFeed, category_folders
from newsdesk.watchlist.document import Document, Problem, Value
from newsdesk.watchlist.load import check_form, make_feed
from newsdesk.watchlist.shape import FeedShape, WatchlistShape
from newsdesk.watchlist.writing import feed_keys

SECRETS: Final = ("headers", "proxy")  # keys that may hold a cookie, a token or a password

_ELSEWHERE: Final = ("url", "name", "language", "folder", "outline")  # keys with a place of their own in OPML
_LANGUAGE = re.compile(r"([a-z]{2,3})(?:[-_][a-z0-9-]{1,30})?", re.IGNORECASE)
_LONGEST_NAME = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedImport:
    """What an OPML document brings: feeds that are new, those that are watched already, and what is not taken."""

    feeds: tuple[FeedSpec, ...]
    watched: tuple[str, ...]  # URLs
    remarks: tuple[str, ...]  # one sentence each, with its line


def to_opml(feed: FeedSpec, *, secrets: bool) -> OpmlFeed:
    """The feed as OPML says it. Without `secrets`, headers, proxy and the user of the URL stay behind."""
    keys = feed_keys(feed if secrets else without_secrets(feed))
    attributes = dict(keys.get("outline", {}))
    if feed.language and "language" not in attributes:
        attributes["language"] = feed.language
    bare = OpmlFeed(
        url=keys["url"],
        text=feed.name,
        folders=tuple(name for part in (feed.folder or "").split("/") if (name := part.strip())),
        attributes=tuple(attributes.items()),
        settings=tuple((key, _as_text(value)) for key, value in keys.items() if key not in _ELSEWHERE),
    )
    exact = [(key, keys.get(key, "")) for key in _misread(bare, keys)]
    return replace(bare, settings=(*exact, *bare.settings))


def without_secrets(feed: FeedSpec) -> FeedSpec:
    """The feed as it may be shown to others."""
    parts = urlsplit(feed.url)
    url = urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2])) if "@" in parts.netloc else feed.url
    return replace(feed, url=url, headers=(), proxy=None)


def plan_import(document: OpmlDocument, watched: Sequence[FeedSpec]) -> FeedImport:
    """The feeds of the document as feeds of the watchlist, each with a name that no other has."""
    plan = _Plan(names={feed.name for feed in watched}, keys={canonical_key(feed.url) for feed in watched})
    plan.remarks += document.problems
    for found in document.feeds:
        plan.take(found)
    return FeedImport(feeds=tuple(plan.feeds), watched=tuple(plan.watched), remarks=tuple(plan.remarks))


def unique_name(name: str, taken: Container[str]) -> str:
    """The name, with a number behind it where it is taken."""
    number, unique = 2, name
    while unique in taken:
        unique, number = f"{name} ({number})", number + 1
    return unique


def tidy_name(text: str, url: str) -> str:
    """A title as the name of a feed: one line, printable; the host of `url` where nothing is left."""
    return _tidy(text) or host_of(url) or url


def _tidy(text: str) -> str:
    line = plain_title(text, is_html=False)  # no line ends, one blank between words
    return "".join(filter(str.isprintable, line))[:_LONGEST_NAME].strip()


@dataclass(slots=True, kw_only=True)
class _Plan:
    names: set[str]
    keys: set[str]
    feeds: list[FeedSpec] = field(default_factory=list)
    watched: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    def take(self, found: OpmlFeed) -> None:
        try:
            is_watched = canonical_key(found.url) in self.keys
        except ExtractError:
            is_watched = False  # the check of the shape tells what is wrong
        if is_watched:
            self.watched.append(found.url)
            return
        keys = {**_keys(found), "name": unique_name(_keys(found)["name"], self.names)}
        feed = self._checked(found, keys)
        if feed is not None:
            self.feeds.append(feed)
            self.names.add(feed.name)

    def _checked(self, found: OpmlFeed, keys: dict[str, Any]) -> FeedSpec | None:
        """The feed without the settings that are wrong; None where it cannot be watched."""
        for key in [key for key in keys if key not in FeedShape.model_fields]:
            self._remark(found, f"the setting {key} is not known; it is left out")
            del keys[key]
        while True:
            feed, problems = _checked_feed(keys)
            if feed is not None:
                return feed
            faulty = {str(problem.path[2]): problem for problem in problems if len(problem.path) > 2}  # noqa: PLR2004 - feeds, number, key
            if not faulty or not faulty.keys().isdisjoint(("url", "name")):
                self._remark(found, f"not taken: {_told(faulty.get('url') or problems[0])}")
                return None
            for key, problem in faulty.items():
                self._remark(found, f"{key} is left out: {_told(problem)}")
                del keys[key]

    def _remark(self, found: OpmlFeed, what: str) -> None:
        self.remarks.append(f"line {found.line}: {found.url[:200]}: {what}")


def _checked_feed(keys: Mapping[str, Value]) -> tuple[FeedSpec | None, list[Problem]]:
    """The feed, if a watchlist with these keys would be right; else what would be wrong with it."""
    shape = check_form(Document(value={"version": "1", "feeds": [dict(keys)]}))
    return (make_feed(shape.feeds[0]), []) if isinstance(shape, WatchlistShape) else (None, shape)


def _told(problem: Problem) -> str:
    return f"{problem.message}; {problem.remedy}"


def _keys(found: OpmlFeed) -> dict[str, Any]:
    """The keys of the watchlist that an outline says. Values are texts, as in a YAML file that is read."""
    settings = {key: value for key, value in found.settings if key not in ("url", "outline")}
    outline = dict(found.attributes)
    keys: dict[str, Any] = {"url": found.url, "name": tidy_name(found.text, found.url)}
    folders = found.folders or category_folders(outline.get("category", ""))
    keys["folder"] = "/".join(name for part in folders if (name := _tidy(part)))
    said = _LANGUAGE.fullmatch(outline.get("language", ""))
    if said and "language" not in settings:
        keys["language"] = said[1].lower()
        if keys["language"] == outline["language"]:
            del outline["language"]
    if outline:
        keys["outline"] = outline
    for key, value in settings.items():
        keys[key] = _headers(value) if key == "headers" else value
    return {key: value for key, value in keys.items() if value != "" or key == "name"}


def _headers(text: str) -> Value:
    try:
        headers = json.loads(text)
    except (ValueError, RecursionError):
        return text  # the check of the shape tells that this is no mapping
    return {str(name): str(value) for name, value in headers.items()} if isinstance(headers, dict) else text


def _misread(bare: OpmlFeed, keys: Mapping[str, Any]) -> list[str]:
    """The keys that reading this outline would not give back as they are."""
    read = _keys(bare)
    wrong = [key for key in ("name", "folder") if read.get(key) != keys.get(key)]
    said = ("language", "outline")
    return [*wrong, *(["language"] if any(read.get(key) != keys.get(key) for key in said) else [])]


def _as_text(value: object) -> str:
    """A value of a key as an attribute: switches and numbers as in YAML, mappings as JSON."""
    if isinstance(value, bool | Mapping):
        return json.dumps(value, ensure_ascii=False)
    return str(value)
