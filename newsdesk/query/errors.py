"""What is wrong with a query, where, and what to write instead."""

import unicodedata

from newsdesk.errors import NewsdeskError

_SHOWN_OF_PIECE = 60  # characters of a word or value in a message
_SHOWN_BEFORE = 60  # characters of the line that `str()` shows before the place, and as many after it


class QueryError(NewsdeskError):
    """A query cannot be read.

    `column` is the 0-based offset, in characters of the whole text, at which the trouble starts (in a text of several
    lines it counts on through the lines). `message` says what is wrong, `advice` what to write instead, `query` is the
    text. `str()` shows them all, with a caret under the place.
    """

    def __init__(self, message: str, *, query: str, column: int, advice: str) -> None:
        super().__init__(f"{message} {advice}\n{_picture(query, column)}")
        self.message = message
        self.query = query
        self.column = column
        self.advice = advice


class Fault(Exception):  # noqa: N818 - it never leaves the package: the parser adds the place and raises QueryError
    """What is wrong with a piece of a query, said by a module that does not know where the piece stands."""

    def __init__(self, message: str, advice: str) -> None:
        super().__init__(message)
        self.message = message
        self.advice = advice


def shortened(piece: str) -> str:
    """A piece of a query for a message."""
    return piece if len(piece) <= _SHOWN_OF_PIECE else piece[: _SHOWN_OF_PIECE - 1] + "…"


def _picture(query: str, column: int) -> str:
    """The line of the query around the place, and a caret under it."""
    line_start = query.rfind("\n", 0, column) + 1
    line_end = query.find("\n", column)
    start = max(line_start, column - _SHOWN_BEFORE)
    end = min(len(query) if line_end < 0 else line_end, column + _SHOWN_BEFORE)
    before, after = (
        "".join(c if c.isprintable() else " " for c in part) for part in (query[start:column], query[column:end])
    )
    return f"  {before}{after}\n  {' ' * sum(map(_width, before))}^"


def _width(character: str) -> int:
    """Columns of a terminal."""
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
