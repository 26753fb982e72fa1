"""The analyser of mappings/articles.json is ours: the same tokens of any text."""

import random
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice

import pytest

from newsdesk.query.analysis import ANALYSER_VERSION, fold, tokens
from newsdesk.query.characters import format_characters
from tests.index.any_script import any_text, every_character, is_assigned
from tests.index.elasticsearch_articles import TEMPLATE, ArticlesOnServer, articles_on
from tests.index.samples import OTHER_WORDS, many

SEED = 20261122
RANDOM_TEXTS = 20_000
_CHARACTERS_A_TEXT = 50
_NO_LIMIT = {"analyze.max_token_count": 10_000_000}

# What Unicode 14 added: Java has it from 19 on, Python from 3.11 on.
_SINCE_UNICODE_14 = (
    *(range(0x870, 0x8A0), range(0x8B5, 0x8B6), range(0x8C8, 0x8D3), range(0xC3C, 0xC3D), range(0xC5D, 0xC5E)),
    *(range(0xCDD, 0xCDE), range(0x170D, 0x1720), range(0x1AC1, 0x1ACF), range(0x1B4C, 0x1B4D), range(0x1DFA, 0x1DFB)),
    *(range(0x2C2F, 0x2C30), range(0x2C5F, 0x2C60), range(0x9FFD, 0xA000), range(0xA7C0, 0xA7C2)),
    *(range(0xA7D0, 0xA7F5), range(0x10570, 0x105BD), range(0x10780, 0x107BB), range(0x10F70, 0x10F86)),
    *(range(0x11070, 0x11076), range(0x110C2, 0x110C3), range(0x11740, 0x11747), range(0x11AB0, 0x11AC0)),
    *(range(0x12F90, 0x12FF1), range(0x16A70, 0x16ACA), range(0x1AFF0, 0x1AFFF), range(0x1B11F, 0x1B123)),
    *(range(0x1CF00, 0x1CF47), range(0x1DF00, 0x1DF1F), range(0x1E290, 0x1E2AF), range(0x1E7E0, 0x1E7FF)),
    *(range(0x2A6DE, 0x2A6E0), range(0x2B735, 0x2B739)),
)

_VOICING = {0xFF9E: 0x3099, 0xFF9F: 0x309A}  # the halfwidth signs become combining marks

# The list of mappings/README.md: what the server makes of texts for which it needs more than a table.
DIFFERENCES = (
    ("a letter and its mark, with something invisible between", "и\u00ad\u0306", ["й"], ["и\u0306"]),
    ("a halfwidth voicing sign among other marks", "ｶ\u0316ﾞ", ["ガ\u0316"], ["カ\u0316\u3099"]),
    ("marks in another order after a capital", "Ω\u0316\u0342", ["ῶ\u0316"], ["ω\u0316\u0342"]),
    ("a compatibility ideograph, and a mark, beyond the basic plane", "\U0002f8db\U000110b4", ["杞\U000110b4"], ["杞"]),
    ("halfwidth Hangul letters", "\uffa1\uffc2", ["가"], ["\u1100\u1161"]),
)


@pytest.fixture(scope="module")
def index(elasticsearch_url: str) -> Iterator[ArticlesOnServer]:
    with articles_on(elasticsearch_url, _NO_LIMIT) as made:
        yield made


@pytest.fixture(scope="module")
def is_known(index: ArticlesOnServer) -> Callable[[str], bool]:
    """Whether the server's Java knows a character, as this Python does."""
    nodes = index.client.nodes.info(metric="jvm")["nodes"].values()
    java = min(int(node["jvm"]["version"].split(".")[0]) for node in nodes)
    unknown = frozenset(map(chr, chain(*_SINCE_UNICODE_14))) if java < 19 else frozenset()
    return lambda character: character not in unknown


def sent(text: str) -> str:
    """A text as it goes to the server: the ledger keeps normal form C."""
    return unicodedata.normalize("NFC", text)


def differing(index: ArticlesOnServer, texts: Iterable[str]) -> list[tuple[str, list[str], list[str]]]:
    """Texts of which the server makes other tokens: the text, our tokens, the server's."""
    given = list(texts)
    found = index.analyse(map(sent, given))
    return [(text, ours, its) for text, its in zip(given, found, strict=True) if (ours := tokens(text)) != its]


