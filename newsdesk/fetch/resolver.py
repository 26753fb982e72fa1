"""Names to addresses. Whether an address may be dialled is not decided here but at the dial (`addresses`)."""

import asyncio
import socket
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_address

from aiohttp.abc import AbstractResolver, ResolveResult

LookUp = Callable[[str], Awaitable[tuple[str, ...]]]  # a name to its numeric addresses; OSError where there are none

_LOOPBACK = ("127.0.0.1",)
_HOLD_SECONDS = 30.0  # from the wait for a slot to the dial; a move to another address is seen at the next poll
_MOST_HELD = 4096


class SystemLookUp:
    """The system's resolver in threads of its own: one that hangs holds up no other work of the process."""

    def __init__(self, threads: int) -> None:
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="look-up")

    async def __call__(self, host: str) -> tuple[str, ...]:
        """All addresses of a name, in the system's order of preference."""
        found = await asyncio.get_running_loop().run_in_executor(self._threads, _addresses_of, host)
        return tuple(dict.fromkeys(found))

    def close(self) -> None:
        """Wait for nobody: a thread ends when the system's own time limit does."""
        self._threads.shutdown(wait=False, cancel_futures=True)


class HeldLookUp:
    """What a resolver said, a failure too, for a short while; many who ask at once wait for one answer.

    An answer that was held is judged at the dial like any other, so it opens nothing to those that change theirs.
    """

    def __init__(self, look_up: LookUp) -> None:
        self._look_up = look_up
        self._held: dict[str, tuple[float, asyncio.Future[tuple[str, ...]]]] = {}

    async def __call__(self, host: str) -> tuple[str, ...]:
        """All addresses of a name. Raises OSError. Who gives up waiting does not end the look-up."""
        now = asyncio.get_running_loop().time()
        until, answer = self._held.get(host, (now, None))
        if answer is None or until <= now:
            answer = self._ask(host, now)
        return await asyncio.shield(answer)

    def _ask(self, host: str, now: float) -> asyncio.Future[tuple[str, ...]]:
        self._held.pop(host, None)
        if len(self._held) >= _MOST_HELD:
            del self._held[next(iter(self._held))]  # the oldest
        answer = asyncio.ensure_future(self._look_up(host))
        answer.add_done_callback(_take_note)
        self._held[host] = now + _HOLD_SECONDS, answer
        return answer

    async def close(self) -> None:
        """End what still waits."""
        waiting = [answer for _, answer in self._held.values() if not answer.done()]
        for answer in waiting:
            answer.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)


def _take_note(answer: asyncio.Future[tuple[str, ...]]) -> None:
    """A failure that nobody waits for any more is no news."""
    if not answer.cancelled():
        answer.exception()


class Resolver(AbstractResolver):
    """The form in which aiohttp asks. `localhost` and names below it never leave the machine (RFC 6761 section 6.3)."""

    def __init__(self, look_up: LookUp) -> None:
        self._look_up = look_up

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """All addresses of `host`; aiohttp chooses among them."""
        del family  # both are asked for; the caller sorts them
        addresses = await self._addresses(host)
        return [_result(host, port, address) for address in addresses]

    async def _addresses(self, host: str) -> tuple[str, ...]:
        if is_literal(host):
            return (host,)
        return _LOOPBACK if is_localhost(host) else await self._look_up(host)

    async def close(self) -> None:
        """Nothing is held here."""


def is_literal(host: str) -> bool:
    """Whether a host is an address itself."""
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def is_localhost(host: str) -> bool:
    """Whether a name is `localhost` or lies below it."""
    name = host.lower().rstrip(".")
    return name == "localhost" or name.endswith(".localhost")


def _addresses_of(host: str) -> list[str]:
    # AI_ADDRCONFIG: no IPv6 addresses for a machine without IPv6
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM, flags=socket.AI_ADDRCONFIG)
    return [str(info[4][0]) for info in found]


def _result(host: str, port: int, address: str) -> ResolveResult:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    return ResolveResult(hostname=host, host=address, port=port, family=family, proto=0, flags=socket.AI_NUMERICHOST)
