"""The command `sources`."""

import json

from tests.surfaces.conftest import Line


def test_sources_shows_lately_and_before_of_each_source(line: Line) -> None:
    ran = line.call("sources")
    rows = [row.split("\t") for row in ran.out.splitlines()]
    assert ran.code == 0
    assert rows[0][:2] == ["The Gujarat Ledger", "learning"]
    assert all(" / " in cell for cell in rows[0][2:])


def test_sources_as_json_holds_figures_and_findings(line: Line) -> None:
    (found,) = json.loads(line.call("sources", "--json").out)
    assert found["source"] == "The Gujarat Ledger"
    assert found["findings"] == []
    assert found["lately"]["pages"] > 0


def test_only_degraded_sources_are_shown_where_asked(line: Line) -> None:
    ran = line.call("sources", "--degraded")
    assert (ran.code, ran.out) == (0, "")
