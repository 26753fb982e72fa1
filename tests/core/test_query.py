from datetime import UTC, datetime, timedelta, timezone

import pytest

from newsdesk.query import Document, Match, Query, QueryError, Span, parse, render
from newsdesk.query.evaluate import matches
from newsdesk.query.tree import All, And, Keyword, Near, Not, Or, Phrase, Range, phrases
from tests.core.query_statements import OF_FIELDS, STATEMENTS, FieldStatement, Statement

NOON = datetime(2026, 1, 15, 12, tzinfo=UTC)
NEXT_MORNING = datetime(2026, 1, 16, 6, 30, tzinfo=UTC)


@pytest.mark.parametrize("statement", STATEMENTS, ids=lambda s: f"{s.query!r} in {s.title!r} {s.body[:40]!r}")
def test_a_query_finds_what_the_table_says(statement: Statement) -> None:
    query = parse(statement.query)
    assert (query.match(title=statement.title, body=statement.body) is not None) is statement.is_found
    assert parse(render(query.tree)).tree == query.tree


def test_no_statement_stands_twice_in_the_table() -> None:
    assert len(set(STATEMENTS)) == len(STATEMENTS)


@pytest.mark.parametrize("statement", OF_FIELDS, ids=lambda s: s.query)
def test_a_query_on_fields_finds_what_the_table_says(statement: FieldStatement) -> None:
    query = parse(statement.query, now=NEXT_MORNING)
    found = query.match(
        body="a barrel of oil",
        source="Reuters",
        lang="en",
        topic=("oil", "opec-plus"),
        author=["Ann Lee", "Bo Ek"],
        story=None,
        published=NOON,
    )
    assert (found is not None) is statement.is_found
    assert parse(render(query.tree)).tree == query.tree


# ------------------------------------------------------------------ trees


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("Oil", Phrase(None, ("oil",))),
        ("title:Oil^2", Phrase("title", ("oil",), 2.0)),
        ("(a b)^2", And((Phrase(None, ("a",), 2.0), Phrase(None, ("b",), 2.0)))),
        ("(a^2 b)^0.5", And((Phrase(None, ("a",), 1.0), Phrase(None, ("b",), 0.5)))),
        ("(NOT a)^2", Not(Phrase(None, ("a",), 2.0))),
        ('"a b"~3^2', Near(Phrase(None, ("a",), 2.0), Phrase(None, ("b",), 2.0), 3, ordered=False)),
        ("(a PRE/1 b^3)^2", Near(Phrase(None, ("a",), 2.0), Phrase(None, ("b",), 6.0), 1, ordered=True)),
        ("AT&T", Phrase(None, ("at", "t"))),
        ("a b OR c", Or((And((Phrase(None, ("a",)), Phrase(None, ("b",)))), Phrase(None, ("c",))))),
        ("a W/3 b", Near(Phrase(None, ("a",)), Phrase(None, ("b",)), 3, ordered=True)),
        ('"a b"~3', Near(Phrase(None, ("a",)), Phrase(None, ("b",)), 3, ordered=False)),
        ("source:(A OR B)", Or((Keyword("source", "A"), Keyword("source", "B")))),
        ('source:("A B")', Keyword("source", "A B")),
        ("*:*", All()),
        ("published:2026-02", _feb := Range("published", "2026-02-01T00:00:00Z", "2026-03-01T00:00:00Z", True, False)),
        ("published:[2026-02 TO 2026-02]", _feb),
        ("published:2024", Range("published", "2024-01-01T00:00:00Z", "2025-01-01T00:00:00Z", True, False)),
        ("published:>2026-02", Range("published", "2026-03-01T00:00:00Z", None, True, True)),
        ("published:<2026-02", Range("published", None, "2026-02-01T00:00:00Z", True, False)),
        (
            "published:2026-02-01T10:00:00.5+02:00",
            Range("published", "2026-02-01T08:00:00.500000Z", "2026-02-01T08:00:00.500000Z", True, True),
        ),
    ],
)
def test_a_text_becomes_the_tree(text: str, tree: object) -> None:
    assert parse(text).tree == tree


