import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsdesk.query.analysis import analyse, tokens
from newsdesk.query.patterns import patterns, unescape, wild_test
from tests.core.query_texts import ANY_TEXT, tries


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("Apple's U.S. AT&T 3.5", ["apple", "s", "u", "s", "at", "t", "3", "5"]),
        ("ÅÉÎõü ÇŁØđħ ßæœ ﬁ ǆ ŉ ſ ẛ ĳ", ["aeiou", "clodh", "ssaeoe", "fi", "dz", "n", "s", "s", "ij"]),
        ("x\u0302 1\ufe0f\u20e3", ["x", "1"]),  # marks without a composed form
        ("\u0301a \u0301", ["a"]),  # a mark that follows no letter is in no token
        ("ＡＢ１２ ｶﾞｽ ﾞ", ["ab12", "ガス"]),
        ("東京タワーへ5キロ", ["東", "京", "タワー", "へ", "5", "キロ"]),
        ("KBS뉴스", ["kbs뉴스"]),
        ("ภาษาไทยABC", ["ภาษาไทย", "abc"]),
        ("\uf900\U0002f800", ["豈", "丽"]),
        ("㌔ № ™ ½ ² ☂ 🚀", []),
        ("Ⅷ 〇", ["ⅷ", "〇"]),
        ("a_b a\u200bb a\u00adb a\u200db", ["a", "b", "a", "b", "ab", "ab"]),
        ("\u202eabc\u202c", ["abc"]),
        ("क़", ["क\u093c"]),  # normal form C decomposes it
    ],
)
def test_a_text_has_these_tokens(text: str, expected: list[str]) -> None:
    assert tokens(text) == expected
    assert [token.text for token in analyse(text)] == expected


@given(ANY_TEXT)
@tries()
def test_the_quick_and_the_exact_analysis_agree_and_places_are_right(text: str) -> None:
    found = analyse(text)
    assert [token.text for token in found] == tokens(text)
    end = 0
    for token in found:
        assert end <= token.start < token.end <= len(text)
        assert tokens(text[token.start : token.end]) == [token.text]
        for edge in (text[token.start], text[token.end - 1]):
            assert unicodedata.category(edge) != "Cf"
        end = token.end


@given(ANY_TEXT)
@tries()
def test_tokens_joined_by_blanks_are_the_same_tokens(text: str) -> None:
    found = tokens(text)
    assert tokens(" ".join(found)) == found
    assert all(unicodedata.is_normalized("NFC", token) for token in found)


def test_every_character_alone_keeps_the_rules() -> None:
    for code in range(0, 0x32400, 7):
        for text in (chr(code), f"a{chr(code)}b"):
            found = tokens(text)
            assert [token.text for token in analyse(text)] == found
            assert tokens(" ".join(found)) == found


def test_a_soft_hyphen_at_the_edge_is_not_part_of_the_token() -> None:
    assert [(t.start, t.end) for t in analyse("\u00adab\u00adc\u00ad é")] == [(1, 5), (7, 8)]


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("Stock*", ["stock*"]),
        ("AT&Tel*", ["at", "tel*"]),
        ("straß*", ["strass*"]),
        (r"what\?", ["what"]),
        (r"a\*b", ["a", "b"]),
        ("ab\ufdd0bc*", ["ab", "bc*"]),
        ("東京*", ["東", "京"]),
        ("*東京", ["東", "京"]),
        ("ニュー*", ["ニュー*"]),
        ("co\u00adlo*r", ["colo*r"]),
        ("one two*  three", ["one", "two*", "three"]),
        (r"\\", []),
    ],
)
def test_a_piece_of_a_query_has_these_patterns(raw: str, expected: list[str]) -> None:
    assert patterns(raw) == expected


def test_an_escape_loses_its_backslash() -> None:
    assert unescape(r"a\:b\\c\\") == "a:b\\c\\"


def by_hand(pattern: str, word: str) -> bool:
    """The definition of wildcards, without any cleverness."""
    if not pattern:
        return not word
    if pattern[0] == "*":
        return any(by_hand(pattern[1:], word[start:]) for start in range(len(word) + 1))
    return bool(word) and pattern[0] in ("?", word[0]) and by_hand(pattern[1:], word[1:])


@given(st.text("ab*?", max_size=8), st.text("ab", max_size=8))
@tries()
def test_wildcards_match_what_their_definition_says(pattern: str, word: str) -> None:
    assert bool(wild_test(pattern)(word)) is by_hand(pattern, word)


def test_a_wildcard_with_many_stars_stays_quick_on_a_long_word() -> None:
    assert not wild_test("ab" + "*a" * 200 + "*c")("ab" + "a" * 20_000)
