"""Which answer stands at which host and path. Pure: the server adds status lines, validators and compression."""

import json
import re

from newsdesk.newsroom.feeds import render_feed
from newsdesk.newsroom.issue import Issue
from newsdesk.newsroom.pages import Press
from newsdesk.newsroom.pictures import draw
from newsdesk.newsroom.records import Answer, FeedFault, FeedFormat, Source

_HOST = re.compile(r"(?:(?P<slug>[a-z0-9-]+)\.)?(?:localhost|127\.0\.0\.1)(?P<port>:\d{1,5})?", re.IGNORECASE)
_PLAIN = "text/plain; charset=utf-8"
_SECTION = re.compile(r"/section/([a-z0-9-]+)/")
_PICTURE = re.compile(r"/images/([a-z0-9-]+)\.svg")


def split_host(host: str) -> tuple[str | None, str] | None:
    """A Host header as (slug or None for the lobby, ":port" or ""); None for a name that is not served here."""
    found = _HOST.fullmatch(host)
    if not found:
        return None
    return found["slug"].lower() if found["slug"] else None, found["port"] or ""


def answer(issue: Issue, host: str, path: str, seed: int) -> Answer:
    """The answer to GET; `path` is without its query string."""
    if (place := split_host(host)) is None:
        return Answer(status=421, media_type=_PLAIN, content=b"this newsroom serves *.localhost only\n")
    slug, port = place
    press = Press(issue=issue, port=port, seed=seed)
    if slug is None:
        return _lobby(press, path)
    if (source := issue.source(slug)) is None:
        return Answer(status=404, media_type=_PLAIN, content=f"no source is called {slug}\n".encode())
    return _fixed(press, source, path) or _feed(press, source, path) or _page(press, source, path)


def source_of(issue: Issue, host: str) -> Source | None:
    """The source that a Host header names."""
    place = split_host(host)
    return issue.source(place[0]) if place and place[0] else None


def _lobby(press: Press, path: str) -> Answer:
    match path:
        case "/":
            return press.lobby()
        case "/favicon.ico":
            return Answer(status=204)
        case "/robots.txt":
            return Answer(media_type=_PLAIN, content=b"User-agent: *\nDisallow:\n")
        case _:
            return Answer(status=404, media_type=_PLAIN, content=b"the newsroom's list of sources is at /\n")


def _fixed(press: Press, source: Source, path: str) -> Answer | None:
    match path:
        case "/":
            return press.listing(source)
        case "/robots.txt":
            return _robots(press, source)
        case "/favicon.ico" | "/favicon":
            return Answer(status=204)
        case "/style.css":
            return press.style(source)
        case _:
            return None


def _feed(press: Press, source: Source, path: str) -> Answer | None:
    if path == source.moved_from:
        where = press.home(source.slug) + source.feed_path
        return Answer(status=301, media_type=_PLAIN, content=b"moved for good\n", headers={"Location": where})
    if path != source.feed_path:
        return None
    if press.issue.feed_fails(source):
        return Answer(status=500, media_type=_PLAIN, content=b"Internal Server Error\n")
    if source.fault is FeedFault.LOGIN_PAGE:
        return press.login(source)
    printed = press.issue.printed(source.slug)
    return render_feed(source, press.home(source.slug), printed, press.issue.feed_changed(printed))


def _page(press: Press, source: Source, path: str) -> Answer:
    if one := press.issue.find(source.slug, path):
        return press.piece(source, one)
    if (section := _SECTION.fullmatch(path)) and section[1] in press.sections(source):
        return press.listing(source, section=section[1])
    if picture := _PICTURE.fullmatch(path):
        svg = draw(f"{source.slug}/{picture[1]}").encode()
        return Answer(media_type="image/svg+xml", content=svg, changed=press.issue.opened)
    return press.missing(source)


def _robots(press: Press, source: Source) -> Answer:
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in source.disallow or ("",))]
    if source.feed_format is FeedFormat.NEWS_SITEMAP:
        lines += ["", f"Sitemap: {press.home(source.slug)}{source.feed_path}"]
    return Answer(media_type=_PLAIN, content="\n".join([*lines, ""]).encode(), changed=press.issue.opened)


def edition_answer(issue: Issue) -> Answer:
    """What POST /_newsroom/advance says."""
    return Answer(media_type="application/json", content=json.dumps({"edition": issue.edition}).encode())
