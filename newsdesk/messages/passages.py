"""The sentences that prove a tag, with the words that matched."""

from collections.abc import Sequence
from dataclasses import dataclass

from newsdesk.messages.clean import squeeze
from newsdesk.model import Evidence

SENTENCE_LENGTH = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A run of text that matched, or did not."""

    text: str
    marked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A sentence with its marked words."""

    segments: tuple[Segment, ...]
    cut_before: bool = False  # the sentence begins before the first segment
    cut_after: bool = False  # and goes on behind the last


def choose_passages(evidence: Sequence[Evidence], limit: int) -> tuple[tuple[Passage, ...], int]:
    """The `limit` sentences of the text that show most parts of the query, in reading order, and how many there are."""
    sentences: dict[int, list[Evidence]] = {}
    for place in evidence:
        if place.field != "title":
            sentences.setdefault(place.sentence_start, []).append(place)
    waiting = sorted(sentences)
    chosen: list[int] = []
    shown: set[str] = set()
    while waiting and len(chosen) < limit:
        best = max(waiting, key=lambda at: (len({place.part for place in sentences[at]} - shown), -at))
        waiting.remove(best)
        chosen.append(best)
        shown |= {place.part for place in sentences[best]}
    return tuple(_passage(sentences[at]) for at in sorted(chosen)), len(sentences)


def title_words(evidence: Sequence[Evidence]) -> tuple[str, ...]:
    """What matched in the title, each once, in reading order."""
    places = [place for place in evidence if place.field == "title"]
    if not places:
        return ()
    words = (segment.text for segment in _passage(places).segments if segment.marked)
    return tuple({word.casefold(): word for word in words}.values())


def _passage(places: Sequence[Evidence]) -> Passage:
    sentence = places[0].sentence
    spans = _merge([(e.start - e.sentence_start, e.end - e.sentence_start) for e in places], len(sentence))
    start, end = _window(spans, len(sentence))
    segments: list[Segment] = []
    at = start
    for low, high in spans:
        if low < end:
            _add(segments, sentence[at:low], marked=False)
            _add(segments, sentence[low : min(high, end)], marked=True)
            at = min(high, end)
    _add(segments, sentence[at:end], marked=False)
    return Passage(segments=tuple(segments), cut_before=start > 0, cut_after=end < len(sentence))


def _merge(spans: Sequence[tuple[int, int]], length: int) -> list[tuple[int, int]]:
    """Spans in order, inside the sentence, without overlaps."""
    merged: list[tuple[int, int]] = []
    for low, high in sorted((max(0, low), min(length, high)) for low, high in spans):
        if low >= high:
            continue
        if merged and low <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], high))
        else:
            merged.append((low, high))
    return merged


def _window(spans: Sequence[tuple[int, int]], length: int) -> tuple[int, int]:
    """The part of an overlong sentence to show: it holds the first match."""
    if length <= SENTENCE_LENGTH:
        return 0, length
    first = spans[0][0] if spans else 0
    start = max(0, min(first - SENTENCE_LENGTH // 3, length - SENTENCE_LENGTH))
    return start, start + SENTENCE_LENGTH


def _add(segments: list[Segment], text: str, *, marked: bool) -> None:
    text = squeeze(text)
    if not segments or segments[-1].text.endswith(" "):
        text = text.lstrip()
    if text:
        segments.append(Segment(text=text, marked=marked))
