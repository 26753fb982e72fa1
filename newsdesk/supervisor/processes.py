"""Programs in sessions of their own, so that each can be ended with all its descendants.

Airflow puts every task into a process group of its own, so ending process groups would leave tasks behind; all of
them stay in the session of the component that started them.
"""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

_LOOK = 0.05  # seconds between two looks at processes that are to end


class Component:
    """A program that runs in a session of its own and writes into a log file; starts when made."""

    def __init__(
        self, name: str, command: Sequence[str], *, environment: Mapping[str, str], folder: Path, log: Path
    ) -> None:
        self.name = name
        self.log = log
        with log.open("ab") as stream:
            self._process = subprocess.Popen(
                command,
                env=dict(environment),
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def session(self) -> int:
        """The session's number, which is the program's process number."""
        return self._process.pid

    def exit_code(self) -> int | None:
        """The code with which the program ended, negative for a signal; None while it runs."""
        return self._process.poll()

    def bury(self) -> None:
        """Take note of the end of a program that was ended."""
        self._process.wait()


class Watchdog:
    """A small process that ends all sessions it was told of as soon as we are gone, however we went.

    `holding` are open files that it keeps open until that is done, such as a lock.
    """

    def __init__(self, *, holding: Sequence[int] = ()) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "newsdesk.supervisor.watchdog"],
            stdin=subprocess.PIPE,
            start_new_session=True,
            pass_fds=tuple(holding),
            text=True,
        )

    def watch(self, component: Component) -> None:
        """Tell it of one more session."""
        if self._process.stdin is None:
            raise RuntimeError("the watchdog has no input")
        self._process.stdin.write(f"{component.session}\n")
        self._process.stdin.flush()

    def dismiss(self) -> None:
        """Let it end what still runs, and go."""
        if self._process.stdin is not None:
            with suppress(OSError):
                self._process.stdin.close()
        self._process.wait()


def end_sessions(sessions: Iterable[int], *, grace: float) -> None:
    """End all processes of these sessions: their leaders are asked first, after `grace` seconds nobody is asked.

    Only the leader is asked, since it knows how to end its own. What outlives its leader gets the same signal then.
    """
    remaining = set(sessions)
    for session in remaining:
        _signal(session, signal.SIGTERM)
    deadline = time.monotonic() + grace
    orphaned: set[int] = set()
    while remaining := {session for session in remaining if session_members(session)}:
        forced = time.monotonic() > deadline
        for session in remaining:
            members = session_members(session)
            if forced or (session not in members and session not in orphaned):
                orphaned.add(session)
                for process in members:
                    _signal(process, signal.SIGKILL if forced else signal.SIGTERM)
        time.sleep(_LOOK)


def session_members(session: int) -> tuple[int, ...]:
    """The processes of a session that still run; where there is no /proc, the leader alone is seen."""
    if not Path("/proc/self/stat").exists():
        return (session,) if _runs(session) else ()
    found = []
    for entry in os.scandir("/proc"):
        if entry.name.isdigit():
            with suppress(OSError):
                # pid (name) state parent group session …; the name may hold blanks and parentheses
                state, _, _, number = Path(entry.path, "stat").read_text().rpartition(")")[2].split()[:4]
                if int(number) == session and state != "Z":
                    found.append(int(entry.name))
    return tuple(found)


def is_free(port: int) -> bool:
    """Whether a loopback port can be listened on; one that was left just now can."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """A loopback port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _signal(process: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(process, number)


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True
