"""Files that are no index, or one of another Newsdesk."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from newsdesk.errors import SearchIndexError
from newsdesk.index import clear_index, open_index
from newsdesk.query import parse
from tests.index.samples import document


def change(file: Path, sql: str) -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute(sql)


def make(file: Path) -> None:
    index = open_index(file)
    index.put([document("one", "oil")])
    index.close()


def test_a_file_that_is_no_database_is_refused_and_kept(tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("my notes\n" * 200)
    for use in (open_index, clear_index):
        with pytest.raises(SearchIndexError, match="name another file"):
            use(file)
    assert file.read_text() == "my notes\n" * 200


def test_a_database_of_another_program_is_refused_and_kept(tmp_path: Path) -> None:
    file = tmp_path / "other.db"
    change(file, "CREATE TABLE precious (value)")
    for use in (open_index, clear_index):
        with pytest.raises(SearchIndexError, match="no search index of Newsdesk"):
            use(file)
    change(file, "INSERT INTO precious VALUES (1)")


def test_a_newer_schema_asks_for_an_upgrade(tmp_path: Path) -> None:
    file = tmp_path / "index.db"
    make(file)
    change(file, "PRAGMA user_version = 99")
    with pytest.raises(SearchIndexError, match=r"newer Newsdesk \(schema 99.*upgrade"):
        open_index(file)


def test_an_older_schema_asks_for_a_rebuild(tmp_path: Path) -> None:
    file = tmp_path / "index.db"
    make(file)
    change(file, "PRAGMA user_version = 0")
    with pytest.raises(SearchIndexError, match="newsdesk index rebuild"):
        open_index(file)


def test_stems_of_another_release_of_snowball_ask_for_a_rebuild(tmp_path: Path) -> None:
    file = tmp_path / "index.db"
    make(file)
    change(file, "UPDATE about SET stems_version = '1.0'")
    with pytest.raises(SearchIndexError, match=r"stems of Snowball 1\.0.*newsdesk index rebuild"):
        open_index(file)


def test_words_of_another_analyser_ask_for_a_rebuild_even_while_open(tmp_path: Path) -> None:
    file = tmp_path / "index.db"
    make(file)
    index = open_index(file)
    change(file, "UPDATE about SET analyser_version = 'other'")
    with pytest.raises(SearchIndexError, match=r"analyser other.*newsdesk index rebuild"):
        open_index(file)
    with pytest.raises(SearchIndexError, match="analyser other"):
        index.put([document("two", "oil")])
    index.close()


def test_clearing_makes_an_index_of_any_version_new_and_empty(tmp_path: Path) -> None:
    file = tmp_path / "index.db"
    make(file)
    change(file, "PRAGMA user_version = 99")
    change(file, "CREATE TABLE of_the_future (value)")
    clear_index(file)
    index = open_index(file)
    assert index.count(parse("oil OR NOT oil")) == 0
    index.put([document("one", "oil")])
    assert index.count(parse("o?l*")) == 1
    index.close()


def test_a_damaged_file_is_an_error_with_a_remedy(tmp_path: Path) -> None:
    file = tmp_path / "index.db"
    make(file)
    file.write_bytes(file.read_bytes()[:4096] + b"\xff" * 40_000)
    with pytest.raises(SearchIndexError, match=r"index\.db.*newsdesk index rebuild"):
        open_index(file).count(parse("oil"))


def test_a_file_that_is_garbage_from_its_first_byte_has_a_remedy_that_works(tmp_path: Path) -> None:
    file = tmp_path / "index.db"
    make(file)
    index = open_index(file)  # leaves the log beside it
    index.put([document("two", "oil")])
    file.write_bytes(b"\xff" * 40_000)
    with pytest.raises(SearchIndexError, match=r"index\.db.*remove it and run `newsdesk index rebuild`"):
        open_index(file)
    with pytest.raises(SearchIndexError, match="remove it"):
        clear_index(file)
    index.close()
    file.unlink()
    clear_index(file)
    index = open_index(file)
    assert index.count(parse("*:*")) == 0
    index.put([document("one", "oil")])
    assert index.count(parse("oil")) == 1
    index.close()


def test_a_folder_that_cannot_be_made_is_an_error_that_names_the_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SearchIndexError, match=r"file/index\.db"):
        open_index(tmp_path / "file" / "index.db")


def test_an_index_is_named_by_path_or_sqlite_url(tmp_path: Path) -> None:
    make(tmp_path / "index.db")
    for place in (str(tmp_path / "index.db"), f"sqlite:///{tmp_path / 'index.db'}"):
        index = open_index(place)
        assert index.count(parse("oil")) == 1
        index.close()
    with pytest.raises(SearchIndexError, match="ftp://"):
        open_index("ftp://host/index")
