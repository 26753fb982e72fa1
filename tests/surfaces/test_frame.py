"""What all commands share: help, version, errors, pipes and terminals, logs."""

import contextlib
import logging
import os
import pty
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import typer.main
from typer.core import TyperGroup

from newsdesk import __version__
from newsdesk.cli.app import app
from tests.surfaces.conftest import WATCHLIST, Line, call, clean_environment, run_process

COLOURS = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


def all_commands() -> Iterator[tuple[str, ...]]:
    root = typer.main.get_command(app)
    assert isinstance(root, TyperGroup)
    for name, command in root.commands.items():
        yield (name,)
        if isinstance(command, TyperGroup):
            yield from ((name, below) for below in command.commands)


def on_a_terminal(*arguments: str, columns: int = 100) -> str:
    """What a command shows on a terminal of that width, without its colours."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "newsdesk", *arguments],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=clean_environment() | {"COLUMNS": str(columns), "TERM": "xterm"},
    )
    os.close(theirs)
    shown = b""
    with contextlib.suppress(OSError):  # Linux says EIO when the other end is closed
        while piece := os.read(ours, 65536):
            shown += piece
    os.close(ours)
    process.wait(60)
    return shown.decode().replace("\r\n", "\n")


def test_the_version_is_printed() -> None:
    ran = call("--version")
    assert (ran.code, ran.out, ran.err) == (0, f"{__version__}\n", "")


@pytest.mark.parametrize("command", tuple(all_commands()), ids=" ".join)
def test_help_of_a_command_shows_its_examples_as_lines(command: tuple[str, ...]) -> None:
    ran = call(*command, "--help")
    assert (ran.code, ran.err) == (0, "")
    assert "\\b" not in ran.out
    assert "\b" not in ran.out
    assert ran.out.splitlines()[1].startswith(f" Usage: newsdesk {' '.join(command)}")


def test_the_panels_stand_in_the_order_of_their_use() -> None:
    shown = call("--help").out
    panels = re.findall(r"╭─ (.*?) ─", shown)
    assert panels == ["Options", "Common", "Start here", "Look", "Work", "Care", "Documents"]


@pytest.mark.parametrize(
    "arguments", [("nonsense",), ("status", "--nonsense"), ("explain",), ("alerts", "--limit", "0")]
)
def test_wrong_usage_ends_with_2(arguments: tuple[str, ...]) -> None:
    ran = call(*arguments)
    assert (ran.code, ran.out) == (2, "")
    assert "--help" in ran.err


def test_a_wrong_setting_is_named_with_the_right_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("NEWSDESK_BACTH", "5")
    ran = call("--home", str(tmp_path), "status")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == "error: NEWSDESK_BACTH is not a setting; did you mean NEWSDESK_BATCH?\n"


def test_a_setting_out_of_range_is_named(fresh_home: Callable[..., Path]) -> None:
    home = fresh_home(workers="-1")
    ran = call("--home", str(home), "status")
    assert ran.code == 1
    assert ran.err == f"error: {home / 'settings.json'}: NEWSDESK_WORKERS must not be less than 0 (one for each core)\n"


@pytest.mark.parametrize("content", ["{", "[]"])
def test_damaged_settings_of_a_folder_are_named(content: str, tmp_path: Path) -> None:
    (tmp_path / "settings.json").write_text(content, encoding="utf-8")
    ran = call("--home", str(tmp_path), "status")
    assert ran.code == 1
    assert str(tmp_path / "settings.json") in ran.err


def test_a_missing_watchlist_is_named_with_the_remedy(tmp_path: Path) -> None:
    ran = call("--home", str(tmp_path / "home"), "--watchlist", str(tmp_path / "none.yaml"), "run")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith(f"error: {tmp_path / 'none.yaml'}:1: the watchlist cannot be read")
    assert ran.err.endswith("1 fault in the watchlist; nothing was started.\n")


@pytest.mark.parametrize("command", ["run", "poll", "status"])
def test_all_faults_of_a_watchlist_are_told_and_nothing_is_started(command: str, tmp_path: Path) -> None:
    path, home = tmp_path / "watchlist.yaml", tmp_path / "home"
    text = WATCHLIST.format(port=1)
    text = text.replace("(rule* OR policy OR memorandum)", "(rule* OR policy").replace(
        "topics: [shop-pro", "topics: [chop-pro"
    )
    path.write_text(text.replace("    language: en\n", "    langage: en\n"), encoding="utf-8")
    ran = call(command, "--home", str(home), "--watchlist", str(path))
    lines = ran.err.splitlines()
    assert (ran.code, ran.out) == (1, "")
    assert lines[-1] == "3 faults in the watchlist; nothing was started."
    for number, key in ((5, "feeds[0].langage"), (11, "topics.online-trade.query"), (22, "rules.protests-now.topics")):
        assert any(line.startswith(f"error: {path}:{number}: {key}") for line in lines), ran.err
    assert not home.exists()


def test_the_loop_does_not_begin_with_a_broken_watchlist(tmp_path: Path) -> None:
    (tmp_path / "watchlist.yaml").write_text("version: 2\n", encoding="utf-8")
    ran = call("--home", str(tmp_path), "--watchlist", str(tmp_path / "watchlist.yaml"), "run", "--loop")
    assert ran.code == 1


def test_the_doctor_changes_nothing(fresh_home: Callable[..., Path]) -> None:
    home = fresh_home()
    before = sorted(home.rglob("*"))
    ran = call("--home", str(home), "doctor")
    assert ran.code == 0
    assert ran.out.count("the first run makes it") == 2
    assert sorted(home.rglob("*")) == before


def test_the_doctor_names_what_is_wrong(fresh_home: Callable[..., Path]) -> None:
    home = fresh_home(mail_url="smtp://127.0.0.1:1?security=none")
    (home / "ledger.db").write_bytes(b"no database at all, and long enough to be looked at" * 10)
    ran = call("--home", str(home), "doctor")
    wrong = [row for row in ran.out.splitlines() if row.startswith("wrong")]
    assert ran.code == 1
    assert wrong[0].startswith("wrong  ledger: ")
    assert "is no SQLite database" in wrong[0]
    assert "127.0.0.1:1" in wrong[1]


def test_on_a_terminal_matched_words_are_marked(line: Line) -> None:
    shown = on_a_terminal("--home", str(line.home), "search", "memorandum AND traders")
    assert "\x1b[30;43mmemorandum\x1b[0m" in shown
    plain = COLOURS.sub("", shown).splitlines()
    assert plain[1].split("  ")[:2] == ["The Gujarat Ledger", "2021-09-07 13:10"]
    assert any(row.startswith("matched: ") for row in plain)
    assert plain[-1] == "1 article"


@pytest.mark.parametrize(
    "arguments", [("topics",), ("topics", "show", "online-trade"), ("alerts",), ("feeds",), ("status",)]
)
def test_a_terminal_shows_the_same_things(line: Line, arguments: tuple[str, ...]) -> None:
    shown = COLOURS.sub("", on_a_terminal("--home", str(line.home), *arguments))
    words = {word for row in line.call(*arguments).out.splitlines() for word in row.replace("\t", " ").split()}
    assert {word for word in words if word.isalpha()} <= set(re.findall(r"\w+", shown))


def test_a_reader_that_ends_early_gets_no_trace(line: Line) -> None:
    program = f"{sys.executable} -m newsdesk --home {line.home} watchlist schema | head -1"
    ended = subprocess.run(["sh", "-c", program], capture_output=True, text=True, check=False, env=clean_environment())
    assert ended.stdout == "{\n"
    assert ended.stderr == ""


def test_only_our_own_warnings_are_shown(line: Line) -> None:
    ran = run_process(line.home, "feeds")
    assert ran.err == ""
    script = (
        "import logging; from newsdesk.cli.frame import tell_warnings; tell_warnings();"
        "[(logging.getLogger(name).info('low'), logging.getLogger(name).warning('%s [/x] speaks', name))"
        " for name in ('newsdesk', 'newsdesk.mail', 'alembic', 'trafilatura')]"
    )
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ended.stderr == "warning: newsdesk [/x] speaks\nwarning: newsdesk.mail [/x] speaks\n"
    assert logging.getLogger("newsdesk").propagate
