"""Airflow for tests: one home and one metadata database for all tests of a worker process.

Airflow reads its settings when it is first imported: only tests that use `airflow_home` import it, and only inside.
"""

import os
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from airflow.dag_processing.dagbag import DagBag

DAGS = Path(__file__).parents[2] / "dags"


@pytest.fixture(scope="session")
def airflow_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    assert "airflow" not in sys.modules, "a test imported Airflow before its home was set"
    home = tmp_path_factory.mktemp("airflow")
    os.environ["AIRFLOW_HOME"] = str(home)
    os.environ["AIRFLOW__CORE__DAGS_FOLDER"] = str(DAGS)
    os.environ["AIRFLOW__CORE__LOAD_EXAMPLES"] = "False"
    os.environ["AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION"] = "False"  # a paused DAG has no watcher
    os.environ["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"] = f"sqlite:///{home / 'airflow.db'}?timeout=60"
    os.environ["AIRFLOW__LOGGING__LOGGING_LEVEL"] = "WARNING"
    from newsdesk.airflow.prepare import main

    main()
    return home


@pytest.fixture(scope="session")
def metadata(airflow_home: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(airflow_home / "airflow.db")) as connection:
        yield connection


@pytest.fixture(scope="session")
def dag_bag(airflow_home: Path) -> "DagBag":
    assert airflow_home.is_dir()
    from airflow.dag_processing.dagbag import DagBag

    return DagBag(DAGS)
