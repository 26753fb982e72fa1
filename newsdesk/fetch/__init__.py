"""Documents from the web: polite, bounded in size and time, and never from a private address."""

from newsdesk.fetch.addresses import is_inside, parse_network
from newsdesk.fetch.fetcher import Fetcher
from newsdesk.fetch.overrides import DeclaredFeed, feed_overrides, page_overrides
from newsdesk.fetch.records import Accept, Fetched, FetchSettings, Overrides, Redirect
from newsdesk.fetch.robots import KEEP as KEEP_ROBOTS
from newsdesk.fetch.robots import RobotsRules, open_rules, parse_robots
from newsdesk.fetch.tdmrep import KEEP as KEEP_TDMREP
from newsdesk.fetch.tdmrep import KEEP_UNREACHABLE as KEEP_NO_TDMREP
from newsdesk.fetch.tdmrep import NO_RULES, TdmRules, parse_tdmrep
from newsdesk.fetch.tdmrep import PATH as TDMREP_PATH
from newsdesk.fetch.urls import domain_of, site_of

__all__ = [
    "KEEP_NO_TDMREP",
    "KEEP_ROBOTS",
    "KEEP_TDMREP",
    "NO_RULES",
    "TDMREP_PATH",
    "Accept",
    "DeclaredFeed",
    "FetchSettings",
    "Fetched",
    "Fetcher",
    "Overrides",
    "Redirect",
    "RobotsRules",
    "TdmRules",
    "domain_of",
    "feed_overrides",
    "is_inside",
    "open_rules",
    "page_overrides",
    "parse_network",
    "parse_robots",
    "parse_tdmrep",
    "site_of",
]
