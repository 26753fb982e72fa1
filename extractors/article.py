"""HTML bytes → ParsedArticle: decode, guard, metadata, text, kind, in this order. No network, no disk, no clock."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from .body import MIN_TEXT, Body, extract_body, find_day, parse_page
from .decoding import decode
from .guards import bare_text, guard, is_heavy
from .head import read_head
from .instants import read_instant
from .jsonld import Structured, read_structured
from .kinds import MIN_ARTICLE, Signs, decide_kind
from .language import detect_language
from .layout import loosen_tables
from .lede import find_lede, join_lede
from .metadata import Metadata, read_metadata
from .newspaper_engine import read_newspaper
from .opening import opening_headline, opening_names
from .prose import heading_key, one_line, paragraphs
from .records import ExtractError, Kind, ParsedArticle, Provenance
from .related import find_labels, find_related, may_hold_menus, without_menus, without_related
from .state import find_states, read_state
from .structure import Structure, measure

ENGINES: Final = ("cascade", "newspaper")
_MUCH_MORE = 3  # times the text that was found, from which another can only be the article instead


@dataclass(frozen=True, slots=True, kw_only=True)
class _Page:
    """A page as read so far: all that its record is made of."""

    url: str
    structured: Structured
    metadata: Metadata
    structure: Structure
    body: Body


def extract_article(
    content: bytes,
    url: str,
    *,
    content_type: str | None = None,
    engine: str = "cascade",
    languages: tuple[str, ...] = (),
    now: datetime | None = None,
) -> ParsedArticle:
    """What a fetched page says; `url` is its final address and `content_type` the HTTP header's value.

    `engine` is "cascade", or "newspaper" whose title, authors, date and text lead where it finds them. `languages`
    are the only codes that may be answered. `now` rules out dates of the future. No text gives Kind.EMPTY.
    Raises ExtractError where the bytes are no text at all (PDF, image, compressed data), and for an unknown engine.
    """
    if engine not in ENGINES:
        raise ExtractError(f"no extraction engine is called {engine!r}: use one of {', '.join(ENGINES)}")
    page = guard(decode(content, content_type))
    if page.plain:
        return _record_of_text(page.plain, languages)
    tree = parse_page(page.html)
    if tree is None or is_heavy(tree):
        return _record_of_text("" if tree is None else bare_text(page.html), languages)
    read = _read_page(page.html, tree, url, now=now)
    if engine == "newspaper":
        read = _with_newspaper(read, page.html)
    return _record(read, languages)


def _read_page(html: str, tree: Any, url: str, *, now: datetime | None) -> _Page:
    """The cascade. What only looks at the tree comes first, as the text's engine uses the tree up."""
    head = read_head(tree)
    structured = read_structured(
        head.scripts, urls=(url, head.canonical), headings=frozenset(heading_key(text) for text in head.headings)
    )
    metadata = read_metadata(head, structured, url, now=now)
    structure = measure(tree)
    lede = find_lede(tree, metadata.descriptions)
    related = find_related(tree)
    states = () if structure.long_paragraphs else find_states(tree)
    loosen_tables(tree)
    body = extract_body(html, tree, structured=structured.body, url=url)
    if not structure.long_paragraphs and not structure.gates and structured.is_free is not False:
        body = _unshown(body, structured.body, states)
    text = without_menus(body.text, find_labels(parse_page(html))) if may_hold_menus(body.text) else body.text
    metadata = _with_opening(metadata, text)
    known = (metadata.title, *metadata.headlines, *head.headings, *metadata.authors)
    text = join_lede(lede, without_related(text, related), known)
    if metadata.published is None and (day := find_day(html, url, now=now)):
        metadata = _with_found_day(metadata, day)
    return _Page(url=url, structured=structured, metadata=metadata, structure=structure, body=replace(body, text=text))


def _unshown(body: Body, stated: str, states: tuple[str, ...]) -> Body:
    """A page without prose is a program that would write it: that is the article, as no wall hides it."""
    text, source = (stated, "jsonld") if len(stated) >= MIN_TEXT else (read_state(states), "page state")
    return Body(text=text, source=source, confidence=0.4) if len(text) > _MUCH_MORE * len(body.text) else body


