"""Documents from the web: polite, bounded in size and time, and never from a private address."""

from newsdesk.fetch.addresses import parse_network
from newsdesk.fetch.fetcher import Fetcher
from newsdesk.fetch.records import Accept, Fetched, FetchSettings, Overrides, Redirect
from newsdesk.fetch.robots import KEEP as KEEP_ROBOTS
from newsdesk.fetch.robots import RobotsRules, open_rules, parse_robots
from newsdesk.fetch.urls import domain_of, site_of

__all__ = [
    "KEEP_ROBOTS",
    "Accept",
    "FetchSettings",
    "Fetched",
    "Fetcher",
    "Overrides",
    "Redirect",
    "RobotsRules",
    "domain_of",
    "open_rules",
    "parse_network",
    "parse_robots",
    "site_of",
]
