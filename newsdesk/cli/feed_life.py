"""One feed, told in full."""

from collections.abc import Iterator
from datetime import datetime

from rich.text import Text

from newsdesk.backtest import Day
from newsdesk.cli.day_columns import day_columns
from newsdesk.cli.feed_table import STYLES, folded
from newsdesk.feed_health import FeedHealth, show_age, show_minute, show_number
from newsdesk.ledger.feed_health import WatchedFeed
from newsdesk.ledger.feed_life import EventLife, FeedLife, PollLife
from newsdesk.model import FeedEventKind

_LABEL = 11
_INSTANT = 20
_NARROWEST, _WIDEST = 40, 112


def life_lines(life: FeedLife, now: datetime, *, width: int) -> Iterator[Text]:
    """All lines; instants are UTC."""
    width = max(_NARROWEST, min(width, _WIDEST))
    yield Text(life.feed.name, "bold")
    yield Text(life.feed.url, "cyan")
    yield Text()
    yield from _state(life.feed.health, width)
    for label, text in _facts(life, now):
        yield from _lines(label, text, width)
    if any(number for _, number in life.days):
        yield Text()
        yield Text("Entries by the day of their arrival", "bold")
        yield from day_columns([Day(day=day, articles=number) for day, number in life.days], width=width)
    if life.events:
        yield Text()
        yield Text("What happened", "bold")
        for event in life.events:
            yield from _event(event, width)
    if life.polls:
        yield Text()
        yield Text("Last polls", "bold")
        for poll in life.polls:
            yield from _poll(poll, width)


def _state(health: FeedHealth, width: int) -> Iterator[Text]:
    first, *rest = _lines("state", f"{health.state.value}: {health.why}", width)
    first.stylize(STYLES[health.state], _LABEL, _LABEL + len(health.state.value))
    yield from (first, *rest)
    if health.remedy:
        yield from folded(health.remedy, width, first=" " * _LABEL + "→ ", style="dim")
    if health.is_learning:
        yield from _lines("", "until its rhythm is known, only a month of quiet is silence", width)


def _lines(label: str, text: str, width: int) -> Iterator[Text]:
    first, *rest = folded(text, width, first=f"{label:{_LABEL}}", style="")
    first.stylize("dim", 0, _LABEL)
    yield from (first, *rest)


def _facts(life: FeedLife, now: datetime) -> Iterator[tuple[str, str]]:
    feed = life.feed
    if life.title:
        yield "title", life.title + (f"  {life.home}" if life.home else "")
    if life.fetch_url != feed.url:
        yield "polled at", life.fetch_url
    yield "entries", f"{life.entries} since {show_minute(life.created_at)}" + _aliases(life)
    yield "newest", _newest(feed, now)
    yield "read", f"{_when(feed.last_success_at, now)}; tried {_when(feed.last_polled_at, now)}"
    if feed.interval_seconds is not None:
        yield "interval", f"{_seconds(feed.interval_seconds)}" + (f": {feed.interval_why}" if feed.interval_why else "")
    yield "next poll", _next(life, now)
    if life.window is not None:
        overlap = f", {feed.overlap:.0%} of it known before" if feed.overlap is not None else ""
        yield "window", f"{life.window} {'entry' if life.window == 1 else 'entries'}{overlap}"
    yield "validators", _validators(life)
    if life.subscription is not None:
        yield "hub", _subscription(life, now)
    yield from _changes(life)


def _newest(feed: WatchedFeed, now: datetime) -> str:
    if feed.last_new_at is None:
        return _when(feed.newest_at, now)
    published = _when(feed.newest_at, now) if feed.newest_at else "its entries have no dates"
    return f"{published}; found {_when(feed.last_new_at, now)}"


def _aliases(life: FeedLife) -> str:
    known = {0: "", 1: "; 1 of them under a second id"}
    return known.get(life.aliases, f"; {life.aliases} later ids of them")


def _when(instant: datetime | None, now: datetime) -> str:
    return f"{show_minute(instant)}, {show_age(now - instant)} ago" if instant is not None else "never"


