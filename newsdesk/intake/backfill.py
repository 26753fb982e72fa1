"""Where the older entries of a feed stand that its present window does not show any more.

One page after another: the caller fetches and stores a page, then asks for the next with all pages visited so far.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from extractors.records import ParsedFeed
from newsdesk.intake.identity import clean_link

MOST_PAGES = 5
_REACHED = 0.5  # of a page; a few known entries may be there since pages shift while new entries come
_WORDPRESS_PATH: Final = re.compile(r"(?:^|/)feed(?:/(?:rss|rss2|rdf|atom))?/?$")
_WORDPRESS_QUERY: Final = frozenset(("feed", "rss", "rss2", "rdf", "atom"))  # values of `feed=`


class Way(StrEnum):
    """Why a page is asked for, or why there is none."""

    ARCHIVE = "the feed names its older page (RFC 5005)"
    WORDPRESS = "WordPress gives older pages by number"
    SITEMAP = "the site's news sitemap"
    REACHED = "the page reaches what is known"
    EMPTY = "the page has no entries"
    ENOUGH = "as many pages as one gap may cost"
    NO_MORE = "there is no older page"


@dataclass(frozen=True, slots=True, kw_only=True)
class NextPage:
    """The page to ask for; None: the back-fill is over. `way` says why."""

    url: str | None
    way: Way


def next_page(
    visited: Sequence[str], parsed: ParsedFeed, *, overlap: float | None, sitemap: str | None = None
) -> NextPage:
    """The page after `parsed`, which stands at the last of the URLs `visited`; the first of them is the feed's own.

    `overlap`: that of the decision on `parsed`; None for the feed's own document, which showed the gap. From a half the
    gap is closed. Archive pages come first (RFC 5005 sections 3 and 4), then WordPress's pages, recognised by the shape
    of the feed's URL, then `sitemap`, the news sitemap of the site where one is known. Five pages at most, none twice.
    """
    if overlap is not None and overlap >= _REACHED:
        return NextPage(url=None, way=Way.REACHED)
    if len(visited) > MOST_PAGES:
        return NextPage(url=None, way=Way.ENOUGH)
    seen = {clean_link(url) for url in visited}
    older = (
        (parsed.next_url, Way.ARCHIVE),
        (_wordpress_page(visited[-1], parsed), Way.WORDPRESS),
        (sitemap, Way.SITEMAP),
    )
    for url, way in older:
        if url and clean_link(url) not in seen:
            return NextPage(url=url, way=way)
    return NextPage(url=None, way=Way.NO_MORE if parsed.entries else Way.EMPTY)


def _wordpress_page(url: str, parsed: ParsedFeed) -> str | None:
    """The next page of a WordPress feed (`?paged=2` is the one after the first); None for any other feed."""
    parts = urlsplit(url)
    query = parse_qsl(parts.query, keep_blank_values=True)
    asked = dict(query)
    is_wordpress = bool(_WORDPRESS_PATH.search(parts.path)) or asked.get("feed", "") in _WORDPRESS_QUERY
    number = asked.get("paged", "1")
    if not (is_wordpress and parsed.entries and number.isdecimal() and len(number) < 4):  # noqa: PLR2004 - digits
        return None
    rest = [(name, value) for name, value in query if name != "paged"]
    return urlunsplit(parts._replace(query=urlencode([*rest, ("paged", str(int(number) + 1))]), fragment=""))
