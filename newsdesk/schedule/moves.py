"""When a redirect is a move: only if it is permanent all the way, leads to the same feed, and lasts a week."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus

_PERMANENT = (HTTPStatus.MOVED_PERMANENTLY, HTTPStatus.PERMANENT_REDIRECT)
_SIGHTINGS = 5
_SPAN = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """Where a feed seems to have moved, and how often that was seen since when.

    A target that was refused is kept with `seen` 0: from its second document on it would share entries with itself.
    """

    target: str | None = None
    seen: int = 0
    since: datetime | None = None


def moved_again(
    move: Move, hops: Sequence[tuple[int, str]], final_url: str, now: datetime, *, overlap: float | None
) -> Move:
    """What is known after one more poll. `hops` are the redirects in order: status and the URL that answered with it.

    `overlap` is the share of the target's entries that the feed had before; 1.0 for a 304 or the same bytes, None where
    there is no such share: the target is no feed, or nothing was known before. No redirect, a temporary hop (302, 303,
    307) or no overlap known at all start anew.
    """
    if overlap is None or not hops or any(status not in _PERMANENT for status, _ in hops):
        return Move()
    if move.target != final_url:
        return Move(target=final_url, seen=1 if overlap > 0 else 0, since=now)
    if is_refused(move):
        return move
    return Move(target=final_url, seen=move.seen + 1, since=move.since or now)


def is_refused(move: Move) -> bool:
    """Whether the target is another feed: it shared no entry with this one when it was first seen."""
    return move.target is not None and move.seen == 0


def is_lasting(move: Move, now: datetime) -> bool:
    """Whether the target is to be asked instead from now on."""
    return move.since is not None and move.seen >= _SIGHTINGS and now - move.since >= _SPAN
