"""The command `search` as its users call it."""

import io
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from rich.console import Console

from newsdesk.cli.facet_bars import by_date, facet_bars
from newsdesk.cli.find import about_hit
from newsdesk.cli.period import beginning, period
from newsdesk.index import Facet, FacetCount, FacetField, Hit
from newsdesk.model import FEED_SUMMARY
from tests.surfaces.conftest import Line, Ran

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


def rows(ran: Ran) -> list[list[str]]:
    assert ran.code == 0, ran.err
    return [line.split("\t") for line in ran.out.splitlines()]


def total(ran: Ran) -> int:
    return int(ran.err.split()[0])


def marks(hit: Mapping[str, Any]) -> set[str]:
    """What is highlighted, in small letters."""
    texts = ((hit["title"], hit["title_highlights"]), (hit["snippet"], hit["snippet_highlights"]))
    return {text[mark["start"] : mark["end"]].casefold() for text, places in texts for mark in places}


def found(line: Line, *arguments: str) -> Mapping[str, list[dict[str, object]]]:
    ran = line.call("search", *arguments, "--json")
    assert ran.code == 0, ran.err
    parsed: Mapping[str, list[dict[str, object]]] = json.loads(ran.out)
    return parsed


# ------------------------------------------------------------------ what is shown


def test_without_a_query_it_lists_the_newest_articles_and_says_how_many_there_are(line: Line) -> None:
    ran = line.call("search", "--limit", "3")
    assert len(rows(ran)) == 3
    assert total(ran) > 3
    assert "next page: --after " in ran.err


def test_the_mark_at_the_end_leads_through_all_pages_once(line: Line) -> None:
    urls, mark = [], ""
    for _ in range(200):
        ran = line.call("search", "traders OR rules", "--limit", "2", *(("--after", mark) if mark else ()))
        urls += [row[-1] for row in rows(ran)]
        mark = ran.err.partition("--after ")[2].strip()
        if not mark:
            break
    assert len(urls) == len(set(urls)) == total(ran)


def test_all_streams_every_hit_as_a_line_of_json_with_its_highlights(line: Line) -> None:
    ran = line.call("search", "traders", "--all", "--json")
    hits = [json.loads(text) for text in ran.out.splitlines()]
    assert len(hits) == total(ran) == int(line.call("search", "traders", "--count").out)
    assert {mark for hit in hits for mark in marks(hit)} == {"traders"}
    assert all(map(marks, hits))


def test_a_filter_by_topic_shows_the_evidence_of_that_topic_too(line: Line) -> None:
    ran = line.call("search", "--topic", "shop-protests", "--all", "--json")
    assert all(marks(json.loads(text)) for text in ran.out.splitlines())
    assert total(ran) > 0


def test_count_is_a_number_for_programs(line: Line) -> None:
    number = int(line.call("search", "--count").out)
    assert json.loads(line.call("search", "--count", "--json").out) == {"count": number}
    assert number == total(line.call("search"))


def test_facets_are_rows_for_programs_and_their_counts_add_up(line: Line) -> None:
    ran = line.call("search", "traders", "--facets", "--limit", "1")
    counts = [row for row in rows(ran) if row[0] in ("source", "day", "language", "topic")]
    for field in ("source", "day", "language"):
        assert sum(int(row[2]) for row in counts if row[0] == field) == total(ran)


def test_what_cannot_be_asked_together_is_said(line: Line) -> None:
    ran = line.call("search", "--all", "--count")
    assert (ran.code, ran.out) == (2, "")
    assert "--all" in ran.err


# ------------------------------------------------------------------ what is looked for


def test_stemmed_finds_other_forms_and_highlights_the_ones_that_stand_there(line: Line) -> None:
    plain, forms = (int(line.call("search", text, "--count").out) for text in ("trader", "trader OR traders"))
    ran = line.call("search", "trader", "--stemmed", "--all", "--json")
    assert total(ran) >= forms > plain
    shown = {mark for text in ran.out.splitlines() for mark in marks(json.loads(text))}
    assert "traders" in shown


@pytest.mark.parametrize(
    ("option", "value", "query"),
    [
        ("--source", "The Gujarat Ledger", 'source:"The Gujarat Ledger"'),
        ("--language", "en", "lang:en"),
        ("--topic", "shop-protests", "topic:shop-protests"),
        ("--author", "Nobody At All", 'author:"Nobody At All"'),
    ],
)
def test_a_filter_is_what_the_query_language_says_of_the_field(line: Line, option: str, value: str, query: str) -> None:
    assert line.call("search", option, value, "--count").out == line.call("search", query, "--count").out


