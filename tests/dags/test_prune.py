"""Airflow's own database does not grow for ever, and keeps what the watchers need."""

import sqlite3

import pytest

pytestmark = [
    pytest.mark.airflow,
    pytest.mark.filterwarnings("ignore"),  # Airflow's own, about its own dependencies
    pytest.mark.usefixtures("airflow_home"),
]

LONG_AGO = "2020-01-01 00:00:00.000000"


def test_old_rows_go_and_the_watchers_triggers_stay_however_old(metadata: sqlite3.Connection) -> None:
    from newsdesk.airflow.prune import main

    with metadata:
        metadata.execute("INSERT INTO log (dttm, event) VALUES (?, 'old'), (datetime('now'), 'young')", (LONG_AGO,))
        metadata.execute("UPDATE trigger SET created_date = ?", (LONG_AGO,))
    main(7)
    assert metadata.execute("SELECT event FROM log WHERE event IN ('old', 'young')").fetchall() == [("young",)]
    assert metadata.execute(
        "SELECT count(*) FROM trigger JOIN asset_watcher ON trigger_id = trigger.id"
    ).fetchone() == (2,)
