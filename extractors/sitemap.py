"""Google News sitemaps (sitemaps.org 0.9 with news:news elements) and sitemap indexes → ParsedFeed."""

from collections.abc import Iterator
from typing import Any, Final

from .feed_dates import DateRules, entry_dates
from .feed_entry import language_of
from .feed_text import FeedText, damage, not_a_feed
from .records import ChildSitemap, ExtractError, ParsedEntry, ParsedFeed
from .text import one_line, plain_title
from .urls import absolute

NO_NEWS: Final = "The document is a sitemap without news: elements, so it tells neither titles nor dates."
_NEWS_NAMESPACE: Final = "sitemap-news/"
_INDEX = "sitemapindex"


def parse_sitemap(document: FeedText, url: str, rules: DateRules) -> ParsedFeed:
    """The news of a sitemap as entries, or the sitemaps that an index names as `child_sitemaps`.

    A sitemap without news: elements lists pages without titles and dates of publication: it is no feed. Its lastmod
    would not do for one, since sites set it anew with every redesign, and old pages would come as news. A sitemap that
    declares the namespace is one of news on a quiet day: publishers take the elements away after two days.
    """
    root, problem = _tree(document.text)
    problems = [*document.problems, *((f"it is not well-formed XML ({problem})",) if problem else ())]
    if document.root == _INDEX:
        return _feed("sitemap-index", document, problems, children=tuple(_children(root, url, rules)))
    news = [(page, _child(page, "news")) for page in _all(root, "url")]
    found = [(page, about) for page, about in news if about is not None]
    if not found and _NEWS_NAMESPACE not in document.text:
        return not_a_feed(NO_NEWS)
    publication = _child(found[0][1], "publication") if found else None
    return _feed(
        "news-sitemap",
        document,
        problems,
        title=plain_title(_text(publication, "name"), is_html=False),
        language=language_of(_text(publication, "language")),
        entries=tuple(_entry(page, about, url, rules) for page, about in found),
    )


def _feed(  # noqa: PLR0913 -- the parts of one record
    kind: str,
    document: FeedText,
    problems: list[str],
    *,
    title: str = "",
    language: str | None = None,
    entries: tuple[ParsedEntry, ...] = (),
    children: tuple[ChildSitemap, ...] = (),
) -> ParsedFeed:
    return ParsedFeed(
        format=kind,
        title=title,
        link=None,
        language=language,
        entries=entries,
        bozo_reason=damage(problems),
        truncated=document.truncated,
        child_sitemaps=children,
        reader="sitemap",
    )


def _entry(page: Any, news: Any, url: str, rules: DateRules) -> ParsedEntry:
    dates = entry_dates(
        rules, published=_text(news, "publication_date"), dublin_core=None, updated=_text(page, "lastmod")
    )
    keywords = (one_line(word) for word in _text(news, "keywords").split(","))
    return ParsedEntry(
        guid=None,
        link=absolute(_text(page, "loc"), url),
        title=plain_title(_text(news, "title"), is_html=False),
        published=dates.published,
        published_source=dates.source,
        published_assumed_zone=dates.assumed_zone,
        updated=dates.updated,
        summary="",
        content="",
        authors=(),
        categories=tuple(dict.fromkeys(word for word in keywords if word)),
        language=language_of(_text(_child(news, "publication"), "language")),
    )


def _children(root: Any, url: str, rules: DateRules) -> Iterator[ChildSitemap]:
    for child in _all(root, "sitemap"):
        if address := absolute(_text(child, "loc"), url):
            changed = rules.read(_text(child, "lastmod"))
            yield ChildSitemap(url=address, updated=changed.instant if changed else None)


def _tree(text: str) -> tuple[Any, str | None]:
    """The root element, and the first complaint of the parser. No entity is resolved, nothing is loaded."""
    from lxml import etree

    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(text.encode("utf-8"), parser)
    except etree.XMLSyntaxError as error:
        raise ExtractError(f"the sitemap cannot be read: {error}") from error
    if root is None:
        raise ExtractError("the sitemap cannot be read: it has no element at all")
    return root, str(parser.error_log[0].message) if len(parser.error_log) else None


def _all(element: Any, name: str) -> Iterator[Any]:
    """The children of that local name; publishers get the namespaces wrong, so they are not looked at."""
    return (child for child in element if _local(child) == name)


def _child(element: Any, name: str) -> Any:
    return next(_all(element, name), None) if element is not None else None


def _text(element: Any, name: str) -> str:
    child = _child(element, name)
    return "".join(child.itertext()).strip() if child is not None else ""


def _local(element: Any) -> str:
    tag = element.tag  # of comments and instructions it is a function
    return tag.rpartition("}")[2].rpartition(":")[2].lower() if isinstance(tag, str) else ""
