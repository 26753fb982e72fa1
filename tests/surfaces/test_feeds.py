"""`newsdesk feeds`: the table, one feed's life, a poll by hand, the report; and what `status` makes of the states."""

import json
import re
from pathlib import Path

import pytest
from sqlalchemy import select, update

from newsdesk.cli.feed_life import life_lines
from newsdesk.cli.feed_table import feed_lines
from newsdesk.cli.state import LOOK, WELL
from newsdesk.feed_health import FeedState
from newsdesk.ledger import open_ledger, tables
from newsdesk.ledger.feed_health import watched_feeds
from newsdesk.ledger.feed_life import feed_life
from newsdesk.services import utc_now
from tests.docs.pages import DOCS, blocks
from tests.surfaces.conftest import Line, Ran, call
from tests.surfaces.feed_states import make_feeds
from tests.surfaces.test_frame import on_a_terminal

PAGE = DOCS / "howto" / "watch-over-your-feeds.md"
STATES = {
    "Old Weekly": "gone",
    "Court Notices": "blocked",
    "Ministry of Trade": "failing",
    "Hill Times": "silent",
    "Harbour Gazette": "slow",
    "Wire Service": "slow",
    "Daily Planet": "ok",
    "Young Paper": "ok",
}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Tests only read it."""
    made = tmp_path_factory.mktemp("feeds") / "home"
    make_feeds(made, utc_now())
    return made


@pytest.fixture
def own_home(tmp_path: Path) -> Path:
    make_feeds(tmp_path / "home", utc_now())
    return tmp_path / "home"


def options(home: Path) -> tuple[str, ...]:
    return ("--home", str(home), "--watchlist", str(home / "watchlist.yaml"))


def run(home: Path, *arguments: str) -> Ran:
    return call(*options(home), *arguments)


def test_the_states_stand_worst_first(home: Path) -> None:
    rows = [row.split("\t") for row in run(home, "feeds").out.splitlines()]
    assert {row[1]: row[0] for row in rows} == STATES
    states = [FeedState(row[0]) for row in rows]
    assert states == [state for state in FeedState for _ in range(states.count(state))]
    assert all(len(row) == 10 for row in rows)
    assert all(row[9].startswith("https://") for row in rows)


def test_a_state_may_be_asked_for(home: Path) -> None:
    rows = [row.split("\t") for row in run(home, "feeds", "--state", "failing, silent").out.splitlines()]
    assert [row[1] for row in rows] == ["Ministry of Trade", "Hill Times"]
    ran = run(home, "feeds", "--state", "dead")
    assert (ran.code, ran.out) == (1, "")
    assert "gone, blocked, failing" in ran.err


def test_as_json_each_feed_has_its_health(home: Path) -> None:
    found = {feed["name"]: feed for feed in json.loads(run(home, "feeds", "--json").out)}
    assert found["Hill Times"]["health"]["state"] == "silent"
    assert found["Hill Times"]["health"]["needs_person"]
    assert found["Harbour Gazette"]["missed"] == 5.0


@pytest.mark.parametrize("width", [60, 80, 120])
def test_the_table_fits_the_terminal_and_breaks_no_command(home: Path, width: int) -> None:
    with open_ledger(f"sqlite:///{home / 'ledger.db'}") as ledger, ledger.read() as connection:
        found = watched_feeds(connection, utc_now(), deadline=30)
    lines = [line.plain for line in feed_lines(found, utc_now(), width=width)]
    assert max(map(len, lines)) <= width
    assert all(any(line.startswith(state) and name in line for line in lines) for name, state in STATES.items())
    for told in (feed.health.why + feed.health.remedy for feed in found):
        for command in re.findall(r"`[^`]*`", told):
            assert any(command in line for line in lines)


def test_entries_without_dates_are_undated(own_home: Path) -> None:
    with open_ledger(f"sqlite:///{own_home / 'ledger.db'}") as ledger, ledger.write() as connection:
        connection.execute(update(tables.feed_windows).values(arrivals=[]))
        (planet,) = (feed for feed in watched_feeds(connection, utc_now(), deadline=30) if feed.name == "Daily Planet")
    assert "undated" in list(feed_lines([planet], utc_now(), width=80))[1].plain
    assert "newest     its entries have no dates; found " in run(own_home, "feeds", "show", "Daily Planet").out


@pytest.mark.parametrize("width", [80, 120])
def test_the_life_of_a_feed_fits_the_terminal(home: Path, width: int) -> None:
    with open_ledger(f"sqlite:///{home / 'ledger.db'}") as ledger, ledger.read() as connection:
        feeds = watched_feeds(connection, utc_now(), deadline=30)
        lives = [feed_life(connection, feed.id, utc_now(), deadline=30) for feed in feeds]
    lines = [line.plain for life in lives for line in life_lines(life, utc_now(), width=width)]
    assert max(map(len, lines)) <= width
    assert not any(line.endswith(" ") for line in lines)


def test_on_a_terminal_the_states_are_counted(home: Path) -> None:
    shown = on_a_terminal(*options(home), "feeds", columns=80)
    assert "8 feeds: 1 gone, 1 blocked, 1 failing, 1 silent, 2 slow, 2 ok" in shown
    assert "overlap" not in shown.splitlines()[0]


def test_options_before_a_command_of_the_group_are_refused(home: Path) -> None:
    assert run(home, "feeds", "--json", "show", "Hill Times").code == 2


# ------------------------------------------------------------------ one feed


def test_a_feed_is_told_in_full(home: Path) -> None:
    out = run(home, "feeds", "show", "harbour gazette").out
    assert "slow: a gap within 7 days, about 5 entries missed" in out
    assert "window     30 entries, 60% of it known before" in out
    assert "validators ETag" in out
    assert "interval   45 min: about 6 new a day, window of 30" in out
    assert "about 14 entries missed, 9 found on older pages" in " ".join(out.split())
    assert out.count("200   1.4 s  1 new of 30") == 3
    assert "█" in out


def test_a_feed_says_what_forbids_an_earlier_poll(home: Path) -> None:
    assert "its server forbids an earlier one" in run(home, "feeds", "show", "Wire Service").out
    assert "never: it is retired" in run(home, "feeds", "show", "https://old-weekly.example/feed.xml").out


def test_the_life_of_a_feed_as_json(home: Path) -> None:
    life = json.loads(run(home, "feeds", "show", "Daily Planet", "--json").out)
    assert life["feed"]["health"]["state"] == "ok"
    assert [event["kind"] for event in life["events"]] == ["moved"]
    assert len(life["days"]) == 30


def test_an_unknown_feed_is_answered_with_near_names(home: Path) -> None:
    ran = run(home, "feeds", "show", "Harbor Gazete")
    assert (ran.code, ran.out) == (1, "")
    assert "did you mean Harbour Gazette (https://harbour-gazette.example/feed.xml)?" in ran.err
    assert "`newsdesk feeds` lists" in run(home, "feeds", "show", "xyzzy").err


def due_at(home: Path, name: str) -> object:
    with open_ledger(f"sqlite:///{home / 'ledger.db'}") as ledger, ledger.read() as connection:
        return connection.execute(select(tables.feeds.c.due_at).where(tables.feeds.c.name == name)).scalar_one()


def test_a_poll_by_hand_makes_the_feed_due(own_home: Path) -> None:
    before = utc_now()
    assert run(own_home, "feeds", "poll", "Daily Planet").code == 0
    at = due_at(own_home, "Daily Planet")
    assert str(before) <= str(at) <= str(utc_now())


def test_but_not_where_the_server_told_us_to_wait(own_home: Path) -> None:
    before = due_at(own_home, "Wire Service")
    ran = run(own_home, "feeds", "poll", "Wire Service")
    assert (ran.code, ran.out) == (1, "")
    assert re.search(r"asked us not to come before \d{4}-\d\d-\d\d \d\d:\d\d UTC \(429 with Retry-After\)", ran.err)
    assert due_at(own_home, "Wire Service") == before


def test_a_retired_feed_is_polled_again_when_it_is_revived(own_home: Path) -> None:
    assert "`newsdesk feeds revive" in run(own_home, "feeds", "poll", "Old Weekly").err
    assert run(own_home, "feeds", "revive", "Old Weekly").code == 0
    assert due_at(own_home, "Old Weekly") is not None
    assert "revived" in run(own_home, "feeds", "show", "Old Weekly").out
    again = run(own_home, "feeds", "revive", "Old Weekly")
    assert (again.code, again.out) == (1, "")
    assert "not retired" in again.err


def test_a_feed_that_left_the_watchlist_is_not_polled_by_hand(own_home: Path) -> None:
    with open_ledger(f"sqlite:///{own_home / 'ledger.db'}") as ledger, ledger.write() as connection:
        connection.execute(update(tables.feeds).where(tables.feeds.c.name == "Daily Planet").values(active=False))
    assert "no longer in the watchlist" in run(own_home, "feeds", "poll", "Daily Planet").err
    assert "no longer in the watchlist" in run(own_home, "feeds", "show", "Daily Planet").out
    assert "Daily Planet" not in run(own_home, "feeds").out


# ------------------------------------------------------------------ the report and the status


def test_the_report_names_who_needs_a_person(home: Path) -> None:
    out = run(home, "feeds", "report").out
    assert out.startswith("5 of 8 feeds need a person\n")
    assert out.index("GONE  Old Weekly") < out.index("BLOCKED  Court Notices") < out.index("SILENT  Hill Times")
    assert "Harbour Gazette: 1 gap, about 14 entries; 9 of them found on older pages" in out
    assert "Wire Service" not in out
    found = json.loads(run(home, "feeds", "report", "--json").out)
    assert len(found["troubles"]) == 5


def test_a_report_to_nobody_is_not_sent(home: Path) -> None:
    ran = run(home, "feeds", "report", "--send")
    assert (ran.code, ran.out) == (1, "")
    assert "NEWSDESK_REPORT_TO" in ran.err


def test_the_status_has_a_line_a_state(home: Path) -> None:
    ran = run(home, "status")
    assert "8 feeds (1 gone, 1 blocked, 1 failing, 1 silent, 2 slow, 2 ok)" in ran.out
    assert "feed Court Notices is blocked: forbidden, 12 times in a row" in ran.out
    assert "2 feeds are slow: Harbour Gazette, Wire Service" in ran.out
    lines = json.loads(run(home, "status", "--json").out)["health"]["lines"]
    assert {line["code"] for line in lines} == {WELL, LOOK}


def test_the_feeds_of_a_line_that_ran_tell_their_next_poll(line: Line) -> None:
    rows = {row.split("\t")[1]: row.split("\t") for row in line.call("feeds").out.splitlines()}
    assert rows["Trade Circular"][0] == "failing"
    assert rows["Trade Circular"][8].startswith("not-a-feed, once")
    assert all(row[7] for row in rows.values())


# ------------------------------------------------------------------ the page


def test_the_page_shows_what_the_command_prints(home: Path) -> None:
    """Instants and ages apart, which no two runs share."""
    shown = [block.text for block in blocks(PAGE) if block.kind == "text"]
    table = on_a_terminal(*options(home), "feeds", columns=80)
    life = on_a_terminal(*options(home), "feeds", "show", "Harbour Gazette", columns=80)
    assert steady(shown[0]) == steady(table)
    wanted = steady(shown[1])
    assert steady(life)[: len(wanted)] == wanted


def steady(text: str) -> list[str]:
    """By line, without colours, dates and ages."""
    text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text)
    text = re.sub(r"\d{4}-\d\d-\d\d( \d\d:\d\d)?", "DATE", text)
    text = re.sub(r"\b\d+ (s|min|h|days)\b", "AGE", text)
    return [" ".join(line.split()) for line in text.splitlines()]


def test_the_page_has_each_state() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert all(f"| **{state.value}** |" in text for state in FeedState)
