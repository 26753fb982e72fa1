"""Article and topics in, tags out, each with what matched and where."""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from extractors.months import month_number
from newsdesk.model import Article, Evidence, Tag, Topic
from newsdesk.query import Document, Span
from newsdesk.query.compiled import QuerySet
from newsdesk.query.misses import misses

MOST_EVIDENCE = 20  # places that a tag keeps; the first place of each part of the query always comes before others
LONGEST_SENTENCE = 300  # characters
_LEAD = 100  # characters before the evidence where a sentence is cut
_SLACK = 30  # characters that a cut may move to fall between words


class RuleSet:
    """All topics of a watchlist, ready for any number of articles. Making one costs time: one per process is enough.

    A topic's query sees the article's title, text, language, source, authors and date; not its topics and story, which
    are not known yet.
    """

    def __init__(self, topics: Sequence[Topic]) -> None:
        self._topics = tuple(topics)
        self._queries = QuerySet([topic.query for topic in self._topics])

    def tags(
        self,
        *,
        title: str,
        text: str,
        language: str | None = None,
        source: str | None = None,
        authors: Sequence[str] = (),
        published: datetime | None = None,
    ) -> tuple[Tag, ...]:
        """The tags of an article, in the order of the topics."""
        document = Document(title=title, body=text, lang=language, source=source, author=authors, published=published)
        sentences = {"title": _Sentences(title), "body": _Sentences(text)}
        found = []
        for number in self._queries.matching(document):
            topic = self._topics[number]
            if _is_open_to(topic, language, source):
                match = topic.query.find(document)
                spans = match.evidence if match else ()
                if _is_enough(topic, spans):
                    found.append(_tag(topic, spans, sentences))
        return tuple(found)

    def tags_of(self, article: Article) -> tuple[Tag, ...]:
        """The tags of a stored article, in the order of the topics."""
        return self.tags(
            title=article.title,
            text=article.text,
            language=article.language,
            source=article.source,
            authors=article.authors,
            published=article.published,
        )


def document_of(article: Article) -> Document:
    """A stored article as a topic's query sees it."""
    return Document(
        title=article.title,
        body=article.text,
        lang=article.language,
        source=article.source,
        author=article.authors,
        published=article.published,
    )


def _is_open_to(topic: Topic, language: str | None, source: str | None) -> bool:
    return (not topic.languages or language in topic.languages) and (not topic.sources or source in topic.sources)


def _is_enough(topic: Topic, spans: Sequence[Span]) -> bool:
    """Whether the title mentions the topic, or the body often enough; a query that asks for no word has no mentions."""
    return not spans or spans[0].field == "title" or _mentions(spans) >= topic.at_least


def _mentions(spans: Sequence[Span]) -> int:
    """How often the body mentions the topic: places that overlap count once."""
    count = end = 0
    for span in spans:
        if span.field == "body":
            count += span.start >= end
            end = max(end, span.end)
    return count


def _tag(topic: Topic, spans: Sequence[Span], sentences: "dict[str, _Sentences]") -> Tag:
    kept = spans
    if len(spans) > MOST_EVIDENCE:
        first_of_part = {span.part: span for span in reversed(spans)}.values()
        wanted = dict.fromkeys((*sorted(first_of_part, key=spans.index), *spans))
        kept = sorted(list(wanted)[:MOST_EVIDENCE], key=spans.index)
    return Tag(
        topic=topic.id,
        topic_version=topic.version,
        evidence=tuple(sentences[span.field].evidence(span) for span in kept),
    )


# ------------------------------------------------------------------ sentences

_END_OF_SENTENCE = re.compile(r"""[.!?…]+["'”’»)\]]*\s+|[。！？।॥؟۔።။]+["”’」』）»]*\s*|\s*\n\s*""")
# What a full stop shortens: one letter, titles, companies, months, and what stands before a number.
_ABBREVIATION = re.compile(
    r"(?:^|[\s.(“\"'])(?:[^\W\d_]|Mr|Mrs|Ms|Dr|St|Prof|Gen|Gov|Sen|Rep|Lt|Col|Capt|Maj|Sgt|Rev|Hon|Sr|Jr|No|vs|Rs|Mt|Ft"
    r"|Nr|bzw|ca|Mme|Mlle|Sra|Dra|डॉ|प्रो|रु|पं|स्व|श्री)\.$"
)
_BEFORE_NUMBER = re.compile(r"(?:^|[\s(])(?:[A-ZÀ-Þ][^\W\d_]{1,4}|approx|ca|fig|nr|pp?|vol)\.$")
_ORDINAL = re.compile(r"(?:^|\s)[0-3]?\d\.$")
_WORD = re.compile(r"[^\W\d_]+")
_LONGEST_ABBREVIATION = 8


