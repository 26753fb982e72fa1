"""The sample newsroom: invented sources on a loopback server, for the demonstration, the tutorial and the tests."""

from newsdesk.newsroom.records import (
    ContentError,
    PageKind,
    SampleEntry,
    SampleFeed,
    SeenRequest,
)
from newsdesk.newsroom.server import Newsroom, serve

__all__ = ["ContentError", "Newsroom", "PageKind", "SampleEntry", "SampleFeed", "SeenRequest", "serve"]
