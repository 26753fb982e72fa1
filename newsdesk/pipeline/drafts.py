"""What page and feed make of an article: its draft, or the reason why there is none."""

from dataclasses import dataclass
from datetime import UTC, datetime

from extractors import Kind, ParsedArticle
from extractors.records import OverrideEnd
from extractors.urls import unwrap_redirector
from newsdesk.fetch import domain_of
from newsdesk.intake import article_fingerprint, article_id, text_fingerprint
from newsdesk.ledger.articles import Draft
from newsdesk.ledger.entries import Entry
from newsdesk.model import FEED_SUMMARY, Article, Done, Dropped, Outcome, PageReading, Reason, SiteRule

_NO_ARTICLE = {
    Kind.CONSENT: Reason.CONSENT_WALL,
    Kind.PAYWALL: Reason.PAYWALL,
    Kind.BOT_WALL: Reason.BOT_WALL,
    Kind.INDEX: Reason.INDEX_PAGE,
    Kind.SOFT_404: Reason.SOFT_404,
    Kind.EMPTY: Reason.EMPTY_PAGE,
}
# The feed says what its page would not show us: its words stand in. Where there is no page at all, there is no article.
_FEED_SPEAKS = frozenset(
    {
        Reason.CONSENT_WALL,
        Reason.PAYWALL,
        Reason.BOT_WALL,
        Reason.EMPTY_PAGE,
        Reason.NOT_HTML,
        Reason.ROBOTS_DISALLOWED,
        Reason.FORBIDDEN,
        Reason.TOO_LARGE,
        Reason.RIGHTS_RESERVED,
    }
)
_RESERVATIONS = ("tdm-reservation", "noindex")  # W3C TDMRep; robots meta tag and X-Robots-Tag


@dataclass(frozen=True, slots=True, kw_only=True)
class PageAt:
    """Where and when a page was read, and its place in the archive."""

    url: str  # after all redirects
    fetched_at: datetime
    key: str | None
    site_rule: SiteRule | None = None  # what the site's tdmrep.json says of it


def judge(entry: Entry, parsed: ParsedArticle, page: PageAt) -> tuple[Outcome, Draft | None]:
    """What a page that was read means for its entry."""
    if parsed.kind in _NO_ARTICLE:
        return Dropped(reason=_NO_ARTICLE[parsed.kind], detail=parsed.kind_reason), None
    reserved = [signal for signal in _RESERVATIONS if signal in parsed.signals]
    if reserved and not entry.feed.licence:
        site = page.site_rule.location if page.site_rule and page.site_rule.reserved else ""
        where = f" (its tdmrep.json, for {site})" if site else ""
        detail = f"the publisher says {', '.join(reserved)}{where}; with a licence, write `licence:` at the feed"
        return Dropped(reason=Reason.RIGHTS_RESERVED, detail=detail), None
    return Done(), make_draft(entry, parsed, page)


def may_be_kept(entry: Entry, parsed: ParsedArticle) -> bool:
    """Whether a copy of the page may stay in the archive: who has a licence may keep what robots may not.

    A wall says such things of itself, and not of the article behind it.
    """
    is_wall = parsed.kind in _NO_ARTICLE
    return is_wall or bool(entry.feed.licence) or not {"noarchive", *_RESERVATIONS} & set(parsed.signals)


def stand_in(entry: Entry, outcome: Outcome, *, page_key: str | None, at: datetime) -> Draft | None:
    """The feed's own words as the article, where the page may not or cannot be read."""
    if entry.link is None or not isinstance(outcome, Dropped) or outcome.reason not in _FEED_SPEAKS:
        return None
    return _summary_draft(entry, page_link(entry.link), page_key=page_key, at=at)


def page_link(link: str) -> str:
    """The page that an entry's link leads to, without a redirector that says so itself."""
    return unwrap_redirector(link) or link


def make_draft(entry: Entry, parsed: ParsedArticle, page: PageAt) -> Draft:
    """The article that page and feed give together: the page first, the feed where the page is silent."""
    url = _address(parsed, page.url)
    published, source = _published(entry, parsed)
    article = Article(
        id=article_id(url),
        url=url,
        source=entry.source,
        title=parsed.title or entry.title,
        text=parsed.text,
        summary=parsed.summary or entry.summary,
        language=parsed.language or entry.language,
        authors=parsed.authors or entry.authors,
        published=published,
        published_source=source,
        modified=parsed.modified.astimezone(UTC) if parsed.modified else entry.updated,
        fetched_at=page.fetched_at,
        recorded_at=page.fetched_at,
        first_seen_at=entry.first_seen_at,
        kind=parsed.kind.value,
        signals=parsed.signals,
    )
    return Draft(
        article=article,
        feed_id=entry.feed_id,
        entry_id=entry.id,
        fingerprint=article_fingerprint(parsed),
        page_key=page.key,
        provenance={name: (found.source, found.confidence) for name, found in parsed.provenance.items()},
        signals=parsed.signals,
        reading=_reading(parsed),
    )


def _reading(parsed: ParsedArticle) -> PageReading:
    return PageReading(
        agreement=None if parsed.agreement is None else round(parsed.agreement, 3),
        mojibake=round(parsed.mojibake, 4),
        tdm_policy=parsed.tdm_policy,
        dropped_dates=tuple(
            f"{one.field} {one.text} by {one.source}: {one.fault.value}" for one in parsed.dropped_dates
        ),
        missed_selectors=tuple(
            f"{use.field} {use.selector}: {use.why}" for use in parsed.overrides if use.end is not OverrideEnd.USED
        ),
    )


def _summary_draft(entry: Entry, link: str, *, page_key: str | None, at: datetime) -> Draft | None:
    if not entry.title:
        return None
    article = Article(
        id=article_id(link),
        url=link,
        source=entry.source,
        title=entry.title,
        text=entry.summary,
        summary=entry.summary,
        language=entry.language,
        authors=entry.authors,
        published=entry.published,
        published_source=entry.published_source and f"feed:{entry.published_source}",
        modified=entry.updated,
        fetched_at=at,
        recorded_at=at,
        first_seen_at=entry.first_seen_at,
        kind=FEED_SUMMARY,
    )
    given = {"title": entry.title, "text": entry.summary, "authors": entry.authors, "published": entry.published}
    return Draft(
        article=article,
        feed_id=entry.feed_id,
        entry_id=entry.id,
        fingerprint=text_fingerprint(entry.title, entry.summary),
        page_key=page_key,
        provenance={name: ("feed", 1.0) for name, value in given.items() if value},
        signals=(),
    )


def _address(parsed: ParsedArticle, final_url: str) -> str:
    """The page's own canonical URL, where it stays within the site: elsewhere it may be a mistake or a trap."""
    canonical = parsed.canonical_url
    return canonical if canonical and domain_of(canonical) == domain_of(final_url) else final_url


def _published(entry: Entry, parsed: ParsedArticle) -> tuple[datetime | None, str | None]:
    """The page's instant; the feed's where the page gives none, or only the day and the feed gives the time of it."""
    page = parsed.published
    if page is None:
        return entry.published, entry.published_source and f"feed:{entry.published_source}"
    same_day = entry.published is not None and abs((entry.published - page).total_seconds()) < 36 * 3600
    if parsed.published_precision == "day" and same_day:
        return entry.published, f"feed:{entry.published_source}"
    found = parsed.provenance.get("published")
    return page.astimezone(UTC), f"page:{found.source}" if found else "page"
