"""Terms that tell one set of articles from another."""

import random
from collections.abc import Iterator, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsdesk.query import parse
from newsdesk.query.tree import Phrase
from newsdesk.suggest import LEAST_SCORE, LEAST_SUPPORT, Contrast, Known, Term, Text, log_odds
from tests.core.query_texts import tries

COMMON = ("the", "of", "a", "to", "and", "in", "said", "has", "on", "for")
VOCABULARY = tuple(
    f"{first}{last}" for first in ("ba", "ke", "mi", "do", "lu") for last in ("nor", "tas", "vel", "rim")
)
NOTHING = Known(parse("zzz").tree)


def texts(
    count: int, *, name: str, extra: Sequence[str] = (), share: float = 0.6, sources: int = 5, language: str = "en"
) -> Iterator[Text]:
    """Articles of common and ordinary words; each of `extra` is in a share of them."""
    chance = random.Random(name)
    for number in range(count):
        words = chance.choices(COMMON, k=40) + chance.choices(VOCABULARY, k=20)
        chance.shuffle(words)
        for term in extra:
            if chance.random() < share:
                words.insert(chance.randrange(len(words)), term)
        yield Text(
            id=f"{name}{number}",
            source=f"Source {number % sources}",
            language=language,
            title="",
            body=" ".join(words),
        )


def separating(
    inside: Iterator[Text], outside: Iterator[Text], *, known: Known = NOTHING, limit: int = 20
) -> tuple[Term, ...]:
    contrast = Contrast(inside, known=known)
    for text in outside:
        contrast.add(text)
    return contrast.separating(limit=limit)


def surfaces(found: Sequence[Term]) -> list[str]:
    return [term.surface for term in found]


def test_the_terms_that_separate_are_found_and_those_that_are_everywhere_are_not() -> None:
    found = separating(
        texts(60, name="in", extra=("hallmark", "Halla Bol", "levy")),
        texts(300, name="out", extra=("levy",), share=0.04),
    )
    assert set(surfaces(found)[:3]) == {"hallmark", "Halla Bol", "levy"}
    assert not set(surfaces(found)) & set(COMMON)
    assert all(term.score >= LEAST_SCORE for term in found)


def test_a_name_of_two_words_stands_for_both_of_them() -> None:
    (found,) = separating(texts(40, name="in", extra=("Halla Bol",)), texts(200, name="out"), limit=1)
    assert (found.parts, found.fragment, found.outside) == (("halla", "bol"), '"Halla Bol"', 0)
    every = separating(texts(40, name="in", extra=("Halla Bol",)), texts(200, name="out"))
    assert not {("halla",), ("bol",)} & {term.parts for term in every}


def test_a_word_that_the_query_names_is_no_news() -> None:
    known = Known(parse('(hallmark OR shutter*) NEAR/3 "Halla Bol" NOT levy').tree)
    words = ("hallmark", "shutters", "Halla Bol", "levy", "dharna")
    found = separating(texts(60, name="in", extra=words), texts(200, name="out"), known=known)
    assert surfaces(found)[0] == "dharna"
    assert not {"hallmark", "shutters", "halla", "bol", "levy"} & {part for term in found for part in term.parts}


def test_boilerplate_of_one_source_does_not_win() -> None:
    plain = list(texts(60, name="in", extra=("hallmark",)))
    printed = [
        Text(id=text.id, source=text.source, language="en", title="", body=f"{text.body} Printed by Kurian Press")
        if text.source == "Source 1"
        else text
        for text in plain
    ]
    found = separating(iter(printed), texts(200, name="out"))
    assert "hallmark" in surfaces(found)
    assert not {"kurian", "press", "printed"} & {part for term in found for part in term.parts}


def test_where_there_is_one_source_its_words_count() -> None:
    found = separating(texts(60, name="in", extra=("hallmark",), sources=1), texts(200, name="out"))
    assert "hallmark" in surfaces(found)


