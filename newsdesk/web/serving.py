"""The app on a socket, by uvicorn."""

import os
import socket
from errno import EADDRINUSE
from typing import Final

import uvicorn
from fastapi import FastAPI

from newsdesk.errors import SettingsError

_MOST_AT_ONCE: Final = 200  # connections; more are told 503, and hubs come again
_IDLE_SECONDS: Final = 5


def _why(error: OSError) -> str:
    return f"{os.strerror(error.errno)}; --port takes another" if error.errno == EADDRINUSE else str(error)


class WebServer:
    """Listens from construction on; `run` serves until SIGINT, SIGTERM or `stop`. Port 0 takes a free one.

    Raises SettingsError where the address cannot be listened on.
    """

    def __init__(self, app: FastAPI, *, host: str, port: int) -> None:
        try:
            family = socket.AF_INET6 if ":" in host else socket.AF_INET
            self._socket = socket.create_server((host, port), family=family)
        except OSError as error:
            raise SettingsError(f"{host} port {port} cannot be listened on: {_why(error)}") from error
        self._host = host
        config = uvicorn.Config(
            app,
            http="h11",
            ws="none",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            limit_concurrency=_MOST_AT_ONCE,
            timeout_keep_alive=_IDLE_SECONDS,
            timeout_graceful_shutdown=_IDLE_SECONDS,
        )
        self._server = uvicorn.Server(config)

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return int(self._socket.getsockname()[1])

    @property
    def url(self) -> str:
        """The front page."""
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"http://{host}:{self.port}/"

    def run(self) -> None:
        """Serve until told to stop."""
        try:
            self._server.run(sockets=[self._socket])
        finally:
            self._socket.close()

    def stop(self) -> None:
        """End soon; from any thread."""
        self._server.should_exit = True
