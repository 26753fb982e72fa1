"""Where feeds come from and go to: behaviour 27, lists of feeds in OPML."""

import dataclasses
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsdesk.model import FeedSpec
from newsdesk.opml import OpmlError, parse_opml, write_opml
from newsdesk.watchlist import load_watchlist
from newsdesk.watchlist.exchange import plan_import, to_opml
from newsdesk.watchlist.writing import render_feeds
from tests.core.feed_specs import feed_specs

DOCUMENTS = sorted(
    path
    for path in (Path(__file__).resolve().parents[1] / "data" / "opml").iterdir()
    if not path.name.endswith(".expected.json")
)

NO_OPML = frozenset(("empty.opml", "feed.xml", "not-xml.opml", "page.html"))


def exported(feeds: tuple[FeedSpec, ...]) -> bytes:
    return write_opml([to_opml(feed, secrets=True) for feed in feeds], title="Feeds")


def imported(content: bytes, folder: Path) -> tuple[FeedSpec, ...]:
    """The feeds as they are watched after an import: through the text of a watchlist."""
    plan = plan_import(parse_opml(content), ())
    assert not plan.remarks
    path = folder / "watchlist.yaml"
    path.write_text("version: 1\nfeeds:\n" + render_feeds(plan.feeds), encoding="utf-8")
    return load_watchlist(path).feeds


def by_url(feeds: tuple[FeedSpec, ...]) -> dict[str, FeedSpec]:
    """Without the order of attributes and headers, which means nothing."""
    return {
        feed.url: dataclasses.replace(
            feed, outline=tuple(sorted(feed.outline)), headers=tuple(sorted(feed.headers))
        )
        for feed in feeds
    }  # fmt: skip


@settings(deadline=None, max_examples=60)
@given(feeds=st.lists(feed_specs(), max_size=5, unique_by=(lambda feed: feed.url, lambda feed: feed.name)).map(tuple))
def test_behaviour_27_opml_export_and_import_lose_no_folder_and_no_setting(
    tmp_path_factory: pytest.TempPathFactory, feeds: tuple[FeedSpec, ...]
) -> None:
    """Feeds that go out as OPML and come in again are the same feeds, in the same folders, with all their settings."""
    first = exported(feeds)
    back = imported(first, tmp_path_factory.mktemp("import"))
    assert by_url(back) == by_url(feeds)
    assert exported(back) == first


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_behaviour_27_odd_opml_never_crashes_and_loses_no_feed(document: Path, tmp_path: Path) -> None:
    """Whatever OPML other programs write, each of its feeds comes in, or is named with the reason why not."""
    if document.name in NO_OPML:
        with pytest.raises(OpmlError, match="export your feeds"):
            parse_opml(document.read_bytes())
        return
    read = parse_opml(document.read_bytes())
    plan = plan_import(read, ())
    told = [feed.url for feed in read.feeds if any(feed.url in remark for remark in plan.remarks)]
    assert {feed.url for feed in plan.feeds} | set(told) >= {feed.url for feed in read.feeds}
    path = tmp_path / "watchlist.yaml"
    path.write_text("version: 1\nfeeds:\n" + render_feeds(plan.feeds), encoding="utf-8")
    assert load_watchlist(path).feeds == plan.feeds
