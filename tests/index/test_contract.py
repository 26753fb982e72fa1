"""What every implementation of the search index does."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from newsdesk.errors import SearchIndexError
from newsdesk.index import FacetField, Filters, Highlight, Hit, PutStatus, SearchIndex, Sort, TopicSpan
from newsdesk.query import parse
from tests.index.conftest import Opener
from tests.index.samples import START, document, identity, many


def found(index: SearchIndex, text: str) -> frozenset[str]:
    return index.ids(parse(text))


def all_pages(index: SearchIndex, text: str, sort: Sort, *, limit: int = 3) -> list[Hit]:
    page = index.search(parse(text), sort=sort, limit=limit)
    hits = list(page.hits)
    while page.next is not None:
        page = index.search(parse(text), sort=sort, limit=limit, after=page.next)
        hits += page.hits
    return hits


def marked(hit: Hit) -> list[str]:
    return [hit.snippet[place.start : place.end] for place in hit.snippet_highlights]


def test_an_empty_index_finds_nothing(index: SearchIndex) -> None:
    page = index.search(parse("oil"))
    assert (page.hits, page.total, page.total_is_exact, page.next) == ((), 0, True, None)
    assert index.count(parse("*:*")) == 0
    assert index.ids(parse("NOT oil")) == frozenset()
    assert index.facets(parse("oil"), [FacetField.TOPIC])[0].counts == ()
    assert (index.stats().documents, index.stats().newest) == (0, None)


def test_what_was_put_is_found_with_all_that_a_hit_shows(index: SearchIndex) -> None:
    article = replace(
        document("one", "The price of crude oil fell.", title="Oil falls"),
        topics=("energy", "markets"),
        authors=("A. Writer",),
        story="s1",
        kind="live-blog",
    )
    report = index.put([article])
    assert report.ids(PutStatus.STORED) == (article.id,)
    (hit,) = index.search(parse("oil")).hits
    assert (hit.id, hit.url, hit.title, hit.source, hit.language) == (
        article.id,
        article.url,
        article.title,
        "Courier",
        "en",
    )
    assert (hit.published, hit.first_seen, hit.topics) == (article.published, article.first_seen, article.topics)
    assert (hit.story, hit.kind, hit.score) == ("s1", "live-blog", None)
    assert hit.snippet == article.body
    assert marked(hit) == ["oil"]
    assert hit.title_highlights == (Highlight(start=0, end=3),)


def test_putting_again_replaces(index: SearchIndex) -> None:
    index.put([document("one", "old words")])
    index.put([replace(document("one", "new words", title="Fresh"), version=2, topics=("energy",))])
    assert found(index, "old") == frozenset()
    assert found(index, "new AND title:fresh AND topic:energy") == {identity("one")}
    assert index.stats().documents == 1


def test_the_same_version_replaces_too_so_that_new_tags_come_in(index: SearchIndex) -> None:
    article = replace(document("one", "oil"), topics=("energy",))
    index.put([article])
    index.put([replace(article, topics=("banking",))])
    assert found(index, "topic:banking oil") == {article.id}
    assert found(index, "topic:energy") == frozenset()


def test_an_older_version_never_replaces_a_newer_one(index: SearchIndex) -> None:
    newer, older = replace(document("one", "newer"), version=3), replace(document("one", "older"), version=2)
    index.put([newer])
    (outcome,) = index.put([older]).outcomes
    assert outcome.status is PutStatus.OLDER
    assert "version 3" in outcome.detail
    assert found(index, "newer") == {newer.id}
    assert found(index, "older") == frozenset()


def test_two_versions_in_one_batch_leave_the_newer_one(index: SearchIndex) -> None:
    versions = [replace(document("one", word), version=n) for n, word in ((1, "first"), (3, "third"), (2, "second"))]
    report = index.put(versions)
    assert [outcome.status for outcome in report.outcomes] == [PutStatus.STORED, PutStatus.STORED, PutStatus.OLDER]
    assert found(index, "third") == {versions[0].id}
    assert index.count(parse("first OR second")) == 0


def test_one_bad_document_does_not_stop_the_others(index: SearchIndex) -> None:
    naive = replace(document("naive", "oil"), published=datetime(2026, 11, 1))  # noqa: DTZ001 - the fault under test
    wrong = replace(document("wrong", "oil"), id="../../etc")
    endless = replace(document("endless", "oil"), version=2**70)
    report = index.put([naive, wrong, endless, document("good", "oil")])
    assert [outcome.status for outcome in report.outcomes] == [*[PutStatus.REFUSED] * 3, PutStatus.STORED]
    assert "published" in report.outcomes[0].detail
    assert "32" in report.outcomes[1].detail
    assert found(index, "oil") == {identity("good")}


def test_deleting_takes_out_words_topics_and_counts(index: SearchIndex) -> None:
    index.put([replace(document(name, f"oil {name}"), topics=("energy",)) for name in ("one", "two")])
    assert index.delete([identity("one"), identity("never there")]) == 1
    assert found(index, "oil") == found(index, "topic:energy") == {identity("two")}
    assert found(index, "one") == frozenset()
    assert index.delete([identity("one")]) == 0


def test_what_was_deleted_can_be_put_again(index: SearchIndex) -> None:
    article = document("one", "crude oil")
    index.put([replace(article, version=5)])
    index.delete([article.id])
    index.put([article])
    assert found(index, '"crude oil"') == {article.id}
    assert index.stats().documents == 1


def test_when_an_article_was_first_seen_never_changes(index: SearchIndex) -> None:
    index.put([document("one", "oil", minutes=5)])
    index.put([replace(document("one", "oil", minutes=90), version=2)])
    assert index.search(parse("oil")).hits[0].first_seen == START + timedelta(minutes=5)


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("आज नई दिल्ली में बारिश", '"नई दिल्ली"'),
        ("आज नई दिल्ली में बारिश", "दिल्*"),
        ("新しい東京で会った", "東京"),
        ("삼성전자는 발표했다", "삼성*"),
        ("Łódź und Straße, Café", "lodz NEAR/1 strasse cafe"),
        ("ὁ λόγος", "λόγος"),
        ("ПУТЬ в Москву", "москву"),
        ("Rocket 🚀 launch 🚀🚀 day", '"rocket launch day"'),
        ("AT&T and the U.S. of O’Brien’s e-mail", "AT&T U.S. O'Brien e-mail"),
        ("zero\x00byte", '"zero byte"'),
        ("half \ud83d pair", '"half pair"'),
    ],
)
def test_every_script_is_found_and_shown_where_it_stands(index: SearchIndex, text: str, query: str) -> None:
    index.put([document("one", text), document("other", "nothing of the kind")])
    (hit,) = index.search(parse(query)).hits
    assert hit.id == identity("one")
    assert marked(hit)


def test_characters_of_one_word_in_another_order_are_another_word(index: SearchIndex) -> None:
    index.put([document("one", "京東")])
    assert found(index, "東京") == frozenset()


def test_newest_sorts_by_arrival_and_published_by_date_with_undated_last(index: SearchIndex) -> None:
    early, late, undated = (document(name, "oil", minutes=n) for n, name in enumerate(("early", "late", "undated")))
    index.put(
        [
            replace(early, published=START + timedelta(days=9)),
            replace(late, published=START + timedelta(days=1)),
            replace(undated, published=None),
        ]
    )
    newest = [hit.id for hit in index.search(parse("oil")).hits]
    assert newest == [undated.id, late.id, early.id]
    published = [hit.id for hit in index.search(parse("oil"), sort=Sort.PUBLISHED).hits]
    assert published == [early.id, late.id, undated.id]


def test_relevance_puts_the_title_first_and_obeys_boosts(index: SearchIndex) -> None:
    filler = " ".join(f"word{n}" for n in range(40))
    index.put(
        [
            document("body", f"gold and {filler}", title="Other news"),
            document("title", f"and {filler}", title="Gold news"),
            document("silver", f"silver and {filler}", title="More news"),
            *(document(n, filler) for n in range(10)),
        ]
    )
    hits = index.search(parse("gold"), sort=Sort.RELEVANCE).hits
    assert [hit.id for hit in hits] == [identity("title"), identity("body")]
    assert hits[0].score is not None
    assert hits[1].score is not None
    assert hits[0].score > hits[1].score > 0
    best = index.search(parse("gold OR silver^9"), sort=Sort.RELEVANCE, limit=1).hits
    assert best[0].id == identity("silver")
    unscored = index.search(parse("NOT gold"), sort=Sort.RELEVANCE, limit=50)
    assert len(unscored.hits) == unscored.total == 11


def test_filters_bound_a_search_from_outside(index: SearchIndex) -> None:
    base = document("one", "oil", minutes=10)
    index.put(
        [
            replace(base, topics=("energy",), authors=("A. Writer",)),
            replace(document("two", "oil", minutes=20), source="Evening Post", language="hi", published=None),
        ]
    )
    one, two = {identity("one")}, {identity("two")}
    query = parse("oil")
    assert index.ids(query, filters=Filters(sources=("Courier", "None such"))) == one
    assert index.ids(query, filters=Filters(languages=("hi",))) == two
    assert index.ids(query, filters=Filters(topics=("energy",), authors=("A. Writer",))) == one
    assert index.ids(query, filters=Filters(published_before=START + timedelta(days=1))) == one
    assert index.ids(query, filters=Filters(published_from=START + timedelta(minutes=11))) == frozenset()
    assert index.ids(query, filters=Filters(arrived_from=START + timedelta(minutes=11))) == two
    assert index.ids(query, filters=Filters(arrived_before=START + timedelta(minutes=20))) == one
    assert index.ids(query, filters=Filters(sources=("oil OR 1=1 --",))) == frozenset()


def test_facets_count_hits_by_topic_source_language_and_day(index: SearchIndex) -> None:
    day = datetime(1969, 12, 31, 23, tzinfo=UTC)
    index.put(
        [
            replace(document("a", "oil"), topics=("energy", "sport"), published=START),
            replace(document("b", "oil"), topics=("energy",), source="Post", language=None, published=None),
            replace(document("c", "oil"), published=day),
            document("d", "gold"),
        ]
    )
    facets = index.facets(parse("oil"), list(FacetField))
    counts = {facet.field: [(c.value, c.count) for c in facet.counts] for facet in facets}
    assert counts == {
        FacetField.TOPIC: [("energy", 2), ("sport", 1)],
        FacetField.SOURCE: [("Courier", 2), ("Post", 1)],
        FacetField.LANGUAGE: [("en", 2), ("", 1)],
        FacetField.DAY: [("2026-11-01", 1), ("1969-12-31", 1), ("", 1)],
    }
    (top,) = index.facets(parse("oil"), [FacetField.TOPIC], limit=1)
    assert [count.value for count in top.counts] == ["energy"]


def test_facets_asked_together_are_those_asked_one_by_one(index: SearchIndex) -> None:
    index.put(many(120, 5))
    for text in ("oil", "oil OR NOT gold", "oil PRE/3 (gold OR bank*)", "*:*", "never"):
        together = index.facets(parse(text), list(FacetField))
        assert together == tuple(index.facets(parse(text), [field])[0] for field in FacetField)


def test_however_hits_are_counted_the_first_page_is_the_same(index: SearchIndex) -> None:
    index.put(many(200, 6))
    filters = Filters(arrived_from=START + timedelta(days=3), topics=("energy", "sport"))
    for text in (
        "oil",
        "oil OR gold",
        "oil AND bank",
        "oil OR gold^1.5",
        "oil gold NOT tin",
        "*:* NOT oil",
        "oi* OR ba*",
    ):
        query = parse(text)
        for bounds in (Filters(), filters):
            ids = index.ids(query, filters=bounds)
            for sort in Sort:
                first = index.search(query, sort=sort, limit=3, filters=bounds)
                whole = index.search(query, sort=sort, limit=1_000, filters=bounds)
                assert first.total == whole.total == len(ids)
                assert {hit.id for hit in whole.hits} == ids
                assert first.hits == whole.hits[:3]


def test_a_search_for_a_topic_shows_the_stored_evidence(index: SearchIndex) -> None:
    spans = (
        TopicSpan(topic="energy", field="body", start=9, end=12),
        TopicSpan(topic="energy", field="title", start=0, end=3),
        TopicSpan(topic="sport", field="body", start=0, end=3),
    )
    index.put([replace(document("one", "The deep oil.", title="Oil"), topics=("energy", "sport"), evidence=spans)])
    (hit,) = index.search(parse("topic:energy")).hits
    assert marked(hit) == ["oil"]
    assert hit.title_highlights == (Highlight(start=0, end=3),)
    (filtered,) = index.search(parse("*:*"), filters=Filters(topics=("sport",))).hits
    assert marked(filtered) == ["The"]


def test_the_snippet_of_a_long_text_is_one_line_around_the_words(index: SearchIndex) -> None:
    index.put([document("one", "filler words\n\n" * 200 + "the crude\noil price " + "more words\n\n" * 200)])
    (hit,) = index.search(parse('"crude oil" price')).hits
    assert marked(hit) == ["crude oil", "price"]
    assert "\n" not in hit.snippet
    assert len(hit.snippet) < 260
    assert hit.snippet.startswith("… ")
    assert hit.snippet.endswith(" …")


@pytest.mark.parametrize("sort", list(Sort))
def test_pages_neither_skip_nor_repeat_while_others_write(open_same: Opener, sort: Sort) -> None:
    index, other = open_same(), open_same()
    before = [document(n, f"oil {'oil ' * (n % 5)}", minutes=n // 3) for n in range(30)]
    index.put(before)
    page = index.search(parse("oil"), sort=sort, limit=4)
    seen = [hit.id for hit in page.hits]
    for turn in range(100):
        if page.next is None:
            break
        # New arrivals on top, late ones in the middle, and dates of publication that move both ways.
        other.put([document(f"new {turn}", "oil oil oil", minutes=99), document(f"late {turn}", "oil", minutes=4)])
        moved = [before[(turn * 7 + k) % 30] for k in range(6)]
        days = timedelta(days=30 if turn % 2 else -30)
        other.put([replace(article, published=START + days, version=turn + 2) for article in moved])
        page = index.search(parse("oil"), sort=sort, limit=4, after=page.next)
        assert page.total == 30
        seen += [hit.id for hit in page.hits]
    assert len(seen) == 30
    assert set(seen) == {article.id for article in before}


def test_a_deleted_article_is_on_no_later_page(open_same: Opener) -> None:
    index = open_same()
    index.put([document(n, "oil", minutes=n) for n in range(6)])
    page = index.search(parse("oil"), limit=3)
    open_same().delete([identity(1)])
    rest = index.search(parse("oil"), limit=3, after=page.next).hits
    assert [hit.id for hit in rest] == [identity(2), identity(0)]


def test_where_too_many_texts_had_to_be_read_the_total_is_a_lower_bound(index: SearchIndex) -> None:
    index.put([document(n, "oil gold" if n % 2 else "gold oil", minutes=n) for n in range(1_100)])
    page = index.search(parse("oil PRE/1 gold"), limit=600)
    assert len(page.hits) == 550
    assert page.next is None
    assert not page.total_is_exact
    assert 0 < page.total <= 550
    assert index.count(parse("oil PRE/1 gold")) == 550


def test_the_newest_of_very_many_hits_are_found_by_walking_back_in_time(index: SearchIndex) -> None:
    articles = [document(n, f"oil {'gold' if n % 3 else 'tin'}", minutes=-n) for n in range(1_100)]
    index.put([replace(article, published=START + timedelta(days=n % 50)) for n, article in enumerate(articles)])
    for text in ("oil", "oil AND ((gold lang:en) OR (tin lang:hi))", "oil NOT topic:none"):
        whole = index.search(parse(text), sort=Sort.NEWEST, limit=1_000).hits
        assert index.search(parse(text), sort=Sort.NEWEST, limit=2).hits == whole[:2]
        assert [hit.first_seen for hit in whole] == sorted((hit.first_seen for hit in whole), reverse=True)
        dated = index.search(parse(text), sort=Sort.PUBLISHED, limit=1_000).hits
        assert index.search(parse(text), sort=Sort.PUBLISHED, limit=2).hits == dated[:2]


def test_pages_end_exactly_where_the_hits_end(index: SearchIndex) -> None:
    index.put([document(n, "oil PRE oil", minutes=n) for n in range(6)])
    for sort in Sort:
        for text in ("oil", "oil PRE/1 oil", "*:*"):
            assert len(all_pages(index, text, sort)) == 6
            assert index.search(parse(text), sort=sort, limit=6).next is None


@pytest.mark.parametrize("mark", ["", "x", "AAAA", "W10", "WzEsMl0", "é", "bnVsbA", "WyJhIiwiYiIsMWU5OTksMSwxLDEsMV0"])
def test_a_mark_that_is_none_is_a_clear_error(index: SearchIndex, mark: str) -> None:
    with pytest.raises(SearchIndexError, match="first page"):
        index.search(parse("oil"), after=mark)


def test_the_mark_of_another_search_is_a_clear_error(index: SearchIndex) -> None:
    index.put([document(n, "oil gold") for n in range(3)])
    mark = index.search(parse("oil"), limit=1).next
    with pytest.raises(SearchIndexError, match="another search"):
        index.search(parse("gold"), limit=1, after=mark)
    with pytest.raises(SearchIndexError, match="another search"):
        index.search(parse("oil"), limit=1, after=mark, sort=Sort.PUBLISHED)


@pytest.mark.parametrize("limit", [0, -1, 1_001])
def test_a_page_of_a_senseless_size_is_refused(index: SearchIndex, limit: int) -> None:
    with pytest.raises(SearchIndexError, match="1,000"):
        index.search(parse("oil"), limit=limit)


def test_stats_tell_size_and_age(index: SearchIndex) -> None:
    index.put([document("one", "crude oil", minutes=3), document("two", "oil", minutes=1)])
    stats = index.stats()
    assert (stats.documents, stats.words) == (2, 2)
    assert stats.bytes > 0
    assert stats.newest == START + timedelta(minutes=3)
    assert stats.analyser_version
    assert stats.path


def test_a_closed_index_says_so(index: SearchIndex) -> None:
    index.close()
    index.close()
    with pytest.raises(SearchIndexError, match="closed"):
        index.count(parse("oil"))
