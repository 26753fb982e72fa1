"""Slots of the ledger, taken for many requests in one transaction."""

import asyncio
from datetime import timedelta

from newsdesk.ledger import sites
from newsdesk.ledger.sites import Slot, SlotRequest
from newsdesk.services import Services


class SlotQueue:
    """Who asks at the same turn of the event loop, or while a transaction runs, shares the next transaction.

    One transaction for each request would cost more CPU than the poll of an unchanged feed.
    """

    def __init__(self, services: Services, horizon: timedelta) -> None:
        self._services = services
        self._horizon = horizon
        self._waiting: list[tuple[SlotRequest, asyncio.Future[Slot]]] = []
        self._work: asyncio.Task[None] | None = None

    async def reserve(self, request: SlotRequest) -> Slot:
        """The slot of one request. Raises LedgerError."""
        answer: asyncio.Future[Slot] = asyncio.get_running_loop().create_future()
        self._waiting.append((request, answer))
        if self._work is None or self._work.done():
            self._work = asyncio.ensure_future(self._take_all())
        return await answer

    async def _take_all(self) -> None:
        while self._waiting:
            asked, self._waiting = self._waiting, []
            try:
                slots = await asyncio.to_thread(self._write, [request for request, _ in asked])
            except Exception as error:
                for answer in _open(asked):
                    answer.set_exception(error)
            else:
                for (_, answer), slot in zip(asked, slots, strict=True):
                    if not answer.done():  # else its asker was cancelled
                        answer.set_result(slot)

    def _write(self, requests: list[SlotRequest]) -> list[Slot]:
        with self._services.ledger.write() as connection:
            return sites.reserve_slots(connection, requests, now=self._services.clock(), horizon=self._horizon)


def _open(asked: list[tuple[SlotRequest, asyncio.Future[Slot]]]) -> list[asyncio.Future[Slot]]:
    return [answer for _, answer in asked if not answer.done()]
