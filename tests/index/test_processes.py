"""Several processes at once, and one that dies in the middle."""

import multiprocessing
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from newsdesk.errors import SearchIndexError
from newsdesk.index import clear_index, open_index
from newsdesk.query import parse
from tests.index import write_forever
from tests.index.samples import document, identity

ROOT = Path(__file__).resolve().parents[2]


def start_writer(file: Path, name: str, count: int) -> subprocess.Popen[str]:
    command = [sys.executable, write_forever.__file__, str(file), name, str(count)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)


def acknowledged(writer: subprocess.Popen[str]) -> set[str]:
    """All ids that the process told; a last line cut off by its death does not count."""
    assert writer.stdout is not None
    with writer.stdout:
        lines = writer.stdout.read().splitlines(keepends=True)
    writer.wait(timeout=60)
    return {line.strip() for line in lines if line.endswith("\n")}


def check_file(file: Path) -> int:
    """SQLite's and FTS5's own checks; how many articles there are."""
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        connection.execute("INSERT INTO news (news) VALUES ('integrity-check')")
        tables = ("articles", "meta", "news_docsize")
        counts = {connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables}
    assert len(counts) == 1
    return int(counts.pop())


def test_writers_at_once_and_one_killed_lose_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    file = tmp_path / "index.db"
    writers = [start_writer(file, name, 15) for name in ("1", "2")]
    victim = start_writer(file, "3", 100_000)
    assert victim.stdout is not None
    told = {victim.stdout.readline().strip() for _ in range(25)}
    victim.kill()
    told |= acknowledged(victim)
    for writer in writers:
        told |= acknowledged(writer)
        assert writer.returncode == 0
    index = open_index(file)
    assert len(told) >= 2 * 15 * write_forever.BATCH + 25
    assert told <= index.ids(parse("text"))
    assert index.count(parse("writer1 OR writer2")) == 2 * 15 * write_forever.BATCH
    # What stands between two versions is whole: all of an article's words are of one version.
    assert index.count(parse("first AND second")) == 0
    assert index.count(parse("first OR second")) == index.stats().documents
    index.put([document("after", "the index goes on")])
    assert index.count(parse('"goes on"')) == 1
    index.close()
    assert check_file(file) > len(told)


def test_two_processes_that_open_a_new_file_at_once_both_can(tmp_path: Path) -> None:
    file = tmp_path / "folder that is not there" / "index.db"
    writers = [start_writer(file, str(n), 1) for n in range(3)]
    for writer in writers:
        assert len(acknowledged(writer)) == write_forever.BATCH
        assert writer.returncode == 0
    assert check_file(file) == 3 * write_forever.BATCH


def test_an_index_carried_over_a_fork_says_so(tmp_path: Path) -> None:
    index = open_index(tmp_path / "index.db")
    context = multiprocessing.get_context("fork")
    messages = context.SimpleQueue()

    def child() -> None:
        try:
            index.count(parse("oil"))
        except SearchIndexError as error:
            messages.put(str(error))

    process = context.Process(target=child)
    process.start()
    assert "fork" in messages.get()
    process.join(timeout=30)
    index.close()


def test_a_removed_file_is_noticed_before_articles_get_lost(tmp_path: Path) -> None:
    file = tmp_path / "index.db"
    index = open_index(file)
    file.unlink()
    with pytest.raises(SearchIndexError, match="removed or replaced"):
        index.put([document("one", "oil")])
    index.close()


def test_wildcards_find_new_words_after_another_process_emptied_the_index(tmp_path: Path) -> None:
    file = tmp_path / "index.db"
    index = open_index(file)
    index.put([document("one", "petroleum")])
    clear_index(file)
    assert index.count(parse("*:*")) == 0
    index.put([document("two", "petroleum")])
    assert index.ids(parse("*troleum")) == {identity("two")}
    index.close()
