"""Requests that would start together are drawn apart. `chance` is a number from 0 up to 1 that the caller draws."""

from datetime import timedelta


def spread(seconds: float, chance: float) -> timedelta:
    """`seconds` less 5 % to plus 10 %."""
    return timedelta(seconds=seconds * (0.95 + 0.15 * chance))
