"""What every part of the suite may use: real servers of PostgreSQL and Elasticsearch, started where a test asks.

PostgreSQL is started once a worker, Elasticsearch once a run. A test that calls `record_property("figures", line)` has
its line printed at the end.
"""

import os
from collections.abc import Iterator

import pytest

from tests.behaviours.account import account
from tests.elasticsearch_archive import RELEASES, UnavailableError, cached, find_java, release
from tests.elasticsearch_sharing import Run, shared_server
from tests.postgres import PostgresServer, find_binaries

_GIVEN = os.environ.get("NEWSDESK_TEST_ELASTICSEARCH")
_RUN = pytest.StashKey[Run]()


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):  # not in a worker: it has what it needs from the environment
        config.stash[_RUN] = Run()


def pytest_unconfigure(config: pytest.Config) -> None:
    if _RUN in config.stash:
        config.stash[_RUN].close()


def pytest_report_header() -> str:
    here = [one.version for one in RELEASES if cached(one) and find_java(one.java)]
    return f"Elasticsearch: {_GIVEN or ', '.join(here) or 'none; `make servers` fetches it (930 MB, once)'}"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    reports = terminalreporter.getreports("passed") + terminalreporter.getreports("failed")
    found = [(one.nodeid, value) for one in reports for name, value in one.user_properties if name == "figures"]
    if found:
        terminalreporter.section("figures")
    for test, line in sorted(found):
        terminalreporter.line(f"{test.rpartition('::')[2]}: {line}")
    if "behaviour" in terminalreporter.config.option.keyword:
        outcomes = ("passed", "failed", "skipped")
        tests = [(one.nodeid, name) for name in outcomes for one in terminalreporter.getreports(name)]
        terminalreporter.section("behaviours")
        for line in account(tests):
            terminalreporter.line(line)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    binaries = find_binaries()
    if binaries is None:
        if os.environ.get("CI"):
            pytest.fail("PostgreSQL is not installed; bin/test-servers installs it")
        pytest.skip("PostgreSQL is not installed: run `make servers` as root, or install the package postgresql")
    server = PostgresServer(binaries)
    try:
        server.start()
        yield server
    finally:
        server.stop()


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> str:
    return postgres_server.new_database()


@pytest.fixture(scope="session", params=["given"] if _GIVEN else [one.name for one in RELEASES])
def elasticsearch_url(request: pytest.FixtureRequest) -> str:
    """The address of a real server, one of each release after the other; its indices are shared with other tests."""
    if _GIVEN:
        return _GIVEN
    wanted = release(request.param)
    try:
        return shared_server(wanted)
    except UnavailableError as error:
        # A newer Java than the distribution's own is asked of nobody, not even in CI.
        if os.environ.get("CI") and wanted is RELEASES[0]:
            pytest.fail(str(error))
        pytest.skip(str(error))
