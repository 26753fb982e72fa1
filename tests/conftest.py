"""What every part of the suite may use: a real PostgreSQL server, started once a worker where a test asks for it."""

import os
from collections.abc import Iterator

import pytest

from tests.postgres import PostgresServer, find_binaries


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
