"""Counts by day as columns, for a terminal."""

from collections.abc import Iterator, Sequence
from datetime import date

from rich.text import Text

from newsdesk.backtest import Day

_HEIGHT = 5  # lines
_BLOCKS = " ▁▂▃▄▅▆▇█"
_WIDEST = 3  # characters of a column, its gap among them


def day_columns(days: Sequence[Day], *, width: int) -> Iterator[Text]:
    """Lines of at most `width` characters. A day without any is a dot.

    Where there are more days than columns, a column stands for several days, and a last line says so.
    """
    room = width - len(str(sum(day.articles for day in days))) - 2
    together = -(-len(days) // room)
    columns = [days[start : start + together] for start in range(0, len(days), together)]
    counts = [sum(day.articles for day in column) for column in columns]
    highest = max(counts)
    margin = len(str(highest)) + 1
    cell = min(_WIDEST, room // len(columns))
    for line in reversed(range(_HEIGHT)):
        label = str(highest) if line == _HEIGHT - 1 else "0" if line == 0 else ""
        marks = (_mark(count, highest, line) for count in counts)
        bars = "".join(mark * max(1, cell - 1) + " " * (cell > 1) for mark in marks)
        yield Text.assemble((f"{label:>{margin}} ", "dim"), (bars.rstrip(), "cyan"))
    yield Text(" " * (margin + 1) + _axis(days[0].day, days[-1].day, len(columns) * cell - (cell > 1)), "dim")
    if together > 1:
        yield Text(f"{' ' * (margin + 1)}each column: {together} days", "dim")


def _mark(count: int, highest: int, line: int) -> str:
    """What stands at one height of a column; an eighth of a line is the least that is seen."""
    if not count:
        return " " if line else "·"
    eighths = max(1, round(count / highest * _HEIGHT * 8)) - line * 8
    return _BLOCKS[min(8, max(0, eighths))]


def _axis(first: date, last: date, width: int) -> str:
    gap = width - len(first.isoformat()) - len(last.isoformat())
    return f"{first}{' ' * gap if gap > 0 else ' … '}{last}"
