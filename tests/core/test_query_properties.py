import time
from datetime import UTC, datetime

from hypothesis import example, given
from hypothesis import strategies as st

from newsdesk.query import Document, Query, QueryError, parse, render
from newsdesk.query.analysis import tokens
from newsdesk.query.compiled import QuerySet
from newsdesk.query.misses import misses
from newsdesk.query.tree import All, And, Keyword, Near, Node, Not, Or, Phrase, Range, phrases
from tests.core.query_texts import ANY_TEXT, ARTICLE_TEXT, FRAGMENTS, QUERY_TEXT, tries
from tests.core.test_query_analysis import by_hand

DAYS = st.sampled_from((None, datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 2, 5, tzinfo=UTC)))
SOURCES = st.sampled_from((None, "x", "y", "z"))
NOW = datetime(2026, 1, 3, tzinfo=UTC)


@given(st.one_of(ANY_TEXT, FRAGMENTS))
@tries(200)
@example("-" * 500)
@example('"' * 501)
@example("(/a" * 300)
def test_any_text_is_a_query_or_an_error_that_points_into_it(text: str) -> None:
    read = query_or_error(text)
    if isinstance(read, QueryError):
        assert 0 <= read.column <= len(text)
        assert read.advice
    else:
        assert parse(render(read.tree)).tree == read.tree
        read.match(title=text, body=text)


def query_or_error(text: str) -> Query | QueryError:
    try:
        return parse(text, now=NOW)
    except QueryError as error:
        return error


@given(QUERY_TEXT)
@tries()
def test_a_rendered_tree_parses_to_the_same_tree(text: str) -> None:
    tree = parse(text).tree
    assert parse(render(tree)).tree == tree


@given(ANY_TEXT, ANY_TEXT)
@tries()
def test_a_word_of_a_text_finds_it_and_evidence_is_that_word(before: str, after: str) -> None:
    text = before + after
    for token in set(tokens(text)):
        query = parse(token)
        found = query.match(body=text)
        assert found is not None
        for span in found.evidence:
            assert tokens(text[span.start : span.end]) == [token]
        assert len(found.evidence) == tokens(text).count(token)


@given(QUERY_TEXT, ARTICLE_TEXT, ARTICLE_TEXT)
@tries(100)
def test_each_piece_of_evidence_is_matched_by_its_part(text: str, title: str, body: str) -> None:
    found = parse(text).match(title=title, body=body)
    for span in found.evidence if found else ():
        piece = {"title": title, "body": body}[span.field][span.start : span.end]
        document = {"title": "", "body": "", span.field: piece}
        assert parse(span.part).match(title=document["title"], body=document["body"])


# ------------------------------------------------------------------ against the slow, obvious reading


class Reference:
    """The semantics read off the contract, over lists of words, with no thought of speed."""

    def __init__(self, *, title: str, body: str, source: str | None, published: datetime | None) -> None:
        self.words = {"title": title.split(), "body": body.split()}
        self.source = source
        self.published = published

    def holds(self, node: Node) -> bool:
        if isinstance(node, And):
            return all(self.holds(child) for child in node.nodes)
        if isinstance(node, Or):
            return any(self.holds(child) for child in node.nodes)
        if isinstance(node, Not):
            return not self.holds(node.node)
        if isinstance(node, Keyword):
            return node.value == {"source": self.source, "lang": "en"}.get(node.field)
        if isinstance(node, Range):
            return self.is_within(node)
        if isinstance(node, All):
            return True
        field = next(phrases(node)).field
        return any(self.stands(node, words) for name, words in self.words.items() if field in (None, name))

    def is_within(self, node: Range) -> bool:
        if self.published is None:
            return False
        at = self.published
        low = (
            node.low is None
            or at > datetime.fromisoformat(node.low)
            or (node.include_low and at.isoformat() == node.low)
        )
        return low and (node.high is None or at < datetime.fromisoformat(node.high))

    def stands(self, node: Phrase | Near, words: list[str]) -> bool:
        if isinstance(node, Phrase):
            return bool(self.places(node, words))
        for one in self.places(node.left, words):
            for other in self.places(node.right, words):
                pairs = [(one, other)] if node.ordered else [(one, other), (other, one)]
                if any(0 <= after[0] - before[1] - 1 <= node.distance for before, after in pairs):
                    return True
        return False

    def places(self, node: Node, words: list[str]) -> list[tuple[int, int]]:
        if isinstance(node, Or):
            return [place for child in node.nodes for place in self.places(child, words)]
        assert isinstance(node, Phrase)
        length = len(node.parts)
        return [
            (start, start + length - 1)
            for start in range(len(words) - length + 1)
            if all(by_hand(part, words[start + offset]) for offset, part in enumerate(node.parts))
        ]


@given(QUERY_TEXT, ARTICLE_TEXT, ARTICLE_TEXT, st.tuples(SOURCES, DAYS))
@tries(250)
def test_the_evaluator_agrees_with_the_obvious_reading(
    text: str, title: str, body: str, values: tuple[str | None, datetime | None]
) -> None:
    query = parse(text)
    source, published = values
    expected = Reference(title=title, body=body, source=source, published=published).holds(query.tree)
    document = Document(title=title, body=body, source=source, lang="en", published=published)
    assert query.accepts(document) is expected
    assert (query.find(document) is not None) is expected
    assert (not misses(query.tree, document)) is expected


@given(st.lists(QUERY_TEXT, max_size=10), st.lists(st.tuples(ARTICLE_TEXT, ARTICLE_TEXT, SOURCES, DAYS), max_size=3))
@tries(50)
def test_many_queries_at_once_give_the_same_as_each_alone(
    texts: list[str], articles: list[tuple[str, str, str | None, datetime | None]]
) -> None:
    queries = [parse(text) for text in texts]
    together = QuerySet(queries)
    for title, body, source, published in articles:
        document = Document(title=title, body=body, source=source, lang="en", published=published)
        alone = [number for number, query in enumerate(queries) if query.accepts(document)]
        assert together.matching(document) == alone


def test_a_set_of_the_deepest_queries_can_be_compiled() -> None:
    deep = "(a OR b AND " * 30 + "c" + ")" * 30
    deeper = "NOT (" * 30 + "a" + ")" * 30
    assert QuerySet([parse(deep), parse(deeper)]).matching(Document(body="a")) == [0, 1]


def test_the_words_of_a_query_are_data_and_never_code() -> None:
    nasty = parse("""source:"' or __import__('os') or '" OR author:"\\\\" OR body:"') or True or ('" """)
    assert QuerySet([nasty]).matching(Document(body="nothing")) == []
    assert QuerySet([nasty]).matching(Document(source="' or __import__('os') or '")) == [0]


def test_time_grows_no_faster_than_the_text() -> None:
    # A guard against squares, so with room for a busy machine: a square would be 256 times slower.
    queries = [parse(text) for text in ("a NEAR/50 a", '"a a a a a"', '(a OR b OR "a b") NEAR/20 (b OR a)', "ab*cd*e")]

    def seconds(length: int) -> float:
        body = "a b abcde " * length
        started = time.process_time()
        for query in queries:
            query.match(body=body)
        return time.process_time() - started

    assert any(seconds(4_000) < 100 * seconds(250) for _ in range(4))
