"""Nothing is left behind, however it ends."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from newsdesk.supervisor.processes import Component, Watchdog, end_sessions, free_port, session_members

# a component as Airflow's scheduler is one: it has a child in a process group of its own
PARENT = """
import os, signal, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", {child!r}], process_group=0)
{parent}
print("up", flush=True)
time.sleep(60)
"""
SLEEPS = "import time; print('child', flush=True); time.sleep(60)"
IS_STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('child', flush=True); time.sleep(60)"
)


def start(folder: Path, *, child: str = SLEEPS, parent: str = "") -> Component:
    log = folder / "component.log"
    command = [sys.executable, "-c", PARENT.format(child=child, parent=parent)]
    component = Component("parent", command, environment=os.environ, folder=folder, log=log)
    wait_for(log, "up", "child")
    return component


def wait_for(log: Path, *words: str) -> None:
    deadline = time.monotonic() + 60
    while not (log.exists() and all(word in log.read_text() for word in words)):
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.01)


def wait_until_gone(session: int) -> None:
    deadline = time.monotonic() + 60
    while session_members(session):
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_ending_a_session_ends_children_in_groups_of_their_own(tmp_path: Path) -> None:
    component = start(tmp_path)
    assert len(session_members(component.session)) == 2
    end_sessions([component.session], grace=30)
    assert session_members(component.session) == ()
    assert component.exit_code() == -signal.SIGTERM


def test_what_does_not_listen_is_killed(tmp_path: Path) -> None:
    component = start(tmp_path, child=IS_STUBBORN, parent="signal.signal(signal.SIGTERM, signal.SIG_IGN)")
    end_sessions([component.session], grace=0.2)
    assert session_members(component.session) == ()
    assert component.exit_code() == -signal.SIGKILL


def test_a_session_that_is_gone_already_is_no_error(tmp_path: Path) -> None:
    component = start(tmp_path)
    end_sessions([component.session], grace=30)
    component.bury()
    end_sessions([component.session], grace=30)


def test_a_component_tells_its_exit_code_and_keeps_its_output(tmp_path: Path) -> None:
    log = tmp_path / "component.log"
    command = [sys.executable, "-c", "print('all is lost'); raise SystemExit(3)"]
    component = Component("short", command, environment=os.environ, folder=tmp_path, log=log)
    wait_until_gone(component.session)
    assert component.exit_code() == 3
    assert log.read_text() == "all is lost\n"


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_the_watchdog_ends_everything_when_we_are_killed(tmp_path: Path, number: signal.Signals) -> None:
    script = f"""
import os, sys, time
from pathlib import Path
from newsdesk.supervisor.processes import Component, Watchdog
watchdog = Watchdog()
command = [sys.executable, "-c", {PARENT.format(child=SLEEPS, parent="")!r}]
folder = Path({str(tmp_path)!r})
component = Component("parent", command, environment=os.environ, folder=folder, log=folder / "component.log")
watchdog.watch(component)
print(component.session, flush=True)
time.sleep(60)
"""
    with subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as supervisor:
        assert supervisor.stdout is not None
        session = int(supervisor.stdout.readline())
        wait_for(tmp_path / "component.log", "up", "child")
        supervisor.send_signal(number)
    wait_until_gone(session)


def test_the_watchdog_goes_when_dismissed_and_ends_what_still_runs(tmp_path: Path) -> None:
    component = start(tmp_path)
    watchdog = Watchdog()
    watchdog.watch(component)
    watchdog.dismiss()
    assert session_members(component.session) == ()
    assert component.exit_code() == -signal.SIGTERM


def test_a_free_port_can_be_used() -> None:
    assert 1024 <= free_port() <= 65535
