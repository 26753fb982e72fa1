"""What a user sees when a topic changes: topics, status, run, explain, topics retag."""

import json
from typing import Any

import pytest
import yaml

from tests.surfaces.conftest import Line

TRADE = '"e-commerce" NEAR/20 (rule* OR policy OR memorandum)'


def change(line: Line, **topic: Any) -> None:
    path = line.home / "watchlist.yaml"
    declared = yaml.safe_load(path.read_text(encoding="utf-8"))
    declared["topics"]["online-trade"] |= topic
    path.write_text(yaml.safe_dump(declared), encoding="utf-8")
    kept = line.home / "settings.json"
    settings = json.loads(kept.read_text(encoding="utf-8"))
    kept.write_text(json.dumps(settings | {"NEWSDESK_WATCHLIST": str(path)}), encoding="utf-8")


def trade(line: Line) -> dict[str, Any]:
    found: list[dict[str, Any]] = json.loads(line.call("topics", "--json").out)
    return next(one for one in found if one["id"] == "online-trade")


@pytest.fixture
def changed(own_line: Line) -> Line:
    """A line whose topic is narrower than it was: the memorandum is no longer about it."""
    change(own_line, query="e-commerce AND nowhere", examples={})
    return own_line


def test_a_change_is_shown_done_and_told(changed: Line) -> None:
    assert trade(changed)["waits"] is True
    rows = dict(row.partition("\t")[::2] for row in changed.call("topics").out.splitlines())
    assert rows["online-trade"].endswith("waits")
    assert changed.call("poll").code == 0
    assert "topic online-trade changed: stored articles wait for re-tagging" in changed.call("status").out
    ran = changed.call("run")
    assert "retag: 1 done; " in ran.out
    after = trade(changed)
    assert (after["waits"], after["articles"]) == (False, 0)
    assert after["retagged_at"]
    told = changed.call("explain", changed.memorandum).out
    assert "by a change of the topic" in told


def test_a_topic_can_be_re_tagged_by_hand_with_alerts(changed: Line) -> None:
    changed.call("run")
    change(changed, query=TRADE + " OR chip", examples={})
    ran = changed.call("topics", "retag", "online-trade")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("online-trade: ")
    assert "`newsdesk run`, or Airflow, goes on with" in ran.out
    changed.call("run")
    before = json.loads(changed.call("status", "--json").out)["overview"]["alert_count"]
    muted = [
        hit["url"] for hit in json.loads(changed.call("search", "topic:online-trade", "--json").out)["page"]["hits"]
    ]
    assert any("it came by re-tagging, which raises no alert" in changed.call("explain", url).out for url in muted)
    asked = json.loads(changed.call("topics", "retag", "online-trade", "--alerts", "--json").out)
    assert (asked["kept"], asked["stage"]) == (len(muted), "done")
    changed.call("run")
    assert json.loads(changed.call("status", "--json").out)["overview"]["alert_count"] > before


def test_an_unknown_topic_is_answered_with_the_known_ones(own_line: Line) -> None:
    ran = own_line.call("topics", "retag", "football")
    assert (ran.code, ran.out) == (1, "")
    assert "online-trade, shop-protests" in ran.err


def test_while_the_index_is_damaged_the_command_says_so(changed: Line) -> None:
    (changed.home / "index.db").write_bytes(b"no database at all" * 100)
    ran = changed.call("topics", "retag", "online-trade")
    assert (ran.code, ran.out) == (1, "")
    assert "online-trade: storage-failed" in ran.err
    status = changed.call("status")
    assert status.code == 1
    assert "online-trade changed: stored articles wait for re-tagging (storage-failed" in status.out
