"""The line when the world is against it: a dead relay, a locked ledger, a full disk. Nothing is lost, all is said."""

import contextlib
import json
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from newsdesk import pipeline
from newsdesk.services import open_services
from newsdesk.settings import read_settings
from tests.surfaces.conftest import Line, Ran, call, clean_environment, make_home

LEASE = 2  # seconds: what a step that failed had claimed is free again then


class Inbox:
    """What aiosmtpd calls: keeps the Message-ID of each mail."""

    def __init__(self) -> None:
        self.ids: Counter[str] = Counter()

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - the server's interface
        headers = envelope.original_content.decode().split("\r\n\r\n")[0].splitlines()
        self.ids[next(row.split()[1] for row in headers if row.lower().startswith("message-id:"))] += 1
        return "250 OK"


@contextlib.contextmanager
def smtp_server(port: int) -> Iterator[Inbox]:
    inbox = Inbox()
    controller = Controller(inbox, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield inbox
    finally:
        controller.stop()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def in_an_hour() -> datetime:
    return datetime.now(UTC) + timedelta(hours=1)


def figures(home: Path) -> dict[str, Any]:
    """What a line has come to."""
    seen = json.loads(call("--home", str(home), "status", "--json").out)["overview"]
    found = {name: seen[name] for name in ("article_count", "version_count", "alert_count", "mail_count", "topics")}
    indexed = json.loads(call("--home", str(home), "search", "*:*", "--json").out)["page"]["total"]
    mails = sorted(path.name for path in (home / "mail").rglob("*.eml"))
    return found | {"indexed": indexed, "mails": mails, "troubles": seen["troubles"]}


def test_mails_wait_for_a_dead_relay_and_go_out_once(fresh_home: Callable[..., Path]) -> None:
    port = free_port()
    home = fresh_home(mail_url=f"smtp://127.0.0.1:{port}?security=none")
    ran = call("--home", str(home), "run")
    assert ran.code == 0
    assert "retry:relay-down" in ran.out.splitlines()[-1]
    status = call("--home", str(home), "status")
    assert status.code == 1
    assert "mails are not sent" in status.out
    assert "(relay-down)" in status.out
    waiting = json.loads(call("--home", str(home), "status", "--json").out)["overview"]["mail_count"]

    settings = read_settings(json.loads((home / "settings.json").read_text()) | {"NEWSDESK_HOME": str(home)})
    with smtp_server(port) as inbox:
        with open_services(settings, clock=in_an_hour) as services:
            pipeline.deliver(services)
        assert call("--home", str(home), "deliver").out == "deliver: nothing was due\n"
    assert set(inbox.ids.values()) == {1}
    assert len(inbox.ids) == waiting > 0
    assert f"{waiting} of {waiting} mails sent" in call("--home", str(home), "status").out


def test_the_line_waits_for_a_ledger_that_another_process_locks(own_line: Line) -> None:
    ledger = own_line.home / "ledger.db"
    with contextlib.closing(sqlite3.connect(ledger, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        process = subprocess.Popen(
            [sys.executable, "-m", "newsdesk", "--home", str(own_line.home), "run"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=clean_environment(),
        )
        wait_until(lambda: has_open(process, ledger))
        time.sleep(1)
        assert process.poll() is None
        other.execute("COMMIT")
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0
    assert [line for line in err.splitlines() if "not-a-feed" not in line] == []  # the members' feed may be due again
    assert len(out.splitlines()) == 8


def has_open(process: subprocess.Popen[str], file: Path) -> bool:
    """Whether the process has come to that file. Anything but Linux does not tell: there it is assumed."""
    folder = Path(f"/proc/{process.pid}/fd")
    if process.poll() is not None or not folder.is_dir():
        return True
    links = []
    for link in folder.iterdir():
        with contextlib.suppress(OSError):  # closed meanwhile
            links.append(link.readlink())
    return file in links


def wait_until(condition: Callable[[], bool]) -> None:
    for _ in range(600):
        if condition():
            return
        time.sleep(0.1)
    pytest.fail("it did not come to that within a minute")


@pytest.mark.parametrize("limit", [60_000, 200_000])
def test_a_file_that_may_not_grow_stops_the_run_and_loses_nothing(
    limit: int, line: Line, fresh_home: Callable[..., Path]
) -> None:
    home = fresh_home(lease_seconds=str(LEASE))
    limited = run_limited(home, limit)
    assert limited.code == 1
    assert limited.err.splitlines()[-1].startswith("error: ")
    assert str(home) in limited.err
    assert "Traceback" not in limited.err
    time.sleep(LEASE)
    assert call("--home", str(home), "run").code == 0
    assert figures(home) == figures(line.home)


def run_limited(home: Path, limit: int) -> Ran:
    ended = subprocess.run(
        [sys.executable, "-c", LIMITED, str(limit), "--home", str(home), "run"],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env=clean_environment(),
    )
    return Ran(code=ended.returncode, out=ended.stdout, err=ended.stderr)


LIMITED = """
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), resource.RLIM_INFINITY))
from newsdesk.cli import main
main(sys.argv[2:])
"""

FULL_DISK = """
mount -t tmpfs -o size={size} tmpfs {home} || exit 77
{newsdesk} run; echo "first $?"
sleep {lease}
mount -o remount,size=50m {home} || exit 77
{newsdesk} run; echo "second $?"
cp -r {home}/. {kept}
"""


@pytest.mark.skipif(shutil.which("unshare") is None, reason="there is no unshare to mount a small disk with")
@pytest.mark.parametrize("size", ["300k", "600k"])
def test_a_full_disk_is_named_and_the_work_goes_on_when_there_is_room(size: str, line: Line, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    kept = make_home(tmp_path / "kept", line.port, lease_seconds=str(LEASE))
    newsdesk = f"{sys.executable} -m newsdesk --home {disk}"
    script = FULL_DISK.format(size=size, home=disk, kept=kept, lease=LEASE, newsdesk=newsdesk)
    ended = subprocess.run(
        ["unshare", "--map-root-user", "--mount", "sh", "-c", script],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env=clean_environment() | json.loads((kept / "settings.json").read_text()),
    )
    if "first" not in ended.stdout:
        pytest.skip(f"no file system can be mounted here: {ended.stderr.strip()}")
    assert "first 1\n" in ended.stdout
    assert "second 0\n" in ended.stdout
    assert "disk is full" in ended.stderr
    assert "make room" in ended.stderr
    assert figures(kept) == figures(line.home)


def test_the_loop_says_what_is_wrong_and_ends_at_a_signal(own_line: Line) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "newsdesk", "--home", str(own_line.home), "run", "--loop", "--every", "1", "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=clean_environment(),
    )
    assert process.stdout is not None
    rounds = [json.loads(process.stdout.readline()) for _ in range(2)]
    process.terminate()
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    assert all(json.loads(row) for row in out.splitlines())
    steps = ["poll", "subscribe", "collect", "tag", "retag", "index", "alert", "deliver"]
    assert [count["step"] for count in rounds[1]] == steps
