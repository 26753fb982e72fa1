"""The shape of a page in numbers: what its kind is decided by, whatever language it is in."""

import re
from collections import Counter
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import Any, Final

from lxml.etree import iterwalk

from .prose import words

_HEADINGS: Final = words("h2 h3 h4")
_SILENT = words("script style noscript template svg head")
_LABELLED = words("body main div section aside dialog form iframe p ul li article")
_COUNTED = words("a article button h1 input time")
_ENTERED = _HEADINGS | _SILENT | _LABELLED | _COUNTED
_LEFT = _HEADINGS | {"a", "p"}
_LONG = 120  # characters of a paragraph that is prose and no label
_MAX_LABEL = 600
_MAX_TEXTS = 500
_MAX_CONSENT = 10_000
_CHALLENGE = re.compile(
    r"/cdn-cgi/challenge-platform/(?!(?:h/\w/)?scripts/)|_cf_chl_opt|challenges?\.cloudflare|captcha|_incapsula_resource|px-cloud|perimeterx|"
    r"datadome|awswaf|/_sec/cp_challenge|kasada|botdetect",
    re.IGNORECASE,
)
# Scripts that stand on a wall only, not on the pages of sites that are merely protected.
_WALL = re.compile(
    r"_cf_chl_opt|challenge-platform/h/\w/(?:orchestrate|flow)|captcha-delivery|_incapsula_resource|px-captcha|"
    r"/_sec/cp_challenge",
    re.IGNORECASE,
)


class Part(Enum):
    """What an element is by its id, class and item type: makers of pages name them in English, whatever they write."""

    GATE = "a paywall or an offer of subscriptions"
    WALL = "a paywall and nothing else"
    CONSENT = "a consent dialogue"
    UPDATE = "an entry of a live blog, by its schema.org type"
    LIVE = "an entry of a live blog, by its name"
    MISSING = "an error page"
    CHECK = "a check for robots"


