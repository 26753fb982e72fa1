"""The weekly report of the feeds: gathered from the ledger, and queued once in each ISO week (UTC)."""

from collections import Counter, defaultdict
from datetime import datetime, timedelta

from newsdesk.feed_health import FeedState
from newsdesk.ledger import Connection
from newsdesk.ledger.feed_health import WatchedFeed, watched_feeds
from newsdesk.ledger.feed_life import EventLife, events_since
from newsdesk.ledger.reports import queue_report, queued_at
from newsdesk.messages import FeedIncident, FeedReport, FeedTrouble, parse_sender, render_feed_report
from newsdesk.model import FeedEventKind
from newsdesk.services import Services

_WEEK = timedelta(days=7)


def feed_report(services: Services) -> FeedReport:
    """The report as it would be now."""
    with services.ledger.read() as connection:
        return _gather(connection, services.clock(), services.settings.fetch_seconds)


def queue_feed_report(services: Services) -> datetime | None:
    """Queue the report of this week, if that was not done yet. Returns when it was queued before, else None.

    Rendered once, in the transaction that queues it: a crash before leaves nothing behind, and no week has two mails.
    """
    settings, now = services.settings, services.clock()
    with services.ledger.write() as connection:
        report = FeedReport(since=now - _WEEK, until=now, states={}, troubles=(), incidents=())
        before = queued_at(connection, report.key)
        if before is not None:
            return before
        report = _gather(connection, now, settings.fetch_seconds)
        message = render_feed_report(report, sender=parse_sender(settings.mail_from), recipient=settings.report_to)
        channel = settings.mail_address.partition(":")[0]
        queue_report(connection, message, key=report.key, channel=channel, now=now)
    return None


def _gather(connection: Connection, now: datetime, deadline: float) -> FeedReport:
    feeds = watched_feeds(connection, now, deadline=deadline)
    counts = Counter(feed.health.state for feed in feeds)
    return FeedReport(
        since=now - _WEEK,
        until=now,
        states={state: counts[state] for state in FeedState},
        troubles=tuple(
            FeedTrouble(name=feed.name, url=feed.url, health=feed.health) for feed in feeds if feed.health.needs_person
        ),
        incidents=_incidents(connection, {feed.id: feed for feed in feeds}, now),
    )


def _incidents(connection: Connection, feeds: dict[str, WatchedFeed], now: datetime) -> tuple[FeedIncident, ...]:
    """Alike things of one feed are one; what a hub said of a feed that it pushes now needs no line."""
    alike: defaultdict[tuple[str, FeedEventKind], list[EventLife]] = defaultdict(list)
    for key, event in events_since(connection, now - _WEEK):
        if key in feeds and not (event.kind is FeedEventKind.WEBSUB and feeds[key].is_pushed):
            alike[key, event.kind].append(event)
    return tuple(
        FeedIncident(
            name=feeds[key].name,
            kind=kind,
            times=len(events),
            detail=events[-1].detail,
            missed=sum(event.missed or 0.0 for event in events),
            found=sum(event.found or 0 for event in events),
        )
        for (key, kind), events in sorted(alike.items(), key=lambda item: (feeds[item[0][0]].name, item[0][1]))
    )
