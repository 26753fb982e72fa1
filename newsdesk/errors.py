"""The exception tree.

NewsdeskError                 everything that we raise on purpose
├── SettingsError             an environment variable or option is wrong
├── WatchlistError            watchlist.yaml is wrong: file, line, key
├── FetchError                a document could not be had; carries reason, permanence and Retry-After
├── DeliveryError             a mail could not be handed over; carries permanence
├── WorkerError               a document cost its worker process its life (time, memory, crash)
├── LedgerError               the ledger cannot be used as it is (schema too new, disk full, locked too long)
├── ArchiveError              a fetched page cannot be stored or read
├── SearchIndexError          the search index cannot be used as it is
├── (query.QueryError)        a query cannot be read; lives with the language
└── (query.export.ExportError)  a query cannot be said in another language; lives with the exports

Expected ends of work are values (`newsdesk.model.Outcome`), not exceptions.
"""

from datetime import datetime


class NewsdeskError(Exception):
    """Base of all errors that Newsdesk raises on purpose; the text names the thing and the remedy."""


class SettingsError(NewsdeskError):
    """A setting is missing or wrong."""


class WatchlistError(NewsdeskError):
    """The watchlist cannot be used; `problems` has one text per fault, each with file, line and key."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class FetchError(NewsdeskError):
    """A document could not be fetched.

    `reason` is a value of `newsdesk.model.Reason`; `permanent` says that asking again the same way is useless;
    `retry_at` is the earliest instant (aware UTC) that the server allows, if it said so.
    """

    def __init__(
        self,
        message: str,
        *,
        reason: str,
        permanent: bool = False,
        status: int | None = None,
        retry_at: datetime | None = None,
    ) -> None:
        super().__init__(message)
        self.reason = reason
        self.permanent = permanent
        self.status = status
        self.retry_at = retry_at


class DeliveryError(NewsdeskError):
    """A message could not be handed over. `permanent`: the same bytes will never be taken.

    `ambiguous`: the connection was lost after the final dot, so the server may have taken the message.
    `relay_down`: the fault is the relay's, not this message's; no attempt of this message should be counted.
    """

    def __init__(
        self, message: str, *, permanent: bool = False, ambiguous: bool = False, relay_down: bool = False
    ) -> None:
        super().__init__(message)
        self.permanent = permanent
        self.ambiguous = ambiguous
        self.relay_down = relay_down


class WorkerError(NewsdeskError):
    """A document killed its worker: `reason` is parser-timeout, parser-memory or parser-crash."""

    def __init__(self, message: str, *, reason: str) -> None:
        super().__init__(message)
        self.reason = reason


class LedgerError(NewsdeskError):
    """The ledger cannot be used as it is."""


class ArchiveError(NewsdeskError):
    """A fetched page cannot be stored or read."""


class SearchIndexError(NewsdeskError):
    """The search index cannot be used as it is."""
