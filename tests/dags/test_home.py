"""The folder of a local Airflow: secrets, environment, lock."""

import json
import os
import socket
import stat
from pathlib import Path

import pytest

from newsdesk.supervisor.airflow_stack import AirflowStack, StackPlan
from newsdesk.supervisor.demonstration import DEMO_MARK, run_demonstration
from newsdesk.supervisor.failure import StackError
from newsdesk.supervisor.home import Access, AirflowHome, lock_home, open_home


def make_home(folder: Path, *, access: Access = Access.OPEN) -> AirflowHome:
    return open_home(folder, dags=folder / "dags", port=8080, access=access)


def test_secrets_are_made_once_and_kept(tmp_path: Path) -> None:
    first, second = make_home(tmp_path), make_home(tmp_path)
    assert first.secrets == second.secrets
    assert len(first.secrets.jwt) >= 64


def test_homes_do_not_share_secrets(tmp_path: Path) -> None:
    assert make_home(tmp_path / "a").secrets != make_home(tmp_path / "b").secrets


@pytest.mark.parametrize("name", ["secrets.json", "passwords.json"])
def test_secrets_are_for_their_owner_only(tmp_path: Path, name: str) -> None:
    make_home(tmp_path)
    assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600


def test_the_password_is_what_airflow_will_ask_for(tmp_path: Path) -> None:
    home = make_home(tmp_path, access=Access.PASSWORD)
    environment = home.environment({})
    passwords = json.loads(Path(environment["AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE"]).read_text())
    assert passwords == {"admin": home.secrets.admin}
    assert environment["AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS"] == "False"


def test_everything_listens_on_loopback(tmp_path: Path) -> None:
    environment = make_home(tmp_path).environment({})
    assert environment["AIRFLOW__API__HOST"] == "127.0.0.1"
    assert environment["AIRFLOW__CORE__EXECUTION_API_SERVER_URL"] == "http://127.0.0.1:8080/execution/"


def test_settings_of_another_airflow_do_not_leak_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW__DATABASE__SQL_ALCHEMY_CONN_CMD", "cat elsewhere")
    monkeypatch.setenv("AIRFLOW_CONN_SMTP_DEFAULT", "smtp://relay.example")
    environment = make_home(tmp_path).environment({"NEWSDESK_HOME": "here"})
    assert "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN_CMD" not in environment
    assert environment["AIRFLOW_CONN_SMTP_DEFAULT"] == "smtp://relay.example"
    assert environment["NEWSDESK_HOME"] == "here"


def test_the_lock_is_free_again_when_closed(tmp_path: Path) -> None:
    lock_home(tmp_path).close()
    lock_home(tmp_path).close()


def test_a_folder_in_use_is_refused_with_the_owner_named(tmp_path: Path) -> None:
    with lock_home(tmp_path), pytest.raises(StackError, match=r"is in use by process \d+: stop that one first"):
        lock_home(tmp_path, patience=0)


def test_a_folder_in_use_is_refused_soon_where_its_owner_lives(tmp_path: Path) -> None:
    with lock_home(tmp_path), pytest.raises(StackError, match=f"is in use by process {os.getpid()}:"):
        lock_home(tmp_path, patience=1_000_000)


def test_a_port_that_is_taken_is_told_before_anything_is_started(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        plan = StackPlan(folder=tmp_path / "airflow", dags=tmp_path, port=port)
        with pytest.raises(StackError, match=f"port {port} of this machine is taken"):
            AirflowStack(plan).__enter__()
    assert [path.name for path in (tmp_path / "airflow").iterdir()] == ["supervisor.lock"]


def test_a_demonstration_that_runs_is_not_taken_away_by_another_one(tmp_path: Path) -> None:
    (tmp_path / DEMO_MARK).touch()
    (tmp_path / "ledger.db").write_text("precious")
    with lock_home(tmp_path / "airflow"), pytest.raises(StackError, match="is in use by process"):
        run_demonstration(tmp_path, project=tmp_path, tell=print)
    assert (tmp_path / "ledger.db").read_text() == "precious"
