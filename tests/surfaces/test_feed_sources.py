"""The commands feeds discover, feeds import and feeds export; what the how-to shows is what they print."""

import contextlib
import io
import json
import os
import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from extractors.feed_links import Place
from newsdesk.cli.feed_sources import COLUMNS, row_of
from newsdesk.model import FeedSpec
from newsdesk.newsroom import Newsroom
from newsdesk.opml import parse_opml
from newsdesk.pipeline.discover import FoundFeed
from newsdesk.watchlist import load_watchlist
from tests.docs.pages import DOCS, blocks
from tests.surfaces.conftest import Ran, call, make_home

PAGE = DOCS / "howto" / "bring-your-feeds.md"
SHOWN = {block.text.split("\n", 1)[0]: block.text for block in blocks(PAGE)}
WATCHLIST = """\
version: 1
feeds:
  # national
  - url: https://user:word@press.example/rss
    name: The Press
    folder: News/India
    tier: 1
    headers: {Cookie: secret}
    outline: {htmlUrl: "https://press.example/"}
  - {url: "https://agency.example/feed", name: The Agency, every: 10m}
# people
readers:
  desk: {address: desk@paper.example}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A folder with a watchlist, in which the commands are run."""
    (tmp_path / "watchlist.yaml").write_text(WATCHLIST, encoding="utf-8")
    before = Path.cwd()
    os.chdir(tmp_path)
    yield tmp_path
    os.chdir(before)


def run(*arguments: str, given: bytes = b"") -> Ran:
    """One of the commands in this process, its output on pipes."""
    with given_input(given):
        return call("feeds", *arguments)


@contextlib.contextmanager
def given_input(content: bytes) -> Iterator[None]:
    before, sys.stdin = sys.stdin, io.TextIOWrapper(io.BytesIO(content))
    try:
        yield
    finally:
        sys.stdin = before


def opml(*outlines: str) -> str:
    return f'<opml version="2.0"><body>{"".join(outlines)}</body></opml>'


# ------------------------------------------------------------------ discover


def test_discover_prints_a_row_for_each_feed(newsroom: Newsroom, tmp_path: Path) -> None:
    home = make_home(tmp_path / "home", newsroom.port)
    ran = run("discover", f"http://gujarat-ledger.localhost:{newsroom.port}/", "--home", str(home))
    cells = ran.out.rstrip("\n").split("\t")
    assert (ran.code, ran.err) == (0, "")
    assert cells[:4] == [
        f"http://gujarat-ledger.localhost:{newsroom.port}/feeds/latest.xml",
        "rss20",
        "The Gujarat Ledger",
        "7",
    ]
    assert cells[5:] == ["en-IN", "link, watched", "no"]


def test_discover_prints_a_block_of_what_is_not_watched_yet(newsroom: Newsroom, tmp_path: Path) -> None:
    home = make_home(tmp_path / "home", newsroom.port)
    watched = run("discover", f"http://gujarat-ledger.localhost:{newsroom.port}/", "--yaml", "--home", str(home))
    assert (watched.code, watched.out) == (0, "")
    ran = run("discover", f"http://merchant-market.localhost:{newsroom.port}/", "--yaml", "--home", str(home))
    url = f"http://merchant-market.localhost:{newsroom.port}/feeds/all.rdf"
    assert ran.out == f"feeds:\n  - url: {url}\n    name: Merchant & Market\n"
    found = json.loads(
        run("discover", f"http://merchant-market.localhost:{newsroom.port}/", "--json", "--home", str(home)).out
    )
    assert [(feed["format"], feed["place"], feed["is_watched"]) for feed in found["feeds"]] == [
        ("rss10", "link", False)
    ]


def test_discover_says_that_an_address_is_a_feed(newsroom: Newsroom, tmp_path: Path) -> None:
    home = make_home(tmp_path / "home", newsroom.port)
    ran = run("discover", f"http://merchant-market.localhost:{newsroom.port}/feeds/all.rdf", "--home", str(home))
    assert ran.err == "This address is a feed itself.\n"
    assert "\titself\t" in ran.out


