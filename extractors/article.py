"""HTML bytes → ParsedArticle: decode, guard, metadata, text, kind, in this order. No network, no disk, no clock."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from .body import MIN_AGREEMENT, MIN_TEXT, Body, as_html, extract_body, find_day, likeness, parse_page, shingles
from .decoding import decode
from .guards import bare_text, guard, is_heavy
from .head import read_head
from .instants import read_instant
from .jsonld import Structured, read_structured
from .kinds import MIN_ARTICLE, Signs, decide_kind
from .language import Language, detect_language, find_language
from .layout import loosen_tables
from .lede import find_lede, join_lede
from .metadata import Metadata, read_metadata
from .mojibake import mojibake_share
from .newspaper_engine import read_newspaper
from .opening import opening_headline, opening_names
from .overrides import LIKELY, SURE, Overridden, agrees, apply_override, find_override, is_plausible_body, refuse
from .prose import heading_key, one_line, paragraphs
from .records import ExtractError, Kind, ParsedArticle, Provenance, SiteOverride
from .related import find_labels, find_related, may_hold_menus, without_menus, without_related
from .signals import read_signals
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
    overridden: Overridden


def extract_article(  # noqa: PLR0913 - each is something else that the caller knows of the page
    content: bytes,
    url: str,
    *,
    content_type: str | None = None,
    headers: Mapping[str, str] | None = None,
    engine: str = "cascade",
    languages: tuple[str, ...] = (),
    overrides: tuple[SiteOverride, ...] = (),
    now: datetime | None = None,
) -> ParsedArticle:
    """What a fetched page says; `url` is its final address and `content_type` the HTTP header's value.

    `headers` are those of the answer, with names in lower case: they hold signals, and the content type where
    `content_type` is None. `engine` is "cascade", or "newspaper" whose title, authors, date and text lead where it
    finds them. `languages` are the only codes that may be answered. `overrides` are checked ones; that of the page's
    host goes before all engines. `now` rules out dates of the future. No text gives Kind.EMPTY.
    Raises ExtractError where the bytes are no text at all (PDF, image, compressed data), and for an unknown engine.
    """
    if engine not in ENGINES:
        raise ExtractError(f"no extraction engine is called {engine!r}: use one of {', '.join(ENGINES)}")
    headers = headers or {}
    page = guard(decode(content, content_type or headers.get("content-type")))
    tree = parse_page(page.html) if page.html else None
    if tree is None or is_heavy(tree):
        text = page.plain or ("" if tree is None else bare_text(page.html))
        return _record_of_text(text, languages, signals=read_signals({}, headers))
    read = _read_page(
        page.html, tree, _Request(url=url, headers=headers, override=find_override(overrides, url), now=now)
    )
    if engine == "newspaper":
        read = _with_newspaper(read, page.html)
    return _record(_with_overrides(read), languages)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Request:
    """What the caller knows of a page."""

    url: str
    headers: Mapping[str, str]
    override: SiteOverride | None
    now: datetime | None


def _read_page(html: str, tree: Any, request: _Request) -> _Page:
    """The cascade. What only looks at the tree comes first, as the text's engine uses the tree up."""
    head, url, now = read_head(tree), request.url, request.now
    structured = read_structured(
        head.scripts, urls=(url, head.canonical), headings=frozenset(heading_key(text) for text in head.headings)
    )
    metadata = read_metadata(head, structured, url, headers=request.headers, now=now)
    structure = measure(tree)
    overridden = apply_override(request.override, tree, now=now)
    if overridden.removed:
        html = as_html(tree)
    lede = find_lede(tree, metadata.descriptions)
    related = find_related(tree)
    states = () if structure.long_paragraphs else find_states(tree)
    loosen_tables(tree)
    body = extract_body(html, tree, structured=structured.body, url=url)
    if not structure.long_paragraphs and not structure.gates and metadata.is_free is not False:
        body = _unshown(body, structured.body, states)
    text = without_menus(body.text, find_labels(parse_page(html))) if may_hold_menus(body.text) else body.text
    metadata = _with_opening(metadata, text)
    known = (metadata.title, *metadata.headlines, *head.headings, *metadata.authors)
    text = join_lede(lede, without_related(text, related), known)
    if metadata.published is None and overridden.published is None and (day := find_day(html, url, now=now)):
        metadata = _with_found_day(metadata, day)
    body = replace(body, text=text)
    return _Page(
        url=url, structured=structured, metadata=metadata, structure=structure, body=body, overridden=overridden
    )


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
    # It makes the first of the month of the 30th of February, which was dropped with its reason.
    is_made_of_dropped = any(day[:7] in dropped.text and day not in dropped.text for dropped in metadata.dropped_dates)
    if found is None or is_made_of_dropped:
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


