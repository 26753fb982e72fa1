"""What a publisher allows: robots rules of page and answer, and the reservation of text and data mining.

Read are the meta tag `robots` and the header `X-Robots-Tag` with the rules that search engines document, and both of
TDMRep (W3C Community Group, 2024): `tdm-reservation` and `tdm-policy`, as meta tag or header. Robots rules add up: what
either of the two forbids is forbidden. Of TDMRep the page itself goes before the answer, as its section "Processing
priority" has it. A rule for a named crawler counts only where it speaks to all, or to the most
common one, whose name publishers write when they mean all.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

_RULES: Final = {
    "noarchive": ("noarchive",),
    "nosnippet": ("nosnippet",),
    "noindex": ("noindex",),
    "none": ("noindex",),  # noindex and nofollow
    "noai": ("noai",),  # no standard, and yet a will that is stated
    "max-snippet:0": ("nosnippet",),
}
_META_NAMES = ("robots", "googlebot", "googlebot-news")
_CRAWLERS = frozenset(("*", "robots", "googlebot", "googlebot-news"))
_WITH_VALUE = frozenset(("unavailable_after", "max-snippet", "max-image-preview", "max-video-preview"))
_AGENT = re.compile(r"([\w*.-]{1,60})\s*:\s*(?=\S)")
_LONGEST = 2_000  # characters of a header that are read
_LONGEST_POLICY = 500


def read_signals(metas: Mapping[str, tuple[str, ...]], headers: Mapping[str, str]) -> tuple[str, ...]:
    """Sorted: noai, noarchive, noindex, nosnippet, tdm-reservation. Names of metas and headers are in lower case."""
    stated = [rule for name in _META_NAMES for value in metas.get(name, ()) for rule in _split(value)]
    stated += _for_us(headers.get("x-robots-tag", "")[:_LONGEST])
    found = {signal for rule in stated for signal in _RULES.get(rule, ())}
    if _is_reserved(metas.get("tdm-reservation", ()), headers.get("tdm-reservation", "").strip()):
        found.add("tdm-reservation")
    return tuple(sorted(found))


def read_policy(metas: Mapping[str, tuple[str, ...]], headers: Mapping[str, str]) -> str | None:
    """The address of the TDM policy, as it stands: what the reservation leaves open to whom."""
    stated = (*metas.get("tdm-policy", ()), headers.get("tdm-policy", "").strip())
    return next((text[:_LONGEST_POLICY] for text in stated if text), None)


def _is_reserved(metas: tuple[str, ...], header: str) -> bool:
    """What is neither 0 nor 1 says nothing; of several meta tags, one that reserves is enough."""
    said = {"0", "1"}.intersection(metas) or {header}
    return "1" in said


def _for_us(header: str) -> Iterator[str]:
    """The rules of `X-Robots-Tag` that speak to all; a crawler's name holds for what follows, up to the next name."""
    ours = True
    for rule in _cut(header):
        agent = _AGENT.match(rule)
        named = agent is not None and agent.group(1) not in _WITH_VALUE
        if agent is not None and named:
            ours = agent.group(1) in _CRAWLERS
        if ours:
            yield from _words(rule[agent.end() :] if agent is not None and named else rule)


def _split(value: str) -> Iterator[str]:
    return (word for rule in _cut(value) for word in _words(rule))


def _cut(value: str) -> Iterable[str]:
    return (rule.strip() for rule in re.split(r"[,;]", value.casefold()))


def _words(rule: str) -> Iterable[str]:
    """Some leave the commas out; a rule with a value is one word all the same."""
    return [rule.replace(" ", "")] if ":" in rule else rule.split()
