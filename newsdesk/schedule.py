"""When to poll next, when to try again. Pure: figures and `now` in, instants out.

`chance` is a number from 0 up to 1 that the caller draws; it spreads requests so that they do not start together.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from newsdesk.model import Quarantined, Reason, Retry

DAY = 86_400
_MAX_SERVER_FLOOR = DAY  # a server may ask for a day of rest, not for a decade
LONGEST_RETRY_AFTER = timedelta(days=7)  # what a server may ask of one feed or page
_BACKOFF_BASE = 30
_BACKOFF_CAP = 6 * 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class PollLimits:
    """Seconds: the shortest, first and longest time between two polls."""

    minimum: int
    default: int
    maximum: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """What the next poll of a feed depends on. Seconds."""

    interval: int | None  # the present one; None before the first poll
    fixed: int | None  # set by the operator
    failures: int  # polls in a row without success


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor:
    """Seconds that the other side asks us to wait: by its response (max-age, Expires), by the document (ttl)."""

    response: int = 0
    document: int = 0


def interval_after_success(rhythm: Rhythm, limits: PollLimits, *, new: int, seen: int, floor: Floor) -> int:
    """Seconds to the next poll, before spreading.

    A poll should find at most a third of the document new: more means that entries may fall out unseen between polls.
    Nothing new lengthens the interval by a quarter. What the server asks for is a floor; the operator may go below the
    document's ttl, which is often copied unread, but not below what the response itself says.
    """
    if rhythm.fixed is not None:
        return max(rhythm.fixed, floor.response)
    present = rhythm.interval or limits.default
    if rhythm.interval is None:
        wanted = float(limits.default)  # all is new at first sight: that says nothing
    elif new == 0:
        wanted = present * 1.25
    else:
        share = new / max(seen, 1)
        wanted = present * min(1.0, (1 / 3) / share)
    return int(max(limits.minimum, floor.response, floor.document, min(wanted, limits.maximum)))


def interval_after_failure(rhythm: Rhythm, limits: PollLimits) -> int:
    """Seconds to the next try: doubled with each failure in a row, a day at most, never "dead"."""
    base = rhythm.fixed or limits.minimum
    return int(min(max(base, 1) * 2 ** min(rhythm.failures, 20), DAY))


def server_floor(headers: Mapping[str, str], ttl_seconds: int | None, now: datetime) -> Floor:
    """What the server asks us to wait (RFC 9111 §4.2.1; RSS ttl); 0 where it does not, a day at most.

    `headers` have lower-case names and may be those of a 304.
    """
    wanted = 0
    control = headers.get("cache-control", "").lower()
    if "no-cache" not in control and "no-store" not in control:
        wanted = max(_max_age(control), _expires(headers, now))
    return Floor(
        response=min(max(wanted, 0), _MAX_SERVER_FLOOR), document=min(max(ttl_seconds or 0, 0), _MAX_SERVER_FLOOR)
    )


def _max_age(control: str) -> int:
    for part in control.split(","):
        name, _, value = part.strip().partition("=")
        if name == "max-age" and value.strip('" ').isdigit():
            return min(int(value.strip('" ')), _MAX_SERVER_FLOOR)
    return 0


def _expires(headers: Mapping[str, str], now: datetime) -> int:
    expires = http_date(headers.get("expires", ""))
    if expires is None:
        return 0
    return int((expires - (http_date(headers.get("date", "")) or now)).total_seconds())


def http_date(text: str) -> datetime | None:
    """An HTTP date (RFC 9110 §5.6.7), aware UTC, or None."""
    try:
        parsed = parsedate_to_datetime(text)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
    return parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)


def spread(seconds: float, chance: float) -> timedelta:
    """`seconds` less 5 % to plus 10 %."""
    return timedelta(seconds=seconds * (0.95 + 0.15 * chance))


def retry_or_give_up(  # noqa: PLR0913 - each argument is one thing that the decision depends on
    *, attempts: int, limit: int, now: datetime, chance: float, reason: Reason, detail: str, not_before: datetime | None
) -> Retry | Quarantined:
    """Another try with full jitter around 30 s · 2ⁿ, 6 h at most; after `limit` attempts a person must look.

    `not_before` is what the server asked for (Retry-After), honoured for a week at most.
    """
    if attempts >= limit:
        return Quarantined(
            reason=Reason.ATTEMPTS_USED_UP, detail=f"{reason.value} after {attempts} attempts: {detail}".rstrip(": ")
        )
    pause = min(_BACKOFF_BASE * 2 ** (attempts - 1), _BACKOFF_CAP)
    at = now + timedelta(seconds=pause * (0.5 + chance))
    if not_before is not None:
        at = max(at, min(not_before, now + LONGEST_RETRY_AFTER))
    return Retry(at=at, reason=reason, detail=detail)
