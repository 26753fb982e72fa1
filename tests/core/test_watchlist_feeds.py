"""What a watchlist may say of a feed and of a domain, beside address and name."""

from pathlib import Path

import pytest

from newsdesk.errors import WatchlistError
from newsdesk.model import DomainSpec, Watchlist
from newsdesk.watchlist import load_watchlist

WHOLE = """\
version: 1
feeds:
  - url: https://press.example/rss
    name: Press
    user_agent: Desk/1.0 (+https://desk.example)
    headers: {X-Token: s3cret, Cookie: seen=1}
    proxy: http://proxy.desk.example:3128
    robots: true
    websub: false
    back_fill: false
    folder: News/India
    outline: {category: trade}
domains:
  reddit.com: {spacing: 10s}
"""


def load(tmp_path: Path, text: str) -> Watchlist:
    path = tmp_path / "watchlist.yaml"
    path.write_text(text, encoding="utf-8")
    return load_watchlist(path)


def test_a_feed_says_how_it_is_asked_for(tmp_path: Path) -> None:
    (feed,) = load(tmp_path, WHOLE).feeds
    assert (feed.user_agent, feed.proxy) == ("Desk/1.0 (+https://desk.example)", "http://proxy.desk.example:3128")
    assert feed.headers == (("X-Token", "s3cret"), ("Cookie", "seen=1"))
    assert (feed.robots, feed.websub, feed.back_fill) == (True, False, False)
    assert (feed.folder, feed.outline) == ("News/India", (("category", "trade"),))


def test_a_domain_may_have_a_spacing_of_its_own(tmp_path: Path) -> None:
    assert load(tmp_path, WHOLE).domains == (DomainSpec(domain="reddit.com", spacing_seconds=10),)
    assert load(tmp_path, WHOLE.replace("10s", "0s")).domains[0].spacing_seconds == 0


def test_the_digest_changes_with_the_feeds_and_only_with_them(tmp_path: Path) -> None:
    first = load(tmp_path, WHOLE).digest
    assert load(tmp_path, "# a remark\n" + WHOLE).digest == first != ""
    assert load(tmp_path, WHOLE.replace("s3cret", "s4cret")).digest != first


@pytest.mark.parametrize(
    ("good", "bad", "words"),
    [
        ("X-Token: s3cret", "X Token: s3cret", "is no name of a header"),
        ("X-Token: s3cret", "If-None-Match: x", "is set by the fetcher; remove it"),
        ("X-Token: s3cret", "user-agent: x", "is set by the fetcher; write user_agent:"),
        ("X-Token: s3cret", 'X-Token: "a\\nb"', "cannot stand in a header"),
        ("Desk/1.0 (+https://desk.example)", "Schreibtisch für alle", "cannot stand in a header"),
        ("proxy: http://proxy.desk.example:3128", "proxy: proxy.desk.example", "is no http or https URL"),
        ("spacing: 10s", "spacing: 2h", "is no spacing; write between 0s and 1h"),
        ("spacing: 10s", "spacing: soon", "is no spacing"),
        ("reddit.com:", "reddit com:", "is no host"),
    ],
)
def test_what_cannot_be_sent_is_told_with_a_remedy(tmp_path: Path, good: str, bad: str, words: str) -> None:
    with pytest.raises(WatchlistError) as caught:
        load(tmp_path, WHOLE.replace(good, bad))
    assert words in str(caught.value)


def test_no_secret_stands_in_what_is_told_of_a_fault(tmp_path: Path) -> None:
    text = WHOLE.replace("X-Token: s3cret", 'X-Token: "s3cret\\n"')
    with pytest.raises(WatchlistError) as caught:
        load(tmp_path, text.replace("proxy: http://", "proxy: ftp://me:s3cret@"))
    assert "proxy: 'ftp://proxy.desk.example:3128' is no http" in str(caught.value)
    assert "s3cret" not in str(caught.value)


def test_a_name_may_have_the_joiners_that_its_script_needs(tmp_path: Path) -> None:
    name = "ശ്രീ\u200dവാർത്ത"
    assert load(tmp_path, WHOLE.replace("name: Press", f"name: {name}")).feeds[0].name == name