def _seconds(seconds: int) -> str:
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= 2 * size:
            return f"{show_number(seconds / size)} {unit}"
    return f"{seconds} s"


def _next(life: FeedLife, now: datetime) -> str:
    feed = life.feed
    if life.retired_at is not None:
        return "never: it is retired; `newsdesk feeds revive` polls it again"
    if not life.active:
        return "never: it is no longer in the watchlist"
    if feed.due_at is None:
        return "never"
    text = f"{show_minute(feed.due_at)}, " + ("due" if feed.due_at <= now else f"in {show_age(feed.due_at - now)}")
    if feed.not_before is not None and feed.not_before > now:
        return f"{text}; its server forbids an earlier one (Retry-After until {show_minute(feed.not_before)})"
    return f"{text}; `newsdesk feeds poll` makes it due now" if feed.due_at > now else text


def _validators(life: FeedLife) -> str:
    held = [name for name, has in (("ETag", life.has_etag), ("Last-Modified", life.has_last_modified)) if has]
    return " and ".join(held) if held else "none: each poll transfers the whole document"


def _subscription(life: FeedLife, now: datetime) -> str:
    held = life.subscription
    if held is None:
        return ""
    text = f"{held.hub}: {held.state}"
    text += f", lease until {show_minute(held.ends_at)}" if held.ends_at else ""
    text += f", pushed {show_age(now - held.pushed_at)} ago" if held.pushed_at else ""
    return text + (f" ({held.reason}: {held.detail})" if held.reason else "")


def _changes(life: FeedLife) -> Iterator[tuple[str, str]]:
    """What is under way: a move, an end; and how it is read."""
    if life.move_to and life.move_since:
        yield "moves to", f"{life.move_to}: seen {life.move_seen} times since {show_minute(life.move_since)}"
    if life.gone_seen and life.gone_since and life.retired_at is None:
        yield "gone?", f"its server said so {life.gone_seen} times since {show_minute(life.gone_since)}"
    if life.reader:
        yield "parser", f"{life.reader} alone: the fast one reads it otherwise"
    if life.guid_rule != "guid":
        yield "identity", "id and link: one id stood on several entries"


_KINDS = {FeedEventKind.GAP: "red", FeedEventKind.RETIRED: "red", FeedEventKind.LOW_OVERLAP: "yellow"}


def _event(event: EventLife, width: int) -> Iterator[Text]:
    head = Text.assemble(
        (f"  {show_minute(event.at)}  ", "dim"), (f"{event.kind.value:15}", _KINDS.get(event.kind, ""))
    )
    told = event.detail
    if event.since and event.until:
        told += f", {show_minute(event.since)} to {show_minute(event.until)}"
    if event.missed is not None:
        told += f", about {show_number(event.missed)} entries missed"
    if event.found is not None:
        told += f", {event.found} found on older pages"
    yield from _with_detail(head.append(" "), told, width, style="")


def _with_detail(head: Text, detail: str, width: int, *, style: str) -> Iterator[Text]:
    """On one line if there is room, else below, as far as the instant is wide."""
    if not detail or len(head) + len(detail) <= width:
        yield head.append(detail, style)
        return
    head.rstrip()
    yield head
    yield from folded(detail, width, first=" " * _INSTANT, style=style)


def _poll(poll: PollLife, width: int) -> Iterator[Text]:
    ended = poll.outcome if poll.reason is None else poll.reason
    style = "red" if poll.outcome in ("retry", "dropped", "quarantined") else "dim" if poll.reason else "green"
    text = Text.assemble((f"  {show_minute(poll.started_at)}  ", "dim"), (f"{ended:16}", style))
    text.append(f" {poll.status or '':>3} {poll.seconds:5.1f} s")
    if poll.entries_seen:
        changed = f", {poll.entries_changed} changed" if poll.entries_changed else ""
        text.append(f"  {poll.entries_new} new{changed} of {poll.entries_seen}")
    if poll.overlap is not None:
        text.append(f", {poll.overlap:.0%} known")
    if poll.via != "poll":
        text.append(f"  by {poll.via}")
    yield from _with_detail(text.append("  " if poll.detail else ""), poll.detail or "", width, style="dim")
