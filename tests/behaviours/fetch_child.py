"""Fetches the URLs of its arguments in a process of its own, and prints for each the outcome and the memory it took.

Each line: the reason or `fetched`, a tab, by how many kilobytes the process had to grow beyond what it was.
"""

import asyncio
import resource
import sys
from datetime import UTC, datetime
from ipaddress import ip_network

from newsdesk.errors import FetchError
from newsdesk.fetch import Fetcher, FetchSettings


async def _fetch_all(urls: list[str]) -> None:
    settings = FetchSettings(user_agent="Newsdesk/0.1", allow_networks=(ip_network("127.0.0.0/8"),))
    async with Fetcher(settings, clock=lambda: datetime.now(UTC)) as fetcher:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        for url in urls:
            try:
                await fetcher.get(url)
                outcome = "fetched"
            except FetchError as error:
                outcome = error.reason
            print(f"{outcome}\t{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before}")


if __name__ == "__main__":
    asyncio.run(_fetch_all(sys.argv[1:]))