def test_copies_of_one_text_count_once() -> None:
    plain = list(texts(30, name="in"))
    agency = f"{plain[0].body} Zanzibar"
    copies = [Text(id=f"copy{n}", source=f"Source {n}", language="en", title="", body=agency) for n in range(9)]
    contrast = Contrast([*plain[1:], *copies], known=NOTHING)
    for text in texts(100, name="out"):
        contrast.add(text)
    assert contrast.inside == 30
    assert "Zanzibar" not in surfaces(contrast.separating(limit=50))


def test_a_rare_language_is_measured_against_itself() -> None:
    hindi = ("के", "में", "है")
    inside = [
        *texts(40, name="in", extra=("hallmark",)),
        *texts(20, name="hi", extra=(*hindi, "व्यापारियों"), share=0.9, language="hi"),
    ]
    outside = [*texts(300, name="out"), *texts(30, name="hio", extra=hindi, share=0.9, language="hi")]
    found = surfaces(separating(iter(inside), iter(outside)))
    assert {"hallmark", "व्यापारियों"} <= set(found)
    assert not set(hindi) & set(found)


def test_words_without_a_space_between_are_told_as_they_are_written() -> None:
    found = separating(texts(40, name="in", extra=("抗议",)), texts(100, name="out"), limit=1)
    assert (found[0].surface, found[0].fragment) == ("抗议", "抗议")


def test_numbers_and_single_letters_are_left_out() -> None:
    found = separating(texts(40, name="in", extra=("2031", "q")), texts(100, name="out"))
    assert not {"2031", "q"} & set(surfaces(found))


def test_the_same_articles_give_the_same_terms_in_the_same_order() -> None:
    inside, outside = list(texts(40, name="in", extra=("one", "two", "six"))), list(texts(100, name="out"))
    there, back = separating(iter(inside), iter(outside)), separating(reversed(inside), reversed(outside))
    assert [(term.parts, term.score) for term in there] == [(term.parts, term.score) for term in back]


@pytest.mark.parametrize("count", [0, 1, LEAST_SUPPORT - 1])
def test_too_few_articles_give_no_terms(count: int) -> None:
    assert separating(texts(count, name="in", extra=("hallmark",), share=1.0), texts(100, name="out")) == ()


def test_without_articles_outside_there_is_nothing_to_tell_apart() -> None:
    assert separating(texts(40, name="in", extra=("hallmark",), share=1.0), iter(())) == ()


@pytest.mark.parametrize(
    "surface", ["shutters", "Halla Bol", "AT&T", "O'Brien", "OR", "NOT", "ई-कॉमर्स", "抗议", "near/5"]
)
def test_a_fragment_is_a_query_for_the_term(surface: str) -> None:
    phrase = parse(f'"{surface}"').tree
    assert isinstance(phrase, Phrase)
    term = Term(parts=phrase.parts, surface=surface, inside=1, outside=0, score=2.0)
    assert parse(term.fragment).tree == phrase


def test_the_score_is_that_of_the_paper_for_two_outcomes() -> None:
    # by hand: share 30.5 / 201 = 0.15174; ln(21.5174 / 88.4826) - ln(11.5174 / 98.4826) = 0.73207; variance 0.154755
    assert log_odds((20, 100), (10, 100)) == pytest.approx(1.8609, abs=0.0001)


@given(st.integers(0, 50), st.integers(0, 50), st.integers(50, 500), st.integers(50, 500))
@tries(50)
def test_the_score_changes_its_sign_with_the_sides(a: int, b: int, n: int, m: int) -> None:
    assert log_odds((a, n), (b, m)) == pytest.approx(-log_odds((b, m), (a, n)))


def test_the_same_shares_in_more_articles_score_higher() -> None:
    scores = [log_odds((4 * times, 10 * times), (2 * times, 10 * times)) for times in (1, 10, 100)]
    assert scores == sorted(scores)


def test_a_term_with_the_same_share_on_both_sides_scores_nothing() -> None:
    assert log_odds((10, 100), (100, 1000)) == pytest.approx(0.0, abs=0.05)