def test_discover_tells_what_was_tried_where_nothing_is_found(newsroom: Newsroom, tmp_path: Path) -> None:
    home = make_home(tmp_path / "home", newsroom.port)
    ran = run("discover", f"http://trade-circular.localhost:{newsroom.port}/", "--home", str(home))
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.count("tried: ") == 11
    assert "/rss.xml (well-known): the server answered 404\n" in ran.err
    assert ran.err.endswith("look at the site for a page about its feeds and give its address\n")


def test_discover_needs_no_watchlist(newsroom: Newsroom, tmp_path: Path) -> None:
    home = make_home(tmp_path / "home", newsroom.port)
    (home / "watchlist.yaml").unlink()
    ran = run("discover", f"http://merchant-market.localhost:{newsroom.port}/", "--home", str(home))
    assert ran.code == 0, ran.err
    assert not (home / "watchlist.yaml").exists()


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("http://127.0.0.1/", "the host has no public address"),
        ("ftp://press.example/", "only http and https are fetched; give an address such as"),
        ("http://", "names no host"),
    ],
)
def test_discover_refuses_what_it_may_not_ask_and_says_what_to_do(url: str, told: str, folder: Path) -> None:
    ran = run("discover", url, "--home", str(folder))
    assert (ran.code, ran.out) == (1, "")
    assert told in ran.err


# ------------------------------------------------------------------ export


@pytest.mark.usefixtures("folder")
def test_export_writes_folders_and_settings_and_keeps_secrets() -> None:
    ran = run("export")
    assert ran.code == 0
    first, second = parse_opml(ran.out.encode()).feeds
    assert (first.url, first.folders) == ("https://press.example/rss", ("News", "India"))
    assert (dict(first.settings), dict(first.attributes)) == ({"tier": "1"}, {"htmlUrl": "https://press.example/"})
    assert dict(second.settings) == {"every": "10m"}
    assert ran.err == "note: headers, proxies and users of URLs are left out, of The Press; --secrets writes them too\n"
    assert "secret" not in run("export", "--json").out
    assert "Cookie" in run("export", "--secrets").out
    assert run("export", "--secrets").err == ""


def test_export_writes_a_file_and_says_so(folder: Path) -> None:
    ran = run("export", "feeds.opml", "--secrets")
    assert (ran.code, ran.out, ran.err) == (0, "", "2 feeds written to feeds.opml\n")
    assert len(parse_opml((folder / "feeds.opml").read_bytes()).feeds) == 2
    assert "cannot be written" in run("export", "none/feeds.opml").err


def test_what_is_exported_is_imported_as_it_was(folder: Path) -> None:
    run("export", "feeds.opml", "--secrets")
    ran = run("import", "feeds.opml", "--write", "--watchlist", "new.yaml")
    assert (ran.code, ran.err) == (0, "2 feeds added to new.yaml\n")
    assert load_watchlist(folder / "new.yaml").feeds == load_watchlist(folder / "watchlist.yaml").feeds
    run("export", "again.opml", "--secrets", "--watchlist", "new.yaml")
    assert (folder / "again.opml").read_bytes() == (folder / "feeds.opml").read_bytes()


# ------------------------------------------------------------------ import


def test_import_prints_a_block_and_changes_nothing(folder: Path) -> None:
    (folder / "list.opml").write_text(
        opml(
            '<outline text="The Press" xmlUrl="https://other.example/rss"/>',
            '<outline text="Known" xmlUrl="https://agency.example/feed"/>',
        ),
        encoding="utf-8",
    )
    ran = run("import", "list.opml")
    assert ran.out == "feeds:\n  - url: https://other.example/rss\n    name: The Press (2)\n"
    assert ran.err == "1 feed new; --write adds them to the watchlist, 1 watched already\n"
    assert (folder / "watchlist.yaml").read_text(encoding="utf-8") == WATCHLIST