def test_dates_are_of_arrival_unless_publication_is_asked_for(line: Line) -> None:
    everything = int(line.call("search", "--count").out)
    assert int(line.call("search", "--since", "1d", "--count").out) == everything
    assert int(line.call("search", "--until", "1d", "--count").out) == 0
    published = [
        int(line.call("search", option, "2021-12", "--by", "publication", "--count").out)
        for option in ("--since", "--until")
    ]
    assert published[1] > 0
    assert sum(published) <= everything


@pytest.mark.parametrize(
    ("since", "until", "first", "end"),
    [
        ("7d", None, "2026-11-15T09:30:00", None),
        ("12h", "90m", "2026-11-21T21:30:00", "2026-11-22T08:00:00.000001"),
        ("2026-09", "2026-09", "2026-09-01", "2026-10-01"),
        ("2025", "2026-02-28", "2025-01-01", "2026-03-01"),
        ("yesterday", "today", "2026-11-21", "2026-11-23"),
        ("2026-11-01 06:00", "2026-11-01T12:00+05:30", "2026-11-01T06:00:00", "2026-11-01T06:30:00.000001"),
        ("now-1w/d", None, "2026-11-15", None),
        (None, "2026-11-01", None, "2026-11-02"),
    ],
)
def test_dates_may_be_ages_days_months_and_instants(
    since: str | None, until: str | None, first: str | None, end: str | None
) -> None:
    expected = [None if text is None else datetime.fromisoformat(text).replace(tzinfo=UTC) for text in (first, end)]
    assert list(period(since, until, NOW)) == expected


@pytest.mark.parametrize(
    ("since", "first"),
    [
        ("2026-09-01", "2026-08-31T18:30:00"),
        ("2026-09", "2026-08-31T18:30:00"),
        ("2026-09-01 06:00", "2026-09-01T00:30:00"),
        ("2026-09-01T06:00Z", "2026-09-01T06:00:00"),
        ("2026-09-01T06:00+01:00", "2026-09-01T05:00:00"),
        ("today", "2026-11-21T18:30:00"),
        ("7d", "2026-11-15T09:30:00"),
        ("now-7d", "2026-11-15T09:30:00"),
    ],
)
def test_dates_begin_at_midnight_of_the_zone_that_is_asked_for(since: str, first: str) -> None:
    assert beginning(since, NOW, zone="Asia/Kolkata") == datetime.fromisoformat(first).replace(tzinfo=UTC)


@pytest.mark.parametrize("text", ["7y", "soon", "2026-13", "", "[2026 TO 2027]", "-7d"])
def test_what_is_no_date_is_told_with_examples(line: Line, text: str) -> None:
    ran = line.call("search", f"--since={text}")
    assert ran.code == 2
    assert "7d" in ran.err
    assert "2026-09-01" in ran.err


def test_dates_in_the_wrong_order_are_told(line: Line) -> None:
    assert "earlier" in line.call("search", "--since", "2026-09", "--until", "2026-08").err


# ------------------------------------------------------------------ what goes wrong


def test_an_error_shows_the_place_under_the_query(line: Line) -> None:
    ran = line.call("search", "traders AND (rules")
    assert ran.code == 1
    message, query, caret = ran.err.splitlines()
    assert "bracket" in message
    assert query[caret.index("^")] == "("


def test_a_word_that_stands_nowhere_is_told_with_those_that_look_like_it(line: Line) -> None:
    ran = line.call("search", "tradrs AND amazon")
    assert "No article has tradrs." in ran.err
    assert "Alike: traders (" in ran.err
    assert "amazon" not in ran.err
    assert found(line, "tradrs")["advice"]


def test_parts_that_stand_only_apart_are_told(line: Line) -> None:
    ran = line.call("search", "traders NOT traders")
    assert "Each part stands in some article" in ran.err


def test_stems_are_offered_where_they_would_find_something(line: Line) -> None:
    ran = line.call("search", "protestings")
    assert "With --stemmed" in ran.err
    assert "With --stemmed" not in line.call("search", "protestings", "--stemmed").err


