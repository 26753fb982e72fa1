"""When to poll next after a poll that went well.

    interval = max(min(fresh, safe), server's floor) between the shortest and the longest interval

- *fresh*: a third of an entry is to be expected, so that about three polls fall on an entry; never below the default
  interval. Nothing new: a quarter longer than last time, until half an entry is to be expected. Entries are expected
  by the rate of the last fifty and by their hour of the week, so no interval sleeps through an hour that is known to
  be busy. While the feed lives no interval is longer than 8 hours; one that is silent is asked at intervals of a
  hundredth of the silence, so once a day after a hundred days.
- *safe*: a third of the document is to be new, so that nothing falls out of it unseen. A document that shares little
  with the one before shortens the interval at once.
- A feed whose host is not known yet is asked every 10 minutes at most, one without validators (each poll is a whole
  transfer) once an hour. **Losing no story goes first**: where *safe* is shorter than that, *safe* holds, down to the
  shortest interval. What the server itself asks for goes before both.
"""

from dataclasses import dataclass

from newsdesk.schedule.forecast import LATEST, Outlook, ages_of, rate_in_words, seconds_to_fill
from newsdesk.schedule.records import HOUR, Floor, Interval, PollLimits, Rhythm, Success, in_words

_PART = 1 / 3  # of an entry, of a window
_HALF = 1 / 2
_GROWTH = 1.25
_LATEST_NEWS = 8 * HOUR
_SILENCE = 1 / 100
_LOW_OVERLAP = 0.2
_UNKNOWN_HOST = 2  # times the shortest interval
_NO_VALIDATORS = HOUR
_TYPICAL_WINDOW = 10  # entries, where it is not known: nine feeds of ten have as many or more
_PUSHED = 6
_LONGEST_PUSHED = 12 * HOUR


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    """Seconds; `rate` in words."""

    fresh: float
    safe: float
    rate: str


def interval_after_success(rhythm: Rhythm, limits: PollLimits, success: Success) -> Interval:
    """Seconds to the next poll before spreading, and why.

    The operator's `every` goes below the document's ttl, which is often copied unread, but not below what the response
    itself says.
    """
    if rhythm.fixed is not None:
        return _fixed(rhythm.fixed, success.floor)
    wanted = _wanted(rhythm, limits, success)
    shortest = _shortest(limits, success, wanted.safe)
    seconds = min(max(min(wanted.fresh, wanted.safe), shortest), limits.maximum)
    if success.is_pushed:
        seconds = max(seconds, min(seconds * _PUSHED, _LONGEST_PUSHED, limits.maximum))
    asked = max(success.floor.response, success.floor.document)
    if asked > seconds:
        return Interval(seconds=asked, why=_asked(success, wanted))
    return Interval(seconds=int(seconds), why=_why(success, wanted, shortest))


def _fixed(fixed: int, floor: Floor) -> Interval:
    if floor.response > fixed:
        why = f"the server asks for {in_words(floor.response)} ({floor.header}), the watchlist for {in_words(fixed)}"
        return Interval(seconds=floor.response, why=why)
    return Interval(seconds=fixed, why="fixed by the watchlist")


def _wanted(rhythm: Rhythm, limits: PollLimits, success: Success) -> _Wanted:
    present = float(rhythm.interval or limits.default)
    if success.is_pushed:
        present /= _PUSHED  # it was lengthened, too
    ages = ages_of(success.arrivals, success.now)
    wanted = _by_dates(ages, limits, success, present) if len(ages) > 1 else _by_counts(limits, success, present)
    return _Wanted(fresh=wanted.fresh, safe=min(wanted.safe, _by_overlap(limits, success, present)), rate=wanted.rate)


def _by_dates(ages: list[float], limits: PollLimits, success: Success, present: float) -> _Wanted:
    outlook = Outlook(ages)
    fresh = outlook.seconds_until(_PART)
    if not success.new:
        fresh = max(fresh, min(present * _GROWTH, outlook.seconds_until(_HALF)))
    fresh = max(limits.default, min(fresh, max(_LATEST_NEWS, ages[-1] * _SILENCE)))
    if success.is_first:
        fresh = limits.default
    safe = seconds_to_fill(ages, _window(success), shortest=limits.minimum) / LATEST
    return _Wanted(fresh=fresh, safe=safe, rate=rate_in_words(outlook.rate))


def _by_counts(limits: PollLimits, success: Success, present: float) -> _Wanted:
    """Without dates: by how many entries of the document were new."""
    never = float("inf")
    if success.is_first:
        return _Wanted(fresh=success.period or limits.default, safe=never, rate="")
    if not success.new:
        return _Wanted(fresh=present * _GROWTH, safe=never, rate="nothing new")
    share = success.new / max(success.seen, success.new)
    return _Wanted(
        fresh=max(limits.default, present * _PART / success.new),
        safe=present * _PART / share,
        rate=rate_in_words(success.new / present),
    )


def _by_overlap(limits: PollLimits, success: Success, present: float) -> float:
    if success.overlap is None or success.is_first or success.overlap >= _LOW_OVERLAP:
        return float("inf")
    return present * _PART if success.overlap else limits.minimum


def _window(success: Success) -> int:
    return success.seen or success.window or _TYPICAL_WINDOW


def _shortest(limits: PollLimits, success: Success, safe: float) -> float:
    shortest = limits.minimum
    if success.is_first:
        shortest *= _UNKNOWN_HOST
    if not success.has_validators:
        shortest = max(shortest, _NO_VALIDATORS)
    return max(limits.minimum, min(shortest, safe))


def _asked(success: Success, wanted: _Wanted) -> str:
    floor = success.floor
    if floor.response >= floor.document:
        why, asked = f"the server asks for {in_words(floor.response)} ({floor.header})", floor.response
    else:
        why, asked = f"the feed asks for {in_words(floor.document)} (ttl)", floor.document
    if wanted.safe < asked:
        why += f"; its window of {_window(success)} may roll over sooner"
    return why


def _why(success: Success, wanted: _Wanted, shortest: float) -> str:
    if success.is_pushed:
        return "pushed by its hub"
    if success.is_first:
        return "a new feed"
    if success.overlap is not None and success.overlap < _LOW_OVERLAP:
        return f"{success.overlap:.0%} of the last window was known" if success.overlap else "the window rolled over"
    if not success.has_validators and min(wanted.fresh, wanted.safe) < shortest:
        return f"no validators: once in {in_words(shortest)} at most"
    return f"{wanted.rate}, window of {_window(success)}" if wanted.safe < wanted.fresh else wanted.rate
