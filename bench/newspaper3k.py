"""newspaper3k in an environment of its own: it and newspaper4k are both the module `newspaper`.

    python bench/newspaper3k.py

makes the environment, once, from requirements/newspaper3k.txt (with hashes) below .cache, and prints its interpreter;
it needs a package index. `bench/extraction.py --newspaper3k` and a test use it. All that newspaper3k does not bring
itself comes from the environment that runs this.
"""

import fcntl
import hashlib
import json
import subprocess
import sys
import sysconfig
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

_ROOT = Path(__file__).resolve().parents[1]
_LOCK = _ROOT / "requirements" / "newspaper3k.txt"


class NoEnvironmentError(Exception):
    """The environment cannot be made; the text is the end of what the installer said."""


def interpreter() -> Path:
    """The Python of the environment, which is made where it is not there yet. Raises NoEnvironmentError."""
    folder = _ROOT / ".cache" / f"newspaper3k-{hashlib.sha256(_LOCK.read_bytes()).hexdigest()[:12]}"
    python, done = folder / "bin" / "python", folder / "complete"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            _run(sys.executable, "-m", "uv", "venv", "-q", "--allow-existing", "--python", sys.executable, str(folder))
            options = ("-q", "--require-hashes", "-r", str(_LOCK), "--python", str(python))
            _run(sys.executable, "-m", "uv", "pip", "install", *options)
            done.touch()
    return python


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=_ROOT)
    if done.returncode:
        raise NoEnvironmentError(done.stderr.strip()[-500:] or f"{command[2]} ended with {done.returncode}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What newspaper3k makes of a page, and the CPU milliseconds it took."""

    title: str
    authors: tuple[str, ...]
    published: str | None
    body: str
    cpu: float


class Newspaper3k:
    """A process of the other environment that reads page after page through our door to newspaper."""

    def __init__(self, python: Path) -> None:
        command = [str(python), str(Path(__file__).resolve()), "--read", sysconfig.get_path("purelib")]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def read(self, html: str, url: str) -> Reading:
        """The reading of one page; an EOFError where the process has died."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"html": html, "url": url}) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        if not answer:
            raise EOFError("the process with newspaper3k has ended")
        said: dict[str, Any] = json.loads(answer)
        return Reading(**{**said, "authors": tuple(said["authors"])})

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()


def _serve(site_packages: str) -> None:
    """In the other environment: what it lacks is looked for in ours, behind its own."""
    sys.path[0:1] = [str(_ROOT)]
    sys.path.append(site_packages)
    from extractors.newspaper_engine import read_newspaper

    for line in sys.stdin:
        page = json.loads(line)
        start = time.thread_time()
        found = read_newspaper(page["html"], page["url"])
        answer = {
            "title": found.title,
            "authors": found.authors,
            "published": found.published.isoformat() if found.published else None,
            "body": found.text,
            "cpu": (time.thread_time() - start) * 1000,
        }
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--read"]:
        _serve(sys.argv[2])
    else:
        try:
            print(interpreter())
        except NoEnvironmentError as error:
            sys.exit(f"newspaper3k's environment cannot be made: {error}")
