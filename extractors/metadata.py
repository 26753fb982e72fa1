"""What a page says of its article beside the text: headline, authors, instants, address, signals, with sources."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from .bylines import choose_authors
from .head import Head
from .instants import Instant, choose_modified, choose_published
from .jsonld import Structured
from .prose import heading_key, one_line
from .records import Provenance
from .titles import choose_title
from .urls import absolute, host_of

_TITLE_TAGS = ("og:title", "twitter:title", "parsely-title", "sailthru.title", "dc.title")
_DESCRIPTIONS = ("og:description", "description", "twitter:description", "dc.description", "sailthru.description")
_SITE_TAGS = ("og:site_name", "application-name", "apple-mobile-web-app-title", "twitter:app:name:iphone")
_STATED = 0.7  # confidence of what the page states of itself, and not only shows
_ROBOT_WORDS = {"noarchive": "noarchive", "nosnippet": "nosnippet", "noindex": "noindex", "none": "noindex"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """The chosen values; "" and None where a page is silent. `claims` says what makes the page an article."""

    title: str
    headlines: tuple[str, ...]
    authors: tuple[str, ...]
    published: Instant | None
    modified: Instant | None
    summary: str
    descriptions: tuple[str, ...]
    canonical_url: str | None
    site_name: str | None
    language: str
    signals: tuple[str, ...]
    claims: tuple[str, ...]
    provenance: Mapping[str, Provenance]


def read_metadata(head: Head, structured: Structured, url: str, *, now: datetime | None = None) -> Metadata:
    """Decides between the sources of a page; dates beyond tomorrow of `now` are taken for mistakes."""
    site = head.first(*_SITE_TAGS) or next(iter(structured.publishers), "")
    title = choose_title(_titles(head, structured, site), site, head.headings)
    authors, author_source, author_confidence = choose_authors(
        {**head.bylines, "jsonld" if structured.is_article else "jsonld-weak": structured.authors},
        _site_names(head, structured, url),
    )
    published = choose_published(head, structured, url, now=now)
    modified = choose_modified(head, structured, now=now)
    summary, summary_source = _summary(head, structured)
    canonical = _canonical(head, url)
    sources = {
        "title": Provenance(source=title.source, confidence=title.confidence),
        "authors": Provenance(source=author_source, confidence=author_confidence),
        "published": Provenance(source=published.source, confidence=published.confidence) if published else None,
        "modified": Provenance(source=modified.source, confidence=modified.confidence) if modified else None,
        "summary": Provenance(source=summary_source, confidence=0.9),
        "canonical_url": Provenance(source="link" if head.canonical else "og:url", confidence=0.9)
        if canonical
        else None,
        "site_name": Provenance(source="og:site_name" if head.first("og:site_name") else "page", confidence=0.9)
        if site
        else None,
    }
    return Metadata(
        title=title.text,
        headlines=title.others,
        authors=authors,
        published=published,
        modified=modified,
        summary=summary,
        descriptions=tuple(filter(None, (*(head.first(tag) for tag in _DESCRIPTIONS), structured.description))),
        canonical_url=canonical,
        site_name=site or None,
        language=head.language or head.first("og:locale", "content-language", "language"),
        signals=_signals(head),
        claims=_claims(head, structured, has_author=author_confidence >= _STATED, published=published),
        provenance={field: source for field, source in sources.items() if source is not None and source.source},
    )


def _titles(head: Head, structured: Structured, site: str) -> dict[str, str]:
    found = {"jsonld": structured.headline, "title-tag": head.title_tag}
    found |= {tag: head.first(tag) for tag in _TITLE_TAGS}
    if head.headings:
        stated = heading_key(head.title_tag), heading_key(head.first("og:title"))
        agreeing = [h for h in head.headings if (key := heading_key(h)) and any(key in text for text in stated)]
        agreeing = [h for h in agreeing if heading_key(h) != heading_key(site)]
        found["h1"] = (agreeing or list(head.headings))[0]
        found["h1-agrees"] = max(agreeing, key=len, default="")  # a logo is often the first of them
        found["h1-only"] = head.headings[0] if len(head.headings) == 1 else ""
    return found


def _site_names(head: Head, structured: Structured, url: str) -> set[str]:
    """Names under which the publisher, and nobody else, signs."""
    names = {head.first(*_SITE_TAGS), *structured.publishers, head.first("publisher"), head.first("dc.publisher")}
    host = host_of(url).removeprefix("www.")
    return {name for name in (*names, host, host.split(".")[0]) if name}


def _summary(head: Head, structured: Structured) -> tuple[str, str]:
    for tag in _DESCRIPTIONS:
        if text := head.first(tag):
            return text, tag
    return (structured.description, "jsonld") if structured.description else ("", "")


def _canonical(head: Head, url: str) -> str | None:
    """Absolute; one that points to a home page is a template's mistake, unless the page is the home page itself."""
    base = absolute(head.base, url) or url
    for target in (head.canonical, head.first("og:url")):
        link = absolute(one_line(target), base) if target else None
        if link and (not _is_home(link) or _is_home(url)):
            return link
    return None


def _is_home(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.path in {"", "/"} and not parts.query


def _signals(head: Head) -> tuple[str, ...]:
    """What the publisher allows: robots rules, and the reservation of text and data mining (TDMRep)."""
    robots = ",".join((*head.metas.get("robots", ()), *head.metas.get("googlebot", ()))).casefold()
    found = {_ROBOT_WORDS[word] for word in re.split(r"[\s,;]+", robots) if word in _ROBOT_WORDS}
    if head.first("tdm-reservation") == "1":
        found.add("tdm-reservation")
    return tuple(sorted(found))


def _claims(head: Head, structured: Structured, *, has_author: bool, published: Instant | None) -> tuple[str, ...]:
    claims = {
        "JSON-LD": structured.is_article,
        "og:type": "article" in head.first("og:type").casefold(),
        # An address keeps its date whatever is served under it, be it "not found" or a wall.
        "date": published is not None and published.confidence >= _STATED and published.source != "url",
        "author": has_author,
    }
    return tuple(name for name, there in claims.items() if there)
