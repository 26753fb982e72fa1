"""Topics tried on what is stored, and words suggested for them; what the how-to shows is what the commands print."""

import json
import re
import shlex
import sqlite3
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from newsdesk.backtest import Day
from newsdesk.cli.brief import brief
from newsdesk.cli.day_columns import day_columns
from newsdesk.ledger import open_ledger, tables
from newsdesk.model import Stage
from newsdesk.newsroom import Newsroom
from newsdesk.query import parse
from newsdesk.supervisor.demonstration import sample_settings, sample_watchlist
from tests.docs.pages import DOCS, PROJECT, blocks
from tests.surfaces.conftest import Line, call
from tests.surfaces.test_frame import on_a_terminal

CONTROLS = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]|\r")


def rows(line: Line, *arguments: str) -> dict[str, list[list[str]]]:
    """What a command says on a pipe, by the first cell of its rows."""
    ran = line.call("topics", *arguments)
    assert (ran.code, ran.err) == (0, "")
    found: dict[str, list[list[str]]] = {}
    for row in ran.out.splitlines():
        kind, *cells = row.split("\t")
        found.setdefault(kind, []).append(cells)
    return found


def answer(line: Line, *arguments: str) -> Any:
    ran = line.call("topics", *arguments, "--json")
    assert (ran.code, ran.err) == (0, "")
    return json.loads(ran.out)


def dump(line: Line) -> list[str]:
    with sqlite3.connect(line.home / "ledger.db") as connection:
        return list(connection.iterdump())


def tagged(line: Line, topic: str) -> int:
    found = json.loads(line.call("topics", "--json").out)
    return next(int(one["articles"]) for one in found if one["id"] == topic)


# ------------------------------------------------------------------ test


def test_an_unchanged_topic_finds_what_is_tagged(line: Line) -> None:
    found = rows(line, "test", "shop-protests")
    number = tagged(line, "shop-protests")
    assert number > 0
    assert found["tagged"] == [[str(number), "7", "0", "0", "0"]]
    assert sum(int(count) for _, count in found["day"]) == number
    assert len(found["day"]) in (1, 2)  # from the first that is stored
    assert found["begins"][0][0] != ""
    assert "gained" not in found
    assert {sample[-1] for sample in found["sample"]} == {
        article["url"] for article in json.loads(line.call("topics", "show", "shop-protests", "--json").out)
    }


def test_a_query_is_tried_without_changing_anything(own_line: Line) -> None:
    before = dump(own_line)
    found = answer(own_line, "test", "shop-protests", "--query", "chip* OR memorandum")
    assert (found["gained"], found["lost"]) != (0, 0)
    assert dump(own_line) == before


def test_what_is_lost_says_why_and_what_is_gained_what_matched(line: Line) -> None:
    found = rows(line, "test", "online-trade", "--query", "chip*")
    assert {cells[-1] for cells in found["lost"]} >= {line.memorandum}
    assert all("chip*: not in the article: chip*" in cells[3] for cells in found["lost"])
    assert all("chip" in cells[3].lower() for cells in found["gained"])


def test_the_mails_of_a_topic_are_those_that_went_out(line: Line) -> None:
    number = tagged(line, "online-trade")
    expected = {(reader, str(number), "0") for reader in ("desk", "analyst")}
    found = rows(line, "test", "online-trade")["mail"]
    assert {(cells[1], cells[2], cells[3]) for cells in found} == expected


def test_new_mails_are_told_apart(line: Line) -> None:
    found = answer(line, "test", "shop-protests", "--query", "*:*")
    (mail,) = found["mails"]
    assert mail["mails"] == found["tagged"] == 7
    assert mail["new_mails"] == 7 - tagged(line, "shop-protests")


def test_a_topic_that_stands_nowhere_may_be_tried(line: Line) -> None:
    found = answer(line, "test", "chips", "--query", "chip* AND plant")
    assert found["tagged"] == found["gained"] > 0
    assert found["mails"] == []


def test_a_topic_of_another_watchlist_may_be_tried(line: Line, tmp_path: Path) -> None:
    other = tmp_path / "draft.yaml"
    other.write_text(
        "version: 1\n"
        "topics:\n  shop-protests: {title: Protests, query: chip*}\n"
        "readers:\n  boss: {address: boss@paper.example, zone: Asia/Kolkata}\n"
        "rules:\n  all: {title: All, topics: [shop-protests], readers: [boss]}\n",
        encoding="utf-8",
    )
    found = answer(line, "test", "shop-protests", "--watchlist", str(other))
    assert found["lost"] == tagged(line, "shop-protests")
    assert [mail["reader"] for mail in found["mails"]] == ["boss"]
    assert found["zone"] == "Asia/Kolkata"


