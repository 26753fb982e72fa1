"""410 Gone is believed when it has been said three times over a day: then nobody asks any more."""

from dataclasses import dataclass
from datetime import datetime, timedelta

_SIGHTINGS = 3
_SPAN = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """How often the server has said 410 since when. A success starts it anew; other errors leave it as it is."""

    seen: int = 0
    since: datetime | None = None


def gone_again(gone: Gone, now: datetime) -> Gone:
    """One more 410."""
    return Gone(seen=gone.seen + 1, since=gone.since or now)


def is_retired(gone: Gone, now: datetime) -> bool:
    """Whether the feed is to be asked no more, and a person told."""
    return gone.since is not None and gone.seen >= _SIGHTINGS and now - gone.since >= _SPAN
