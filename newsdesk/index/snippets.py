"""What a hit shows: the piece of the body with the most reasons in it, and where they stand."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from newsdesk.index.protocol import Highlight

LENGTH = 240  # characters of a snippet, without the ellipses
_LEAD = 60  # characters before the first reason
_SLACK = 30  # how far a cut may move to fall between words
_ELLIPSIS = "… "


@dataclass(frozen=True, slots=True, kw_only=True)
class Snippet:
    """One line of text with the places to be shown as reasons."""

    text: str
    highlights: tuple[Highlight, ...]


def snippet(body: str, spans: Iterable[Highlight]) -> Snippet:
    """The window of `body` with the most of `spans`; the beginning, if there are none."""
    places = united(spans, len(body))
    start, end = _window(body, places)
    left = _ELLIPSIS if start > 0 else ""
    right = " …" if end < len(body) else ""
    # Each white space becomes one blank, so that offsets stay right.
    text = "".join(" " if letter.isspace() else letter for letter in body[start:end])
    shift = len(left) - start
    shown = (Highlight(start=max(p.start, start) + shift, end=min(p.end, end) + shift) for p in places)
    return Snippet(text=left + text + right, highlights=tuple(h for h in shown if h.start < h.end))


def united(spans: Iterable[Highlight], length: int) -> tuple[Highlight, ...]:
    """The same characters as spans that do not touch, in order; what lies beyond `length` is cut off."""
    out: list[Highlight] = []
    for span in sorted(spans, key=lambda span: (span.start, span.end)):
        start, end = max(span.start, 0), min(span.end, length)
        if start >= end:
            continue
        if out and start <= out[-1].end:
            out[-1] = Highlight(start=out[-1].start, end=max(out[-1].end, end))
        else:
            out.append(Highlight(start=start, end=end))
    return tuple(out)


def _window(body: str, places: Sequence[Highlight]) -> tuple[int, int]:
    starts = [place.start for place in places]
    # From each place as the first one shown, how many begin in the window; the earliest of the best.
    best = max(range(len(starts)), key=lambda i: bisect_left(starts, starts[i] + LENGTH - _LEAD) - i, default=None)
    start = 0 if best is None else max(0, starts[best] - _LEAD)
    end = min(len(body), start + LENGTH)
    start = max(0, min(start, end - LENGTH))
    return _between_words(body, start, forward=True), _between_words(body, end, forward=False)


def _between_words(body: str, cut: int, *, forward: bool) -> int:
    """`cut` moved inwards to a white space, if one is near; else where it is (Chinese has none)."""
    if cut in (0, len(body)):
        return cut
    if forward:
        found = next((i for i in range(cut, min(cut + _SLACK, len(body))) if body[i].isspace()), None)
        return cut if found is None else found + 1
    found = next((i for i in range(cut, max(cut - _SLACK, 0), -1) if body[i].isspace()), None)
    return cut if found is None else found
