"""Commands on single documents and on watchlists: feed, extract, query, watchlist."""

import json
from pathlib import Path

import pytest

from newsdesk.watchlist import schema_text
from tests.surfaces.conftest import WATCHLIST, call, run_process

FEED = """<?xml version="1.0"?>
<rss version="2.0"><channel><title>Paper</title>
<item><title>First\treport</title><link>/one</link><pubDate>Tue, 07 Sep 2021 18:40:00 +0530</pubDate></item>
<item><title>Second report</title><link>https://paper.example/two</link></item>
</channel></rss>"""

PAGE = """<!doctype html><html lang="en"><head><title>Ferry runs again</title>
<meta property="article:published_time" content="2021-09-07T13:10:00Z"></head><body><article><h1>Ferry runs again</h1>
<p>The ferry to the island runs again since Tuesday morning, after its engine had been repaired for three weeks.</p>
<p>The harbour office said that tickets of the lost weeks stay valid until the end of the month, and that a second
boat is to be bought before winter, when the sea makes the crossing slow and the old boat is not allowed out.</p>
</article></body></html>"""


@pytest.fixture
def feed_file(tmp_path: Path) -> str:
    path = tmp_path / "feed.xml"
    path.write_text(FEED, encoding="utf-8")
    return str(path)


def test_a_feed_is_one_row_an_entry(feed_file: str) -> None:
    ran = call("feed", feed_file, "--url", "https://paper.example/feed")
    assert ran.code == 0
    assert ran.out == (
        "2021-09-07 13:10\tFirst report\thttps://paper.example/one\nunknown\tSecond report\thttps://paper.example/two\n"
    )


def test_a_feed_may_come_from_standard_input(tmp_path: Path) -> None:
    ran = run_process(tmp_path, "feed", "-", "--json", text=FEED)
    assert ran.code == 0
    assert [entry["title"] for entry in json.loads(ran.out)["entries"]] == ["First report", "Second report"]


