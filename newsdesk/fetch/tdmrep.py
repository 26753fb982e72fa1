"""tdmrep.json: what a site says of text and data mining of its pages, rule by rule.

TDM Reservation Protocol (TDMRep), W3C Community Group, final report of 10 May 2024, section "TDM File on the Origin
Server". Locations are those of robots.txt (RFC 9309 section 2.2.3): the beginning of path and query, with `*` for any
characters and `$` for the end. The first rule that fits counts.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import quote, unquote_to_bytes, urlsplit

from newsdesk.model import SiteRule

PATH = "/.well-known/tdmrep.json"
MAX_BYTES = 500 * 1024  # a longer file is cut there, and so is damaged
KEEP = timedelta(hours=24)
KEEP_UNREACHABLE = timedelta(hours=1)  # after a passing failure

_MOST_RULES = 1_000
_LONGEST = 2_000  # characters of a location
_LONGEST_POLICY = 500
_RESERVATIONS = {"0": False, "1": True}
_ESCAPE = re.compile(r"%[0-9A-Fa-f]{2}")
_UNRESERVED = re.compile(r"[A-Za-z0-9._~-]")  # RFC 3986 section 2.3
_KEPT = "/?#[]@!&'()+,;=:%"  # characters that stay as they are; not * and $, which mean something in a location
_BREAKS = re.compile(r"[\x00-\x20\x7f]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rule:
    pieces: tuple[str, ...]  # of the location, between its asterisks
    to_the_end: bool
    rule: SiteRule | None  # None: its reservation is neither 0 nor 1, so nothing is said of these pages


@dataclass(frozen=True, slots=True, kw_only=True)
class TdmRules:
    """The rules of a site. `fault` says what is wrong with the file; what could be read of it counts all the same."""

    fault: str = ""
    rules: tuple[_Rule, ...] = ()

    def rule_for(self, url: str) -> SiteRule | None:
        """What the site says of the page at `url`; None where it says nothing."""
        if not self.rules:
            return None
        target = _target(url)
        return next((one.rule for one in self.rules if _fits(one, target)), None)


NO_RULES = TdmRules()


def parse_tdmrep(body: bytes) -> TdmRules:
    """The rules of a file; a damaged file has none, and a rule that is damaged is passed over."""
    if not body.strip() or body.lstrip().startswith(b"<"):
        return NO_RULES  # a page that says "not found" with status 200
    try:
        document = json.loads(body.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        return TdmRules(fault=f"it is no JSON ({type(error).__name__})")
    if isinstance(document, dict):
        document = [document]  # one rule without the brackets: what is meant is plain
    if not isinstance(document, list):
        return TdmRules(fault="it is no list of rules")
    rules = [rule for one in document[:_MOST_RULES] if (rule := _read(one)) is not None]
    return TdmRules(fault=_fault(document, rules), rules=tuple(rules))


def _fault(document: list[Any], rules: list[_Rule]) -> str:
    bad = min(len(document), _MOST_RULES) - sum(one.rule is not None for one in rules)
    if len(document) > _MOST_RULES:
        return f"it has {len(document)} rules; the first {_MOST_RULES} are read"
    return f"{bad} of its {len(document)} rules are damaged" if bad else ""


def _read(written: Any) -> _Rule | None:
    """A rule; None where it does not say of which pages it speaks."""
    location = written.get("location") if isinstance(written, dict) else None
    if not isinstance(location, str) or not 0 < len(location) <= _LONGEST or location[0] not in "/*":
        return None
    pattern, to_the_end = location.removesuffix("$"), location.endswith("$")
    return _Rule(
        pieces=tuple(_normal(piece) for piece in pattern.split("*")),
        to_the_end=to_the_end,
        rule=_said(written, location),
    )


def _said(written: dict[str, Any], location: str) -> SiteRule | None:
    value = written.get("tdm-reservation")
    is_stated = isinstance(value, int | str) and not isinstance(value, bool)
    reserved = _RESERVATIONS.get(str(value).strip()) if is_stated else None
    if reserved is None:
        return None
    policy = written.get("tdm-policy")
    policy = _BREAKS.sub("", policy)[:_LONGEST_POLICY] if isinstance(policy, str) else ""
    return SiteRule(location=location, reserved=reserved, policy=policy or None)


def _target(url: str) -> str:
    parts = urlsplit(url)
    return _normal((parts.path or "/") + (f"?{parts.query}" if parts.query else ""))


def _normal(text: str) -> str:
    """One spelling for what is the same: unreserved characters as they are, the others escaped, in capitals."""
    return quote(_ESCAPE.sub(_unescaped, text), safe=_KEPT, errors="surrogatepass")


def _unescaped(escape: re.Match[str]) -> str:
    character = unquote_to_bytes(escape.group()).decode("latin-1")
    return character if _UNRESERVED.fullmatch(character) else escape.group().upper()


def _fits(rule: _Rule, target: str) -> bool:
    first, *others = rule.pieces
    if not target.startswith(first):
        return False
    if not rule.to_the_end:
        return _after(others, target, len(first)) is not None
    if not others:
        return target == first
    *middle, last = others
    reached = _after(middle, target, len(first))
    return reached is not None and target.endswith(last) and len(target) - len(last) >= reached


def _after(pieces: Iterable[str], target: str, reached: int) -> int | None:
    """Where the pieces end, each found as early as can be; None where one is missing."""
    for piece in pieces:
        found = target.find(piece, reached)
        if found < 0:
            return None
        reached = found + len(piece)
    return reached
