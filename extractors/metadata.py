"""What a page says of its article beside the text: headline, authors, instants, address, signals, with sources."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from .bylines import choose_authors
from .head import Head
from .instants import Instant, PageDates, choose_dates
from .jsonld import Structured
from .prose import heading_key, one_line
from .records import DroppedDate, Provenance
from .signals import read_policy, read_signals
from .titles import choose_title
from .urls import absolute, host_of

_TITLE_TAGS = ("og:title", "twitter:title", "parsely-title", "sailthru.title", "dc.title")
_DESCRIPTIONS = ("og:description", "description", "twitter:description", "dc.description", "sailthru.description")
_SITE_TAGS = ("og:site_name", "application-name", "apple-mobile-web-app-title", "twitter:app:name:iphone")
_SECTION_TAGS = ("article:section", "content_category", "parsely-section", "articlesection", "section", "category")
_LONGEST_SECTION = 40
_SAID = 0.9  # confidence in what one tag states and nothing checks
_STATED = 0.7  # confidence of what the page states of itself, and not only shows


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
    tdm_policy: str | None
    dropped_dates: tuple[DroppedDate, ...]
    claims: tuple[str, ...]
    is_free: bool | None  # whether all may read the whole text
    provenance: Mapping[str, Provenance]


def read_metadata(
    head: Head,
    structured: Structured,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    now: datetime | None = None,
) -> Metadata:
    """Decides between the sources of a page. `headers` have names in lower case; `now` rules out later dates."""
    site = head.first(*_SITE_TAGS) or next(iter(structured.publishers), "")
    title = choose_title(_titles(head, structured, site), site, head.headings, _sections(head, structured))
    authors, author_source, author_confidence = _authors(head, structured, url)
    dates = choose_dates(head, structured, url, now=now)
    summary, summary_source = _summary(head, structured)
    canonical = _canonical(head, url)
    sources = {
        "title": (title.source, title.confidence),
        "authors": (author_source, author_confidence),
        "summary": (summary_source, _SAID),
        "canonical_url": (_canonical_source(head) if canonical else "", _SAID),
        "site_name": (_site_source(head) if site else "", _SAID),
    }
    return Metadata(
        title=title.text,
        headlines=title.others,
        authors=authors,
        published=dates.published,
        modified=dates.modified,
        summary=summary,
        descriptions=_descriptions(head, structured),
        canonical_url=canonical,
        site_name=site or None,
        language=head.language or head.first("og:locale", "content-language", "language"),
        signals=read_signals(head.metas, headers or {}),
        tdm_policy=read_policy(head.metas, headers or {}),
        dropped_dates=dates.dropped,
        is_free=_is_free(head, structured),
        claims=_claims(head, structured, has_author=author_confidence >= _STATED, published=dates.published),
        provenance=_provenance(sources, dates),
    )


def _provenance(sources: Mapping[str, tuple[str, float]], dates: PageDates) -> dict[str, Provenance]:
    """Of each field that is there; an empty source says that it is not."""
    found = {field: Provenance(source=name, confidence=sure) for field, (name, sure) in sources.items() if name}
    for field, instant in (("published", dates.published), ("modified", dates.modified)):
        if instant is not None:
            found[field] = Provenance(source=instant.source, confidence=instant.confidence)
    return found


def _titles(head: Head, structured: Structured, site: str) -> dict[str, str]:
    found = {"jsonld": structured.headline, "title-tag": head.title_tag}
    found["jsonld-own"] = structured.headline if structured.is_article else ""
    found |= {tag: head.first(tag) for tag in _TITLE_TAGS}
    if head.headings:
        stated = heading_key(head.title_tag), heading_key(head.first("og:title"))
        agreeing = [h for h in head.headings if (key := heading_key(h)) and any(key in text for text in stated)]
        agreeing = [h for h in agreeing if heading_key(h) != heading_key(site)]
        found["h1"] = (agreeing or list(head.headings))[0]
        found["h1-agrees"] = max(agreeing, key=len, default="")  # a logo is often the first of them
        found["h1-only"] = head.headings[0] if len(head.headings) == 1 else ""
    return found


def _authors(head: Head, structured: Structured, url: str) -> tuple[tuple[str, ...], str, float]:
    stated = {**head.bylines, "jsonld" if structured.is_article else "jsonld-weak": structured.authors}
    return choose_authors(stated, _site_names(head, structured, url))


def _sections(head: Head, structured: Structured) -> tuple[str, ...]:
    """Names of the sections that the article stands in, as far as they can hang on to a headline."""
    stated = (*(value for tag in _SECTION_TAGS for value in head.metas.get(tag, ())), *structured.sections)
    return tuple(name for name in dict.fromkeys(stated) if 1 < len(name) <= _LONGEST_SECTION)


def _site_names(head: Head, structured: Structured, url: str) -> set[str]:
    """Names under which the publisher, and nobody else, signs."""
    names = {head.first(*_SITE_TAGS), *structured.publishers, head.first("publisher"), head.first("dc.publisher")}
    host = host_of(url).removeprefix("www.")
    return {name for name in (*names, host, host.split(".")[0]) if name}


def _canonical_source(head: Head) -> str:
    return "link" if head.canonical else "og:url"


def _site_source(head: Head) -> str:
    return "og:site_name" if head.first("og:site_name") else "page"


def _is_free(head: Head, structured: Structured) -> bool | None:
    return False if head.first("article:content_tier").casefold() == "locked" else structured.is_free


def _descriptions(head: Head, structured: Structured) -> tuple[str, ...]:
    return tuple(filter(None, (*(head.first(tag) for tag in _DESCRIPTIONS), structured.description)))


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


def _claims(head: Head, structured: Structured, *, has_author: bool, published: Instant | None) -> tuple[str, ...]:
    claims = {
        "JSON-LD": structured.is_article,
        "og:type": "article" in head.first("og:type").casefold(),
        # An address keeps its date whatever is served under it, be it "not found" or a wall.
        "date": published is not None and published.confidence >= _STATED and published.source != "url",
        "author": has_author,
    }
    return tuple(name for name, there in claims.items() if there)
