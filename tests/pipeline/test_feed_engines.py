"""Which engine reads the pages of a feed, and which selectors."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from newsdesk.ledger.history import Stamps
from tests.pipeline.press import STORY, Press, life_of, open_press, services_of
from tests.pipeline.test_line import run_line


@pytest.fixture
def press() -> Iterator[Press]:
    with open_press() as opened:
        yield opened


def stamps(folder: Path, press: Press, **changes: object) -> Stamps:
    url = press.story("one", body=f'<h2 class="kicker">Port</h2>{STORY}')
    with services_of(folder, press, **changes) as services:  # type: ignore[arg-type] # checked where it is declared
        run_line(services)
        found = life_of(services, url).stamps
    assert found is not None
    return found


@pytest.mark.parametrize(
    "changes",
    [
        {"feed": {"engine": "newspaper"}},
        {"engine": "newspaper"},
        {"feed": {"engine": "newspaper"}, "engine": "cascade"},
    ],
)
def test_newspaper_reads_where_the_feed_or_the_installation_says_so(
    tmp_path: Path, press: Press, changes: dict[str, object]
) -> None:
    assert stamps(tmp_path, press, **changes).provenance["text"][0] == "newspaper"


def test_the_cascade_reads_where_nothing_is_said(tmp_path: Path, press: Press) -> None:
    assert stamps(tmp_path, press).provenance["text"][0] != "newspaper"


def test_selectors_of_the_site_come_first_and_those_without_effect_are_kept(tmp_path: Path, press: Press) -> None:
    sites = {"press.localhost": {"title": "h2.kicker", "date": "time.published"}}
    found = stamps(tmp_path, press, more={"sites": sites})
    assert found.provenance["title"][0] == "override"
    (missed,) = found.reading.missed_selectors
    assert missed.startswith("date time.published: ")


def test_languages_that_nobody_configured_are_not_taken(tmp_path: Path, press: Press) -> None:
    url = press.story("one")
    with services_of(tmp_path, press, languages="hi,ta") as services:
        run_line(services)
        article = life_of(services, url).article
    assert article is not None
    assert article.language in {"hi", "ta", None}