def test_filters_that_keep_everything_out_are_told_with_the_values_that_there_are(line: Line) -> None:
    ran = line.call("search", "traders", "--source", "Gujarat Ledger", "--since", "7d", "--all")
    assert total(ran) == 0
    assert "Without the filters: " in ran.err
    assert "Without --source alone: " in ran.err
    assert "Without --since alone" not in ran.err
    assert "There is The Gujarat Ledger" in ran.err


def test_an_empty_index_says_that_nothing_was_collected(own_line: Line) -> None:
    for file in own_line.home.glob("index.db*"):
        file.unlink()
    assert "index rebuild" in own_line.call("search", "traders").err


def test_an_index_that_is_garbage_tells_a_remedy_that_works(own_line: Line) -> None:
    before = own_line.call("search", "--count").out
    file = own_line.home / "index.db"
    file.write_bytes(b"\x00garbage" * 5_000)
    ran = own_line.call("search", "traders")
    assert ran.code == 1
    assert f"{file}" in ran.err
    assert "remove it and run `newsdesk index rebuild`" in ran.err
    file.unlink()
    assert own_line.call("index", "rebuild").code == 0
    assert own_line.call("search", "--count").out == before


def test_deleting_and_indexing_again_changes_nothing_that_a_reader_sees(own_line: Line) -> None:
    before = [row[-1] for row in rows(own_line.call("search", "traders", "--sort", "published", "--all"))]
    for command in (("index", "rebuild"), ("maintain",), ("index", "rebuild")):
        assert own_line.call(*command).code == 0
        assert [row[-1] for row in rows(own_line.call("search", "traders", "--sort", "published", "--all"))] == before


# ------------------------------------------------------------------ charts


def days(**counts: int) -> list[FacetCount]:
    return [FacetCount(value=name.replace("_", "-").strip("d"), count=number) for name, number in counts.items()]


def test_days_without_articles_are_shown_unless_they_are_many() -> None:
    shown = by_date([*days(d2026_11_05=2, d2026_11_03=1, d2021_09_07=1), FacetCount(value="", count=4)])
    assert [(count.value, count.count) for count in shown] == [
        ("2026-11-05", 2),
        ("2026-11-04", 0),
        ("2026-11-03", 1),
        ("2021-09-07", 1),
        ("", 4),
    ]


def test_many_days_become_months() -> None:
    many = [FacetCount(value=f"2026-{month:02}-{day:02}", count=1) for month in (1, 3) for day in range(1, 21)]
    assert [(count.value, count.count) for count in by_date(many)] == [("2026-03", 20), ("2026-02", 0), ("2026-01", 20)]
    assert by_date([]) == []


def test_a_chart_has_a_row_for_each_value_and_says_how_many_it_leaves_out() -> None:
    counts = tuple(FacetCount(value=f"s{n}", count=100 - n) for n in range(15))
    table = facet_bars([Facet(field=FacetField.SOURCE, counts=counts), Facet(field=FacetField.TOPIC)], 200, width=80)
    cells = [str(cell) for cell in table.columns[0].cells]
    assert cells[0] == "source"
    assert cells[-1] == "  and 5 more"
    assert "topic" not in cells


@pytest.mark.parametrize("width", [48, 60, 80, 200])
def test_bars_are_as_long_as_the_terminal_leaves_room_for(width: int) -> None:
    counts = (FacetCount(value="The Gujarat Ledger", count=1200), FacetCount(value="बाज़ार समाचार", count=600))
    table = facet_bars([Facet(field=FacetField.SOURCE, counts=counts)], 1800, width=width)
    drawn = io.StringIO()
    Console(width=width, file=drawn).print(table)
    assert "…" not in drawn.getvalue()
    bars = [line.count("█") for line in drawn.getvalue().splitlines() if "%" in line]
    assert bars[0] == max(5, min(30, width - 44))
    assert bars[1] == bars[0] // 2


def test_a_hit_of_the_feeds_own_words_says_so() -> None:
    hit = Hit(
        id="0" * 32,
        url="http://press.example/1",
        title="Behind a wall",
        source="Press",
        language="en",
        published=None,
        first_seen=NOW,
        topics=("trade",),
        snippet="What the feed says.",
        kind=FEED_SUMMARY,
    )
    assert about_hit(hit, "2026-11-22 09:30").plain == "Press  2026-11-22 09:30  the feed's own words  trade"