def test_an_article_that_waits_for_tagging_is_found_and_not_compared(own_line: Line) -> None:
    with open_ledger(f"sqlite:///{own_line.home / 'ledger.db'}") as ledger, ledger.write() as connection:
        connection.execute(
            tables.articles.update()
            .where(tables.articles.c.url == own_line.memorandum)
            .values(stage=Stage.TAG.value, text="Nothing of note.", title="Chips")
        )
    found = answer(own_line, "test", "chips", "--query", "title:chips AND note")
    assert (found["tagged"], found["gained"], found["untagged"]) == (1, 0, 1)
    lost = answer(own_line, "test", "online-trade")
    assert (lost["lost"], lost["untagged"], lost["stored"]) == (0, 1, 7)


def test_the_window_is_by_arrival_or_by_publication(line: Line) -> None:
    old = ("--query", "memorandum AND traders", "--since", "2021-09-01")
    assert answer(line, "test", "old", *old)["tagged"] == 1
    assert answer(line, "test", "old", *old, "--by", "publication")["tagged"] == 1
    assert answer(line, "test", "old", *old[:2], "--since", "30d", "--by", "publication")["tagged"] == 0
    begins = answer(line, "test", "old", *old, "--by", "publication")["begins"]
    assert begins.startswith("2021-09-07")


@pytest.mark.parametrize("query", ["topic:online-trade", "NOT story:none AND memorandum", "NOT topic:online-trade"])
def test_what_only_the_index_knows_is_unknown_as_it_is_in_tagging(line: Line, query: str) -> None:
    found = answer(line, "test", "any", "--query", query)
    assert found["tagged"] == (7 if query.startswith("NOT topic") else "memorandum" in query)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("football",), "there is no topic football; the watchlist has online-trade, shop-protests"),
        (("online-trade", "--query", "a NEAR/3"), "NEAR/3 needs a word or phrase on both sides"),
    ],
)
@pytest.mark.parametrize("command", ["test", "suggest"])
def test_what_cannot_be_tried_is_told_with_a_remedy(
    line: Line, command: str, arguments: tuple[str, ...], told: str
) -> None:
    ran = line.call("topics", command, *arguments)
    assert (ran.code, ran.out) == (1, "")
    assert told in ran.err


@pytest.mark.parametrize(
    ("since", "told"),
    [
        ("soon", "--since 'soon' is no date: write an age (7d"),
        ("999999w", "--since '999999w' is no date"),
        ("*", "--since '*' is no date"),
        ("2999-01-01", "--since 2999-01-01 is not in the past"),
    ],
)
@pytest.mark.parametrize("command", ["test", "suggest"])
def test_a_window_that_cannot_be_is_told_as_search_tells_it(line: Line, command: str, since: str, told: str) -> None:
    ran = line.call("topics", command, "online-trade", "--since", since)
    assert (ran.code, ran.out) == (2, "")
    assert told in ran.err


def test_a_window_before_the_first_article_lists_no_days_of_it(line: Line) -> None:
    assert len(answer(line, "test", "online-trade", "--since", "99999w")["days"]) <= 2


def test_a_lost_index_is_told_with_its_remedy(own_line: Line) -> None:
    (own_line.home / "index.db").write_bytes(b"no database at all" * 100)
    ran = own_line.call("topics", "test", "online-trade")
    assert (ran.code, ran.out) == (1, "")
    assert "index rebuild" in ran.err


def test_options_before_a_command_of_the_group_hold_for_it(line: Line) -> None:
    ran = call("topics", "--home", str(line.home), "show", "online-trade", "--json")
    assert ran.code == 0
    assert json.loads(ran.out)
    assert line.call("topics", "--json", "show", "online-trade").code == 2


# ------------------------------------------------------------------ suggest


def test_suggestions_are_rows_with_a_query_that_can_be_run(line: Line) -> None:
    found = rows(line, "suggest", "shop-protests", "--limit", "3")
    for kind, suggestions in found.items():
        assert kind in ("add", "near", "exclude")
        assert len(suggestions) <= 3
        for cells in suggestions:
            parse(cells[4].removeprefix("OR "))


def test_suggestions_are_the_same_each_time(line: Line) -> None:
    first, second = (answer(line, "suggest", "shop-protests") for _ in range(2))
    del first["window"], second["window"], first["begins"], second["begins"]
    assert first == second
    assert first["articles"] + first["others"] == 7


# ------------------------------------------------------------------ on a terminal