def test_a_page_is_no_feed(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(PAGE, encoding="utf-8")
    ran = call("feed", str(tmp_path / "page.html"))
    assert (ran.code, ran.out) == (1, "")
    assert "page.html is no feed" in ran.err


def test_a_damaged_feed_is_said_beside_its_entries(tmp_path: Path) -> None:
    (tmp_path / "cut.xml").write_text(FEED[: FEED.index("<item><title>Second")], encoding="utf-8")
    ran = call("feed", str(tmp_path / "cut.xml"))
    assert ran.code == 0
    assert "First report" in ran.out
    assert ran.err.startswith("damaged: ")


@pytest.mark.parametrize("command", ["feed", "extract"])
def test_a_file_that_is_not_there_is_named(command: str, tmp_path: Path) -> None:
    missing = str(tmp_path / "missing.xml")
    ran = call(command, missing)
    assert (ran.code, ran.out, ran.err) == (1, "", f"error: {missing} cannot be read: No such file or directory\n")


@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02\xff", b"%PDF-1.7 \xff\xfe"])
@pytest.mark.parametrize("command", ["feed", "extract"])
def test_a_broken_file_never_ends_in_a_trace(command: str, content: bytes, tmp_path: Path) -> None:
    (tmp_path / "broken").write_bytes(content)
    ran = call(command, str(tmp_path / "broken"))
    assert ran.code in (0, 1)
    assert ran.code == 0 or ran.err.startswith("error: ")


def test_an_article_is_shown_with_where_its_fields_come_from(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(PAGE, encoding="utf-8")
    ran = call("extract", str(tmp_path / "page.html"), "--url", "https://paper.example/ferry")
    assert ran.code == 0
    assert ran.out.startswith("Ferry runs again\n")
    assert "published  2021-09-07T13:10:00+00:00" in ran.out
    assert "The ferry to the island" in ran.out
    record = json.loads(call("extract", str(tmp_path / "page.html"), "--engine", "newspaper", "--json").out)
    assert record["title"] == "Ferry runs again"


TOLD_WRONG = """<!doctype html><html lang="en"><head><title>Ferry runs again</title>
<meta name="robots" content="noarchive"><meta name="tdm-reservation" content="1">
<meta name="tdm-policy" content="/tdm.json"><meta property="article:published_time" content="2093-09-07T13:10:00Z">
</head><body><h2 class="kicker">Ferry to the island runs again</h2><div class="text">%s</div></body></html>
""" % ("<p>The captain\u00e2\u20ac\u2122s ferry runs to the island again, the company said on Tuesday.</p>" * 9)
SITES = """\
version: 1
feeds: []
sites:
  paper.example: {title: h2.kicker, body: div.text, author: .byline, date: h2.kicker}
"""


def test_extract_reads_a_page_with_the_selectors_of_a_watchlist(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(TOLD_WRONG, encoding="utf-8")
    (tmp_path / "mine.yaml").write_text(SITES, encoding="utf-8")
    page, url = str(tmp_path / "page.html"), "https://www.paper.example/ferry"
    ran = call("extract", page, "--url", url, "--watchlist", str(tmp_path / "mine.yaml"))
    rows = [line.strip() for line in ran.out.splitlines()]
    assert (ran.code, ran.err) == (0, "")
    assert rows[0] == "Ferry to the island runs again"
    assert "selector  title h2.kicker: used" in rows
    assert "selector  author .byline: missed, it matches nothing on this page" in rows
    assert any(row.startswith("selector  date h2.kicker: refused, ") for row in rows)
    assert "signals  the publisher says noarchive, tdm-reservation; policy /tdm.json" in rows
    assert any(row.startswith("dropped  published 2093-09-07") and row.endswith(": future") for row in rows)
    assert any(row.startswith("charset  a wrong charset made ") for row in rows)
    assert any(row.startswith("agreement  the engines agree on ") for row in rows)
    record = json.loads(call("--watchlist", str(tmp_path / "mine.yaml"), "extract", page, "--url", url, "--json").out)
    assert [use["end"] for use in record["overrides"]] == ["used", "used", "refused", "missed"]
    assert (record["signals"], record["tdm_policy"]) == (["noarchive", "tdm-reservation"], "/tdm.json")
    assert record["dropped_dates"][0]["fault"] == "future"
    assert record["mojibake"] > 0


def test_extract_says_where_a_watchlist_has_no_selectors_for_the_page(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(PAGE, encoding="utf-8")
    (tmp_path / "mine.yaml").write_text(SITES, encoding="utf-8")
    url = "https://post.example/ferry"
    ran = call("extract", str(tmp_path / "page.html"), "--url", url, "--watchlist", str(tmp_path / "mine.yaml"))
    assert ran.code == 0
    assert "has no entry for post.example: the engines alone read the page." in ran.err
    assert ran.out == call("extract", str(tmp_path / "page.html"), "--url", url).out


def test_extract_names_the_fault_of_its_watchlist(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(PAGE, encoding="utf-8")
    (tmp_path / "mine.yaml").write_text("version: 1\nfeeds: []\nsites: {paper.example: {title: 'h1['}}\n")
    ran = call("extract", str(tmp_path / "page.html"), "--watchlist", str(tmp_path / "mine.yaml"))
    assert ran.code == 1
    assert "mine.yaml:3: " in ran.err


def test_an_unknown_engine_is_a_fault_of_usage(tmp_path: Path) -> None:
    ran = call("extract", str(tmp_path), "--engine", "other")
    assert ran.code == 2
    assert "cascade" in ran.err


def test_a_query_without_a_text_is_shown_as_a_tree() -> None:
    ran = call("query", 'oil OR cocoa AND "price rise" NEAR/3 (a OR b) NOT title:gold')
    assert ran.out.splitlines() == [
        "any of",
        "  word oil",
        "  all of",
        "    word cocoa",
        "    near, at most 3 words between, in any order",
        '      phrase "price rise"',
        "      any of",
        "        word a",
        "        word b",
        "    not",
        "      word title:gold",
    ]


def test_every_kind_of_query_has_a_line_and_a_record() -> None:
    text = 'a PRE/1 b source:"the paper" published:>=2021-01-01 OR *:*'
    assert call("query", text).out.splitlines() == [
        "any of",
        "  all of",
        "    near, at most 1 word between, in this order",
        "      word a",
        "      word b",
        '    exactly source:"the paper"',
        "    range published:[2021-01-01T00:00:00Z TO *]",
        "  every article",
    ]
    tree = json.loads(call("query", text, "--json").out)["tree"]
    assert tree["kind"] == "or"
    assert [node["kind"] for node in tree["nodes"]] == ["and", "all"]
    assert [node["kind"] for node in tree["nodes"][0]["nodes"]] == ["near", "keyword", "range"]
    assert tree["nodes"][0]["nodes"][0]["left"]["parts"] == ["a"]


def test_a_query_shows_where_it_matches_a_text(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("The price of crude oil rose.", encoding="utf-8")
    ran = call("query", "price NEAR/3 oil OR gold", str(tmp_path / "text"), "--title", "Gold and oil")
    rows = [row.split("\t") for row in ran.out.splitlines()]
    assert ran.code == 0
    assert ["title", "0", "4", "Gold", "gold"] in rows
    assert any(row[0] == "body" and "price of crude oil" in row[3] for row in rows)


def test_a_query_that_does_not_match_ends_with_1() -> None:
    ran = call("query", "gold", "--title", "Silver")
    assert (ran.code, ran.out, ran.err) == (1, "", "does not match\n")
    assert json.loads(call("query", "gold", "--title", "Silver", "--json").out) == {
        "query": "gold",
        "matches": False,
        "match": None,
    }


def test_a_wrong_query_ends_with_1_and_the_advice() -> None:
    ran = call("query", "oil AND (gold")
    assert (ran.code, ran.out) == (1, "")
    assert "^" in ran.err


def test_a_good_watchlist_is_counted_and_its_findings_listed(tmp_path: Path) -> None:
    path = tmp_path / "watchlist.yaml"
    path.write_text(WATCHLIST.format(port=1), encoding="utf-8")
    ran = call("watchlist", "check", str(path))
    assert ran.code == 0
    assert ran.out == f"{path}: 2 feeds, 2 topics, 2 readers, 2 rules; 0 findings\n"


def test_a_topic_that_fails_its_example_ends_the_check_with_1(tmp_path: Path) -> None:
    path = tmp_path / "watchlist.yaml"
    path.write_text(WATCHLIST.format(port=1).replace("The e-commerce policy is out.", "Rain."), encoding="utf-8")
    ran = call("watchlist", "check", str(path))
    assert ran.code == 1
    assert "error: topics.online-trade.examples.match[0]: the query does not match 'Rain.': " in ran.out
    assert json.loads(call("watchlist", "check", str(path), "--json").out)[0]["severity"] == "error"


def test_the_schema_is_printed_as_it_is_published() -> None:
    assert call("watchlist", "schema").out == schema_text()
