"""Index and archive may fail: news is taken in and mails go out meanwhile, and nothing is lost once they are mended."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from newsdesk import pipeline
from newsdesk.errors import SearchIndexError
from newsdesk.index import clear_index
from newsdesk.newsroom import Newsroom
from newsdesk.query import parse
from tests.pipeline.conftest import OpenLine

SOURCE = "gujarat-ledger"


def test_a_damaged_index_stops_neither_polls_nor_mails(open_line: OpenLine, tmp_path: Path) -> None:
    (tmp_path / "index.db").write_bytes(b"no index at all " * 500)
    with open_line(sources=[SOURCE]) as services:
        assert pipeline.poll(services).produced > 0
        collected = pipeline.collect(services).produced
        pipeline.tag(services)
        assert pipeline.index(services).outcomes == {"retry:storage-failed": collected}
        pipeline.deliver(services)
        with pytest.raises(SearchIndexError):
            services.index.stats()

    (tmp_path / "index.db").unlink()
    clear_index(tmp_path / "index.db")
    with open_line(sources=[SOURCE]) as services:
        later = replace(services, clock=lambda: datetime.now(UTC) + timedelta(hours=1))
        assert pipeline.index(later).outcomes == {"done": collected}
        assert later.index.count(parse("*:*")) == collected


def test_while_the_archive_cannot_be_written_pages_are_not_asked_for_in_vain(
    open_line: OpenLine, newsroom: Newsroom, tmp_path: Path
) -> None:
    (tmp_path / "archive").write_text("a file where the folder should be")
    with open_line(sources=[SOURCE], fetch_concurrency="1") as services:
        entries = pipeline.poll(services).produced
        before = len(newsroom.requests)
        assert pipeline.collect(services).outcomes == {"retry:storage-failed": entries}
        assert len(newsroom.requests) - before == 3  # robots.txt, tdmrep.json and one page
