"""What a page is: an article, or one of the things that are served in its place.

Structure decides and words only vote: a page that states to be an article and shows prose is one, whatever words
stand on it. To take a real article for a wall loses news; the other way round costs one bad row. So each verdict
against needs a short text and several signs.
"""

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from .phrases import CONSENT, LIVE, MISSING, REST_FOR_SUBSCRIBERS, ROBOT, SUBSCRIBE
from .records import Kind
from .structure import Structure

_DENSE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
MIN_ARTICLE: Final = 140  # characters of text under which a page says nothing
SURE_ARTICLE: Final = 1500  # of text from which a page with prose is no wall
_STUB = 1200  # the longest text that can be a stub
_WALL_PAGE = 3000  # visible characters; a wall is a small page
_NOT_FOUND_PAGE = 1000  # of text
_NOT_FOUND_TITLE = 80  # characters; a longer title is a headline
_INDEX_HEADINGS = 8
_INDEX_LINKS = 0.5  # share of the visible text
_ONLY_LINKS = 0.8
_MANY_UPDATES = 3
_MOST = 0.5
_FEW_LINKS = 5
_LITTLE_PROSE = 3  # paragraphs
_MANY_TEASERS = 6  # <article> elements
_OFFER = 300  # characters at the end of a stub
_LABEL = 20  # characters up to which a line is a button or a label
_SPEAKS = 40  # characters of a paywall that is not merely prepared
_FEW_WORDS = 0.5  # of those that JSON-LD counts
_COUNTED = 150  # words from which such a count means anything
_HOLLOW = 500  # characters of text of a page that may be no article at all
_INCIDENT = re.compile(r"\b(?=[\da-f.-]*\d)(?=[\da-f.-]*[a-f])[\da-f]{6,}(?:[.-][\da-f]{4,})*\b", re.IGNORECASE)
_IP_ADDRESS = re.compile(r"\b(?:\d{1,3}\.){3}\d{1,3}\b")
_LISTS = frozenset(("collectionpage", "searchresultspage", "itemlist", "profilepage"))

