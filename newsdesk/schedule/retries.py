"""When to try a row again that failed, and when a person must look."""

from datetime import datetime, timedelta

from newsdesk.model import Quarantined, Reason, Retry

LONGEST_RETRY_AFTER = timedelta(days=7)  # what a server may ask of one feed or page

_BACKOFF_BASE = 30
_BACKOFF_CAP = 6 * 3600


def retry_or_give_up(  # noqa: PLR0913 - each argument is one thing that the decision depends on
    *, attempts: int, limit: int, now: datetime, chance: float, reason: Reason, detail: str, not_before: datetime | None
) -> Retry | Quarantined:
    """Another try with full jitter around 30 s · 2ⁿ, 6 h at most; after `limit` attempts a person must look.

    `not_before` is what the server asked for (Retry-After).
    """
    if attempts >= limit:
        return Quarantined(
            reason=Reason.ATTEMPTS_USED_UP, detail=f"{reason.value} after {attempts} attempts: {detail}".rstrip(": ")
        )
    pause = min(_BACKOFF_BASE * 2 ** (attempts - 1), _BACKOFF_CAP)
    at = as_asked(now + timedelta(seconds=pause * (0.5 + chance)), not_before, now)
    return Retry(at=at, reason=reason, detail=detail)


def as_asked(at: datetime, not_before: datetime | None, now: datetime) -> datetime:
    """`at`, but not sooner than the server asked for (Retry-After), which is honoured for a week at most."""
    return at if not_before is None else max(at, min(not_before, now + LONGEST_RETRY_AFTER))