def _with_overrides(page: _Page) -> _Page:
    """The operator's fields before all others; a text only where it can stand in the place of the engines'."""
    given, metadata, body, uses = page.overridden, page.metadata, page.body, page.overridden.uses
    provenance = dict(metadata.provenance)
    if title := given.title:
        others = tuple(dict.fromkeys(text for text in (metadata.title, *metadata.headlines) if text and text != title))
        provenance["title"] = _by_override(is_sure=agrees(title, (metadata.title, *metadata.headlines)))
        metadata = replace(metadata, title=title, headlines=others)
    if given.authors:
        provenance["authors"] = _by_override(is_sure=set(given.authors) == set(metadata.authors))
        metadata = replace(metadata, authors=given.authors)
    if found := given.published:
        known = metadata.published
        provenance["published"] = _by_override(is_sure=known is not None and known.at.date() == found.at.date())
        metadata = replace(metadata, published=found)
    if given.body and is_plausible_body(given.body, body.text):
        agreement = likeness(shingles(given.body), shingles(body.text))
        sure = _by_override(is_sure=agreement >= MIN_AGREEMENT)
        text = join_lede("", given.body, (metadata.title, *metadata.headlines))
        body = replace(body, text=text, source=sure.source, confidence=sure.confidence, agreement=agreement)
    elif given.body:
        why = f"it holds {len(given.body)} characters where the engines find {len(body.text)}"
        uses = refuse(uses, "body", why)
    metadata = replace(metadata, provenance=provenance)
    return replace(page, metadata=metadata, body=body, overridden=replace(given, uses=uses))


def _by_override(*, is_sure: bool) -> Provenance:
    return Provenance(source="override", confidence=SURE if is_sure else LIKELY)


def _record(page: _Page, languages: tuple[str, ...]) -> ParsedArticle:
    metadata, text = page.metadata, paragraphs(page.body.text)
    kind, reason = decide_kind(_signs(page, text))
    language = find_language(metadata.title, text, declared=metadata.language, languages=languages)
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
        language=language.code if language else None,
        canonical_url=metadata.canonical_url,
        site_name=metadata.site_name,
        headlines=metadata.headlines,
        signals=metadata.signals,
        tdm_policy=metadata.tdm_policy,
        provenance=_provenance(page, language),
        dropped_dates=metadata.dropped_dates,
        overrides=page.overridden.uses,
        agreement=None if page.body.agreement is None else round(page.body.agreement, 3),
        mojibake=mojibake_share(metadata.title, text),
    )


def _signs(page: _Page, text: str) -> Signs:
    metadata = page.metadata
    return Signs(
        text=text,
        titles=(metadata.title, *metadata.headlines),
        url=page.url,
        structure=page.structure,
        claims=metadata.claims,
        types=page.structured.types,
        is_live=page.structured.is_live,
        is_free=metadata.is_free,
        hidden=page.body.hidden,
        noindex="noindex" in metadata.signals,
        word_count=page.structured.word_count,
        site=metadata.site_name or "",
    )


def _provenance(page: _Page, language: Language | None) -> dict[str, Provenance]:
    sources = dict(page.metadata.provenance)
    if page.body.text.strip():
        sources["text"] = Provenance(source=page.body.source, confidence=page.body.confidence)
    if language:
        sources["language"] = Provenance(source=language.source, confidence=language.confidence)
    return sources


def _record_of_text(plain: str, languages: tuple[str, ...], *, signals: tuple[str, ...]) -> ParsedArticle:
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
        signals=signals,
        mojibake=mojibake_share(text),
        provenance={"text": Provenance(source="bare text", confidence=0.2)} if text else {},
    )
