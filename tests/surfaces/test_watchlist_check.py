"""`newsdesk watchlist check`: ten faults in one run, as text and as JSON, and as the documents show them."""

import json
import re
from pathlib import Path

import pytest

from tests.docs.pages import DOCS, blocks
from tests.surfaces.conftest import call

TEN_FAULTS = Path(__file__).resolve().parents[1] / "data" / "watchlists" / "ten-faults.yaml"
PAGE = DOCS / "howto" / "write-a-topic.md"

MESSAGES = """\
ten-faults.yaml:7: error: feeds[0].every: '10' is no duration \
→ write a number and a unit, such as 30s, 10m, 1h or 1d
ten-faults.yaml:11: error: feeds[1].tier: stands twice (first in line 10) \
→ keep one
ten-faults.yaml:15: error: topics.oil-price.query: column 38: This bracket is not closed \
→ Write ) where the group ends
ten-faults.yaml:21: hint: topics.strikes.query: U.S. is read as the phrase "u s", which does not find US \
→ name the other spellings: ("U.S." OR …)
ten-faults.yaml:22: warning: topics.strikes.query: dockers adds nothing: dock* finds all that it finds \
→ remove it
ten-faults.yaml:28: hint: topics.floods.query: 40 words are more than a sentence: flood NEAR/40 (village* OR town*) \
→ write NEAR/15 or less for the same sentence, AND for anywhere in the article
ten-faults.yaml:29: error: topics.floods.sources[0]: there is no feed 'The Pres' \
→ write The Press
ten-faults.yaml:30: error: topics.floods.examples.match[0]: the query does not match 'Floods reach three villages.': \
it lacks flood \
→ write flood*, which finds floods, or correct the example
ten-faults.yaml:33: warning: topics.ports.query: the query matches nearly everything: \
an article needs none of its words \
→ join what must not occur with something that must: `a AND NOT b`
ten-faults.yaml:38: error: rules.now.readers[0]: there is no reader 'dusk' \
→ write desk
ten-faults.yaml: it cannot be used as it is; 10 findings: 6 errors, 2 warnings, 2 hints
"""


@pytest.fixture
def beside(monkeypatch: pytest.MonkeyPatch) -> None:
    """The working folder is that of the file, so that messages hold its name alone."""
    monkeypatch.chdir(TEN_FAULTS.parent)


@pytest.mark.usefixtures("beside")
def test_ten_faults_give_their_ten_messages_in_the_order_of_lines() -> None:
    ran = call("watchlist", "check", TEN_FAULTS.name)
    assert (ran.code, ran.err) == (1, "")
    assert ran.out == MESSAGES


@pytest.mark.usefixtures("beside")
def test_the_same_as_json_has_all_fields() -> None:
    ran = call("watchlist", "check", TEN_FAULTS.name, "--json")
    assert ran.code == 1
    records = json.loads(ran.out)
    assert records[0] == {
        "severity": "error",
        "line": 7,
        "where": "feeds[0].every",
        "message": "'10' is no duration",
        "remedy": "write a number and a unit, such as 30s, 10m, 1h or 1d",
    }
    lines = [
        f"ten-faults.yaml:{r['line']}: {r['severity']}: {r['where']}: {r['message']} → {r['remedy']}" for r in records
    ]
    assert lines == MESSAGES.splitlines()[:-1]


def test_the_documents_show_the_ten_faults_as_they_are() -> None:
    shown = {
        block.kind: block.text for block in blocks(PAGE) if "ten-faults" in block.text or "Ten faults" in block.text
    }
    assert shown["yaml"] == TEN_FAULTS.read_text(encoding="utf-8")
    assert shown["text"] == MESSAGES


@pytest.mark.usefixtures("beside")
def test_each_example_of_the_documents_gets_the_remark_that_stands_beside_it(tmp_path: Path) -> None:
    rows = re.findall(
        r"^\| `(.+?)` \| (warning|hint|error) \| (.+?) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE
    )
    assert len(rows) >= 8
    for query, severity, message in rows:
        text = f"version: 1\ntopics:\n  one:\n    title: One\n    query: |\n      {query}\n"
        (tmp_path / "one.yaml").write_text(text, encoding="utf-8")
        told = json.loads(call("watchlist", "check", str(tmp_path / "one.yaml"), "--json").out)
        of_query = [(found["severity"], found["message"]) for found in told if found["where"] == "topics.one.query"]
        assert of_query == [(severity, message.replace("`", ""))]


def test_a_watchlist_with_hints_alone_may_be_used(tmp_path: Path) -> None:
    path = tmp_path / "watchlist.yaml"
    path.write_text("version: 1\ntopics: {oil: {title: Oil, query: oil NEAR/30 price}}\n", encoding="utf-8")
    ran = call("watchlist", "check", str(path))
    assert ran.code == 0
    assert ran.out.endswith(f"{path}: 0 feeds, 1 topic, 0 readers, 0 rules; 5 findings: 2 warnings, 3 hints\n")


def test_a_file_that_is_not_there_is_an_error_and_no_finding(tmp_path: Path) -> None:
    ran = call("watchlist", "check", str(tmp_path / "none.yaml"), "--json")
    assert (ran.code, ran.out) == (1, "")
    assert "cannot be read" in ran.err
