"""Which sentences of an article a mail shows, and which of their words it marks."""

from newsdesk.messages.passages import choose_passages, title_words
from newsdesk.model import Evidence


def sentence_evidence(number: int, *parts: str, sentence: str = "word " * 20) -> tuple[Evidence, ...]:
    return tuple(
        Evidence(field="body", start=number * 100, end=number * 100 + 4, part=part, sentence=sentence,
                 sentence_start=number * 100)
        for part in parts
    )  # fmt: skip


def test_passages_are_those_that_show_most_of_the_query_in_reading_order() -> None:
    evidence = [
        *sentence_evidence(0, "a", sentence="first"),
        *sentence_evidence(1, "a", sentence="second"),
        *sentence_evidence(2, "b", sentence="third"),
        *sentence_evidence(3, "a", "c", sentence="fourth"),
    ]
    passages, sentences = choose_passages(evidence, 3)
    assert sentences == 4
    assert ["".join(s.text for s in passage.segments) for passage in passages] == ["first", "third", "fourth"]


def test_marks_that_overlap_are_joined_and_marks_outside_the_sentence_fall_away() -> None:
    sentence = "gst relief now"
    spots = [(0, 3), (0, 10), (4, 10), (200, 210)]
    evidence = [
        Evidence(field="body", start=start, end=end, part="x", sentence=sentence, sentence_start=0)
        for start, end in spots
    ]
    ((passage,), _) = choose_passages(evidence, 3)
    assert [(segment.text, segment.marked) for segment in passage.segments] == [("gst relief", True), (" now", False)]


def test_an_overlong_sentence_is_shown_around_its_first_match() -> None:
    sentence = "a" * 500 + " gst " + "b" * 500
    evidence = [Evidence(field="body", start=501, end=504, part="gst", sentence=sentence, sentence_start=0)]
    ((passage,), _) = choose_passages(evidence, 1)
    assert passage.cut_before
    assert passage.cut_after
    assert [segment.text for segment in passage.segments if segment.marked] == ["gst"]
    assert sum(len(segment.text) for segment in passage.segments) <= 300


def test_words_of_the_title_are_listed_once() -> None:
    title = "GST and gst"
    evidence = [
        Evidence(field="title", start=start, end=start + 3, part="gst", sentence=title, sentence_start=0)
        for start in (0, 8)
    ]
    assert len(title_words(evidence)) == 1
    assert title_words(()) == ()
