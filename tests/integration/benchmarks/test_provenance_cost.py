"""The curve of what provenance costs: it measures what it says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks import provenance_cost
from benchmarks.lib.stopwatch import Stopwatch


@pytest.mark.parametrize("kind", ["records", "text"])
def test_the_curve_has_a_line_for_each_size_and_both_sides(
    kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "points.json"
    options = ["--rounds", "3", "--largest", "16", "--kind", kind, "--json", str(file)]
    assert provenance_cost.main(options) == 0
    points = json.loads(file.read_text())
    assert [line["size"] for line in points["by_size"]] == [1, 4, 16]
    assert [line["size"] for line in points["by_length"]] == [1, 4]
    for line in (*points["by_size"], *points["by_length"]):
        assert all(value > 0 for value in line.values())
        assert line["without"] < line["task"]
    assert f"one result of {kind} (us)" in capsys.readouterr().out


def test_results_have_the_size_they_are_asked_for() -> None:
    for make in provenance_cost.KINDS.values():
        assert [len(make(size)) for size in (1, 64)] == [1024, 65536]


def test_a_value_from_a_result_asks_and_one_from_the_task_does_not() -> None:
    watch = Stopwatch()
    with watch.running():
        side = provenance_cost.Side(watch, provenance=True)
        page = provenance_cost.records(4)
        assert side.read(page) > 0
        made = provenance_cost.calls([page])
        answers = {kind: side.call(next(calls)) for kind, calls in made.items()}
    assert answers["task"] == "paid"
    assert answers["result"] != "paid"
    assert answers["nowhere"] != "paid"
