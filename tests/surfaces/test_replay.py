"""The command `replay`."""

import json

from tests.surfaces.conftest import Line


def test_replay_tells_what_each_step_did(line: Line) -> None:
    ran = line.call("replay", "--since", "7d")
    steps = [row.partition(":")[0] for row in ran.out.splitlines()]
    assert ran.code == 0
    assert steps == ["replay", "tag", "index", "alert"]
    assert "done:unchanged" in ran.out


def test_replay_of_one_source_as_json(line: Line) -> None:
    ran = line.call("replay", "--since", "7d", "--source", "The Gujarat Ledger", "--json")
    counts = json.loads(ran.out)
    assert counts[0]["step"] == "replay"
    assert counts[0]["produced"] == 0


def test_an_unknown_source_is_told_with_those_that_there_are(line: Line) -> None:
    ran = line.call("replay", "--since", "7d", "--source", "Nobody")
    assert ran.code == 1
    assert "there is no source Nobody" in ran.err
    assert "The Gujarat Ledger" in ran.err
