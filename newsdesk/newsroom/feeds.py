"""Renders a source's feed: RSS 2.0, RSS 1.0, Atom, JSON Feed or a news sitemap. Pure."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from markupsafe import escape

from newsdesk.newsroom.paper import environment
from newsdesk.newsroom.records import Answer, Block, BlockKind, FeedDates, FeedFault, FeedFormat, Printed, Source
from newsdesk.newsroom.wording import iso_date, rss_date

_MEDIA_TYPES = {
    FeedFormat.RSS20: "application/rss+xml; charset=utf-8",
    FeedFormat.RSS10: "application/rdf+xml; charset=utf-8",
    FeedFormat.ATOM: "application/atom+xml; charset=utf-8",
    FeedFormat.JSON: "application/feed+json",
    FeedFormat.NEWS_SITEMAP: "application/xml; charset=utf-8",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """One entry as the templates see it."""

    guid: str
    url: str
    title: str
    summary: str
    html: str  # the whole text where the source gives it, else the first paragraph
    authors: tuple[str, ...]
    section: str
    language: str
    rss_date: str | None
    published: str | None
    updated: str | None  # the publication where nothing was changed since
    modified: str | None


def render_feed(source: Source, home: str, printed: Sequence[Printed], changed: datetime) -> Answer:
    """The feed document; `home` is the source's address without a slash at the end."""
    lines = [_line(source, home, one) for one in printed]
    if source.fault is FeedFault.REPEATED_GUID and len(lines) > 1:
        lines[1] = replace(lines[1], guid=lines[0].guid)
    if source.feed_format is FeedFormat.JSON:
        text = _json_feed(source, home, lines)
    else:
        template = environment().get_template(f"{source.feed_format}.xml")
        text = template.render(source=source, home=home, lines=lines, raw=source.fault is FeedFault.BARE_AMPERSAND)
    return Answer(media_type=_MEDIA_TYPES[source.feed_format], content=text.encode(), changed=changed)


def summary_of(blocks: Sequence[Block]) -> str:
    """The first paragraph: what feeds and descriptions show of a piece."""
    return next((block.text for block in blocks if block.kind is BlockKind.PARAGRAPH), "")


def _line(source: Source, home: str, one: Printed) -> _Line:
    piece, dated = one.piece, source.feed_dates is not FeedDates.MISSING
    return _Line(
        guid=f"{source.slug}:{piece.slug}",
        url=home + piece.path,
        title=piece.title,
        summary=summary_of(piece.blocks),
        html=_html(piece.blocks if source.full_text else piece.blocks[:1]),
        authors=piece.authors,
        section=piece.section,
        language=piece.language,
        rss_date=rss_date(one.published, source.feed_dates),
        published=iso_date(one.published) if dated else None,
        updated=iso_date(one.modified or one.published) if dated else None,
        modified=iso_date(one.modified) if one.modified else None,
    )


def _html(blocks: Sequence[Block]) -> str:
    return "".join(f"<p>{escape(block.text)}</p>" for block in blocks)


def _json_feed(source: Source, home: str, lines: Sequence[_Line]) -> str:
    items = [
        {
            "id": line.guid,
            "url": line.url,
            "title": line.title,
            "summary": line.summary,
            "content_html": line.html,
            "date_published": line.published,
            "date_modified": line.updated,
            "authors": [{"name": name} for name in line.authors],
            "tags": [line.section],
        }
        for line in lines
    ]
    top = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": source.name,
        "home_page_url": f"{home}/",
        "feed_url": home + source.feed_path,
        "description": source.tagline,
        "language": source.language,
        "items": items,
    }
    return json.dumps(top, ensure_ascii=False, indent=1)
