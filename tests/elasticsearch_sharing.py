"""One Elasticsearch of each release for a whole run of the tests, however many workers it has.

The run holds a named pipe open. A server's keeper, a process of its own, reads from it: when the run has ended, in
whatever way, the pipe is closed, and the keeper ends the server.
"""

import fcntl
import os
import shutil
import sys
import tempfile
import threading
import time
from pathlib import Path

from tests.elasticsearch import ElasticsearchServer
from tests.elasticsearch_archive import Release, UnavailableError, cached, find_java, release

_FOLDER = "NEWSDESK_TEST_ELASTICSEARCH_SHARED"  # in the environment, for the workers
_MODULE = "tests.elasticsearch_sharing"
_ROOT = Path(__file__).parents[1]
_PATIENCE = 240  # seconds for a server to come up, workers and other servers beside it


class Run:
    """A run of the tests, as the servers see it: they last as long as this is open, and the process lives."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="newsdesk-elasticsearch-run-"))
        os.mkfifo(self.folder / "run")
        self._pipe = os.open(self.folder / "run", os.O_RDWR)
        os.environ[_FOLDER] = str(self.folder)

    def close(self) -> None:
        """Let all servers end."""
        os.close(self._pipe)
        del os.environ[_FOLDER]
        shutil.rmtree(self.folder, ignore_errors=True)


def shared_server(wanted: Release) -> str:
    """The address of the run's server of that release, which the first who asks starts."""
    if find_java(wanted.java) is None:
        raise UnavailableError(f"Elasticsearch {wanted.version} needs Java {wanted.java} or newer: install one")
    if cached(wanted) is None:
        raise UnavailableError(f"Elasticsearch {wanted.version} is not here: `make servers` fetches it (930 MB, once)")
    folder = Path(os.environ[_FOLDER])
    with (folder / f"{wanted.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        told = folder / f"{wanted.name}.address"
        if not told.exists():
            keeper = _start_keeper(wanted, folder)
            deadline = time.monotonic() + _PATIENCE
            while not told.exists():
                if os.waitpid(keeper, os.WNOHANG)[0] or time.monotonic() > deadline:
                    output = (folder / f"{wanted.name}.output").read_text(errors="replace")
                    raise RuntimeError(f"Elasticsearch {wanted.version} did not come up:\n{output}")
                time.sleep(0.1)
        return told.read_text()


def _start_keeper(wanted: Release, folder: Path) -> int:
    output = str(folder / f"{wanted.name}.output")
    return os.posix_spawn(
        sys.executable,
        [sys.executable, "-m", _MODULE, wanted.name, str(folder)],
        os.environ | {"PYTHONPATH": str(_ROOT)},
        file_actions=[
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600),
            (os.POSIX_SPAWN_DUP2, 1, 2),
        ],
        setsid=True,  # a Ctrl-C in the terminal reaches pytest only
    )


def keep(name: str, folder: str) -> None:
    """Run a server until the run of the tests is over."""
    run = os.open(Path(folder) / "run", os.O_RDONLY | os.O_NONBLOCK)  # does not wait for a run that is over already
    os.set_blocking(run, True)
    server = ElasticsearchServer(release(name))

    def end_with_the_run() -> None:
        os.read(run, 1)  # nothing is ever written: this returns when no process has the pipe open any more
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)
        os._exit(0)

    threading.Thread(target=end_with_the_run, daemon=True).start()
    try:
        address = server.start()
        new = Path(folder) / f"{name}.new"
        new.write_text(address)
        new.rename(Path(folder) / f"{name}.address")
        threading.Event().wait()
    finally:
        server.stop()


if __name__ == "__main__":
    keep(*sys.argv[1:])
