"""Work of many rows that shares transactions: one for each row would cost more CPU than the poll of a quiet feed."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

Ask = TypeVar("Ask")
Answer = TypeVar("Answer")

_MOST = 50  # rows of one transaction: on SQLite nobody else can write meanwhile


class Gathering(Generic[Ask, Answer]):
    """Who asks at the same turn of the event loop, or while `write` runs, shares its next call, in a thread.

    `write` gives an answer or an exception for each of those that ask, in their order; what it raises, all of them get.
    """

    def __init__(self, write: Callable[[Sequence[Ask]], Sequence[Answer | Exception]]) -> None:
        self._write = write
        self._waiting: list[tuple[Ask, asyncio.Future[Answer]]] = []
        self._work: asyncio.Task[None] | None = None

    async def ask(self, one: Ask) -> Answer:
        """The answer to one. Raises what `write` says."""
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting.append((one, answer))
        if self._work is None or self._work.done():
            self._work = asyncio.ensure_future(self._write_all())
        return await answer

    async def _write_all(self) -> None:
        while self._waiting:
            asked, self._waiting = self._waiting[:_MOST], self._waiting[_MOST:]
            answers: Sequence[Answer | Exception]
            try:
                answers = await asyncio.to_thread(self._write, [one for one, _ in asked])
            except Exception as error:
                answers = [error] * len(asked)
            for (_, future), answer in zip(asked, answers, strict=True):
                if future.done():  # its asker was cancelled
                    continue
                if isinstance(answer, Exception):
                    future.set_exception(answer)
                else:
                    future.set_result(answer)
