"""Hostile pages end in time, and guards leave ordinary pages alone."""

import fcntl
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from extractors.guards import MAX_CHARACTERS, MAX_TAGS, guard
from tests.extractors.hostile_pages import CASES, PROSE, article

NO_TEXT = {"PDF", "gzip", "random bytes"}
NOTHING = {"empty", "white space"}
# The outcomes cost half a minute of CPU, so one worker is to take all the tests that ask for them.
in_one_worker = pytest.mark.xdist_group("hostile pages")
# The article stands before what hurts, so it must still be found.
FOUND = [name for name, make in CASES.items() if make.__code__.co_names[:1] == ("article",) and name not in NO_TEXT]


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """Each case in a process of its own under a CPU limit of the kernel.

    The workers of one run share what was said: pytest 9.2 with xdist 3.8 spreads a group over all of them.
    """
    own = tmp_path_factory.getbasetemp()
    said = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "hostile_pages.jsonl"
    with said.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not said.exists():
            script = Path(__file__).with_name("hostile_pages.py")
            done = subprocess.run([sys.executable, script], capture_output=True, text=True, check=True)
            said.write_text(done.stdout)
    return {row["name"]: row for row in map(json.loads, said.read_text().splitlines())}


@in_one_worker
def test_every_hostile_page_ends_within_the_cpu_limit(outcomes: dict[str, dict[str, Any]]) -> None:
    assert set(outcomes) == set(CASES)
    assert [row for row in outcomes.values() if row["end"] == "killed"] == []


@in_one_worker
def test_no_hostile_page_takes_a_gigabyte(outcomes: dict[str, dict[str, Any]]) -> None:
    assert [row for row in outcomes.values() if row["mb"] > 1000] == []


@in_one_worker
def test_hostile_pages_end_in_a_record_or_in_an_extract_error(outcomes: dict[str, dict[str, Any]]) -> None:
    kinds = {"article", "index", "empty"}
    assert {name for name, row in outcomes.items() if row["end"] == "ExtractError"} == NO_TEXT
    assert {name for name, row in outcomes.items() if row["end"] not in kinds | {"ExtractError"}} == set()
    assert {outcomes[name]["end"] for name in NOTHING} == {"empty"}


@in_one_worker
def test_the_article_before_the_hostile_part_is_found(outcomes: dict[str, dict[str, Any]]) -> None:
    assert len(FOUND) > 15
    assert [outcomes[name] for name in FOUND if outcomes[name]["characters"] < len(PROSE) * 3] == []


def test_an_ordinary_page_passes_unchanged() -> None:
    page = article().decode()
    assert guard(page).html == page


def test_a_large_page_loses_scripts_before_text() -> None:
    text = "<html><p>" + PROSE + "</p><script>" + "x = 1; " * 200_000 + "</script><p>the end of the article</p></html>"
    kept = guard(text).html
    assert "the end of the article" in kept
    assert "x = 1" not in kept


def test_a_large_page_keeps_its_structured_data() -> None:
    data = '<script type="application/ld+json">{"@type": "NewsArticle"}</script>'
    assert data in guard(data + "<style>" + "a{} " * 300_000 + "</style>").html


def test_the_tail_is_cut_last() -> None:
    kept = guard("<p>x</p>" * 100_000).html
    assert kept.count("<") == MAX_TAGS
    assert len(guard("word " * 1_000_000).html) == MAX_CHARACTERS


def test_unclosed_paragraphs_and_items_are_not_deep() -> None:
    assert guard("<ul>" + "<li>one<p>two<br>" * 5000 + "</ul>").html
    assert guard("<div><span>" * 3000).html == ""


def test_a_tag_of_absurdly_many_attributes_keeps_its_name() -> None:
    tag = "<p " + " ".join(f"a{i}=1" for i in range(3000)) + ">text"
    assert guard(tag).html == "<p>text"
