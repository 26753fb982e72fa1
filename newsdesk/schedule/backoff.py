"""When to ask a feed again that failed. Never "dead": the longer it fails the rarer, down to once a week."""

from datetime import datetime, timedelta

from newsdesk.model import Reason
from newsdesk.schedule.records import DAY, HOUR, WEEK, Interval, PollLimits, Rhythm

_DAILY_AFTER = timedelta(days=14)
_WEEKLY_AFTER = timedelta(days=90)
_GONE = 13 * HOUR  # three sightings fall on a day and a bit, spread or not: enough to retire the feed
_MOST_DOUBLINGS = 20


def interval_after_failure(
    rhythm: Rhythm, limits: PollLimits, *, reason: Reason, failing_since: datetime | None, now: datetime
) -> Interval:
    """Seconds to the next try before spreading: doubled with each failure in a row, a day at most.

    After 14 days of failing daily, after 90 weekly. A server that asks us to wait without saying how long is asked at
    its usual interval at first, not sooner. `failing_since` is the first failure in a row, None at the first.
    """
    lasting = now - failing_since if failing_since is not None else timedelta()
    if lasting > _WEEKLY_AFTER:
        return Interval(seconds=WEEK, why=f"failing for {lasting.days} days: once a week")
    if lasting > _DAILY_AFTER:
        return Interval(seconds=DAY, why=f"failing for {lasting.days} days: once a day")
    if reason is Reason.GONE:
        return Interval(seconds=_GONE, why="the server says it is gone: asked again before it is retired")
    base = rhythm.fixed or limits.minimum
    if reason is Reason.RATE_LIMITED:
        base = max(base, rhythm.interval or limits.default)
    seconds = min(max(base, 1) * 2 ** min(rhythm.failures, _MOST_DOUBLINGS), DAY)
    count = rhythm.failures + 1
    return Interval(seconds=int(seconds), why="1 failure" if count == 1 else f"{count} failures in a row")