def is_beyond_tables(text: str) -> bool:
    """Whether full normalisation is needed within the analysis, which the server does not have."""
    visible = sent(text).translate(dict.fromkeys(map(ord, format_characters())) | _VOICING)
    return (
        any(sent(form) != form for form in (visible, visible.lower()))
        or tokens(sent(text))
        != tokens(text)  # a mark beyond the basic plane has moved, or stands behind another letter
        or any("\uffa0" <= character <= "\uffdc" for character in text)
    )


def test_every_character_alone_and_inside_a_word(
    index: ArticlesOnServer, is_known: Callable[[str], bool], record_property: Callable[[str, object], None]
) -> None:
    characters = filter(is_known, every_character())
    words = (f"x{one}y {one} 東{one}カ" for one in characters)
    texts = []
    while some := list(islice(words, _CHARACTERS_A_TEXT)):
        texts.append(" , ".join(some))
    found = differing(index, texts)
    assert not found, found[0]
    count = len(texts) * _CHARACTERS_A_TEXT
    record_property("figures", f"{count:,} characters in 3 places each, {len(found)} differences")


def test_texts_in_all_scripts(
    index: ArticlesOnServer, is_known: Callable[[str], bool], record_property: Callable[[str, object], None]
) -> None:
    chance = random.Random(SEED)
    drawn = ("".join(filter(is_known, any_text(chance))) for _ in range(RANDOM_TEXTS))
    texts = [text for text in drawn if not is_beyond_tables(text)]
    texts += [text for document in many(500, SEED) for text in (document.title, document.body)]
    texts += OTHER_WORDS
    found = differing(index, texts)
    assert not found, ascii(found[0])
    assert len(texts) > RANDOM_TEXTS * 0.9
    of_words = sum(bool(tokens(text)) for text in texts)
    record_property("figures", f"seed {SEED}: {len(texts):,} texts, {of_words:,} with words, 0 differences")


def test_what_a_table_cannot_say_is_as_documented(index: ArticlesOnServer) -> None:
    for what, text, ours, its in DIFFERENCES:
        assert is_beyond_tables(text), what
        assert (tokens(text), *index.analyse([sent(text)])) == (ours, its), what


def test_a_word_without_end_is_cut_and_refuses_no_article(index: ArticlesOnServer) -> None:
    assert list(index.analyse(["x" * 40_000 + " oil", "𐐨" * 40_000])) == [["x" * 8_190, "oil"], ["𐐨" * 4_095]]


def test_tokens_go_through_the_server_unchanged(index: ArticlesOnServer, is_known: Callable[[str], bool]) -> None:
    # What a phrase of a query relies on: it comes as tokens with blanks between.
    chance = random.Random(SEED + 1)
    drawn = ["".join(filter(is_known, any_text(chance))) for _ in range(2_000)]
    joined = [" ".join(tokens(text)) for text in drawn]
    assert [(text, its) for text, its in zip(joined, index.analyse(joined), strict=True) if text.split() != its] == []


# ------------------------------------------------------------------ without a server

_ANALYSIS = TEMPLATE["template"]["settings"]["analysis"]


def table(name: str) -> dict[str, str]:
    """A mapping of characters, as it will be read: in it, \\u stands for a code point."""
    lines = [
        re.sub(r"\\u([0-9a-f]{4})", lambda found: chr(int(found[1], 16)), line)
        for line in _ANALYSIS["char_filter"][name]["mappings"]
    ]
    pairs = [line.split("=>") for line in lines]
    assert len({source for source, _ in pairs}) == len(pairs)
    return dict(pairs)


def test_the_table_of_letters_says_what_our_analyser_does() -> None:
    letters = table("news_letters")
    for source, target in letters.items():
        if source not in ("\uff9e", "\uff9f"):  # marks: in no token by themselves
            assert tokens(source) == [target] == [fold(source)]
    for character in every_character():
        if sent(character) == character and tokens(character) not in ([], [character.lower()]):
            assert character in letters


def test_the_table_of_invisible_characters_is_ours() -> None:
    basic = {character for character in format_characters() if character <= "\uffff" and is_assigned(character)}
    assert table("news_invisible") == dict.fromkeys(basic, "")


def test_the_template_names_the_analyser_that_it_is_made_for() -> None:
    assert TEMPLATE["template"]["mappings"]["_meta"]["analyser_version"] == ANALYSER_VERSION
