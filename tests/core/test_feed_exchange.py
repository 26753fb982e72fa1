"""Feeds of other programs as feeds of the watchlist: named, checked, and each refusal told with its reason."""

from dataclasses import replace

import pytest

from newsdesk.model import FeedSpec
from newsdesk.opml import parse_opml, write_opml
from newsdesk.watchlist.exchange import plan_import, tidy_name, to_opml, unique_name, without_secrets

WATCHED = FeedSpec(url="https://press.example/feed?b=2&a=1", name="The Press")


def plan(*outlines: str, watched: tuple[FeedSpec, ...] = (WATCHED,)) -> tuple[tuple[FeedSpec, ...], tuple[str, ...]]:
    spaces = 'xmlns:newsdesk="https://newsdesk.example/opml"'
    document = parse_opml(f"<opml {spaces}><body>{''.join(outlines)}</body></opml>".encode())
    made = plan_import(document, watched)
    return made.feeds, made.remarks


def test_a_feed_that_is_watched_under_another_spelling_is_left_out() -> None:
    document = parse_opml(b'<opml><outline text="P" xmlUrl="HTTPS://press.example:443/feed?a=1&amp;b=2"/></opml>')
    made = plan_import(document, [WATCHED])
    assert (made.feeds, made.watched) == ((), ("HTTPS://press.example:443/feed?a=1&b=2",))


def test_names_are_made_unique_and_readable() -> None:
    feeds, remarks = plan(
        '<outline text="The Press" xmlUrl="https://a.example/f"/>',
        '<outline text="The&#10; Press" xmlUrl="https://b.example/f"/>',
        '<outline text="" xmlUrl="https://c.example/f"/>',
        '<outline text="Salt &amp;amp; Sea &lt;b&gt;now&lt;/b&gt;" xmlUrl="https://d.example/f"/>',
    )
    assert [feed.name for feed in feeds] == ["The Press (2)", "The Press (3)", "c.example", "Salt & Sea now"]
    assert remarks == ()


def test_what_is_no_address_of_a_feed_is_refused_with_reason_and_line() -> None:
    feeds, remarks = plan('<outline text="X" xmlUrl="javascript:alert(1)"/>', '<outline xmlUrl="https://g.example/f"/>')
    assert [feed.url for feed in feeds] == ["https://g.example/f"]
    (told,) = remarks
    assert told.startswith("line 1: javascript:alert(1): not taken: ")
    assert "write it in full" in told


def test_a_setting_that_is_wrong_or_unknown_is_left_out_and_the_feed_taken() -> None:
    feeds, remarks = plan(
        '<outline text="A" xmlUrl="https://a.example/f" newsdesk:tier="9" newsdesk:every="often" newsdesk:future="x"'
        ' newsdesk:engine="newspaper" newsdesk:headers="[1]"/>'
    )
    assert feeds == (FeedSpec(url="https://a.example/f", name="A", engine="newspaper"),)
    assert len(remarks) == 4
    assert all("left out" in told for told in remarks)


@pytest.mark.parametrize(
    ("said", "language", "kept"),
    [("hi", "hi", ()), ("en-US", "en", (("language", "en-US"),)), ("unknown", None, (("language", "unknown"),))],
)
def test_the_language_of_an_outline_is_that_of_the_feed(
    said: str, language: str | None, kept: tuple[tuple[str, str], ...]
) -> None:
    ((feed,), remarks) = plan(f'<outline text="A" xmlUrl="https://a.example/f" language="{said}"/>')
    assert (feed.language, feed.outline, remarks) == (language, kept, ())


def test_a_category_with_slashes_is_the_folder_where_no_outline_is() -> None:
    feeds, _ = plan(
        '<outline text="A" category="/News/India,/Trade" xmlUrl="https://a.example/f"/>',
        '<outline text="Own"><outline text="B" category="/News" xmlUrl="https://b.example/f"/></outline>',
    )
    assert [feed.folder for feed in feeds] == ["News/India", "Own"]


def test_what_is_secret_is_written_only_on_demand() -> None:
    feed = FeedSpec(
        url="https://me:word@press.example/feed",
        name="P",
        headers=(("Cookie", "pass=word"),),
        proxy="http://me:word@proxy.example:3128",
    )
    shown = write_opml([to_opml(feed, secrets=False)], title="T")
    assert b"word" not in shown
    assert b"https://press.example/feed" in shown
    assert b"word" in write_opml([to_opml(feed, secrets=True)], title="T")
    assert without_secrets(WATCHED) == WATCHED


def test_settings_stand_a_second_time_only_where_reading_back_would_change_them() -> None:
    plain = to_opml(replace(WATCHED, language="en", folder="News/India"), secrets=False)
    assert (plain.settings, plain.folders) == ((), ("News", "India"))
    odd = to_opml(replace(WATCHED, name="A &amp; B", folder="News//India"), secrets=False)
    assert dict(odd.settings) == {"name": "A &amp; B", "folder": "News//India"}


def test_a_name_is_numbered_cut_and_never_empty() -> None:
    assert unique_name("A", {"A", "A (2)"}) == "A (3)"
    assert tidy_name("  \n ", "https://press.example/f") == "press.example"
    assert tidy_name("ന\u200dമ\ue000", "https://press.example/f") == "നമ"
    assert len(tidy_name("x" * 1000, "https://press.example/f")) == 200