_NAMES: Final = {
    Part.GATE: re.compile(
        r"paywall|piano|subscri|regwall|registration-?wall|premium-?(?:lock|teaser|offer)|metering|plus-?offer|"
        r"abo-?(?:wall|teaser|box)",
        re.IGNORECASE,
    ),
    Part.WALL: re.compile(
        r"paywall|regwall|registration-?wall|premium-?lock|abo-?wall|metering-?(?:wall|box)", re.IGNORECASE
    ),
    Part.CONSENT: re.compile(
        r"consent|cookie|gdpr|dsgvo|onetrust|didomi|sourcepoint|usercentrics|cmp(?:box|\d?[-_])|sp_message|truste|evidon|privacy-?(?:manager|gate)",
        re.IGNORECASE,
    ),
    Part.UPDATE: re.compile(r"(?i:liveblogupdate)|BlogPosting"),
    Part.LIVE: re.compile(r"live-?_?blog|live-?_?(?:update|entry|post|item|ticker)", re.IGNORECASE),
    Part.MISSING: re.compile(
        r"(?:\b|error|page|err|http)[-_]?(?:404|410)(?:\b|[-_])|(?:page|content|article)[-_]?not[-_]?found|"
        r"\bnot[-_]?found\b|\berror[-_]?page\b",
        re.IGNORECASE,
    ),
    Part.CHECK: re.compile(r"captcha|challenge-(?:form|body|running|stage|error)|bot-?(?:check|wall)", re.IGNORECASE),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Structure:
    """Counts over the visible page; characters without white space at the ends of texts."""

    characters: int = 0
    linked_characters: int = 0
    links: int = 0
    linked_headings: int = 0  # h2 to h4 that are links: teasers
    long_paragraphs: int = 0
    articles: int = 0  # <article> elements
    headlines: int = 0  # <h1> elements
    times: int = 0  # <time> elements
    gates: int = 0  # elements that are named as paywalls or offers of subscriptions
    wall_characters: int = 0  # of text in elements that are named as paywalls alone
    consents: int = 0  # elements that are named as consent dialogues
    consent_text: str = ""  # what they say, without white space, cut to some thousand characters
    challenges: int = 0  # scripts and frames of known checks for robots
    walls: int = 0  # those among them that stand on no other page
    checks: int = 0  # elements that are named as checks for robots
    buttons: int = 0
    posts: int = 0  # forms that send something
    updates: int = 0  # entries marked as parts of a live blog
    live_parts: int = 0  # elements that are named so
    live_characters: int = 0
    missing: int = 0  # elements that are named as those of an error page
    refreshes: bool = False  # the page reloads itself
    not_found_status: bool = False  # a prerenderer's note of the true status

    @property
    def link_share(self) -> float:
        """Part of the visible text that is links, 0 to 1."""
        return self.linked_characters / self.characters if self.characters else 0.0

    @property
    def live_share(self) -> float:
        """Part of the visible text that stands in entries of a live blog, 0 to 1."""
        return self.live_characters / self.characters if self.characters else 0.0


def measure(tree: Any) -> Structure:
    """One walk over the tree, which is not changed."""
    body = tree.find("body")
    walk = _Walk()
    walk.over(tree if body is None else body)
    sources = _sources(tree)
    return Structure(
        characters=walk.characters,
        linked_characters=walk.linked,
        links=walk.tags["a"],
        linked_headings=walk.linked_headings,
        long_paragraphs=walk.long_paragraphs,
        articles=walk.tags["article"],
        headlines=walk.tags["h1"],
        times=walk.tags["time"],
        gates=walk.parts[Part.GATE],
        wall_characters=walk.within[Part.WALL],
        consents=walk.parts[Part.CONSENT],
        consent_text="".join("".join(walk.consent).split())[:_MAX_CONSENT],
        challenges=sum(1 for label in sources if _CHALLENGE.search(label)),
        walls=sum(1 for label in sources if _WALL.search(label)),
        checks=walk.parts[Part.CHECK],
        buttons=walk.tags["button"] + walk.tags["input"],
        posts=sum((form.get("method") or "").lower() == "post" for form in tree.iter("form")),
        updates=walk.parts[Part.UPDATE],
        live_parts=walk.parts[Part.LIVE],
        live_characters=walk.within[Part.LIVE],
        missing=walk.parts[Part.MISSING],
        refreshes=any((m.get("http-equiv") or "").lower() == "refresh" for m in tree.iter("meta")),
        not_found_status=any(
            (m.get("name") or "").lower() == "prerender-status-code"
            and (m.get("content") or "").strip() in {"404", "410"}
            for m in tree.iter("meta")
        ),
    )


class _Walk:
    """The counts of one walk. Only the outermost element of a part counts its characters: each is counted once."""

    def __init__(self) -> None:
        self.characters = self.linked = self.linked_headings = self.long_paragraphs = 0
        self.tags: Counter[str] = Counter()
        self.parts: Counter[Part] = Counter()
        self.within: Counter[Part] = Counter()
        self.consent: list[str] = []
        self._silent: Any = None  # the element whose text is not shown
        self._link: Any = None
        self._heading: Any = None
        self._heading_linked = False
        self._paragraph: Any = None
        self._paragraph_start = (0, 0)
        self._open: dict[Any, list[tuple[Part, int]]] = {}
        self._inside: set[Part] = set()

    def over(self, root: Any) -> None:
        """Called for each element of a page twice, so what is rare is asked last and elsewhere."""
        for event, element in iterwalk(root, events=("start", "end")):
            if self._silent is not None and element is not self._silent:
                continue
            if event == "start":
                if (tag := element.tag) in _ENTERED:
                    self._enter(element, tag)
                text = element.text if self._silent is None else None
            else:
                if element.tag in _LEFT or element in self._open:
                    self._leave(element)
                self._silent, text = None, element.tail
            if text and (length := len(text.strip())):
                self.characters += length
                if self._link is not None:
                    self.linked += length
                if self._inside:
                    self._keep(text)

    def _keep(self, text: str) -> None:
        if Part.CONSENT in self._inside and len(self.consent) < _MAX_TEXTS:
            self.consent.append(text)

    def _enter(self, element: Any, tag: str) -> None:
        if tag in _COUNTED:
            self.tags[tag] += 1
        if tag in _SILENT:
            self._silent = element
        elif tag == "a":
            self._link = element if self._link is None else self._link
            self._heading_linked = self._heading is not None
        elif tag in _HEADINGS:
            self._heading, self._heading_linked = element, self._link is not None
        elif tag in _LABELLED:
            if tag == "p":
                self._paragraph, self._paragraph_start = element, (self.characters, self.linked)
            if parts := _parts(_label(element)):
                self._begin(element, parts)

    def _begin(self, element: Any, parts: tuple[Part, ...]) -> None:
        self.parts.update(parts)
        if outermost := [part for part in parts if part not in self._inside]:
            self._inside.update(outermost)
            self._open[element] = [(part, self.characters) for part in outermost]

    def _leave(self, element: Any) -> None:
        if element is self._link:
            self._link = None
        elif element is self._heading:
            self.linked_headings += self._heading_linked
            self._heading = None
        elif element is self._paragraph:
            characters, linked = (now - then for now, then in zip(self._lengths(), self._paragraph_start, strict=True))
            self.long_paragraphs += characters >= _LONG and 2 * linked <= characters
            self._paragraph = None
        for part, start in self._open.pop(element, ()):
            self.within[part] += self.characters - start
            self._inside.discard(part)

    def _lengths(self) -> tuple[int, int]:
        return self.characters, self.linked


@lru_cache(maxsize=8192)
def _parts(label: str) -> tuple[Part, ...]:
    """Most elements are named as many others are, and patterns cost more than a look-up."""
    return tuple(part for part, names in _NAMES.items() if names.search(label))


def _label(element: Any) -> str:
    return f"{element.get('id') or ''} {element.get('class') or ''} {element.get('itemtype') or ''}"[:_MAX_LABEL]


def _sources(tree: Any) -> list[str]:
    return [
        f"{element.get('src') or ''} {element.get('id') or ''} {(element.text or '')[:_MAX_LABEL]}"
        for element in tree.iter("script", "iframe", "form")
    ]
