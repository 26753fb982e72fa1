"""One request to the hostile server: how a behaviour asks, and how it takes the failure."""

import asyncio
import os
import sys
from collections.abc import Awaitable
from pathlib import Path
from typing import Any

from newsdesk.errors import FetchError
from tests.edges.fetching import with_server

PROJECT = Path(__file__).resolve().parents[2]
SHARED = Path(os.environ.get("NEWSDESK_SHARED", PROJECT / "../shared"))


async def reason_of(request: Awaitable[Any]) -> str:
    try:
        await request
    except FetchError as error:
        return error.reason
    return "fetched"


def reason(path: str, **changes: Any) -> str:
    return with_server(lambda fetcher, server: reason_of(fetcher.get(server.url(path))), **changes)


async def run_child(*urls: str, **environ: str) -> list[tuple[str, int]]:
    """Outcome and growth in kilobytes of each fetch in one other process."""
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "tests.behaviours.fetch_child", *urls),
        stdout=asyncio.subprocess.PIPE,
        cwd=PROJECT,
        env={**os.environ, **environ},
    )
    printed, _ = await child.communicate()
    return [(line.split("\t")[0], int(line.split("\t")[1])) for line in printed.decode().splitlines()]
