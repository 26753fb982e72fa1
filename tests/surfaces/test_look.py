"""Commands that show what is there, on a line that ran once."""

import json
from pathlib import Path

import pytest

from newsdesk.cli.frame import settings_for
from newsdesk.ledger import leases, open_ledger, tables
from newsdesk.model import Quarantined, Reason, Stage
from newsdesk.services import utc_now
from tests.surfaces.conftest import Line, call


def test_search_gives_one_line_a_hit_with_topics_and_matched_words(line: Line) -> None:
    ran = line.call("search", "memorandum AND traders")
    rows = [row.split("\t") for row in ran.out.splitlines()]
    assert ran.code == 0
    assert ran.err == "1 article\n"
    (when, source, title, topics, words, url) = rows[0]
    assert when == "2021-09-07 13:10"
    assert source == "The Gujarat Ledger"
    assert title.startswith("Gujarat signs")
    assert set(topics.split(",")) == {"online-trade", "shop-protests"}
    assert set(words.split(", ")) <= {"memorandum", "traders"}
    assert words
    assert url == line.memorandum


def test_search_as_json_holds_page_and_facets(line: Line) -> None:
    ran = line.call("search", "*:*", "--facets", "--limit", "3", "--json")
    found = json.loads(ran.out)
    assert ran.err == ""
    assert len(found["page"]["hits"]) == 3
    assert [facet["field"] for facet in found["facets"]] == ["topic", "source", "language", "day"]


def test_the_pages_of_a_search_follow_each_other(line: Line) -> None:
    seen: list[str] = []
    after: tuple[str, ...] = ()
    while True:
        ran = line.call("search", "*:*", "--limit", "2", *after)
        seen += [row.split("\t")[-1] for row in ran.out.splitlines()]
        if "--after" not in ran.err:
            break
        after = ("--after", ran.err.split()[-1])
    total = json.loads(line.call("search", "*:*", "--json").out)["page"]["total"]
    assert len(seen) == len(set(seen)) == total > 4


def test_facets_are_rows_of_field_value_and_count(line: Line) -> None:
    ran = line.call("search", "title:gujarat", "--facets")
    assert ["source", "The Gujarat Ledger", "1"] in [row.split("\t") for row in ran.out.splitlines()]


def test_filters_narrow_a_search(line: Line) -> None:
    assert line.call("search", "*:*", "--topic", "shop-protests", "--json").code == 0
    narrowed = json.loads(line.call("search", "*:*", "--topic", "shop-protests", "--json").out)["page"]["total"]
    assert 0 < narrowed < json.loads(line.call("search", "*:*", "--json").out)["page"]["total"]
    assert line.call("search", "*:*", "--source", "Nobody").err.startswith("0 articles\n")


def test_an_unknown_field_is_shown_with_its_place(line: Line) -> None:
    ran = line.call("search", "oil headline:gold")
    assert (ran.code, ran.out) == (1, "")
    assert "'headline'" in ran.err
    assert ran.err.splitlines()[-1].index("^") == ran.err.splitlines()[-2].index("headline")


def test_options_may_stand_before_or_after_the_command(line: Line) -> None:
    after = line.call("topics", "--json")
    before = line.call("topics", "--home", str(line.home), "--json")
    assert after.out == before.out
    assert {topic["id"] for topic in json.loads(after.out)} == {"online-trade", "shop-protests"}


def test_a_topic_lists_its_articles_with_the_words(line: Line) -> None:
    ran = line.call("topics", "show", "online-trade", "--limit", "50")
    rows = {row.split("\t")[-1]: row.split("\t")[3] for row in ran.out.splitlines()}
    assert "memorandum" in rows[line.memorandum]


def test_an_unknown_topic_is_answered_with_the_known_ones(line: Line) -> None:
    ran = line.call("topics", "show", "football")
    assert (ran.code, ran.out) == (1, "")
    assert "online-trade, shop-protests" in ran.err


def test_alerts_tell_whether_the_mails_went_out(line: Line) -> None:
    rows = [row.split("\t") for row in line.call("alerts").out.splitlines()]
    assert {row[1] for row in rows} == {"trade-now", "protests-now"}
    assert {row[5] for row in rows} <= {"1 of 1", "2 of 2"}
    assert len(line.call("alerts", "--limit", "1").out.splitlines()) == 1


def test_explain_tells_the_life_of_an_article_in_order(line: Line) -> None:
    ran = line.call("explain", line.memorandum)
    steps = [row.split()[0] for row in ran.out.splitlines() if not row.startswith(" " * 10)]
    order = ["feed", "collect", "article", "tag", "index", "alert", "mail"]
    assert ran.code == 0
    assert list(dict.fromkeys(steps)) == order
    assert "←" in ran.out
    assert json.loads(line.call("explain", line.memorandum, "--json").out)["article"]["url"] == line.memorandum


