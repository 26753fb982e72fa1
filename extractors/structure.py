"""The shape of a page in numbers: what its kind is decided by, whatever language it is in."""

import re
from collections import Counter
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

_HEADINGS: Final = frozenset(("h2", "h3", "h4"))
_SILENT = frozenset(("script", "style", "noscript", "template", "svg", "head"))
_LONG = 120  # characters of a paragraph that is prose and no label
_GATE = re.compile(
    r"paywall|piano|subscri|regwall|registration-?wall|premium-?(?:lock|teaser|offer)|metering|plus-?offer|abo-?(?:wall|teaser|box)",
    re.IGNORECASE,
)
_CONSENT = re.compile(
    r"consent|cookie|gdpr|dsgvo|onetrust|didomi|sourcepoint|usercentrics|cmp(?:box|[-_])|privacy-?(?:manager|gate)",
    re.IGNORECASE,
)
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
_UPDATE = re.compile(r"(?i:liveblogupdate)|BlogPosting")
_LIVE_PART = re.compile(r"live-?_?blog|live-?_?(?:update|entry|post|item|ticker)", re.IGNORECASE)
_MAX_LABEL = 600
_MAX_TEXTS = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Structure:
    """Counts over the visible page; characters without white space."""

    characters: int = 0
    linked_characters: int = 0
    links: int = 0
    linked_headings: int = 0  # h2 to h4 that are links: teasers
    long_paragraphs: int = 0
    articles: int = 0  # <article> elements
    gates: int = 0  # elements that are named as paywalls or offers of subscriptions
    consents: int = 0  # elements that are named as consent dialogues
    challenges: int = 0  # scripts and frames of known checks for robots
    walls: int = 0  # those among them that stand on no other page
    buttons: int = 0
    updates: int = 0  # entries marked as parts of a live blog
    live_parts: int = 0  # elements that are named so
    refreshes: bool = False  # the page reloads itself
    not_found_status: bool = False  # a prerenderer's note of the true status

    @property
    def link_share(self) -> float:
        """Part of the visible text that is links, 0 to 1."""
        return self.linked_characters / self.characters if self.characters else 0.0


def measure(tree: Any) -> Structure:
    """One walk over the tree, which is not changed."""
    body = tree.find("body")
    root = tree if body is None else body
    linked = sum(_length(element) for element in root.iter("a"))
    headings = [e for e in root.iter(*_HEADINGS) if e.find(".//a") is not None or _within(e, "a")]
    # Most elements are named as many others are, and a pattern costs more than a count.
    labels = Counter(
        map(_label, root.iter("div", "section", "aside", "dialog", "form", "iframe", "p", "li", "article"))
    )
    sources = _sources(tree)
    return Structure(
        characters=_visible_length(root),
        linked_characters=linked,
        links=sum(1 for _ in root.iter("a")),
        linked_headings=len(headings),
        long_paragraphs=sum(1 for e in root.iter("p") if _length(e) >= _LONG and not _is_linked(e)),
        articles=sum(1 for _ in root.iter("article")),
        gates=_named(labels, _GATE),
        consents=_named(labels, _CONSENT),
        challenges=sum(1 for label in sources if _CHALLENGE.search(label)),
        walls=sum(1 for label in sources if _WALL.search(label)),
        buttons=sum(1 for _ in root.iter("button", "input")),
        updates=_named(labels, _UPDATE),
        live_parts=_named(labels, _LIVE_PART),
        refreshes=any((m.get("http-equiv") or "").lower() == "refresh" for m in tree.iter("meta")),
        not_found_status=any(
            (m.get("name") or "").lower() == "prerender-status-code"
            and (m.get("content") or "").strip() in {"404", "410"}
            for m in tree.iter("meta")
        ),
    )


def _named(labels: Counter[str], pattern: re.Pattern[str]) -> int:
    return sum(number for label, number in labels.items() if pattern.search(label))


def _length(element: Any) -> int:
    """Bounded, as elements may nest deep and each holds the text of all below it."""
    return sum(len(text.strip()) for text in islice(element.itertext(), _MAX_TEXTS))


def _visible_length(root: Any) -> int:
    texts = root.itertext(with_tail=False)
    hidden = sum(_length(element) for element in root.iter(*_SILENT) if not _within(element, *_SILENT))
    return max(sum(len(text.strip()) for text in texts) - hidden, 0)


def _within(element: Any, *names: str) -> bool:
    return next(element.iterancestors(*names), None) is not None


def _is_linked(paragraph: Any) -> bool:
    return 2 * sum(_length(a) for a in paragraph.iter("a")) > _length(paragraph)


def _label(element: Any) -> str:
    return f"{element.get('id') or ''} {element.get('class') or ''} {element.get('itemtype') or ''}"[:_MAX_LABEL]


def _sources(tree: Any) -> list[str]:
    return [
        f"{element.get('src') or ''} {element.get('id') or ''} {(element.text or '')[:_MAX_LABEL]}"
        for element in tree.iter("script", "iframe", "form")
    ]
