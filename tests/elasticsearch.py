"""Elasticsearch servers of the tests' own: real ones, on loopback, with nothing in them, gone at the end.

python -m tests.elasticsearch 8.19 [PORT]    one to look at: fetches, starts, prints its address, ends at Ctrl-C
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from tests.elasticsearch_archive import Release, UnavailableError, cached, fetch, find_java, release

_NOBODY = 65534  # Elasticsearch refuses to run as root
_START = 180  # seconds; about 20 on an idle machine
_SETTINGS = {
    "cluster.name": "newsdesk-tests",
    "discovery.type": "single-node",
    "network.host": "127.0.0.1",
    "node.portsfile": "true",  # writes down the port that it got
    "http.port": "0",
    "transport.port": "0",
    "cluster.routing.allocation.disk.threshold_enabled": "false",  # a full disk is no matter of the tests
    "xpack.security.enabled": "false",
}


class ElasticsearchServer:
    """One server in a temporary folder. `settings` come on top of those that every server of the tests has."""

    def __init__(self, wanted: Release, settings: Mapping[str, str] | None = None) -> None:
        home, java = cached(wanted), find_java(wanted.java)
        if home is None or java is None:
            lack = f"Java {wanted.java} or newer" if java is None else "the distribution (`make servers` fetches it)"
            raise UnavailableError(f"Elasticsearch {wanted.version} cannot run here: it lacks {lack}")
        self.release = wanted
        self._java = java
        self._user = _NOBODY if os.geteuid() == 0 else None
        self._folder = Path(tempfile.mkdtemp(prefix=f"newsdesk-elasticsearch-{wanted.name}-"))
        self._home = self._folder / "home"
        self._lay_out(home, _SETTINGS | dict(settings or {}))
        self._process: subprocess.Popen[bytes] | None = None

    def _lay_out(self, home: Path, settings: Mapping[str, str]) -> None:
        """A distribution of its own, made of links: under root, the server may not look into the user's cache."""
        shutil.copytree(home, self._home, copy_function=_link)
        shutil.rmtree(self._home / "config")
        shutil.copytree(home / "config", self._home / "config")
        lines = [f"{key}: {json.dumps(value)}\n" for key, value in settings.items()]
        (self._home / "config" / "elasticsearch.yml").write_text("".join(lines))
        for name in ("data", "logs", "tmp"):
            (self._home / name).mkdir(exist_ok=True)
        if self._user is not None:
            own = [self._folder, self._home, self._home / "config", *(self._home / "config").rglob("*")]
            own += [self._home / name for name in ("data", "logs", "tmp")]
            for path in own:
                os.chown(path, self._user, self._user)

    def start(self) -> str:
        """Start, wait until it answers, and return its address."""
        with (self._folder / "output").open("wb") as output:
            self._process = subprocess.Popen(
                self._command(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=self._home,
                env=self._environment(),
                user=self._user,
                group=self._user,
                extra_groups=None if self._user is None else [],
                start_new_session=True,
            )
        deadline = time.monotonic() + _START
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                raise RuntimeError(f"Elasticsearch {self.release.version} ended at once:\n{self._last_lines()}")
            address = self._address()
            if address and is_ready(address):
                return address
            time.sleep(0.2)
        raise RuntimeError(f"Elasticsearch {self.release.version} is not up after {_START} s:\n{self._last_lines()}")

    def stop(self) -> None:
        """End it with all its processes, and remove its folder. Nothing in it is worth a gentle end."""
        if self._process:
            with suppress(ProcessLookupError):  # it had ended by itself
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        for _ in range(50):  # its second process, whose parent is gone now, may need a moment to let go of its files
            shutil.rmtree(self._folder, ignore_errors=True)
            if not self._folder.exists():
                return
            time.sleep(0.1)

    def _command(self) -> list[str]:
        properties = {
            "es.path.home": self._home,
            "es.path.conf": self._home / "config",
            "es.distribution.type": "zip",
            "es.java.type": "ES_JAVA_HOME",
            "cli.name": "server",
            "cli.script": "bin/elasticsearch",
            "cli.libs": "lib/tools/server-cli",
        }
        if self.release.name.startswith("8."):
            classes = f"{self._home}/lib/*:{self._home}/lib/cli-launcher/*"
            launcher = "org.elasticsearch.launcher.CliToolLauncher"
        else:
            classes = f"{self._home}/lib/tools/server-launcher/*"
            launcher = "org.elasticsearch.server.launcher.ServerLauncher"
        java = str(self._java / "bin" / "java")
        return [java, *(f"-D{key}={value}" for key, value in properties.items()), "-cp", classes, launcher]

    def _environment(self) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8",
            "ES_JAVA_HOME": str(self._java),
            "ES_JAVA_OPTS": "-Xms512m -Xmx512m",
            "ES_TMPDIR": str(self._home / "tmp"),
            # From 9.x on the launcher reads what 8.x takes as properties.
            "JAVA": str(self._java / "bin" / "java"),
            "JAVA_TYPE": "ES_JAVA_HOME",
            "ES_HOME": str(self._home),
            "ES_PATH_CONF": str(self._home / "config"),
            "ES_DISTRIBUTION_TYPE": "zip",
            "CLI_NAME": "server",
            "CLI_LIBS": "lib/tools/server-cli",
        }

    def _address(self) -> str | None:
        try:
            ports = (self._home / "logs" / "http.ports").read_text().split()
        except OSError:
            return None
        return next((f"http://{one}" for one in ports if one.startswith("127.0.0.1:")), None)

    def _last_lines(self) -> str:
        return "\n".join((self._folder / "output").read_text(errors="replace").splitlines()[-30:])


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:  # another file system
        shutil.copyfile(source, target)


def is_ready(address: str) -> bool:
    """Whether the server answers and takes documents."""
    try:
        with urllib.request.urlopen(f"{address}/_cluster/health", timeout=5) as answer:
            return json.load(answer)["status"] in ("green", "yellow")
    except (OSError, ValueError):
        return False


def main(name: str, port: str = "9200") -> None:
    """One server until Ctrl-C."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    wanted = release(name)
    _check_free(int(port))
    fetch(wanted)
    server = ElasticsearchServer(wanted, {"http.port": port})
    try:
        address = server.start()
        print(f"Elasticsearch {wanted.version} at {address} (Ctrl-C ends it and removes all that is in it)", flush=True)
        signal.pause()
    except KeyboardInterrupt:
        pass
    finally:
        server.stop()


def _check_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise UnavailableError(f"Port {port} is taken: name another one, `make elasticsearch PORT=9201`") from error


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except UnavailableError as problem:
        sys.exit(str(problem))