class _Sentences:
    """The sentences of a text, found when first asked for."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._starts: list[int] = []

    def evidence(self, span: Span) -> Evidence:
        """The span with the sentence around it; one sentence or more, if it runs across."""
        start, end = self._around(span)
        return Evidence(
            field=span.field,
            start=span.start,
            end=span.end,
            part=span.part,
            sentence=self._text[start:end],
            sentence_start=start,
        )

    def _around(self, span: Span) -> tuple[int, int]:
        self._starts = self._starts or [0, *_boundaries(self._text)]
        start = self._starts[bisect_right(self._starts, span.start) - 1]
        after = bisect_right(self._starts, max(span.start, span.end - 1))
        end = self._starts[after] if after < len(self._starts) else len(self._text)
        sentence = self._text[start:end]
        end -= len(sentence) - len(sentence.rstrip())
        start += len(sentence) - len(sentence.lstrip())
        return (start, end) if end - start <= LONGEST_SENTENCE else self._cut(start, end, span)

    def _cut(self, start: int, end: int, span: Span) -> tuple[int, int]:
        """As much of a long sentence as is allowed, with the evidence in it, cut between words if they are short."""
        lead = max(0, min(_LEAD, LONGEST_SENTENCE - (span.end - span.start)))
        start = max(start, min(span.start - lead, end - LONGEST_SENTENCE))
        if start > 0 and not self._text[start - 1].isspace():
            start = self._text.find(" ", start, min(start + _SLACK, span.start)) + 1 or start
        if end <= start + LONGEST_SENTENCE:
            return start, end
        end = start + LONGEST_SENTENCE
        earliest = max(end - _SLACK, span.end) if span.end <= end else end - _SLACK
        blank = self._text.rfind(" ", earliest, end + 1)
        return start, blank if blank >= 0 else end


def _boundaries(text: str) -> list[int]:
    """Where sentences begin, but for the first."""
    return [end.end() for end in _END_OF_SENTENCE.finditer(text) if _is_boundary(text, end)]


def _is_boundary(text: str, end: re.Match[str]) -> bool:
    if end.end() >= len(text):
        return False
    if end[0][0] not in ".!?…" or "\n" in end[0]:
        return True
    if text[end.end()].islower():
        return False
    return end[0][0] != "." or not _is_shortened(text, end)


def _is_shortened(text: str, end: re.Match[str]) -> bool:
    """Whether the full stop belongs to the word before it: `Dr. Roe`, `Rs. 500`, `3. März`."""
    before = text[max(0, end.start() - _LONGEST_ABBREVIATION) : end.start() + 1]
    if _ABBREVIATION.search(before):
        return True
    if text[end.end()].isdigit():
        return bool(_BEFORE_NUMBER.search(before))
    word = _WORD.match(text, end.end())
    return bool(word and _ORDINAL.search(before) and month_number(word[0]))


# ------------------------------------------------------------------ why not


@dataclass(frozen=True, slots=True, kw_only=True)
class MissedPart:
    """One reason why an article does not get a topic."""

    part: str  # of the query, or the key of the topic: languages, sources, at_least
    reason: str  # for people


def explain_miss(topic: Topic, document: Document) -> tuple[MissedPart, ...]:
    """Why `document` (made with lang and source, as the article has them) does not get `topic`; empty: it does."""
    found = [MissedPart(part=miss.part, reason=miss.detail) for miss in misses(topic.query.tree, document)]
    for key, field, allowed in (("languages", "lang", topic.languages), ("sources", "source", topic.sources)):
        values = document.values(field)
        if allowed and not values & set(allowed):
            held = ", ".join(sorted(values)) or "none"
            found.append(MissedPart(part=key, reason=f"the article has {held}; the topic takes {', '.join(allowed)}"))
    match = topic.query.find(document)
    if match and not _is_enough(topic, match.evidence):
        mentions = _mentions(match.evidence)
        reason = f"mentioned {mentions} times in the body, not in the title; the topic asks for {topic.at_least}"
        found.append(MissedPart(part="at_least", reason=reason))
    return tuple(found)
