"""The watchers are known to Airflow, keep their identity, and read the real ledger."""

import sqlite3
from pathlib import Path

import pytest

pytestmark = [
    pytest.mark.airflow,
    pytest.mark.filterwarnings("ignore"),  # Airflow's own, about its own dependencies
    pytest.mark.usefixtures("airflow_home"),
]


@pytest.fixture
def ledger_url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    url = f"sqlite:///{tmp_path / 'ledger.db'}"
    monkeypatch.setenv("NEWSDESK_LEDGER_URL", url)
    return url


@pytest.mark.parametrize("work", ["process", "deliver"])
def test_a_watcher_is_known_by_its_class_and_its_work_alone(work: str) -> None:
    from newsdesk.airflow.trigger import WaitingWorkTrigger

    path, arguments = WaitingWorkTrigger(work).serialize()
    assert (path, arguments) == ("newsdesk.airflow.trigger.WaitingWorkTrigger", {"work": work})
    assert WaitingWorkTrigger(**arguments).serialize() == (path, arguments)


def test_the_identity_survives_airflows_own_round_trip() -> None:
    from airflow.serialization.encoders import encode_trigger
    from airflow.triggers.base import BaseEventTrigger

    from newsdesk.airflow.trigger import WaitingWorkTrigger

    first, second = (encode_trigger(WaitingWorkTrigger("process")) for _ in range(2))
    assert first == second
    kept = BaseEventTrigger.hash(first["classpath"], first["kwargs"])
    again = WaitingWorkTrigger(**first["kwargs"]).serialize()
    assert BaseEventTrigger.hash(*again) == kept


def test_each_watched_asset_has_one_watcher_in_airflows_database(metadata: sqlite3.Connection) -> None:
    rows = metadata.execute(
        "SELECT asset.name, asset_watcher.name, trigger.classpath FROM asset_watcher"
        " JOIN asset ON asset.id = asset_watcher.asset_id JOIN trigger ON trigger.id = asset_watcher.trigger_id"
        " ORDER BY asset.name"
    ).fetchall()
    trigger = "newsdesk.airflow.trigger.WaitingWorkTrigger"
    assert rows == [
        ("newsdesk://alerts", "newsdesk-deliver", trigger),
        ("newsdesk://entries", "newsdesk-process", trigger),
    ]


def test_an_empty_ledger_has_nothing_waiting(ledger_url: str) -> None:
    from newsdesk.airflow.trigger import Work, count_waiting

    assert ledger_url
    assert [count_waiting(work) for work in Work] == [0, 0]


def test_work_that_nobody_names_is_refused() -> None:
    from newsdesk.airflow.trigger import WaitingWorkTrigger

    with pytest.raises(ValueError, match="'sleep' is not a valid Work"):
        WaitingWorkTrigger("sleep")
