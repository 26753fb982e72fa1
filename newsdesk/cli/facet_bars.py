"""Counts as tables with bars."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from datetime import date, timedelta
from itertools import groupby

from rich.cells import cell_len
from rich.table import Table
from rich.text import Text

from newsdesk.index import Facet, FacetCount, FacetField

_WIDTHS = range(5, 31)  # characters of the longest bar
_BESIDE = 26  # characters that indents, gaps and figures take
_EIGHTHS = " ▏▎▍▌▋▊▉"
_MOST_VALUES = 10
_MOST_DAYS = 31  # with articles; above it, months
_LONGEST_GAP = 7  # days or months without articles in a row


def facet_bars(facets: Sequence[Facet], total: int, *, width: int) -> Table:
    """Counts of `total` articles with their share of it: the most frequent values, and each day or month.

    Bars are as long as `width`, that of the terminal, leaves room for.
    """
    longest = max((cell_len(count.value) for facet in facets for count in _shown(facet)), default=0)
    longest_bar = max(_WIDTHS[0], min(_WIDTHS[-1], width - longest - _BESIDE))
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("", overflow="fold")
    for head in ("articles", "share"):
        table.add_column(head, justify="right", header_style="dim")
    table.add_column("")
    for facet in facets:
        if facet.counts:
            table.add_row(Text(facet.field.value, "bold"))
            _add_rows(table, facet, total, longest_bar)
    return table


def _shown(facet: Facet) -> Sequence[FacetCount]:
    return by_date(facet.counts) if facet.field is FacetField.DAY else facet.counts[:_MOST_VALUES]


def _add_rows(table: Table, facet: Facet, total: int, longest_bar: int) -> None:
    counts = _shown(facet)
    most = max(count.count for count in counts)
    for count in counts:
        share = f"{100 * count.count / total:.0f} %" if total else ""
        bar = Text(_bar(count.count / most * longest_bar), "cyan")
        table.add_row(Text(f"  {count.value or 'unknown'}"), f"{count.count:,}", share, bar)
    rest = len(facet.counts) - len(counts)
    if facet.field is not FacetField.DAY and rest > 0:
        table.add_row(Text(f"  and {rest:,} more", "dim"))


def by_date(counts: Sequence[FacetCount]) -> list[FacetCount]:
    """Every day, or where those are many every month, the newest first; long gaps are left out."""
    days = {date.fromisoformat(count.value): count.count for count in counts if count.value}
    undated = [count for count in counts if not count.value]
    shown = Counter({f"{day}": number for day, number in days.items()})
    every = (f"{day}" for day in _days(days))
    if len(days) > _MOST_DAYS:
        shown = Counter()
        for day, number in days.items():
            shown[f"{day:%Y-%m}"] += number
        every = (f"{day:%Y-%m}" for day in _days(days))
    dated = [FacetCount(value=name, count=shown[name]) for name in dict.fromkeys(every)]
    kept: list[FacetCount] = []
    for is_empty, run in groupby(reversed(dated), lambda count: count.count == 0):
        gap = list(run)
        kept += gap if not is_empty or len(gap) <= _LONGEST_GAP else ()
    return [*kept, *undated]


def _days(held: Collection[date]) -> Iterator[date]:
    """All between the first and the last."""
    first, last = min(held, default=date.min), max(held, default=date.min)
    return (first + timedelta(days=number) for number in range((last - first).days + 1 if held else 0))


def _bar(length: float) -> str:
    """A bar in eighths of a character; whoever has one article has something to show."""
    if length == 0:
        return ""
    full, eighths = divmod(max(1, round(8 * length)), 8)
    return "█" * full + (_EIGHTHS[eighths] if eighths else "")
