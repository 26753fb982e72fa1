from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsdesk.model import Evidence, Tag, Topic
from newsdesk.query import Document, parse
from newsdesk.tagging import LONGEST_SENTENCE, MOST_EVIDENCE, RuleSet, explain_miss
from tests.core.query_texts import ANY_TEXT, ARTICLE_TEXT, QUERY_TEXT, tries


def topic(query: str, topic_id: str = "t", **rest: Any) -> Topic:
    return Topic(id=topic_id, title=topic_id.title(), query=parse(query), **rest)


def evidence_of(query: str, *, title: str = "", text: str = "", **rest: Any) -> tuple[Evidence, ...]:
    (tag,) = RuleSet([topic(query, **rest)]).tags(title=title, text=text)
    return tag.evidence


def is_tagged(a_topic: Topic, *, title: str = "", text: str = "", **rest: Any) -> bool:
    return bool(RuleSet([a_topic]).tags(title=title, text=text, **rest))


def test_a_tag_names_topic_version_and_proof() -> None:
    rules = RuleSet(
        [topic("oil", "energy", version="v1"), topic("coal", "mines"), topic("price*", "prices", version="v2")]
    )
    assert rules.tags(title="Calm markets", text="Nothing new. The price of oil rose.") == (
        Tag(
            topic="energy",
            topic_version="v1",
            evidence=(
                Evidence(
                    field="body",
                    start=26,
                    end=29,
                    part="oil",
                    sentence="The price of oil rose.",
                    sentence_start=13,
                ),
            ),
        ),
        Tag(
            topic="prices",
            topic_version="v2",
            evidence=(
                Evidence(
                    field="body",
                    start=17,
                    end=22,
                    part="price*",
                    sentence="The price of oil rose.",
                    sentence_start=13,
                ),
            ),
        ),
    )


def test_an_article_without_a_topic_has_no_tag() -> None:
    assert RuleSet([topic("coal")]).tags(title="", text="oil") == ()
    assert RuleSet([]).tags(title="", text="oil") == ()


def test_a_topic_may_ask_for_languages_and_sources() -> None:
    german = topic("öl", languages=("de", "fr"))
    assert is_tagged(german, text="Öl", language="de")
    assert not is_tagged(german, text="Öl", language="en")
    assert not is_tagged(german, text="Öl")
    of_agencies = topic("oil", sources=("Reuters", "AP"))
    assert is_tagged(of_agencies, text="oil", source="AP")
    assert not is_tagged(of_agencies, text="oil", source="ap")
    assert not is_tagged(of_agencies, text="oil")


def test_a_query_sees_language_source_authors_and_date() -> None:
    query = 'oil lang:en source:Reuters author:"Ann Lee" published:2026'
    facts: Mapping[str, Any] = {
        "language": "en",
        "source": "Reuters",
        "authors": ("Bo Ek", "Ann Lee"),
        "published": datetime(2026, 1, 1, tzinfo=UTC),
    }
    assert is_tagged(topic(query), text="oil", **facts)
    for key in facts:
        assert not is_tagged(topic(query), text="oil", **{name: fact for name, fact in facts.items() if name != key})


@pytest.mark.parametrize(
    ("query", "title", "text", "expected"),
    [
        ("oil", "", "oil and oil", False),
        ("oil", "", "oil and oil and oil", True),
        ("oil", "oil", "", True),  # a match in the title is enough
        ("oil OR gas", "", "oil, gas, oil", True),
        ('"oil price" OR oil OR price', "", "oil price, oil price", False),  # places that overlap count once
        ("oil NEAR/3 gas", "", "oil gas. - - -. And later: gas, x, x, x, x and oil", False),
        ("oil AND gas", "", "oil oil gas", True),
        ("oil -coal", "", "oil oil", False),
        ("title:oil OR gas", "", "gas", False),
        ("NOT coal", "", "oil", True),  # a query that asks for no word has no mentions to count
    ],
)
def test_a_topic_may_ask_for_several_mentions(query: str, title: str, text: str, expected: bool) -> None:  # noqa: FBT001 - a column
    assert is_tagged(topic(query, at_least=3), title=title, text=text) is expected


