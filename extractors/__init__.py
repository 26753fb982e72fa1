"""Documents in, records out: feeds and pages as bytes become what they say. No network, no disk, no clock."""

from .article import extract_article
from .feed import parse_feed
from .records import (
    ChildSitemap,
    DateSource,
    ExtractError,
    Kind,
    ParsedArticle,
    ParsedEntry,
    ParsedFeed,
    Provenance,
)

__all__ = [
    "ChildSitemap",
    "DateSource",
    "ExtractError",
    "Kind",
    "ParsedArticle",
    "ParsedEntry",
    "ParsedFeed",
    "Provenance",
    "extract_article",
    "parse_feed",
]
