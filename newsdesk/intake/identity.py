"""What a feed, an entry and an article are known by."""

import hashlib
from enum import StrEnum
from typing import Final

from extractors.records import ExtractError, ParsedEntry
from extractors.urls import canonical_key, path_key

_IDENTITY_TEXT = 500  # characters of text that stand for an entry with neither guid nor link
_LONGEST_IDENTITY = 600  # characters; an index of PostgreSQL holds 2,704 bytes
_TYPOGRAPHY: Final = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-", "…": "..."})


class GuidRule(StrEnum):
    """What the entries of a feed are known by. A document can force a feed down this list; it never goes back up."""

    GUID = "guid"
    GUID_LINK = "guid+link"  # one guid stood on entries with different links
    GUID_LINK_TITLE = "guid+link+title"  # one guid and link stood on different stories: a live page, the home page


def digest(*parts: str) -> str:
    """32 hex digits that stand for these texts; the parts cannot run into each other."""
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def feed_id(url: str) -> str:
    """A feed is known by its declared URL."""
    return digest("feed", url)


def article_id(url: str) -> str:
    """An article is known by the key of its canonical URL."""
    return digest("article", canonical_key(url))


def entry_id(feed: str, name: str) -> str:
    """An entry is known by its feed and by the identity under which it was first seen there."""
    return digest("entry", feed, name)


def identity(entry: ParsedEntry, rule: GuidRule = GuidRule.GUID) -> str:
    """What an entry is known by within its feed: guid as it stands; else link; else its first words.

    `rule` says what is joined to the guid where guids alone identify nothing. Case and scheme of a guid count: it is
    an identifier and no address (RFC 4287 section 4.2.6.1).
    """
    if entry.guid and rule is GuidRule.GUID:
        return _bounded(entry.guid)
    if not (entry.guid or entry.link):
        text = (entry.summary or entry.content)[:_IDENTITY_TEXT]
        return "text:" + digest(entry.title, str(entry.published), text)
    title = digest(normal_title(entry.title)) if rule is GuidRule.GUID_LINK_TITLE else ""
    return _bounded(" ".join(part for part in (entry.guid, clean_link(entry.link), title) if part))


def clean_link(link: str | None) -> str:
    """The canonical key of a link; "" where there is none."""
    try:
        return canonical_key(link) if link else ""
    except ExtractError:
        return link or ""


def link_key(link: str | None) -> str | None:
    """32 hex digits that a link keeps when its site goes to https or to another host; None where there is no link.

    Different pages of different hosts can have the same: it finds entries of one feed that may be the same story, and
    title and text decide.
    """
    if not link:
        return None
    try:
        return digest("link", path_key(link))
    except ExtractError:
        return digest("link", link)


def normal_title(title: str) -> str:
    """A title without what editors and programs change in passing: case, blanks, typography of quotes and dashes."""
    return " ".join(title.translate(_TYPOGRAPHY).casefold().split())


def _bounded(name: str) -> str:
    return name if len(name) <= _LONGEST_IDENTITY else f"{name[:_LONGEST_IDENTITY]} {digest(name)}"
