from datetime import UTC, datetime

import pytest

from newsdesk.errors import NewsdeskError
from newsdesk.query import QueryError, parse

# (query, column, a word of the advice)
ERRORS = [
    ("", 0, "*:*"),
    ("  \n ", 4, "*:*"),
    ("# only a comment", 16, "*:*"),
    ("a AND", 2, "after"),
    ("AND a", 0, "before"),
    ("a OR OR b", 2, "after"),
    ("a AND OR b", 2, "after"),
    ("(a AND)", 3, '"and"'),
    ("OR", 0, "before"),
    ("NOT", 0, '"not"'),
    ("a !", 2, "after"),
    ("(a", 0, ")"),
    ("((a)", 0, ")"),
    ("(", 0, ")"),
    ("a)", 1, "Leave"),
    (")", 0, "("),
    ("()", 0, "Write"),
    ('"a', 0, '"two words"'),
    ('a "b', 2, '"two words"'),
    ("“a b", 0, "“two words”"),
    ("«a", 0, "«two words»"),
    ('"a b”', 0, '"two words"'),
    ("a NEAR b", 2, "NEAR/5"),
    ("a NEAR/x b", 2, "NEAR/5"),
    ("a near/5 b", 2, "NEAR/5"),
    ("a w/3 b", 2, "NEAR/5"),
    ("a ADJ/3 b", 2, "PRE/5"),
    ("a NEAR/5", 2, "NEAR/5"),
    ("NEAR/5 a", 0, "before"),
    ("a NEAR/5 NOT b", 2, "NOT (oil NEAR/5 price)"),
    ("a NEAR/51 b", 2, "NEAR/50"),
    ("ab" + "c" * 98 + "*", 0, "at most 100"),
    ("a PRE/999999 b", 2, "NEAR/50"),
    ("(a AND b) NEAR/3 c", 10, "(a NEAR/3 c) AND (b NEAR/3 c)"),
    ("c PRE/3 (a b)", 2, "(c PRE/3 a) AND (c PRE/3 b)"),
    ("(a OR b) W/1 (c d)", 9, "((a OR b) W/1 c) AND ((a OR b) W/1 d)"),
    ("a NEAR/3 b NEAR/3 c", 11, "(a NEAR/3 b) AND (b NEAR/3 c)"),
    ("a NEAR/3 (b NEAR/2 c)", 2, "(a NEAR/3 b) AND (b NEAR/2 c)"),
    ("a NEAR/3 source:x", 2, "AND"),
    ("a NEAR/3 *:*", 2, "AND"),
    ("(a OR NOT b) NEAR/2 c", 13, "AND"),
    ("(a OR (b c)) NEAR/2 d", 13, "AND"),
    ("title:a NEAR/3 b", 8, "title:(a NEAR/3 b)"),
    ("a NEAR/3 body:(b OR c)", 2, "body:(a NEAR/3 (b OR c))"),
    ('"a b c"~3', 7, "a NEAR/3 b AND b NEAR/3 c"),
    ('"a b"~', 5, "~5"),
    ('"a b"~51', 5, "NEAR/50"),
    ("title:a NEAR/3 body:b", 8, "body:(a NEAR/3 b)"),
    ("a~", 1, "wildcard"),
    ("a~2", 1, "wildcard"),
    ("apple~", 5, "wildcard"),
    ("apple~2", 5, "colo*r"),
    ("(a b)~2", 5, "wildcard"),
    ("/jo.n/", 0, "wildcards"),
    ("a OR /[mb]oat/", 5, "wildcards"),
    ("foo:bar", 0, "title, body, text"),
    ("headline:oil", 0, "title:?"),
    ("titel:oil", 0, "title:?"),
    ("language:de", 0, "lang:?"),
    ("date:2026", 0, "published:?"),
    ("https://example.com", 0, "quotes"),
    ("at 12:30", 3, "quotes"),
    ("title:", 0, "title:value"),
    ("title:)", 0, "title:value"),
    ("title:NOT a", 0, "NOT title:value"),
    ("title:-x", 6, "-title:x"),
    ("title:(a body:b)", 9, "title:(…) AND body:…"),
    ("title:title:a", 6, "Close"),
    ("title:(a", 6, ")"),
    ("title:*", 6, "letters"),
    ("source:", 0, "source:value"),
    ("source:(a b)", 10, 'source:(one OR "two words")'),
    ("source:(a OR NOT b)", 13, "source:value"),
    ("source:(a", 7, ")"),
    ("source:BB*", 7, "one OR"),
    ('source:""', 7, "source:value"),
    ("source:x^2", 8, "boost"),
    ("*a", 0, "3 after a leading"),
    ("*ab", 0, "3 after a leading"),
    ("?ab", 0, "3 after a leading"),
    ("a*", 0, "at least 2 letters"),
    ("a*bcdef", 0, "at least 2 letters"),
    ("**", 0, "letters"),
    ("??", 0, "letters"),
    ('"a * b"', 0, "letters"),
    ('"why now?"', 0, r"\?"),
    ("東*京", 0, "東 PRE/1 京"),
    ("東?", 0, "東 PRE/1 京"),
    ("...", 0, "Leave"),
    ("🚀", 0, "words"),
    ("a - b", 2, "Leave"),
    ("a –b", 2, "-b"),
    ('"x"-y', 3, "sign"),
    ("--a", 1, "sign"),
    ("- -a", 0, "Leave"),
    ("-NOT a", 1, "sign"),
    ("a\\", 1, r"\*"),
    ("a ^2 ^", 5, "oil^2"),
    ("a^0", 1, "0.001 to 1000"),
    ("(a^1000)^2", 8, "0.001 to 1000"),
    ("^2", 0, "oil^2"),
    ("a^1e2", 1, "oil^2"),
    ("a^-1", 1, "oil^2"),
    ("a^2,b", 1, "oil^2"),
    ("a^٣", 1, "oil^2"),
    ("(source:x)^2", 10, "oil^2"),
    ("published:", 0, "published:value"),
    ("published:[x]", 10, "published:[2026-01-01 TO 2026-02-01]"),
    ("published:yesterday", 10, "published:>=now-7d"),
    ("published:2026-13-01", 10, "published:2026-01-31"),
    ("published:0000", 10, "published:2026-01-31"),
    ("published:>=9999-12-31", 10, "published:2026-01-31"),
    ("published:[2026-02-01 TO 2026-01-01]", 10, "earlier"),
    ("published:{2026-02-01T10:00 TO 2026-02-01T10:00]", 10, "earlier"),
    ("published:(2026)", 10, "published:2026-01-31"),
    ("published:>=now-7d", 10, "published:>=2026-01-01"),
    ("published >= 2026", 10, "published:>=2026-01-01"),
    ("[a TO b]", 0, "published:["),
    ("{a TO b}", 0, "published:{"),
    ("title : oil", 6, "KQL"),
    ("title:oil and body:gas", 10, "Write AND"),
    ('title:"oil price" or not body:gas', 18, "Write OR"),
    ("(" * 61 + "a" + ")" * 61, 60, "brackets"),
    ("NOT " * 61 + "a", 240, "brackets"),
    ("a " * 1_001, 2_000, "two queries"),
    ("source:(" + "x OR " * 1_000 + "x)", 8 + 5 * 1_000, "two queries"),
    ("a" * 20_001, 20_000, "two queries"),
    ('"' + "a " * 201 + '"', 0, "shorter"),
]