def test_evidence_beyond_the_most_leaves_out_repetitions_first() -> None:
    kept = evidence_of("oil AND gas", text="oil. " * 100 + "gas")
    assert len(kept) == MOST_EVIDENCE
    assert [piece.part for piece in kept] == ["oil"] * (MOST_EVIDENCE - 1) + ["gas"]
    assert [piece.start for piece in kept[:3]] == [0, 5, 10]


# ------------------------------------------------------------------ sentences


@pytest.mark.parametrize(
    ("text", "word", "sentence"),
    [
        ("One. Two oil! Three?", "oil", "Two oil!"),
        ("One. Two oil", "oil", "Two oil"),
        ("“Is it oil?” he asked. No.", "oil", "“Is it oil?” he asked."),
        ("Yahoo! oil shares. End.", "oil", "Yahoo! oil shares."),
        ("It goes on… with oil. End.", "oil", "It goes on… with oil."),
        ("It cost Rs. 500 in oil. End.", "oil", "It cost Rs. 500 in oil."),
        ("On Jan. 5 oil fell. End.", "oil", "On Jan. 5 oil fell."),
        ("The war ended. 5 oil tankers left. End.", "oil", "5 oil tankers left."),
        ("They voted 7 to 2. The oil is sold. End.", "oil", "The oil is sold."),
        ("Am 3. März fiel Öl. Ende.", "Öl", "Am 3. März fiel Öl."),
        ("तेल पर डॉ. रॉय बोले। अंत", "तेल", "तेल पर डॉ. रॉय बोले।"),
        ("ایک۔ تیل مہنگا ہے؟ ختم", "تیل", "تیل مہنگا ہے؟"),
        ("The U.S. oil price. End.", "oil", "The U.S. oil price."),
        ("The U.S. Senate and oil. End.", "oil", "The U.S. Senate and oil."),
        ("Mr. Oil spoke. End.", "oil", "Mr. Oil spoke."),
        ("Prices rose 3.5 percent on oil. End.", "oil", "Prices rose 3.5 percent on oil."),
        ("He sold approx. three oil rigs. End.", "oil", "He sold approx. three oil rigs."),
        ("A heading\nThe oil price\n\nEnd", "oil", "The oil price"),
        ("前の文。石油の値段。次。", "石油", "石油の値段。"),
        ("पहला। तेल महंगा है। अंत", "तेल", "तेल महंगा है।"),
        ("  oil  ", "oil", "oil"),
        ("Oil…  More oil…", "more", "More oil…"),
    ],
)
def test_evidence_brings_its_sentence(text: str, word: str, sentence: str) -> None:
    (piece,) = evidence_of(word, text=text)
    assert piece.sentence == sentence
    assert text[piece.sentence_start :].startswith(sentence)


def test_evidence_across_sentences_brings_them_all() -> None:
    (piece,) = evidence_of("oil NEAR/3 price", text="One. It is oil. The price fell. End.")
    assert piece.sentence == "It is oil. The price fell."


def test_a_long_sentence_is_cut_around_the_evidence_between_words() -> None:
    text = "word " * 200 + "oil" + " word" * 200
    (piece,) = evidence_of("oil", text=text)
    assert len(piece.sentence) <= LONGEST_SENTENCE
    assert set(piece.sentence.split()) == {"word", "oil"}
    assert "oil" in piece.sentence
    (last,) = evidence_of("oil", text="x" * 1000 + " oil")
    assert last.sentence.endswith(" oil")
    assert len(last.sentence) == LONGEST_SENTENCE


def test_evidence_longer_than_a_sentence_may_be_brings_its_beginning() -> None:
    text = "x " * 50 + "oil " + "verylongword " * 40 + "price " + "y " * 50
    (piece,) = evidence_of("oil NEAR/50 price", text=text)
    assert piece.end - piece.start > LONGEST_SENTENCE
    assert piece.sentence.startswith("oil verylongword")
    assert piece.sentence.endswith(" verylongword")


