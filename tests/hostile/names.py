"""Resolvers that misbehave: each is a `look_up` for a fetcher, and keeps the names that it was asked for."""

import asyncio
from dataclasses import dataclass, field


@dataclass(slots=True)
class Rebinding:
    """Gives one answer after the other, as a name server does that means to get past a check; the last one stays."""

    answers: list[tuple[str, ...]]
    asked: list[str] = field(default_factory=list)

    async def __call__(self, host: str) -> tuple[str, ...]:
        self.asked.append(host)
        return self.answers[min(len(self.asked), len(self.answers)) - 1]


@dataclass(slots=True)
class Zone:
    """Names and their addresses; `*` stands for all others. A name without an address is not found."""

    hosts: dict[str, tuple[str, ...]]
    asked: list[str] = field(default_factory=list)

    async def __call__(self, host: str) -> tuple[str, ...]:
        self.asked.append(host)
        found = self.hosts.get(host, self.hosts.get("*"))
        if found is None:
            raise OSError(f"{host} is not known here")
        return found


@dataclass(slots=True)
class Silent:
    """Never answers for a name that begins with `slow`; loopback for the others."""

    asked: list[str] = field(default_factory=list)

    async def __call__(self, host: str) -> tuple[str, ...]:
        self.asked.append(host)
        if host.startswith("slow"):
            await asyncio.Event().wait()
        return ("127.0.0.1",)
