"""What a server asks us to wait before we come again: read from a 200 and from a 304 alike."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from newsdesk.schedule.records import DAY, Floor

_LONGEST = DAY  # a server may ask for a day of rest, not for a decade


def server_floor(headers: Mapping[str, str], ttl_seconds: int | None, now: datetime) -> Floor:
    """What the server asks us to wait (RFC 9111 §4.2.1; RSS ttl); 0 where it does not, a day at most.

    `headers` have lower-case names. `no-cache` and `no-store` speak of caches and ask for no delay.
    """
    control = headers.get("cache-control", "").lower()
    age = expires = 0
    if "no-cache" not in control and "no-store" not in control:
        age, expires = _max_age(control), _bounded(_expires(headers, now))
    return Floor(
        response=max(age, expires),
        document=_bounded(ttl_seconds or 0),
        header="Expires" if expires > age else "max-age",
    )


def _bounded(seconds: int) -> int:
    return min(max(seconds, 0), _LONGEST)


def _max_age(control: str) -> int:
    for part in control.split(","):
        name, _, value = part.strip().partition("=")
        figure = value.strip('" ')
        if name == "max-age" and figure.isascii() and figure.isdigit():
            return _LONGEST if len(figure) > len(str(_LONGEST)) else _bounded(int(figure))
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
        return parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
