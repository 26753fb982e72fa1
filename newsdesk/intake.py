"""Which entries of a document are new, which have changed, and what makes an entry or an article the same one.

Pure: parsed records and what is known in, intents out.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from extractors.records import ParsedArticle, ParsedEntry, ParsedFeed
from extractors.urls import canonical_key

_BLANKS = re.compile(r"\s+")
_IDENTITY_TEXT = 500  # characters of text that stand for an entry with neither guid nor link


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the ledger holds of an entry."""

    fingerprint: str
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryIntent:
    """An entry to be written: new when `version` is 1, else an edit."""

    id: str
    identity: str
    fingerprint: str
    version: int
    entry: ParsedEntry


def digest(*parts: str) -> str:
    """32 hex digits that stand for these texts; the parts cannot run into each other."""
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def feed_id(url: str) -> str:
    """A feed is known by its declared URL."""
    return digest("feed", url)


def article_id(url: str) -> str:
    """An article is known by the key of its canonical URL."""
    return digest("article", canonical_key(url))


def identity(entry: ParsedEntry, *, repeated_guids: bool) -> str:
    """What an entry is known by within its feed: guid as it stands; else link; else its first words.

    A document that repeats a guid cannot mean it as an identity: there the link is joined to it.
    """
    if entry.guid and not (repeated_guids and entry.link):
        return entry.guid
    if entry.link:
        return f"{entry.guid or ''} {canonical_key(entry.link)}".strip()
    return "text:" + digest(entry.title, str(entry.published), (entry.summary or entry.content)[:_IDENTITY_TEXT])


def entry_fingerprint(entry: ParsedEntry) -> str:
    """Changes when title, text or link change; not with dates, white space or case of markup alone."""
    return digest(_fold(entry.title), _fold(entry.summary), _fold(_text(entry.content)), entry.link or "")


def article_fingerprint(article: ParsedArticle) -> str:
    """Changes when title or text change."""
    return text_fingerprint(article.title, article.text)


def text_fingerprint(title: str, text: str) -> str:
    """The same of a title and a text, wherever they come from."""
    return digest(_fold(title), _fold(text))


def decide(feed: str, parsed: ParsedFeed, known: Mapping[str, Known]) -> tuple[EntryIntent, ...]:
    """The entries of `parsed` that must be written; `known` maps identities of this feed to what is stored."""
    intents: dict[str, EntryIntent] = {}
    for entry, name in identities(parsed):
        fingerprint = entry_fingerprint(entry)
        before = known.get(name)
        if before is not None and before.fingerprint == fingerprint:
            continue
        intents.setdefault(
            name,
            EntryIntent(
                id=digest("entry", feed, name),
                identity=name,
                fingerprint=fingerprint,
                version=before.version + 1 if before else 1,
                entry=entry,
            ),
        )
    return tuple(intents.values())


def identities(parsed: ParsedFeed) -> Iterable[tuple[ParsedEntry, str]]:
    """Each entry with its identity, in document order."""
    return ((entry, identity(entry, repeated_guids=parsed.repeated_guids)) for entry in parsed.entries)


def _fold(text: str) -> str:
    return _BLANKS.sub(" ", text).strip()


def _text(markup: str) -> str:
    # images and links rotate (advertisements, counters) while the words stand
    return re.sub(r"<[^<>]*>", " ", markup)
