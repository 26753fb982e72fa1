"""The archive: what is put in comes out, whole or not at all."""

import gzip
import os
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator

from newsdesk.archive import Archive, ArchivedPage, PageDamagedError, PageMissingError
from newsdesk.errors import ArchiveError

ROOT = Path(__file__).resolve().parents[2]
AT = datetime(2026, 3, 2, 10, 20, 30, 123456, tzinfo=UTC)
NAMES = st.text("abcdefghijklmnopqrstuvwxyz-", min_size=1, max_size=12).filter(lambda name: name.strip("-"))
VALUES = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x24F, exclude_categories=["Cc", "Zs"]), max_size=30)


def page(**changes: Any) -> dict[str, Any]:
    plain = {
        "url": "http://news.example/a?b=1",
        "fetched_at": AT,
        "status": 200,
        "headers": {"content-type": "text/html; charset=utf-8", "content-encoding": "gzip", "content-length": "99"},
        "body": b"<p>Ferry arrives</p>",
    }
    return plain | changes


def files(root: Path) -> list[str]:
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


def test_a_page_comes_back_as_it_was(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    key = archive.put(**page())
    assert archive.get(key) == ArchivedPage(**page())


PAGES = st.fixed_dictionaries(
    {
        "url": st.text(max_size=40).map(lambda text: "http://a.example/" + "".join(text.replace("\0", "").split())),
        "fetched_at": st.datetimes(timezones=st.just(UTC), min_value=datetime(1996, 1, 1)),  # noqa: DTZ001 - hypothesis adds the zone
        "status": st.integers(200, 599),
        "headers": st.dictionaries(NAMES, VALUES, max_size=4),
        "body": st.binary(max_size=300),
    }
)


@given(fetched=PAGES)
@settings(max_examples=60, deadline=None)
def test_any_page_comes_back(fetched: dict[str, Any]) -> None:
    with TemporaryDirectory() as folder:
        archive = Archive(Path(folder))
        assert archive.get(archive.put(**fetched)) == ArchivedPage(**fetched)


def test_the_key_is_the_day_and_the_content_and_tells_no_folder(tmp_path: Path) -> None:
    key = Archive(tmp_path).put(**page(fetched_at=AT.astimezone(timezone(timedelta(hours=14)))))
    assert key.startswith("2026/03/02/")
    assert len(key) == len("2026/03/02/") + 32 + len(".warc.gz")
    assert files(tmp_path) == [key]


def test_the_same_page_is_stored_once_and_another_beside_it(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    first = archive.put(**page())
    written = (tmp_path / first).stat().st_mtime_ns
    assert archive.put(**page()) == first
    assert (tmp_path / first).stat().st_mtime_ns == written
    assert archive.put(**page(body=b"other")) != first
    assert archive.put(**page(url="http://news.example/b")) != first
    assert len(files(tmp_path)) == 3


def test_the_same_page_gives_the_same_bytes(tmp_path: Path) -> None:
    key = Archive(tmp_path / "one").put(**page())
    Archive(tmp_path / "two").put(**page())
    assert (tmp_path / "one" / key).read_bytes() == (tmp_path / "two" / key).read_bytes()


def test_other_tools_can_read_the_file(tmp_path: Path) -> None:
    key = Archive(tmp_path).put(**page())
    with (tmp_path / key).open("rb") as file:
        [record] = [
            (record.rec_type, record.rec_headers, record.http_headers, record.content_stream().read())
            for record in ArchiveIterator(file, check_digests="raise")
        ]
    kind, warc, http, body = record
    assert (kind, body, http.get_statuscode()) == ("response", page()["body"], "200")
    assert warc.protocol == "WARC/1.1"
    assert warc.get_header("WARC-Payload-Digest").startswith("sha256:")
    assert (http.get_header("content-length"), http.get_header("content-encoding")) == (str(len(body)), None)


@pytest.mark.parametrize("key", ["", "../../etc/passwd", "/etc/passwd", "2026/03/02/../x.warc.gz", "2026/03/02/a"])
def test_what_is_no_key_reaches_no_file(tmp_path: Path, key: str) -> None:
    with pytest.raises(PageMissingError, match="no key"):
        Archive(tmp_path).get(key)


def test_a_missing_page_is_named(tmp_path: Path) -> None:
    key = f"2026/03/02/{'0' * 32}.warc.gz"
    with pytest.raises(PageMissingError, match=key):
        Archive(tmp_path).get(key)


def test_every_damage_is_noticed(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    key = archive.put(**page())
    path = tmp_path / key
    whole = path.read_bytes()
    plain = gzip.decompress(whole)
    changed = plain.replace(b"Ferry arrives", b"Ferry departs")
    moved = plain.replace(b"/a?b=1", b"/a?b=2")
    damaged = [whole[: len(whole) // 2], whole[:20], b"", b"noise" * 50, gzip.compress(changed), gzip.compress(moved)]
    for content in damaged:
        path.write_bytes(content)
        with pytest.raises(PageDamagedError, match=key):
            archive.get(key)


def test_a_damaged_page_is_mended_when_it_is_fetched_again(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    key = archive.put(**page())
    (tmp_path / key).write_bytes(b"noise")
    assert archive.put(**page()) == key
    assert archive.get(key).body == page()["body"]


def test_old_days_are_pruned_with_their_folders_and_nothing_else(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    old = [archive.put(**page(fetched_at=AT - timedelta(days=days))) for days in (1, 2, 70)]
    kept = archive.put(**page())
    (tmp_path / old[0]).with_name(".half.part").write_bytes(b"cut")
    foreign = (tmp_path / old[1]).with_name("notes.txt")
    foreign.write_text("mine")
    (tmp_path / "2026/13/99").mkdir(parents=True)
    assert archive.prune(date(2026, 3, 2)) == 3
    assert files(tmp_path) == sorted([kept, str(foreign.relative_to(tmp_path))])
    assert not (tmp_path / "2025").exists()
    assert archive.prune(date(2026, 3, 2)) == 0


def test_pruning_an_archive_that_was_never_used_is_no_error(tmp_path: Path) -> None:
    assert Archive(tmp_path / "none").prune(date(2026, 3, 2)) == 0


KILLED = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from newsdesk.archive import Archive

def on_event(event, arguments):
    if event == "os.rename":  # the page is written and synced, and not yet in its place
        os.kill(os.getpid(), signal.SIGKILL)

sys.addaudithook(on_event)
Archive(Path(sys.argv[1])).put(url="http://a.example/", fetched_at=datetime(2026, 3, 2, tzinfo=UTC), status=200,
                               headers={}, body=b"x" * 100_000)
"""

FULL = """
import resource, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from newsdesk.archive import Archive
from newsdesk.errors import ArchiveError
import os

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
try:
    Archive(Path(sys.argv[1])).put(url="http://a.example/", fetched_at=datetime(2026, 3, 2, tzinfo=UTC), status=200,
                                   headers={}, body=os.urandom(100_000))
except ArchiveError as error:
    print(error)
"""


def run(script: str, folder: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-c", script, str(folder)],
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


def test_a_kill_before_the_rename_leaves_nothing_to_be_seen(tmp_path: Path) -> None:
    assert run(KILLED, tmp_path).returncode == -9
    [left] = files(tmp_path)
    assert left.endswith(".part")
    assert Archive(tmp_path).prune(date(2026, 3, 3)) == 0
    assert files(tmp_path) == []


def test_a_full_disk_is_told_with_its_remedy_and_leaves_nothing(tmp_path: Path) -> None:
    done = run(FULL, tmp_path)
    assert "no room to archive" in done.stdout, done.stderr
    assert files(tmp_path) == []


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(ArchiveError, match="file"):
        Archive(tmp_path / "file").put(**page())
