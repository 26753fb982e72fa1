"""The state of one newsroom, shared by the threads of its server."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime

from newsdesk.newsroom.issue import Issue, advance
from newsdesk.newsroom.library import load_library
from newsdesk.newsroom.records import Answer, SeenRequest, Source
from newsdesk.newsroom.site import answer, edition_answer, source_of

ADVANCE_PATH = "/_newsroom/advance"


class Room:
    """The present issue, the log of requests and the sign to stop."""

    def __init__(self, *, clock: Callable[[], datetime], seed: int, slow_seconds: float) -> None:
        self.seed = seed
        self._clock = clock
        self._slow_seconds = slow_seconds
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._seen: list[SeenRequest] = []
        self._issue = Issue(library=load_library(), opened=clock().astimezone(UTC).replace(microsecond=0))

    @property
    def issue(self) -> Issue:
        """The present issue; it is never changed, only replaced."""
        return self._issue

    def advance(self) -> int:
        """Turn to the second edition; returns the edition."""
        with self._lock:
            self._issue = advance(self._issue, self._clock().astimezone(UTC))
            return self._issue.edition

    def answer(self, method: str, host: str, path: str) -> Answer:
        """The answer to a request."""
        if method != "POST":
            return answer(self._issue, host, path, self.seed)
        if path != ADVANCE_PATH:
            return Answer(status=405, headers={"Allow": "GET, HEAD"})
        self.advance()
        return edition_answer(self._issue)

    def source(self, host: str) -> Source | None:
        """The source that a Host header names."""
        return source_of(self._issue, host)

    def dawdle(self) -> None:
        """What the slow source does before it answers; ends at once when the newsroom stops."""
        self._stopping.wait(self._slow_seconds)

    def close(self) -> None:
        """Wake everything that waits."""
        self._stopping.set()

    def note(self, request: SeenRequest) -> None:
        """Keep a request in the log."""
        with self._lock:
            self._seen.append(request)

    def seen(self) -> tuple[SeenRequest, ...]:
        """The log so far."""
        with self._lock:
            return tuple(self._seen)
