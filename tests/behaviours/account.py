"""The required behaviours of a feed reader, each with its tests: what `pytest -k behaviour` prints at its end."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator

_NAME = re.compile(r"::test_behaviour_(\d\d)_(\w+)")

BEHAVIOURS = {
    1: "nothing that feedparser finds is lost, titles are plain text",
    2: "a hostile document costs only itself",
    3: "entities open nothing and stay small",
    4: "damaged documents give their entries, and are marked",
    5: "all formats give one shape of entry",
    6: "stored HTML is harmless, its links are absolute",
    7: "dates are the right instant or none",
    8: "sizes and ratios of bodies have limits",
    9: "one deadline covers a request; slow hosts delay nobody",
    10: "broken transfers are errors, harmless lies are read",
    11: "every content coding comes back byte for byte",
    12: "no private address is dialled, at no hop",
    13: "redirects: five, the web alone, credentials stay",
    14: "no cookie, no Referer; own name, headers and proxy of a feed",
    15: "validators go back as they came, and change with their entries",
    16: "one unconditional request ever",
    17: "max-age and Expires, also of a 304, within a day",
    18: "no request before Retry-After, nor by hand",
    19: "back-off, 410 and permanent redirects; no feed dies in silence",
    20: "one request at a time for a domain, spaced; no burst",
    21: "fast feeds lose nothing, slow ones are asked rarely",
    22: "WebSub: verified, signed, renewed, denied, dead",
    23: "a replay gives nothing, one new item one entry",
    24: "changed ids, edits, dates: what they are",
    25: "a gap is told with bounds, and filled",
    26: "the canonical key is one for one document",
    27: "OPML goes out and in without loss",
    28: "a poll costs a fraction of requests and feedparser",
}


def account(tests: Iterable[tuple[str, str]]) -> Iterator[str]:
    """A line for each behaviour; `tests` are pairs of a test's id and its outcome."""
    counts: dict[int, Counter[str]] = {}
    for test, outcome in tests:
        if found := _NAME.search(test):
            counts.setdefault(int(found[1]), Counter())[outcome] += 1
    for number, what in BEHAVIOURS.items():
        told = ", ".join(f"{many} {outcome}" for outcome, many in sorted(counts.get(number, Counter()).items()))
        yield f"{number:>2}  {what}: {told or 'not run'}"
