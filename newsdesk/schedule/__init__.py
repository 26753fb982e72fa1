"""When to poll next, when to try again. Pure: figures and `now` in, instants and reasons out.

`chance` is a number from 0 up to 1 that the caller draws; it spreads requests so that they do not start together.
"""

from newsdesk.schedule.backoff import interval_after_failure
from newsdesk.schedule.floors import http_date, server_floor
from newsdesk.schedule.gone import Gone, gone_again, is_retired
from newsdesk.schedule.intervals import interval_after_success
from newsdesk.schedule.moves import Move, is_lasting, is_refused, moved_again
from newsdesk.schedule.records import DAY, Floor, Interval, PollLimits, Rhythm, Success
from newsdesk.schedule.retries import LONGEST_RETRY_AFTER, as_asked, retry_or_give_up
from newsdesk.schedule.spreading import spread

__all__ = [
    "DAY",
    "LONGEST_RETRY_AFTER",
    "Floor",
    "Gone",
    "Interval",
    "Move",
    "PollLimits",
    "Rhythm",
    "Success",
    "as_asked",
    "gone_again",
    "http_date",
    "interval_after_failure",
    "interval_after_success",
    "is_lasting",
    "is_refused",
    "is_retired",
    "moved_again",
    "retry_or_give_up",
    "server_floor",
    "spread",
]