def test_a_word_knows_its_column() -> None:
    query = parse('oil\nAND title:("gas price" OR NOT coal NEAR/3 ore)')
    assert [query.text[phrase.column :][:3] for phrase in phrases(query.tree)] == ["oil", '"ga', "coa", "ore"]


def test_a_query_keeps_its_text() -> None:
    assert parse(" Oil  ").text == " Oil  "


def test_a_relative_date_counts_from_the_given_now_in_any_zone() -> None:
    now = datetime(2026, 1, 16, 8, 30, 15, 99, tzinfo=timezone(timedelta(hours=2)))
    tree = parse("published:[now-1d/d TO now]", now=now).tree
    assert tree == Range("published", "2026-01-15T00:00:00Z", "2026-01-16T06:30:15Z", True, True)


def test_a_naive_now_is_refused() -> None:
    with pytest.raises(TypeError, match="aware"):
        parse("published:>=now-1d", now=datetime(2026, 1, 1))  # noqa: DTZ001 - the point of the test


def test_the_deepest_and_the_longest_queries_are_read_and_run() -> None:
    deep = "(a OR NOT " * 30 + "b" + ")" * 30
    wide = " OR ".join(f"word{number}" for number in range(1_000))
    long_phrase = '"' + "a " * 200 + '"'
    for text in (deep, wide, long_phrase):
        query = parse(text)
        assert parse(render(query.tree)).tree == query.tree
        query.match(title="a b word7", body="a " * 300)


# ------------------------------------------------------------------ evidence


def spans(query: str, *, title: str = "", body: str = "") -> list[tuple[str, str, str]]:
    found = parse(query).match(title=title, body=body)
    assert found is not None
    texts = {"title": title, "body": body}
    return [(span.field, texts[span.field][span.start : span.end], span.part) for span in found.evidence]


def test_evidence_names_field_place_and_part_in_order() -> None:
    found = parse("price OR oil").match(title="The oil", body="Price of oil")
    assert found == Match((Span("title", 4, 7, "oil"), Span("body", 0, 5, "price"), Span("body", 9, 12, "oil")))


def test_evidence_of_a_phrase_runs_from_its_first_to_its_last_word() -> None:
    assert spans('"stock price*"', body="Stock–prices, stock price") == [
        ("body", "Stock–prices", '"stock price*"'),
        ("body", "stock price", '"stock price*"'),
    ]


def test_evidence_of_near_is_the_smallest_window() -> None:
    assert spans("oil NEAR/5 price", body="oil oil and price of oil") == [
        ("body", "oil and price", "oil NEAR/5 price"),
        ("body", "price of oil", "oil NEAR/5 price"),
    ]
    assert spans("oil PRE/5 price", body="price oil and price of oil") == [("body", "oil and price", "oil PRE/5 price")]


def test_evidence_of_a_branch_that_does_not_match_is_left_out() -> None:
    assert spans("(oil AND gas) OR price", body="oil price") == [("body", "price", "price")]


def test_not_values_and_dates_give_no_evidence() -> None:
    assert parse("NOT oil").match(body="gas") == Match(())
    assert parse("NOT NOT oil").match(body="oil") == Match(())
    assert parse("source:x published:[* TO *] *:*").match(source="x", published=NOON) == Match(())
    assert spans("gas -oil", body="gas") == [("body", "gas", "gas")]


def test_evidence_of_a_field_names_the_field() -> None:
    assert spans("title:oil", title="oil", body="oil") == [("title", "oil", "title:oil")]
    assert spans("body:(oil NEAR/2 gas)", title="oil gas", body="gas, oil") == [
        ("body", "gas, oil", "body:oil NEAR/2 body:gas")
    ]