def _with_opening(metadata: Metadata, text: str) -> Metadata:
    """Headline and names out of the first lines, where the page has a title tag at most and no names."""
    provenance = dict(metadata.provenance)
    said = Provenance(source="opening", confidence=0.5)
    title = metadata.title
    if "title" in provenance and provenance["title"].source == "title-tag" and (found := opening_headline(title, text)):
        title, provenance["title"] = found, said
    authors = metadata.authors or opening_names(text)
    if authors and not metadata.authors:
        provenance["authors"] = said
    return replace(metadata, title=title, authors=authors, provenance=provenance)


def _with_found_day(metadata: Metadata, day: str) -> Metadata:
    found = read_instant(day, "htmldate")
    if found is None:
        return metadata
    found = replace(found, confidence=0.5)
    return replace(
        metadata,
        published=found,
        provenance={**metadata.provenance, "published": Provenance(source=found.source, confidence=found.confidence)},
    )


def _with_newspaper(page: _Page, html: str) -> _Page:
    reading = read_newspaper(html, page.url)
    metadata, said = page.metadata, Provenance(source="newspaper", confidence=0.6)
    provenance = dict(metadata.provenance)
    if title := one_line(reading.title):
        metadata, provenance["title"] = replace(metadata, title=title), said
    if reading.authors:
        metadata, provenance["authors"] = replace(metadata, authors=reading.authors), said
    if published := read_instant(reading.published.isoformat() if reading.published else "", "newspaper"):
        metadata, provenance["published"] = replace(metadata, published=published), said
    body = Body(text=reading.text, source="newspaper", confidence=0.6) if reading.text.strip() else page.body
    return replace(page, metadata=replace(metadata, provenance=provenance), body=body)


def _record(page: _Page, languages: tuple[str, ...]) -> ParsedArticle:
    metadata, text = page.metadata, paragraphs(page.body.text)
    kind, reason = decide_kind(
        Signs(
            text=text,
            titles=(metadata.title, *metadata.headlines),
            url=page.url,
            structure=page.structure,
            claims=metadata.claims,
            types=page.structured.types,
            is_live=page.structured.is_live,
            is_free=page.structured.is_free,
            hidden=page.body.hidden,
            noindex="noindex" in metadata.signals,
        )
    )
    language = detect_language(metadata.title, text, declared=metadata.language, languages=languages)
    return ParsedArticle(
        kind=kind,
        kind_reason=reason,
        title=metadata.title,
        authors=metadata.authors,
        published=metadata.published.at if metadata.published else None,
        published_precision=metadata.published.precision.value if metadata.published else None,
        modified=metadata.modified.at if metadata.modified else None,
        text=text,
        summary=metadata.summary,
        language=language,
        canonical_url=metadata.canonical_url,
        site_name=metadata.site_name,
        headlines=metadata.headlines,
        signals=metadata.signals,
        provenance=_provenance(page, language),
    )


def _provenance(page: _Page, language: str | None) -> dict[str, Provenance]:
    sources = dict(page.metadata.provenance)
    if page.body.text.strip():
        sources["text"] = Provenance(source=page.body.source, confidence=page.body.confidence)
    if language:
        sources["language"] = Provenance(source="py3langid", confidence=0.95)
    return sources


def _record_of_text(plain: str, languages: tuple[str, ...]) -> ParsedArticle:
    """A page without a tree: nothing in it, or nested so deep that only its bare text is safe to take."""
    text = paragraphs(plain)
    why = "its elements nest too deep to be read: this is its bare text" if text else "the document has no content"
    return ParsedArticle(
        kind=Kind.ARTICLE if len(text) >= MIN_ARTICLE else Kind.EMPTY,
        kind_reason=why,
        title="",
        authors=(),
        published=None,
        published_precision=None,
        modified=None,
        text=text,
        summary="",
        language=detect_language("", text, languages=languages) if text else None,
        canonical_url=None,
        site_name=None,
        provenance={"text": Provenance(source="bare text", confidence=0.2)} if text else {},
    )