def test_explain_of_an_unknown_address_says_where_addresses_are(line: Line) -> None:
    ran = line.call("explain", "http://nowhere.example/")
    assert (ran.code, ran.out) == (1, "")
    assert "http://nowhere.example/" in ran.err
    assert "newsdesk search" in ran.err


def test_status_names_a_failing_feed_and_ends_with_1(line: Line) -> None:
    ran = line.call("status")
    assert ran.code == 1
    assert "feed Trade Circular is failing: not-a-feed, once" in ran.out
    found = json.loads(line.call("status", "--json").out)
    assert found["health"]["code"] == 1
    assert found["overview"]["article_count"] == 7


def test_a_quarantined_row_is_in_the_status_and_may_be_requeued(own_line: Line) -> None:
    terms = leases.Terms(now=utc_now(), limit=1, seconds=60, attempts=8)
    with open_ledger(f"sqlite:///{own_line.home / 'ledger.db'}") as ledger, ledger.write() as connection:
        connection.execute(tables.articles.update().values(stage=Stage.TAG.value, due_at=terms.now))
        ((lease, _),) = leases.claim(connection, tables.articles, Stage.TAG, terms)
        refused = Quarantined(reason=Reason.INDEX_REFUSED, detail="no room")
        leases.record(connection, tables.articles, lease, refused, next_stage=Stage.INDEX, next_due=None)
    assert f"article {lease.id}" in own_line.call("status").out
    assert own_line.call("requeue", "0" * 32).code == 1
    ran = own_line.call("requeue", lease.id)
    assert (ran.code, ran.out) == (0, "1 articles\n")
    assert own_line.call("requeue").out == "nothing was quarantined\n"


READING = (
    ("search", "*:*"),
    ("explain", "{memorandum}"),
    ("status",),
    ("topics",),
    ("topics", "show", "online-trade"),
    ("alerts",),
    ("feeds",),
    ("feeds", "show", "Trade Circular"),
    ("feeds", "report"),
    ("doctor",),
    ("doctor", "--settings"),
    ("watchlist", "check"),
    ("query", "oil"),
    ("query", "oil", "--title", "crude oil"),
)
WORKING = (("run",), ("poll",), ("poll", "--now"), ("deliver",), ("maintain",), ("requeue",), ("index", "rebuild"))


@pytest.mark.parametrize("arguments", READING, ids=" ".join)
def test_json_of_a_reading_command_is_all_that_is_on_stdout(line: Line, arguments: tuple[str, ...]) -> None:
    ran = line.call(*(argument.format(memorandum=line.memorandum) for argument in arguments), "--json")
    assert ran.err == ""
    json.loads(ran.out)


@pytest.mark.parametrize("arguments", WORKING, ids=" ".join)
def test_json_of_a_working_command_is_all_that_is_on_stdout(own_line: Line, arguments: tuple[str, ...]) -> None:
    ran = own_line.call(*arguments, "--json")
    assert ran.code == 0
    assert all(row.startswith("warning: ") for row in ran.err.splitlines())
    json.loads(ran.out)


def test_a_lost_index_is_made_again(own_line: Line) -> None:
    before = own_line.call("search", "*:*", "--json").out
    ran = own_line.call("index", "rebuild")
    assert ran.out == "7 articles written\n"
    assert (
        json.loads(own_line.call("search", "*:*", "--json").out)["page"]["total"] == json.loads(before)["page"]["total"]
    )


def test_a_second_run_has_nothing_to_do(own_line: Line) -> None:
    own_line.call("run")  # on a busy machine minutes may have passed since the line was made
    ran = own_line.call("run")
    assert [row.partition(": ")[2] for row in ran.out.splitlines()] == ["nothing was due"] * 8


def test_explain_says_why_a_topic_is_not_on_the_article(line: Line) -> None:
    found = json.loads(line.call("search", "chip AND plant", "--json").out)["page"]["hits"]
    ran = line.call("explain", found[0]["url"])
    lines = ran.out.splitlines()
    place = next(number for number, row in enumerate(lines) if row.split()[:2] == ["no", "tag"])
    assert "in the article" in lines[place + 1]
    assert len(lines[place + 1]) < 400


def test_a_command_that_only_looks_makes_no_state(tmp_path: Path) -> None:
    nowhere = tmp_path / "mistyped"
    for command in ("status", "feeds", "alerts", "topics"):
        ran = call("--home", str(nowhere), command)
        assert ran.code == 1
        assert "there is no ledger" in ran.err
    assert not nowhere.exists()


def test_what_is_allowed_for_the_sample_does_not_hold_for_another_watchlist(tmp_path: Path) -> None:
    home = tmp_path / "state"
    home.mkdir()
    sample, own = tmp_path / "sample.yaml", tmp_path / "own.yaml"
    kept = {"NEWSDESK_WATCHLIST": str(sample), "NEWSDESK_ALLOW_NETWORKS": "127.0.0.0/8"}
    (home / "settings.json").write_text(json.dumps(kept))
    assert settings_for(home).allow_networks
    assert settings_for(home, sample).allow_networks
    assert settings_for(home, own).allow_networks == ()