@pytest.mark.parametrize(
    ("query", "body", "slices"),
    [
        ("cafe", "le cafe\u0301!", ["cafe\u0301"]),
        ("brennpunkt", "\u00adBrenn\u00adpunkt\u00ad.", ["Brenn\u00adpunkt"]),
        ("दिल्ली", "नई दिल्ली में", ["दिल्ली"]),
        ("東京", "新しい東京で", ["東京"]),
        ("rocket", "🚀🚀rocket🚀", ["rocket"]),
        ("love", "❤️love❤️ love", ["love", "love"]),
        ('"a b"', "a👩‍🚀b", ["a👩‍🚀b"]),
        ("istanbul", "İSTANBUL İstanbul", ["İSTANBUL", "İstanbul"]),
        ("𞤀𞤁", "x 𞤢𞤣 y", ["𞤢𞤣"]),
        ("葛", "葛\U000e0100飾", ["葛"]),
        ("strasse", "Straße, Strasse", ["Straße", "Strasse"]),
    ],
)
def test_evidence_points_into_the_original_text(query: str, body: str, slices: list[str]) -> None:
    assert [found for _, found, _ in spans(query, body=body)] == slices


# ------------------------------------------------------------------ documents and queries


def test_one_document_serves_many_queries() -> None:
    document = Document(title="Oil", body="The price of oil rises", source="Reuters")
    accepted = [
        text for text in ("oil", "gas", "ris*", "price NEAR/2 oil", "source:Reuters") if parse(text).accepts(document)
    ]
    assert accepted == ["oil", "ris*", "price NEAR/2 oil", "source:Reuters"]
    found = parse("oil").find(document)
    assert found is not None
    assert len(found.evidence) == 2
    assert parse("gas").find(document) is None


def test_a_date_may_be_text_and_is_utc_without_a_zone() -> None:
    query = parse("published:2026-01-15")
    for published in ("2026-01-15", "2026-01-15T23:59:59", "2026-01-16T00:30:00+01:00", "2026-01-15T12:00:00Z"):
        assert query.match(published=published)
    assert not query.match(published="2026-01-16")
    assert not query.match(published=None)


@pytest.mark.parametrize("fields", [{"sauce": "x"}, {"published": datetime(2026, 1, 1)}, {"source": NOON}])  # noqa: DTZ001 - the point of the test
def test_fields_that_are_none_are_refused(fields: dict[str, str | datetime]) -> None:
    with pytest.raises(TypeError):
        parse("a").match(title="", body="", **fields)


def test_a_date_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="soon"):
        Document(published="soon")


@pytest.mark.parametrize(
    ("text", "is_broad"),
    [
        ("oil", False),
        ("oil NEAR/2 gas", False),
        ("NOT oil", True),
        ("-oil -gas", True),
        ("oil OR NOT gas", True),
        ("oil NOT gas", False),
        ("*:*", True),
        ("*", True),
        ("oil OR *:*", True),
        ("oil *:*", False),
        ("NOT *:*", False),
        ("NOT NOT oil", False),
        ("NOT (oil AND NOT gas)", True),
        ("NOT (oil OR NOT gas)", False),
        ("source:x", False),
        ("published:2026", False),
        ("published:[* TO *]", True),
    ],
)
def test_a_query_tells_whether_it_matches_nearly_everything(text: str, is_broad: bool) -> None:  # noqa: FBT001 - a column
    assert parse(text).matches_nearly_everything is is_broad


def test_near_holds_only_what_the_parser_lets_in() -> None:
    wrong = Near(Phrase(None, ("a",)), Or((Phrase(None, ("b",)), All())), 3, ordered=False)
    with pytest.raises(TypeError, match="NEAR holds"):
        matches(wrong, Document(body="a b"))


def test_queries_are_values() -> None:
    assert parse("a b") == parse("a b")
    assert parse("a b") != parse("a  b")
    assert parse("a b").tree == parse("a AND b").tree
    assert isinstance(parse("a"), Query)
    with pytest.raises(QueryError):
        parse("a AND")
