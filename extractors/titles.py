"""The headline: a weighted vote of all places where a page states it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from .prose import heading_key

# An h1 is written beside a picture and a standfirst; JSON-LD and the title tag are written for people who do not see
# the page, as readers of mails do not: where those two agree, their headline names what the article is about.
_WEIGHTS: Final = {
    "jsonld": 1.8,
    "jsonld-agrees": 2.5,  # JSON-LD of the page's own article, repeated by the title tag
    "h1-agrees": 1.2,  # an h1 that the title tag or og:title repeats
    "h1-only": 1.0,  # what readers see, where title tag and og:title are written for machines
    "og:title": 0.9,
    "title-tag": 0.6,
    "twitter:title": 0.5,
    "parsely-title": 0.5,
    "sailthru.title": 0.5,
    "dc.title": 0.3,
    "h1": 0.2,
}
_JOINED = r"(?<=[\u3040-\u9fff！？”』」）])\s*[_-]\s*(?=[\u3040-\u9fff])"  # as Chinese sites hang on their names
_SEPARATOR = re.compile(rf"\s+(?:[|–—\-:·•«»>/]+|::)\s+|\s*[|｜：ㅣ]\s*|{_JOINED}")
_BARS = re.compile(rf"\s+[|»«]+\s+|{_JOINED}")  # nobody writes them into a headline
_TAIL = re.compile(r"\s*[-|–—:·•/｜：ㅣ\[(]")  # how a section or a site is hung on to a headline
_HUNG_ON = re.compile(r"\s*[-|–—•·/｜ㅣ]\s*$")
_BAR = re.compile(r"\s*[|｜ㅣ]\s*")
_MAX_TAIL = 40
_MAX_SITE_MORE = 20  # characters that stand beside the site's name in the end of a title
_LONGEST = 500  # characters; longer ones are cut
_SHORTEST = 4  # characters of a key that can be a headline


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    """The winner, how much of the vote it had, and the losers that are headlines too."""

    text: str
    source: str
    confidence: float
    others: tuple[str, ...]


def choose_title(
    candidates: Mapping[str, str], site: str, headings: tuple[str, ...], sections: tuple[str, ...] = ()
) -> Headline:
    """Equal headlines (but for case and punctuation) add up; names of site and section at an end are no part of one.

    The candidate "jsonld-own" says that "jsonld" is of the page's own article; it has no vote of its own.
    """
    score: dict[str, float] = {}
    first: dict[str, tuple[str, str]] = {}
    known = tuple(filter(None, (candidates.get("jsonld", ""), *headings, candidates.get("og:title", ""))))
    texts = {
        source: _without_tail(without_section(without_site(text[:_LONGEST], site, headings), sections), known)
        for source, text in candidates.items()
    }
    own = texts.get("jsonld-own", "")
    texts["jsonld-agrees"] = own if heading_key(own) == heading_key(texts.get("title-tag", "")) else ""
    for source, weight in _WEIGHTS.items():
        text = texts.get(source, "")
        key = heading_key(text)
        if len(key.replace(" ", "")) >= _SHORTEST and key != heading_key(site):
            score[key] = score.get(key, 0.0) + weight
            first.setdefault(key, (text, source))
    if not score:
        return Headline(text="", source="", confidence=0.0, others=())
    best = max(score, key=lambda key: score[key])
    others = tuple(first[key][0] for key in sorted(score, key=lambda key: -score[key]) if key != best)
    share = score[best] / sum(score.values())
    return Headline(text=first[best][0], source=first[best][1], confidence=round(share, 2), others=others[:5])


def without_site(title: str, site: str, headings: tuple[str, ...]) -> str:
    """The title without the site's name at an end, or the end that is a heading of the page."""
    if site and title.casefold().startswith(f"{site}: ".casefold()):
        title = title[len(site) + 2 :]
    ends = [(found.start(), found.end()) for found in _SEPARATOR.finditer(title)]
    keys = {heading_key(heading) for heading in headings} - {"", heading_key(site)}
    for start, end in reversed(ends):
        for part in (title[:start], title[end:]):
            if heading_key(part) in keys:
                return part.strip()
    if not ends:
        return title
    if not site and (parts := _BARS.split(title))[1:]:
        return max(parts, key=len)
    head, tail = title[: ends[-1][0]], title[ends[-1][1] :]
    if _is_site(tail, site):
        return without_site(head, site, headings)
    first, rest = title[: ends[0][0]], title[ends[0][1] :]
    if _is_site(first, site) and len(rest) > len(first):
        return without_site(rest, site, headings)
    return title


def without_section(title: str, sections: tuple[str, ...]) -> str:
    """The title without the name of a section that the page states: at its end, or before a bar at its beginning."""
    for section in sections:
        rest = len(title) - len(section)
        if rest <= len(section):
            continue
        if title.casefold().endswith(section.casefold()) and (cut := _HUNG_ON.search(title[:rest])):
            title = title[: cut.start()]
        elif title.casefold().startswith(section.casefold()) and (bar := _BAR.match(title[len(section) :])):
            title = title[len(section) + bar.end() :]
    return title


def _without_tail(title: str, known: tuple[str, ...]) -> str:
    """A headline that the page states elsewhere, where only a short tail is hung on to it."""
    for headline in known:
        tail = title[len(headline) :]
        if title.startswith(headline) and 0 < len(tail) <= min(_MAX_TAIL, len(headline)) and _TAIL.match(tail):
            return headline
    return title


def _is_site(part: str, site: str) -> bool:
    one, other = heading_key(part), heading_key(site)
    if not one or not other:
        return False
    # "Mirror Online" is the Mirror; a headline about the site that holds its name is none.
    return f" {one} " in f" {other} " or (f" {other} " in f" {one} " and len(one) <= len(other) + _MAX_SITE_MORE)
