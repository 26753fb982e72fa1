"""The weekly report of the feeds goes out once in a week, through the outbox, whatever happens in between."""

import email
import email.policy
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from newsdesk import pipeline
from newsdesk.errors import NewsdeskError
from newsdesk.feed_health import FeedHealth, FeedState
from newsdesk.ledger import events, tables
from newsdesk.messages import FeedIncident, FeedReport, FeedTrouble, parse_sender, render_feed_report, write_feed_report
from newsdesk.model import FeedEvent, FeedEventKind
from newsdesk.pipeline.feed_report import feed_report, queue_feed_report
from newsdesk.services import Services
from tests.ledger.make import FEED_ID, store_entries
from tests.pipeline.desk import Desk

SATURDAY = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
SENDER = parse_sender("Newsdesk <newsdesk@paper.example>")
DAY = timedelta(days=1)


@pytest.fixture
def watched(desk: Desk) -> Desk:
    """A feed that nobody ever polled, and a gap of its past."""
    desk.clock.now = SATURDAY
    gap = FeedEvent(kind=FeedEventKind.GAP, detail="nothing was known", missed=12.0, found=4)
    died = FeedEvent(kind=FeedEventKind.WEBSUB, detail="the hub denied it")
    with desk.open() as services, services.ledger.write() as connection:
        store_entries(connection)
        events.add(connection, FEED_ID, [gap, gap, died], SATURDAY - DAY)
        events.add(connection, FEED_ID, [gap], SATURDAY - 9 * DAY)
    return desk


@contextmanager
def line(desk: Desk, **settings: str) -> Iterator[Services]:
    with desk.open(
        report_to="operator@paper.example", mail_url=f"spool:{desk.folder / 'mail'}", **settings
    ) as services:
        yield services


def mails(folder: Path) -> list[Path]:
    return sorted((folder / "mail").glob("*.eml"))


def test_one_mail_a_week_however_often_maintenance_runs(watched: Desk) -> None:
    for day in range(9):  # Saturday to the Sunday after next
        watched.clock.now = SATURDAY + day * DAY
        with line(watched) as services:
            counts = pipeline.maintain(services)
            pipeline.deliver(services)
            pipeline.maintain(services)
            pipeline.deliver(services)
        assert counts.outcomes.get("feed reports", 0) == (1 if day in (0, 2) else 0)
    found = [email.message_from_bytes(path.read_bytes(), policy=email.policy.default) for path in mails(watched.folder)]
    assert sorted(mail["Subject"] for mail in found) == [
        "The feed is well (2026-W47)",
        "The feed is well (2026-W48)",
    ]
    assert {mail["To"] for mail in found} == {"operator@paper.example"}
    assert len({mail["Message-ID"] for mail in found}) == 2


def test_nobody_gets_a_report_who_wants_none(watched: Desk) -> None:
    with watched.open() as services:
        pipeline.maintain(services)
        with services.ledger.read() as connection:
            assert connection.execute(select(func.count()).select_from(tables.outbox)).scalar_one() == 0


def test_the_report_tells_of_the_week_alone(watched: Desk) -> None:
    with line(watched) as services:
        report = feed_report(services)
    assert [(one.kind, one.times, one.missed, one.found) for one in report.incidents] == [
        (FeedEventKind.GAP, 2, 24.0, 8),
        (FeedEventKind.WEBSUB, 1, 0.0, 0),
    ]
    text = write_feed_report(report)
    assert "Gazette: 2 gaps, about 24 entries; 8 of them found on older pages" in text
    assert "Gazette: the hub denied it" in text


def test_two_at_once_queue_one(watched: Desk) -> None:
    with line(watched) as one, line(watched) as other:
        assert queue_feed_report(one) is None
        assert queue_feed_report(other) is not None


def test_a_crash_before_the_commit_leaves_nothing_and_the_next_run_sends(watched: Desk) -> None:
    with line(watched, mail_from="nobody") as services, pytest.raises(NewsdeskError, match="nobody"):
        queue_feed_report(services)
    with line(watched) as services:
        assert queue_feed_report(services) is None
        assert pipeline.deliver(services).outcomes == {"done": 1}
    assert len(mails(watched.folder)) == 1


def test_an_address_that_is_none_is_named(watched: Desk) -> None:
    with (
        watched.open(report_to="(desk@paper.example") as services,
        pytest.raises(NewsdeskError, match="NEWSDESK_REPORT_TO"),
    ):
        queue_feed_report(services)


# ------------------------------------------------------------------ what the mail says


def trouble(name: str = "Gazette", url: str = "https://gazette.example/feed", **changes: object) -> FeedTrouble:
    health = FeedHealth(state=FeedState.FAILING, why="timeout, 9 times in a row", remedy="wait", since=SATURDAY - DAY)
    return FeedTrouble(name=name, url=url, health=replace(health, needs_person=True, **changes))  # type: ignore[arg-type] # fields by name


def report(*troubles: FeedTrouble, incidents: tuple[FeedIncident, ...] = ()) -> FeedReport:
    states = {FeedState.FAILING: len(troubles), FeedState.OK: 7}
    return FeedReport(since=SATURDAY - 7 * DAY, until=SATURDAY, states=states, troubles=troubles, incidents=incidents)


def test_the_same_report_gives_the_same_bytes() -> None:
    one, other = (render_feed_report(report(trouble()), sender=SENDER, recipient="a@b.example") for _ in range(2))
    assert one == other
    assert one.subject == "1 of 8 feeds needs a person (2026-W47)"


def test_a_command_is_not_broken_in_the_middle() -> None:
    text = write_feed_report(
        report(*(trouble(why="w" * n, remedy=f"{'w' * n} `newsdesk feeds discover`") for n in (50, 55, 60)))
    )
    assert text.count("`newsdesk feeds discover`") == 3


def test_a_week_without_trouble_has_a_line_of_comfort() -> None:
    text = write_feed_report(report())
    assert text.startswith("All 7 feeds are well\n")
    assert "Nobody has to do anything." in text


def test_foreign_text_is_shown_and_never_obeyed() -> None:
    evil = trouble(name="<script>x</script>\u202e", url="javascript:alert(1)", why="`<b>` & \x00", remedy="`a<b`")
    mail = render_feed_report(report(evil), sender=SENDER, recipient="a@b.example")
    body = email.message_from_bytes(mail.data, policy=email.policy.default).get_body(("html",))
    html = body.get_content() if body else ""
    assert "<script>" not in html
    assert "javascript:" not in html
    assert "\u202e" not in html
    assert '<code style="white-space:nowrap;">a&lt;b</code>' in html


def test_however_many_feeds_are_ill_the_mail_stays_small() -> None:
    many = [
        trouble(f"Feed {number}", f"https://feed-{number}.example/{'x' * 1500}", why="w" * 5000)
        for number in range(900)
    ]
    lost = tuple(
        FeedIncident(name=f"F{n}", kind=kind, times=1, detail="d" * 2000) for n in range(200) for kind in FeedEventKind
    )
    mail = render_feed_report(report(*many, incidents=lost), sender=SENDER, recipient="a@b.example")
    assert len(mail.data) < 100_000
    text = write_feed_report(report(*many, incidents=lost))
    assert "And 840 more: `newsdesk feeds` lists them all." in text
