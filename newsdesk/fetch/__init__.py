"""Documents from the web: polite, bounded in size and time, and never from a private address."""

from newsdesk.fetch.addresses import parse_network
from newsdesk.fetch.fetcher import Fetcher
from newsdesk.fetch.records import Accept, Fetched, FetchSettings, Overrides, Redirect
from newsdesk.fetch.robots import RobotsRules
from newsdesk.fetch.urls import domain_of

__all__ = [
    "Accept",
    "FetchSettings",
    "Fetched",
    "Fetcher",
    "Overrides",
    "Redirect",
    "RobotsRules",
    "domain_of",
    "parse_network",
]
