"""The one error of this package."""

from pathlib import Path

from newsdesk.errors import NewsdeskError


class StackError(NewsdeskError):
    """The stack cannot start or go on: which component, the line that says why, and the log to read."""

    def __init__(self, component: str, cause: str, *, log: Path | None = None) -> None:
        super().__init__(f"{component}: {cause}" + (f" (log: {log})" if log else ""))
        self.component = component
        self.cause = cause
        self.log = log
