"""The server: it counts connections, keeps requests, and plays the script of the path that is asked for."""

import asyncio
import ssl
import time
from collections import Counter
from collections.abc import Coroutine
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import Any, Self

from tests.hostile.scripts import SCRIPTS, Script
from tests.hostile.wire import MEGABYTE, Request, answer_head, parse_request, send

_TLS_HELLO = b"\x16"


@dataclass(slots=True)
class HostileServer:
    """Use as `async with HostileServer() as server`. It counts connections and keeps every request it could read."""

    host: str = "127.0.0.1"
    port: int = 0
    tls: ssl.SSLContext | None = None
    connections: int = 0
    open_connections: int = 0
    most_open: int = 0
    requests: list[Request] = field(default_factory=list)
    pages: dict[str, bytes] = field(default_factory=dict)
    plays: dict[str, Script] = field(default_factory=dict)  # scripts of a test's own, by the first part of the path
    _counts: Counter[str] = field(default_factory=Counter)
    _server: asyncio.Server | None = None
    _changed: asyncio.Condition = field(default_factory=asyncio.Condition)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._connected, self.host, self.port, ssl=self.tls)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server:
            self._server.close()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def url(self, path: str, host: str | None = None) -> str:
        """The address of a path, by default with the numeric host."""
        return f"{'https' if self.tls else 'http'}://{host or self.host}:{self.port}{path}"

    async def until(self, *, open_connections: int) -> None:
        """Wait until so many connections are open."""
        async with self._changed:
            await self._changed.wait_for(lambda: self.open_connections == open_connections)

    async def _count(self, step: int) -> None:
        async with self._changed:
            self.open_connections += step
            self.most_open = max(self.most_open, self.open_connections)
            self._changed.notify_all()

    def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        task = asyncio.ensure_future(self._serve(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self._count(1)
        try:
            first = await reader.readexactly(1)
            if first == _TLS_HELLO:
                writer.write(answer_head(400, {}))
                return
            request = await self._receive(first, reader)
            self.requests.append(request)
            await _first_of(self._answer(request, writer), _until_closed(reader))
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass
        finally:
            await self._count(-1)
            writer.close()

    async def _receive(self, first: bytes, reader: asyncio.StreamReader) -> Request:
        request = parse_request(first + await reader.readuntil(b"\r\n\r\n"))
        self._counts[request.target] += 1
        return replace(
            request,
            body=await reader.readexactly(int(request.headers.get("content-length", "0"))),
            count=self._counts[request.target],
            at=time.monotonic(),
        )

    async def _answer(self, request: Request, writer: asyncio.StreamWriter) -> None:
        _, name, *rest = (*request.path.split("/"), "")
        argument = "/".join(part for part in rest if part)
        script = self.plays.get(name)
        if script is None and name in ("page", "robots.txt"):
            body = self.pages.get(argument or name)
            await send(writer, *((404, b"") if body is None else (200, body)))
        elif script := script or SCRIPTS.get(name):
            await script(writer, request, argument)
        else:
            await send(writer, 404, b"")


async def _first_of(*works: Coroutine[Any, Any, None]) -> None:
    """Run until one is done or we are cancelled, and stop them all; what a lost client causes is no error here."""
    tasks = [asyncio.ensure_future(work) for work in works]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        for ended in await asyncio.gather(*tasks, return_exceptions=True):
            if isinstance(ended, Exception) and not isinstance(ended, ConnectionError):
                raise ended


async def _until_closed(reader: asyncio.StreamReader) -> None:
    while await reader.read(MEGABYTE):
        pass
