"""What the watchlist says of sites: checked like everything in it, and handed on as the extractors know it."""

from pathlib import Path

import pytest

from extractors import SiteOverride
from tests.core.watchlist_files import GOOD, load, problems

SITES = """\
sites:
  press.example:
    title: h1.headline
    body: //div[@class='text']
    date: //time/@datetime
    author: .byline a
    remove: [.ad, aside]
  "*.ledger.example": {body: main}
"""


def test_the_sites_are_handed_on_as_they_are_written(tmp_path: Path) -> None:
    assert load(tmp_path, GOOD + SITES).sites == (
        SiteOverride(
            host="press.example",
            title="h1.headline",
            body="//div[@class='text']",
            date="//time/@datetime",
            author=".byline a",
            remove=(".ad", "aside"),
        ),
        SiteOverride(host="*.ledger.example", body="main"),
    )
    assert load(tmp_path, GOOD).sites == ()
    assert load(tmp_path, GOOD + "sites:\n").sites == ()


@pytest.mark.parametrize(
    ("site", "told"),
    [
        ("press.example: {body: 'p + p'}", "sites.press.example.body: looks at siblings"),
        ("press.example: {body: '//p[document(1)]'}", "uses document, which is not allowed"),
        ("press.example: {title: ''}", "sites.press.example.title: is empty; write a CSS selector"),
        ("press.example: {colour: red}", "write one of title, body, date, author, remove"),
        ("press.example: {remove: .ad}", "sites.press.example.remove: must be a list"),
        ("press.example: {remove: [" + ".ad, " * 21 + "]}", "has 21 selectors; write at most 20"),
        ("'https://press.example/': {body: p}", "is no host; write press.example"),
    ],
)
def test_what_is_wrong_with_a_site_is_told_with_its_line(tmp_path: Path, site: str, told: str) -> None:
    (found,) = problems(tmp_path, f"{GOOD}sites:\n  {site}\n")
    assert told in found
    assert f":{len(GOOD.splitlines()) + 2}: " in found