@given(
    QUERY_TEXT,
    st.one_of(ANY_TEXT, ARTICLE_TEXT),
    st.lists(st.one_of(ANY_TEXT, ARTICLE_TEXT), max_size=20).map(". ".join),
)
@tries()
def test_evidence_lies_in_its_sentence_and_the_sentence_in_the_text(query: str, title: str, text: str) -> None:
    for tag in RuleSet([topic(query)]).tags(title=title, text=text):
        for piece in tag.evidence:
            whole = {"title": title, "body": text}[piece.field]
            start, end = piece.sentence_start, piece.sentence_start + len(piece.sentence)
            assert whole[start:end] == piece.sentence
            assert start <= piece.start < piece.end
            assert piece.end <= end or piece.end - piece.start > LONGEST_SENTENCE
            assert len(piece.sentence) <= LONGEST_SENTENCE


@given(st.lists(QUERY_TEXT, max_size=8), ARTICLE_TEXT, ARTICLE_TEXT)
@tries(50)
def test_topics_are_tagged_as_their_queries_match(queries: list[str], title: str, text: str) -> None:
    topics = [topic(query, f"t{number}") for number, query in enumerate(queries)]
    tags = RuleSet(topics).tags(title=title, text=text, language="en", source="x")
    document = Document(title=title, body=text, lang="en", source="x")
    assert [tag.topic for tag in tags] == [each.id for each in topics if each.query.accepts(document)]
    for each in topics:
        assert bool(explain_miss(each, document)) is not each.query.accepts(document)


# ------------------------------------------------------------------ why not


@pytest.mark.parametrize(
    ("query", "part", "reason"),
    [
        ("oil coal", "coal", "not in the article: coal"),
        ("oil (coal OR ore)", "coal OR ore", "none of these stands in the article"),
        ("oil (coal OR NOT oil)", "NOT oil", "stands there: Oil"),
        ('"oil fell"', '"oil fell"', "one after the other"),
        ('"oil price coal"', '"oil price coal"', "not in the article: coal"),
        ("oil NEAR/0 fell", "oil NEAR/0 fell", "not so near"),
        ("oil NEAR/3 coal", "oil NEAR/3 coal", "not in the article: coal"),
        ("title:fell", "title:fell", "not in the title: fell"),
        ("oil -price", "NOT price", "stands there: price"),
        ("NOT lang:en", "NOT lang:en", "is the case"),
        ("source:AP", 'source:"AP"', "the article has Reuters"),
        ("story:x", "story:x", "the article has no value"),
        ("published:2025", "published:[", "published 2026-01-15"),
        ("NOT *:*", "NOT *:*", "is the case"),
    ],
)
def test_a_miss_names_the_part_and_the_reason(query: str, part: str, reason: str) -> None:
    document = Document(
        title="Oil",
        body="The price of gas fell",
        source="Reuters",
        lang="en",
        published=datetime(2026, 1, 15, tzinfo=UTC),
    )
    missed = explain_miss(topic(query), document)
    assert any(part in miss.part and reason in miss.reason for miss in missed), missed


def test_an_article_without_a_date_misses_every_range() -> None:
    (miss,) = explain_miss(topic("published:2025"), Document())
    assert "without a date" in miss.reason


def test_a_miss_may_be_the_topics_own_condition() -> None:
    picky = topic("oil", languages=("de",), sources=("AP",), at_least=3)
    missed = explain_miss(picky, Document(body="oil, oil", lang="en"))
    assert [(miss.part, miss.reason) for miss in missed] == [
        ("languages", "the article has en; the topic takes de"),
        ("sources", "the article has none; the topic takes AP"),
        ("at_least", "mentioned 2 times in the body, not in the title; the topic asks for 3"),
    ]


def test_what_matches_has_no_miss() -> None:
    assert explain_miss(topic("oil"), Document(body="oil")) == ()