@pytest.mark.parametrize(("query", "column", "advice"), ERRORS, ids=[repr(row[0][:40]) for row in ERRORS])
def test_a_query_that_cannot_be_read_says_where_and_what_to_write(query: str, column: int, advice: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse(query)
    error = caught.value
    assert (error.query, error.column) == (query, column)
    assert advice in error.advice
    assert error.message.endswith(".")
    assert error.message in str(error)
    assert error.advice in str(error)


NOT_ERRORS = [
    "and",
    "title:oil and gas",
    "oil and title:gas",
    "lang:and title:x",
    "w/o",
    "PRE",
    "W",
    "TO",
    "a/b/",
    "C#",
    "!a",
]


@pytest.mark.parametrize("query", NOT_ERRORS)
def test_what_only_looks_wrong_is_read(query: str) -> None:
    assert parse(query)


def test_a_relative_date_with_a_wrong_unit_is_an_error_even_with_now() -> None:
    for value in ("now-7x", "now-7", "now/w", "now-999999w", "later"):
        with pytest.raises(QueryError, match="is not a date"):
            parse(f"published:>={value}", now=datetime(2026, 1, 1, tzinfo=UTC))


def test_an_error_shows_the_line_and_a_caret_under_the_place() -> None:
    with pytest.raises(QueryError) as caught:
        parse("oil AND\n  (gas OR coal~) ore\nprice")
    assert str(caught.value).splitlines()[1:] == ["    (gas OR coal~) ore", "                ^"]


def test_the_caret_stands_right_under_wide_and_combining_characters() -> None:
    with pytest.raises(QueryError) as caught:
        parse("東京 दिल्ली\tcafe\u0301 coal~")
    line, caret = str(caught.value).splitlines()[1:]
    assert line == "  東京 दिल्ली cafe\u0301 coal~"
    assert caret == " " * 22 + "^"


def test_a_long_query_is_shown_around_the_place_only() -> None:
    with pytest.raises(QueryError) as caught:
        parse("oil " * 200 + "coal~" + " gas" * 200)
    assert max(map(len, str(caught.value).splitlines()[1:])) < 130


@pytest.mark.parametrize(
    "query", ["*" * 9_000, "." * 9_000, "x" * 9_000 + ":a", "published:" + "9" * 9_000, "-" * 9_000]
)
def test_a_long_word_does_not_make_a_long_message(query: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse(query)
    assert len(str(caught.value)) < 600


def test_a_query_error_is_one_of_ours() -> None:
    assert issubclass(QueryError, NewsdeskError)