# A page of a section, a topic, an author or a search: the last part of the address is its name, not a headline.
_LIST_PATH = re.compile(
    r"/(?:tags?|topics?|themen?|thema|tema|etiqueta|categor(?:y|ies|ia)|sections?|rubrik|authors?|autor|keywords?|search|archives?)"
    r"/[^/-]+(?:-[^/-]+){0,2}/?$|/page/\d+/?$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Signs:
    """All that a verdict rests on."""

    text: str
    titles: tuple[str, ...]  # all headlines that the page states, the chosen one first
    url: str
    structure: Structure
    claims: tuple[str, ...]  # what says that this is one article: JSON-LD, og:type, date, author
    types: frozenset[str]  # schema.org types on the page, lower case
    is_live: bool
    is_free: bool | None
    hidden: int  # characters of text in JSON-LD that the page does not show
    noindex: bool
    word_count: int = 0  # of the text, as JSON-LD says
    site: str = ""  # the site's name


def decide_kind(signs: Signs) -> tuple[Kind, str]:
    """The kind and the sentence that says why; the first verdict with enough signs stands."""
    if signs.is_live:
        return Kind.LIVE_BLOG, "its JSON-LD says LiveBlogPosting"
    if signs.structure.updates >= _MANY_UPDATES and "liveblogposting" in signs.types:
        return Kind.LIVE_BLOG, f"{signs.structure.updates} parts are marked as entries of a live blog"
    if signs.structure.live_parts >= _MANY_UPDATES and (_says(LIVE, signs) or LIVE.search(_path(signs.url))):
        return Kind.LIVE_BLOG, f"it says live, and {signs.structure.live_parts} parts are named as those of a live blog"
    if min(signs.structure.live_parts, signs.structure.times) >= _MANY_UPDATES and signs.structure.live_share >= _MOST:
        return Kind.LIVE_BLOG, f"{signs.structure.live_parts} dated parts named as those of a live blog are most of it"
    for verdict in (_soft_404, _bot_wall, _consent, _paywall, _index, _hollow, _empty):
        if found := verdict(signs):
            return found
    return Kind.ARTICLE, _article_reason(signs)


def _article_reason(signs: Signs) -> str:
    claimed = f"; {', '.join(signs.claims)} say article" if signs.claims else "; nothing on the page says what it is"
    return f"{len(signs.text)} characters of text{claimed}"


def _soft_404(signs: Signs) -> tuple[Kind, str] | None:
    if len(signs.text) > _NOT_FOUND_PAGE:
        return None
    if signs.structure.not_found_status:
        return Kind.SOFT_404, "the page itself notes the status 404"
    # A story about a missing thing has a date, an author or structured data; an error page at most a template's type.
    titles = [title for title in signs.titles if len(title) <= _NOT_FOUND_TITLE and MISSING.search(title)]
    if set(signs.claims) - {"og:type"}:
        return None
    if signs.structure.missing:
        return Kind.SOFT_404, "it is named as an error page and nothing says article"
    if not titles:
        return None
    also = signs.noindex or bool(MISSING.search(signs.text)) or len(signs.text) < MIN_ARTICLE
    return (Kind.SOFT_404, "its title says not found and nothing says article") if also else None


def _bot_wall(signs: Signs) -> tuple[Kind, str] | None:
    shape = signs.structure
    if len(signs.text) > _NOT_FOUND_PAGE or shape.characters > _WALL_PAGE or "JSON-LD" in signs.claims:
        return None
    votes = [
        ("a script of a robot check", 2 * bool(shape.challenges)),
        ("which stands on no other page", bool(shape.walls)),
        ("elements of a robot check", 2 * bool(shape.checks)),
        ("its title is the host", any(title.casefold() == _host(signs.url) for title in signs.titles[:1])),
        ("words of a robot check in the title", 2 * _says(ROBOT, signs)),
        ("words of a robot check in the text", bool(ROBOT.search(signs.text))),
        ("hardly a link", shape.links <= _FEW_LINKS),
        ("it reloads itself", shape.refreshes),
        ("no index", signs.noindex),
    ]
    return _verdict(Kind.BOT_WALL, votes, needed=4)


def _consent(signs: Signs) -> tuple[Kind, str] | None:
    shape = signs.structure
    if len(signs.text) > SURE_ARTICLE + 1000:
        return None
    lines = [line for line in signs.text.split("\n") if len(line) > _LABEL]
    about = sum(bool(CONSENT.search(line)) or "".join(line.split()) in shape.consent_text for line in lines)
    host = _host(signs.url)
    votes = [
        ("the text is about consent", 2 * bool(lines and 2 * about >= len(lines))),
        ("the title is about consent", _says(CONSENT, signs)),
        ("elements of a consent dialogue", bool(shape.consents)),
        ("an address of a consent service", 2 * host.startswith(("consent.", "consents.", "cmp.", "privacy."))),
        ("a small page", shape.characters < _WALL_PAGE),
        ("no prose beside it", shape.long_paragraphs <= _LITTLE_PROSE),
    ]
    if about < 1 or (signs.claims and about < len(lines)):
        return None
    return _verdict(Kind.CONSENT, votes, needed=6 if signs.claims else 4)


def _paywall(signs: Signs) -> tuple[Kind, str] | None:
    length = len(signs.text)
    if length > _STUB:
        return None
    votes = [
        ("isAccessibleForFree is false", 2 * (signs.is_free is False)),
        ("JSON-LD holds text that the page does not show", bool(signs.hidden > 2 * length)),
        ("elements of a paywall", bool(signs.structure.gates)),
        ("which speaks", signs.structure.wall_characters >= _SPEAKS),
        (f"JSON-LD counts {signs.word_count} words", 2 * _is_cut(signs)),
        ("words of an offer to subscribe", bool(SUBSCRIBE.search(signs.text[-600:]))),
        (
            "the rest is offered to subscribers",
            signs.is_free is not True and bool(REST_FOR_SUBSCRIBERS.search(signs.text[-_OFFER:])),
        ),
        ("the text breaks off", any(line.endswith(("…", "...", "[…]")) for line in signs.text.split("\n")[-5:])),
        ("a very short text", length < _STUB // 2),
    ]
    return _verdict(Kind.PAYWALL, votes, needed=3 if signs.is_free is False else 4)


def _index(signs: Signs) -> tuple[Kind, str] | None:
    shape = signs.structure
    if "JSON-LD" in signs.claims or (len(signs.text) > 2 * SURE_ARTICLE and signs.claims):
        return None
    path = _path(signs.url)
    votes = [
        ("the address is a home page", 2 * (path in {"", "/"})),
        ("JSON-LD says it is a list", 2 * bool(signs.types & _LISTS)),
        ("the address is that of a list", 2 * bool(_LIST_PATH.search(path))),
        (f"{shape.articles} teasers", shape.articles >= _MANY_TEASERS <= shape.linked_headings),
        (f"{shape.linked_headings} headings are links", 2 * (shape.linked_headings >= _INDEX_HEADINGS)),
        (
            f"{shape.link_share:.0%} of the text is links",
            (shape.link_share >= _INDEX_LINKS) + (shape.link_share >= _ONLY_LINKS),
        ),
        ("hardly a paragraph of prose", 2 * (shape.long_paragraphs <= 1)),
        ("no date, author or type says article", bool(not signs.claims)),
        ("no headline but those", not signs.claims and not shape.headlines and shape.linked_headings >= _MANY_TEASERS),
    ]
    return _verdict(Kind.INDEX, votes, needed=5)


def _is_cut(signs: Signs) -> bool:
    """Whether the publisher counts many more words than the page shows."""
    return signs.word_count >= _COUNTED and len(signs.text.split()) < _FEW_WORDS * signs.word_count


def _hollow(signs: Signs) -> tuple[Kind, str] | None:
    """A little text that nothing claims to be an article, on a page that wants something else of its reader."""
    shape = signs.structure
    if signs.claims or len(signs.text) > _HOLLOW:
        return None
    title = signs.titles[0].casefold() if signs.titles else ""
    votes = [
        ("no index", 2 * signs.noindex),
        ("its title is the site", 2 * bool(title and title in {signs.site.casefold(), _host(signs.url)})),
        ("a form to send", 2 * bool(shape.posts and shape.buttons)),
        ("several buttons", shape.buttons > 1),
        ("the number of an incident", 2 * bool(_INCIDENT.search(signs.text))),
        ("an IP address", 2 * bool(_IP_ADDRESS.search(signs.text))),
        ("it reloads itself", shape.refreshes),
        ("hardly a paragraph of prose", shape.long_paragraphs <= 1),
    ]
    found = _verdict(Kind.EMPTY, votes, needed=3)
    return (Kind.EMPTY, f"{len(signs.text)} characters that nothing calls an article; {found[1]}") if found else None


def _empty(signs: Signs) -> tuple[Kind, str] | None:
    # A character of Chinese, Japanese or Korean says as much as two or three letters.
    length = len(signs.text) + 2 * len(_DENSE.findall(signs.text))
    if length >= MIN_ARTICLE or (signs.claims and length >= MIN_ARTICLE // 3):
        return None
    return Kind.EMPTY, f"only {length} characters of text were found"


def _verdict(kind: Kind, votes: list[tuple[str, int | bool]], *, needed: int) -> tuple[Kind, str] | None:
    signs = [sign for sign, weight in votes if weight]
    return (kind, "; ".join(signs)) if sum(weight for _, weight in votes) >= needed else None


def _says(words: re.Pattern[str], signs: Signs) -> bool:
    return any(words.search(title) for title in signs.titles)


def _host(url: str) -> str:
    """The host, "" where the address is none."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _path(url: str) -> str:
    """The path with "/" for none, as home pages have it; "?" and what follows counts, as some name articles there."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "?"
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
