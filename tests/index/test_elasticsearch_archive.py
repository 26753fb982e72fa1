"""How the servers of the tests come into the cache."""

import zipfile
from pathlib import Path

import pytest

from tests import elasticsearch_archive
from tests.elasticsearch_archive import RELEASES, UnavailableError, cached, fetch, find_java


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "newsdesk" / "elasticsearch"


def test_only_the_server_is_taken_from_the_archive(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "archive.zip", "w") as archive:
        for name in (
            "top/elasticsearch/lib/a.jar",
            "top/elasticsearch/config/x.yml",
            "top/web/big.js",
            "top/elasticsearch/../evil",
        ):
            archive.writestr(name, name)
    elasticsearch_archive._unpack(tmp_path / "archive.zip", tmp_path / "unpacked")
    files = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()}
    assert files == {"archive.zip", "unpacked/lib/a.jar", "unpacked/config/x.yml"}


def test_what_is_there_is_not_fetched_again_and_leftovers_go(cache: Path) -> None:
    home = cache / RELEASES[0].version
    home.mkdir(parents=True)
    (cache / "fetching-killed" / "repository").mkdir(parents=True)
    assert fetch(RELEASES[0]) == home == cached(RELEASES[0])
    assert sorted(path.name for path in cache.iterdir()) == [RELEASES[0].version, "lock"]


def test_without_maven_the_package_is_named(cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UnavailableError, match="install the package maven"):
        fetch(RELEASES[0])
    assert cached(RELEASES[0]) is None
    assert cache.is_dir()


def test_the_oldest_java_that_is_enough_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "java").touch()
    (tmp_path / "release").write_text('JAVA_VERSION="900.0.1"\n')
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    assert find_java(900) == tmp_path
    assert find_java(901) is None
