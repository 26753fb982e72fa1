"""A good watchlist, changes to it, and what loading the file gives or says."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from newsdesk.errors import WatchlistError
from newsdesk.model import Watchlist
from newsdesk.watchlist import Finding, load_watchlist, review_watchlist

GOOD = """\
version: 1
feeds:
  - url: https://press.example/rss
    name: Press
    language: en
    tier: 1
    every: 10m
    default_zone: Asia/Kolkata
    day_first: false
  - url: https://ledger.example/feed
    name: Deccan Ledger
topics:
  trade:
    title: Trade policy
    query: |
      (trader OR traders)
      AND protest
    languages: [en]
    sources: [Press]
    at_least: 2
    medtop: medtop:20000199
    examples:
      match: ["Traders protest"]
      no_match: ["Traders rejoice"]
readers:
  desk: {address: desk@paper.example, name: Desk, zone: Asia/Kolkata, language: hi}
rules:
  now:
    title: At once
    topics: [trade]
    readers: [desk]
    send: immediate
"""


def write(folder: Path, text: str | bytes) -> Path:
    path = folder / "watchlist.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def load(folder: Path, text: str) -> Watchlist:
    return load_watchlist(write(folder, text))


def problems(folder: Path, text: str | bytes) -> list[str]:
    """The problems, each without the folder."""
    with pytest.raises(WatchlistError) as caught:
        load_watchlist(write(folder, text))
    assert str(caught.value) == "\n".join(caught.value.problems), "the message is not the list of problems"
    return [problem.removeprefix(f"{folder}/") for problem in caught.value.problems]


def changed(old: str, new: str) -> str:
    assert GOOD.count(old) >= 1
    return GOOD.replace(old, new, 1)


def review(folder: Path, text: str) -> tuple[Finding, ...]:
    """What the check finds, on a day of November 2026."""
    return review_watchlist(write(folder, text), now=datetime(2026, 11, 22, tzinfo=UTC)).findings


def with_query(query: str, more: str = "") -> str:
    """A watchlist with one topic in a block; its first line is line 11 of the file."""
    block = "".join(f"      {line}\n" for line in query.splitlines())
    return ONE_TOPIC.format(query=block, more="".join(f"    {line}\n" for line in more.splitlines()))


ONE_TOPIC = """\
version: 1
feeds:
  - {{url: "https://press.example/rss", name: Press, language: en}}
  - {{url: "https://ledger.example/feed", name: Deccan Ledger, language: hi}}
rules: {{now: {{title: Now, topics: [one], readers: [desk]}}}}
readers: {{desk: {{address: desk@paper.example}}}}
topics:
  one:
    title: One
    query: |
{query}{more}"""