def days(*counts: int) -> list[Day]:
    return [Day(day=date(2026, 1, 1) + timedelta(days=place), articles=count) for place, count in enumerate(counts)]


def test_a_chart_has_a_column_for_each_day_and_a_dot_for_none() -> None:
    drawn = [line.plain for line in day_columns(days(1, 0, 10, 5), width=80)]
    assert drawn == [
        " 10       ██",
        "          ██",
        "          ██ ▄▄",
        "          ██ ██",
        "  0 ▄▄ ·· ██ ██",
        "    2026-01-01 … 2026-01-04",
    ]


@pytest.mark.parametrize("width", [40, 80, 120])
@pytest.mark.parametrize("count", [2, 30, 31, 76, 77, 366, 5000])
def test_a_chart_of_any_length_fits(width: int, count: int) -> None:
    drawn = [line.plain for line in day_columns(days(*range(1, count + 1)), width=width)]
    assert max(map(len, drawn)) <= width
    assert ("each column:" in drawn[-1]) == (len(drawn) == 7)


LONG = '("e-commerce" OR shop* OR market*) NEAR/6 (rules OR law OR norms OR bill) NOT (return OR refund OR style)'


@pytest.mark.parametrize("width", [20, 40, 60, 80, 200])
def test_a_part_of_a_query_is_shortened_where_its_groups_are_long(width: int) -> None:
    tree = parse(LONG).tree
    shown = brief(tree, width)
    assert len(shown) <= width
    assert ("…" in shown) == (width < 200)


def test_a_shortened_part_keeps_the_beginning_of_each_group() -> None:
    assert brief(parse("(a OR b OR c OR d) NEAR/6 (e OR f OR g)").tree, 32) == "(a OR b OR …) NEAR/6 (e OR f OR …)"[
        :0
    ] + ("(a OR …) NEAR/6 (e OR …)")


@pytest.mark.parametrize("columns", [80, 120])
def test_a_terminal_is_not_overrun(line: Line, columns: int) -> None:
    for arguments in (("test", "shop-protests", "--query", "chip* OR traders"), ("suggest", "shop-protests")):
        shown = CONTROLS.sub("", on_a_terminal("--home", str(line.home), "topics", *arguments, columns=columns))
        assert "Protests of shopkeepers" in shown
        assert max(len(row.rstrip()) for row in shown.splitlines() if "reading" not in row) <= columns


# ------------------------------------------------------------------ the how-to

HOW_TO = DOCS / "howto" / "sharpen-a-topic.md"
CHANGING = re.compile(
    r"\d{4}-\d\d-\d\d( \d\d:\d\d)?|(?<= )\d\.\d(?=  )"
)  # the score: of copies, which one counts depends on ids


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The state that the demonstration leaves behind, made without Airflow: both editions of the sample newsroom."""
    home = tmp_path_factory.mktemp("demo-output")
    with Newsroom(port=0, slow_seconds=0.0) as newsroom:
        watchlist = home / "watchlist.yaml"
        watchlist.write_text(sample_watchlist(PROJECT, newsroom.port), encoding="utf-8")
        kept = {**sample_settings(), "NEWSDESK_WATCHLIST": str(watchlist)}
        (home / "settings.json").write_text(json.dumps(kept), encoding="utf-8")
        assert call("--home", str(home), "run").code == 0
        newsroom.advance()
        assert call("--home", str(home), "poll", "--now").code == 0
        assert call("--home", str(home), "run").code == 0
        yield home


def documented() -> list[tuple[str, str]]:
    """Each command of the how-to on the sample's state, with the output that stands below it, if any does."""
    found: list[tuple[str, str]] = []
    for block in blocks(HOW_TO):
        if block.kind == "sh" and "--home demo-output" in block.text and "draft.yaml" not in block.text:
            found.append((block.text.strip(), ""))
        elif not block.kind and found:
            found[-1] = (found[-1][0], block.text)
    return found


@pytest.mark.xdist_group("sample")  # it is made once
@pytest.mark.parametrize(("command", "output"), documented(), ids=lambda text: text[:60])
def test_the_how_to_shows_what_the_commands_print(sample: Path, command: str, output: str) -> None:
    words = shlex.split(command)
    arguments = ["--home", str(sample), *words[words.index("demo-output") + 1 :]]
    shown = CHANGING.sub("…", CONTROLS.sub("", on_a_terminal(*arguments, columns=80)))
    printed = {row.rstrip() for row in shown.splitlines()}
    missing = [row for row in output.splitlines() if CHANGING.sub("…", row.rstrip()) not in printed]
    assert missing == [], shown
