"""The folder in which a local Airflow lives: database, logs, secrets; and the environment that points at it."""

import base64
import fcntl
import json
import os
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path
from typing import IO

from newsdesk.supervisor.failure import StackError

LOCK_SECONDS = 20.0  # a watchdog that still ends an earlier stack holds the lock for a few seconds
OWNER_SECONDS = 2.0  # where the earlier stack lives, it may be about to end


class Access(Enum):
    """Who may use the user interface and the API, which listen on the loopback address."""

    OPEN = auto()  # whoever can reach it is an administrator: for a stack that lives for a minute
    PASSWORD = auto()  # the user `admin`, with a password made for this home


@dataclass(frozen=True, slots=True, kw_only=True)
class Secrets:
    """What is made once for a home, and kept in it; readable for its owner only."""

    jwt: str  # signs the tokens between the components; they refuse less than 64 bytes silently or loudly
    fernet: str  # encrypts connections and trigger arguments in Airflow's database
    session: str  # signs cookies and log requests
    admin: str  # the password


@dataclass(frozen=True, slots=True, kw_only=True)
class AirflowHome:
    """The folder, and how its Airflow is to run."""

    folder: Path
    dags: Path
    port: int
    access: Access
    secrets: Secrets

    @property
    def url(self) -> str:
        """Where API and user interface answer."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def metadata(self) -> Path:
        """Airflow's database."""
        return self.folder / "airflow.db"

    def log(self, component: str) -> Path:
        """The log of a component."""
        return self.folder / f"{component}.log"

    def environment(self, extra: Mapping[str, str]) -> dict[str, str]:
        """The environment of all components: ours without other Airflow's settings, then this home's, then `extra`."""
        inherited = {k: v for k, v in os.environ.items() if not k.startswith(("AIRFLOW__", "AIRFLOW_HOME"))}
        settings = {f"AIRFLOW__{key}": value for key, value in self._settings().items()}
        return {**inherited, "AIRFLOW_HOME": str(self.folder), **settings, **extra}

    def _settings(self) -> dict[str, str]:
        return {
            "CORE__DAGS_FOLDER": str(self.dags),
            "CORE__LOAD_EXAMPLES": "False",
            "CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
            "CORE__EXECUTOR": "LocalExecutor",
            # SQLite has one writer: more tasks at once, or a shorter wait for the lock, and components die of it
            "CORE__PARALLELISM": "4",
            "DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{self.metadata}?timeout=60",
            "DATABASE__CHECK_MIGRATIONS": "False",  # one process prepares the database, none of the others need look
            "CORE__EXECUTION_API_SERVER_URL": f"{self.url}/execution/",
            "CORE__FERNET_KEY": self.secrets.fernet,
            "CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS": str(self.access is Access.OPEN),
            "CORE__SIMPLE_AUTH_MANAGER_USERS": "admin:admin",
            "CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(_passwords(self.folder)),
            "API__HOST": "127.0.0.1",
            "API__PORT": str(self.port),
            "API__BASE_URL": self.url,
            "API__WORKERS": "1",
            "API__SECRET_KEY": self.secrets.session,
            "API_AUTH__JWT_SECRET": self.secrets.jwt,
            # the pause of the scheduler's loop: it is paid at every step of every run
            "SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME": "0.2",
            # nobody else runs on this home, so tasks of a stack that was killed may be taken back soon
            "SCHEDULER__ORPHANED_TASKS_CHECK_INTERVAL": "30",
            "SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": "60",
            "DAG_PROCESSOR__REFRESH_INTERVAL": "30",
            "DAG_PROCESSOR__PARSING_PROCESSES": "1",
            # after a task has ended, its slot stays taken for as long as this, now and then
            "WORKERS__MIN_HEARTBEAT_INTERVAL": "1",
            # on a busy machine impatient tasks ask again, and the server has twice the work
            "WORKERS__EXECUTION_API_TIMEOUT": "60",
            "LOGGING__LOGGING_LEVEL": "INFO",
        }


def open_home(folder: Path, *, dags: Path, port: int, access: Access) -> AirflowHome:
    """The home in `folder`, made if need be; secrets of an earlier time are kept."""
    folder = folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    kept = _keep_secrets(folder / "secrets.json")
    _write_private(_passwords(folder), json.dumps({"admin": kept.admin}) + "\n")
    return AirflowHome(folder=folder, dags=dags.resolve(), port=port, access=access, secrets=kept)


def lock_home(folder: Path, *, patience: float = LOCK_SECONDS) -> IO[str]:
    """The lock that keeps a second supervisor away for as long as it is open. Raises StackError."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "supervisor.lock"
    stream = path.open("a+", encoding="utf-8")
    began = time.monotonic()
    while True:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            break
        except BlockingIOError:
            stream.seek(0)
            owner = stream.read().strip()
            if time.monotonic() - began > (min(patience, OWNER_SECONDS) if _lives(owner) else patience):
                stream.close()
                cause = f"{folder} is in use by process {owner}: stop that one first, or name another folder"
                raise StackError("airflow", cause) from None
            time.sleep(0.2)
    stream.truncate(0)
    stream.write(f"{os.getpid()}\n")
    stream.flush()
    return stream


def _lives(process: str) -> bool:
    if not process.isdigit():
        return False
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _passwords(folder: Path) -> Path:
    return folder / "passwords.json"


def _keep_secrets(path: Path) -> Secrets:
    if path.exists():
        return Secrets(**json.loads(path.read_text(encoding="utf-8")))
    made = Secrets(
        jwt=secrets.token_urlsafe(64),
        fernet=base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        session=secrets.token_urlsafe(32),
        admin=secrets.token_urlsafe(12),
    )
    fields = {"jwt": made.jwt, "fernet": made.fernet, "session": made.session, "admin": made.admin}
    _write_private(path, json.dumps(fields) + "\n")
    return made


def _write_private(path: Path, text: str) -> None:
    # made with its rights, never opened to others for a moment; in place at once or not at all
    draft = path.with_suffix(".draft")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as stream:
        stream.write(text)
    draft.replace(path)
