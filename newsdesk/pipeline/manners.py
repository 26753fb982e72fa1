"""Manners: requests to a registrable domain are spaced, whoever asks: feeds and pages, all processes alike."""

import asyncio
from datetime import datetime, timedelta

from newsdesk.fetch import domain_of
from newsdesk.ledger import feeds
from newsdesk.services import Services


async def wait_for_slot(services: Services, url: str, *, least_seconds: float = 0.0) -> datetime | None:
    """Sleep until a request for `url` may start. An instant instead of None: no slot soon, come back then.

    `least_seconds` is what the site itself asks for (Crawl-delay), a minute at most.
    """
    spacing = timedelta(seconds=max(services.settings.spacing_seconds, min(least_seconds, 60.0)))
    horizon = timedelta(seconds=services.settings.lease_seconds / 4)
    slot, ours = await asyncio.to_thread(_reserve, services, url, spacing, horizon)
    if not ours:
        return slot
    await asyncio.sleep(max(0.0, (slot - services.clock()).total_seconds()))
    return None


def _reserve(services: Services, url: str, spacing: timedelta, horizon: timedelta) -> tuple[datetime, bool]:
    now = services.clock()
    with services.ledger.write() as connection:
        return feeds.reserve_slot(connection, domain_of(url), now=now, spacing=spacing, horizon=horizon)
