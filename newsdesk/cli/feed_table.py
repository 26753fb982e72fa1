"""The feeds as a table: as many figures as there is room for, and below each that is not well, why and what to do."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from rich.text import Text

from newsdesk.feed_health import FeedState, show_age
from newsdesk.ledger.feed_health import WatchedFeed

STYLES = {
    FeedState.GONE: "red",
    FeedState.BLOCKED: "red",
    FeedState.FAILING: "red",
    FeedState.SILENT: "yellow",
    FeedState.SLOW: "yellow",
    FeedState.OK: "green",
}

_WIDEST = 132  # columns: longer lines are hard to read
_NARROWEST = 50
_NAME = (16, 36)  # least and most characters of a name
_STATE = max(len(state) for state in FeedState) + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class _Column:
    head: str
    width: int
    from_width: int  # of the terminal that shows it
    cell: Callable[[WatchedFeed, datetime], str]


def _ago(instant: datetime | None, now: datetime) -> str:
    return show_age(now - instant) if instant is not None else "never"


def _newest(feed: WatchedFeed, now: datetime) -> str:
    """Some feeds have entries, and never a date."""
    return _ago(feed.newest_at, now) if feed.newest_at or not feed.last_new_at else "undated"


def _next(feed: WatchedFeed, now: datetime) -> str:
    if feed.due_at is None:
        return "never"
    return show_age(feed.due_at - now) if feed.due_at > now else "due"


def _every(feed: WatchedFeed) -> str:
    """While it fails, another interval holds."""
    is_known = feed.interval_seconds is not None and not feed.failures
    return show_age(timedelta(seconds=feed.interval_seconds or 0)) if is_known else ""


def _overlap(feed: WatchedFeed) -> str:
    return f"{feed.overlap:.0%}" if feed.overlap is not None else ""


_COLUMNS = (
    _Column(head="tried", width=8, from_width=0, cell=lambda feed, now: _ago(feed.last_polled_at, now)),
    _Column(head="read", width=8, from_width=80, cell=lambda feed, now: _ago(feed.last_success_at, now)),
    _Column(head="newest", width=8, from_width=0, cell=_newest),
    _Column(head="overlap", width=8, from_width=110, cell=lambda feed, _: _overlap(feed)),
    _Column(head="every", width=8, from_width=70, cell=lambda feed, _: _every(feed)),
    _Column(head="next in", width=8, from_width=0, cell=_next),
)


def feed_lines(feeds: Sequence[WatchedFeed], now: datetime, *, width: int) -> Iterator[Text]:
    """Lines of at most `width` characters, 50 at least."""
    width = max(_NARROWEST, min(width, _WIDEST))
    columns = [column for column in _COLUMNS if width >= column.from_width]
    figures = sum(column.width + 1 for column in columns)
    longest = max((len(feed.name) for feed in feeds), default=0)
    name = max(_NAME[0], min(longest, _NAME[1], width - _STATE - figures - 1))
    room = width - _STATE - name - figures - 1  # for what is said of those that are well
    heads = "".join(f" {column.head:>{column.width}}" for column in columns)
    yield Text(f"{'state':{_STATE}}{'feed':{name}}{heads}", "dim")
    for feed in feeds:
        cells = "".join(f" {column.cell(feed, now):>{column.width}}" for column in columns)
        line = Text.assemble((f"{feed.health.state.value:{_STATE}}", STYLES[feed.health.state]), _cut(feed.name, name))
        line.append(cells)
        has_room = feed.health.state is FeedState.OK and len(feed.health.why) < room
        if has_room:
            line.append(f"  {feed.health.why}", "dim")
        yield line
        if feed.health.state is not FeedState.OK or (feed.failures and not has_room):
            yield from told(feed, width)


def told(feed: WatchedFeed, width: int) -> Iterator[Text]:
    """Why, and what to do, below the feed."""
    yield from folded(feed.health.why, width, first=" " * _STATE, style="")
    if feed.health.remedy:
        yield from folded(feed.health.remedy, width, first=" " * _STATE + "→ ", style="dim")


def folded(text: str, width: int, *, first: str, style: str) -> Iterator[Text]:
    """By words; commands and words that are longer than a line, such as URLs, stay whole."""
    line, rest = first, " " * len(first)
    started = False
    for word in re.findall(r"`[^`]*`\S*|\S+", text):
        if started and len(line) + len(word) > width:
            yield Text(line.rstrip(), style)
            line = rest
        line, started = f"{line}{word} ", True
    yield Text(line.rstrip(), style)


def _cut(name: str, width: int) -> str:
    return f"{name:{width}}" if len(name) <= width else f"{name[: width - 1].rstrip()}…".ljust(width)


def feed_rows(feeds: Sequence[WatchedFeed]) -> Iterator[tuple[object, ...]]:
    """For programs: state, name, last try, last success, newest entry, overlap, interval, next poll, why, URL."""
    for feed in feeds:
        times = (feed.last_polled_at, feed.last_success_at, feed.newest_at)
        yield (
            feed.health.state.value,
            feed.name,
            *(_iso(instant) for instant in times),
            "" if feed.overlap is None else f"{feed.overlap:.2f}",
            "" if feed.interval_seconds is None else feed.interval_seconds,
            _iso(feed.due_at),
            feed.health.why,
            feed.url,
        )


def _iso(instant: datetime | None) -> str:
    return instant.isoformat(timespec="seconds") if instant is not None else ""
