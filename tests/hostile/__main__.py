"""Serves by hand, until interrupted: `python -m tests.hostile --port 8099`."""

import argparse
import asyncio

from tests import hostile
from tests.hostile.scripts import SCRIPTS
from tests.hostile.server import HostileServer


async def _serve_forever(port: int) -> None:
    async with HostileServer(port=port) as server:
        print(f"misbehaving at {server.url('/')}; the paths: {', '.join(sorted(SCRIPTS))}")
        await asyncio.Event().wait()


def main() -> None:
    """Serve until interrupted."""
    options = argparse.ArgumentParser(
        prog="python -m tests.hostile",
        description=hostile.__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    options.add_argument("--port", type=int, default=8099)
    asyncio.run(_serve_forever(options.parse_args().port))


if __name__ == "__main__":
    main()
