"""Where a site says its feeds are: in pages, headers, robots.txt; and where they may be though it does not say so.

Everything found here is a candidate: whether it is a feed shows only when it is fetched and read.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

from .decoding import decode
from .guards import guard
from .records import ExtractError
from .text import plain_title
from .urls import absolute, canonical_key

_MOST_LINKS = 60  # of one document
_MOST_SITEMAPS = 100
_LONGEST_ROBOTS = 500_000
_LONGEST_TITLE = 200


class Place(StrEnum):
    """Where a candidate was found; the order is that of trust."""

    ITSELF = "itself"  # the address that was asked for
    LINK = "link"  # <link rel="alternate"> of the page
    HEADER = "header"  # Link header of the page (RFC 8288)
    ANCHOR = "anchor"  # a link in the text of the page
    LIST = "list"  # a link on the site's own page about its feeds
    ROBOTS = "robots"  # a Sitemap line of robots.txt
    WELL_KNOWN = "well-known"  # a path that many content systems use


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedLink:
    """A candidate. `title` is what the site calls it, "" where it says nothing."""

    url: str  # absolute, http or https
    place: Place
    title: str = ""
    is_list: bool = False  # by the look of its address it may also be a page about feeds


_TYPES: Final = frozenset((
    "application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml",
    "application/x.atom+xml", "application/x-atom+xml", "application/json", "application/xml", "text/xml", "text/rss",
))  # fmt: skip
_NO_FEEDS = re.compile(r"/wp-json(?:/|$)|/oembed\b|/opensearch|[?&]rest_route=", re.IGNORECASE)
# The end of a path that names a feed: a word for it as the last or the last but one part, or as the file's ending.
_FEED_PATH = re.compile(
    r"/(?:rss|atom|feed|feeds|rdf|xml)(?:[._-]?(?:\d\.\d|[0-9]{1,3}))?/?$"
    r"|/(?:rss|feeds?|atom|rssfeeds?|xmlfeeds?)/(?:[^/]{1,80}/)?[^/]{1,80}/?$"
    r"|/[^/]{0,80}(?:rss|atom|feed)[^/]{0,60}\.(?:xml|json|php|aspx?|cms|rdf)$"
    r"|\.(?:rss|atom|rdf)$"
    r"|/(?:index|news|latest|posts|all|home|top-?stories)\.xml$",
    re.IGNORECASE,
)
_FEED_QUERY = re.compile(r"(?:^|&)(?:feed|format|output|outputtype|type)=(?:rss2?|atom|feed|xml)\b", re.IGNORECASE)
_LIST_PATH = re.compile(
    r"/(?:rss|rss[-_]?feeds?|feeds?|syndication|xml)(?:\.(?:html?|php|aspx?|cms))?/?$", re.IGNORECASE
)
_SHARING = re.compile(
    r"/(?:share|sharer|intent|signup|login|subscribe)\b|\.(?:jpe?g|png|gif|svg|css|js|pdf)$", re.IGNORECASE
)
_COMMENTS = re.compile(
    r"/comments?/(?:feed|default|rss|atom)|[?&]feed=comments|/comments?(?:[-_.](?:feed|rss|atom))?(?:\.xml)?/?$",
    re.IGNORECASE,
)
_COMMENTS_TITLE = re.compile(
    r"\bcomments\b|\bcommentaires\b|\bkommentar(?:e\b|-feed)|\bcoment[aá]rios\b|\bcommenti\b|टिप्पणिय", re.IGNORECASE
)
_LINK_VALUE = re.compile(
    r"<([^<>]{1,2000})>((?:\s*;\s*[\w*!#$&+.^`|~-]{1,40}\s*(?:=\s*(?:\"[^\"]{0,500}\"|[^\s\",;]{0,500}))?)*)"
)
_PARAMETER = re.compile(r";\s*([\w*-]{1,40})\s*=\s*(?:\"([^\"]{0,500})\"|([^\s\",;]{0,500}))")
_SITEMAP_LINE = re.compile(r"^[ \t]*sitemap[ \t]*:[ \t]*(\S[^\r\n#]*)", re.IGNORECASE | re.MULTILINE)
_WELL_KNOWN: Final = (
    "/feed/", "/rss.xml", "/atom.xml", "/index.xml", "/feed.xml", "/rss/", "/feeds/", "/news/rss.xml", "/feed.json",
    "/news-sitemap.xml",
)  # fmt: skip


def feed_links(content: bytes, url: str, *, content_type: str | None = None) -> tuple[FeedLink, ...]:
    """The candidates that an HTML page at `url` names, those that it declares first; none where it is no page.

    Raises ExtractError for what is no text at all.
    """
    from .body import parse_page

    tree = parse_page(guard(decode(content, content_type)).html or "<p>")
    if tree is None:
        return ()
    base = next((href for element in tree.iter("base") if (href := element.get("href"))), "")
    base = absolute(base, url) or url
    found = [*_declared(tree, base), *_anchors(tree, base)]
    return _each_once(found, but=url)[:_MOST_LINKS]


def header_links(value: str, url: str) -> tuple[FeedLink, ...]:
    """The candidates of a `Link` header (RFC 8288) of the page at `url`."""
    found = []
    for target, parameters in _LINK_VALUE.findall(value[:20_000]):
        said = {name.lower(): quoted or bare for name, quoted, bare in _PARAMETER.findall(parameters)}
        link = absolute(target, url)
        if link and _is_feed(said.get("rel", ""), said.get("type", ""), link):
            found.append(FeedLink(url=link, place=Place.HEADER, title=_title(said.get("title", ""))))
    return _each_once(found, but=url)


def robots_sitemaps(content: bytes, url: str) -> tuple[str, ...]:
    """The sitemaps that a robots.txt at `url` names (sitemaps.org, "Submitting"), those that speak of news first."""
    text = content[:_LONGEST_ROBOTS].decode("utf-8", "replace")
    named = (absolute(line.strip(), url) for line in _SITEMAP_LINE.findall(text)[:_MOST_SITEMAPS])
    found = dict.fromkeys(address for address in named if address)
    return tuple(sorted(found, key=lambda address: not speaks_of_news(address)))


def speaks_of_news(url: str) -> bool:
    """Whether the address of a sitemap says that it is one of news; the host does not count."""
    parts = urlsplit(url)
    return "news" in f"{parts.path}?{parts.query}".lower()


def well_known(url: str) -> tuple[FeedLink, ...]:
    """The addresses that many content systems use, at the root of the site of `url`: ten at most."""
    return tuple(FeedLink(url=urljoin(url, path), place=Place.WELL_KNOWN) for path in _WELL_KNOWN)


def is_of_comments(url: str, title: str) -> bool:
    """Whether a feed holds what readers wrote below articles, by its address or its title."""
    return bool(_COMMENTS.search(url) or _COMMENTS_TITLE.search(title))


def _declared(tree: Any, base: str) -> Iterator[FeedLink]:
    for element in tree.iter("link"):
        link = absolute(element.get("href") or "", base)
        if link and _is_feed(element.get("rel") or "", element.get("type") or "", link):
            yield FeedLink(url=link, place=Place.LINK, title=_title(element.get("title") or ""))


def _anchors(tree: Any, base: str) -> Iterator[FeedLink]:
    """Links that are feeds by the look of their address, before those that lead to pages about feeds."""
    lists = []
    for element in tree.iter("a"):
        link = absolute(element.get("href") or "", base)
        if not link or _NO_FEEDS.search(link) or _SHARING.search(urlsplit(link).path):
            continue
        parts = urlsplit(link)
        is_list = bool(_LIST_PATH.search(parts.path)) and not parts.query
        if is_list or _FEED_PATH.search(parts.path) or _FEED_QUERY.search(parts.query) or _is_feed_host(parts.hostname):
            found = FeedLink(
                url=link, place=Place.ANCHOR, title=_title("".join(element.itertext())[:1000]), is_list=is_list
            )
            if is_list:
                lists.append(found)
            else:
                yield found
    yield from lists


def _is_feed(relation: str, media_type: str, link: str) -> bool:
    """HTML Living Standard, "Link type alternate": with the type of a feed it names one. `feed` is an older draft's."""
    relations = relation.lower().split()
    kind = media_type.partition(";")[0].strip().lower()
    if _NO_FEEDS.search(link) or "stylesheet" in relations:
        return False
    return ("alternate" in relations and kind in _TYPES) or ("feed" in relations and kind in ("", *_TYPES))


def _is_feed_host(host: str | None) -> bool:
    return (host or "").startswith(("feeds.", "rss.", "feed."))


def _title(text: str) -> str:
    return plain_title(text[: 5 * _LONGEST_TITLE], is_html=False)[:_LONGEST_TITLE]


def _each_once(found: list[FeedLink], *, but: str) -> tuple[FeedLink, ...]:
    """Without repetitions and without the page itself."""
    seen, once = {_key(but)}, []
    for link in found:
        if (key := _key(link.url)) not in seen:
            seen.add(key)
            once.append(link)
    return tuple(once)


def _key(url: str) -> str:
    try:
        return canonical_key(url)
    except ExtractError:
        return url
