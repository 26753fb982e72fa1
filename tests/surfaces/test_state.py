"""What `status` makes of the figures."""

from datetime import UTC, datetime, timedelta

import pytest

from newsdesk.cli.state import LOOK, WELL, judge
from newsdesk.ledger import Waiting
from newsdesk.ledger.overview import Ending, Overview
from newsdesk.quality import Figures, Quality, SourceQuality

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
NOTHING = Waiting(feeds=0, entries=0, articles=0, notifications=0)


def seen(*entries: Ending) -> Overview:
    return Overview(
        feeds=(),
        entries=entries,
        articles=(),
        mails=(),
        topics=(),
        article_count=1,
        version_count=1,
        alert_count=0,
        mail_count=0,
        oldest_mail_at=None,
        troubles=(),
    )


@pytest.mark.parametrize(
    ("reason", "code"), [("timeout", WELL), ("host-busy", WELL), ("storage-failed", LOOK), ("worker-failed", LOOK)]
)
def test_what_waits_for_our_own_house_wants_a_look(reason: str, code: int) -> None:
    waiting = Ending(stage="collect", outcome="retry", reason=reason, count=3)
    health = judge(seen(waiting), NOTHING, NOW, stale=timedelta(minutes=30))
    assert health.code == code
    assert any(f"3 entries wait for another try ({reason} 3)" in line.text for line in health.lines)


def test_a_source_that_is_read_worse_wants_a_look() -> None:
    figures = Figures(pages=6, characters=240, undated=0, identical=0, doubtful=0, garbled=0, missed=0, unreadable=0)
    worse = SourceQuality(
        source="Gazette",
        quality=Quality.DEGRADED,
        lately=figures,
        before=figures,
        findings=("texts of 240 characters, 4,100 before",),
    )
    health = judge(seen(), NOTHING, NOW, stale=timedelta(minutes=30), sources=[worse])
    assert health.code == LOOK
    assert any("source Gazette is read worse" in line.text and "4,100 before" in line.text for line in health.lines)
