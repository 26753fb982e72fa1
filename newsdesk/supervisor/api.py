"""The few calls of Airflow's REST API that the supervisor makes. Loopback only, so no proxy is asked."""

import json
import urllib.error
import urllib.request
from typing import Any

from newsdesk.supervisor.failure import StackError

_TIMEOUT = 60.0  # seconds; the first request after a start is slow
_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class AirflowApi:
    """Airflow's API at `url`; `password` is that of the user admin, None where everybody is one."""

    def __init__(self, url: str, *, password: str | None) -> None:
        self._url = url
        self._password = password

    def answers(self) -> bool:
        """Whether the API server is up and warm.

        The API of the tasks builds itself at its first request, for some seconds: better now than for the first task.
        """
        try:
            self._call("GET", "/execution/health")
        except StackError:
            return False
        return True

    def heartbeats(self) -> dict[str, str]:
        """The last signs of life, in ISO 8601, of scheduler, triggerer and dag_processor; of those that gave one."""
        health = self._call("GET", "/api/v2/monitor/health")
        names = ("scheduler", "triggerer", "dag_processor")
        beats = {name: (health.get(name) or {}).get(f"latest_{name}_heartbeat") for name in names}
        return {name: beat for name, beat in beats.items() if beat}

    def trigger(self, dag: str) -> str:
        """Start a run now; returns its id."""
        made = self._call("POST", f"/api/v2/dags/{dag}/dagRuns", {"logical_date": None}, token=self._token())
        return str(made["dag_run_id"])

    def _token(self) -> str:
        if self._password is None:
            return str(self._call("GET", "/auth/token")["access_token"])
        login = {"username": "admin", "password": self._password}
        return str(self._call("POST", "/auth/token", login)["access_token"])

    def _call(self, method: str, path: str, body: object = None, *, token: str | None = None) -> dict[str, Any]:
        headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
        content = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self._url + path, method=method, headers=headers, data=content)  # noqa: S310 - our own URL
        try:
            with _OPENER.open(request, timeout=_TIMEOUT) as response:
                answer: dict[str, Any] = json.load(response)
                return answer
        except urllib.error.HTTPError as error:
            detail = error.read(2000).decode(errors="replace")
            raise StackError("api-server", f"{method} {path} gave {error.code}: {detail}") from error
        except OSError as error:
            raise StackError("api-server", f"{method} {path}: {error}") from error