def test_import_adds_to_the_file_and_keeps_its_comments(folder: Path) -> None:
    (folder / "list.opml").write_text(
        opml('<outline text="Other" xmlUrl="https://other.example/rss"/>'), encoding="utf-8"
    )
    ran = run("import", "list.opml", "--write", "--json")
    report = json.loads(ran.out)
    assert (report["written_to"], len(report["plan"]["feeds"])) == ("watchlist.yaml", 1)
    text = (folder / "watchlist.yaml").read_text(encoding="utf-8")
    assert text == WATCHLIST.replace("# people", "  - url: https://other.example/rss\n    name: Other\n# people")
    assert run("import", "list.opml", "--write").err == "0 feeds added to watchlist.yaml, 1 watched already\n"


@pytest.mark.usefixtures("folder")
def test_import_reads_standard_input_and_tells_each_refusal() -> None:
    given = opml('<outline text="X" xmlUrl="news:comp"/>', '<outline text="Y" xmlUrl="https://y.example/f"/>').encode()
    ran = run("import", "-", given=given)
    assert ran.code == 0
    assert "name: Y" in ran.out
    assert re.search(r"^note: line 1: news:comp: not taken: 'news:comp' is no http or https URL; write", ran.err)


def test_import_of_what_is_no_opml_or_holds_nothing_ends_with_an_error(folder: Path) -> None:
    nothing = run("import", "-", given=opml().encode())
    assert (nothing.code, nothing.out) == (1, "")
    assert "has no feed that could be watched" in nothing.err
    page = run("import", "-", given=b"<html><body>x</body></html>")
    assert (page.code, page.err.count("error: this is no OPML: it is an HTML page")) == (1, 1)
    assert run("import", str(folder / "none.opml")).err.endswith("cannot be read: No such file or directory\n")


def test_import_into_a_faulty_watchlist_writes_nothing(folder: Path) -> None:
    (folder / "watchlist.yaml").write_text("version: 1\nfeds: []\n", encoding="utf-8")
    ran = run("import", "-", "--write", given=opml('<outline text="Y" xmlUrl="https://y.example/f"/>').encode())
    assert ran.code == 1
    assert "is not known here" in ran.err
    assert (folder / "watchlist.yaml").read_text(encoding="utf-8") == "version: 1\nfeds: []\n"


# ------------------------------------------------------------------ the how-to


def test_the_how_to_shows_what_import_and_export_print(folder: Path) -> None:
    (folder / "watchlist.yaml").write_text(SHOWN["version: 1"], encoding="utf-8")
    lists = [text for text in SHOWN.values() if "<opml" in text]
    theirs, ours = lists
    (folder / "subscriptions.opml").write_text(theirs, encoding="utf-8")
    ran = run("import", "subscriptions.opml")
    assert ran.out == SHOWN["feeds:"]
    assert ran.err == next(text for text in SHOWN.values() if text.startswith("note: "))
    assert run("import", "subscriptions.opml", "--write").code == 0
    assert run("export").out == ours
    assert load_watchlist(folder / "watchlist.yaml").feeds[-1] == FeedSpec(
        url="https://mandi.example/rss", name="Mandi Bhav", language="hi", folder="News/India"
    )


def test_the_how_to_shows_the_rows_that_discover_prints() -> None:
    rss = FoundFeed(
        url="https://press.example/rss.xml",
        format="rss20",
        title="The Press",
        entries=40,
        newest=datetime(2026, 3, 2, 9, 12, tzinfo=UTC),
        language="en",
        place=Place.LINK,
        hub=True,
        is_of_comments=False,
        is_watched=False,
    )
    news = replace(rss, url="https://press.example/news.xml", format="news-sitemap", entries=212, place=Place.ROBOTS)
    news = replace(news, newest=datetime(2026, 3, 2, 9, 15, tzinfo=UTC), hub=False)
    text = next(text for text in SHOWN.values() if text.startswith("feed  "))
    shown = [tuple(re.split(r"\s{2,}", line.strip())) for line in text.splitlines()]
    assert shown == [COLUMNS, row_of(rss), row_of(news)]
