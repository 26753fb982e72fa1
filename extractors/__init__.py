"""Documents in, records out: feeds and pages as bytes become what they say. No network, no disk, no clock."""

from .article import extract_article
from .feed import parse_feed
from .overrides import check_override
from .records import (
    ChildSitemap,
    DateFault,
    DateSource,
    DroppedDate,
    ExtractError,
    Kind,
    OverrideEnd,
    OverrideUse,
    ParsedArticle,
    ParsedEntry,
    ParsedFeed,
    Provenance,
    SiteOverride,
)
from .selecting import SelectorError

__all__ = [
    "ChildSitemap",
    "DateFault",
    "DateSource",
    "DroppedDate",
    "ExtractError",
    "Kind",
    "OverrideEnd",
    "OverrideUse",
    "ParsedArticle",
    "ParsedEntry",
    "ParsedFeed",
    "Provenance",
    "SelectorError",
    "SiteOverride",
    "check_override",
    "extract_article",
    "parse_feed",
]
