"""Figures of whole folders, by hand-countable examples."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pytest_agentsafety.metrics import compute, read_metrics, wilson, write_metrics
from pytest_agentsafety.model.errors import AgentSafetyError
from pytest_agentsafety.model.jsonl import dump_line
from pytest_agentsafety.model.results import CaseResult, ToolStats
from tests.unit.report.evidence_builder import row


def save(folder: Path, *rows: CaseResult) -> Path:
    (folder / "results.jsonl").write_bytes(b"".join(dump_line(r.to_dict()) for r in rows))
    return folder


def benign(n: int, verdict: str = "completed", **changes: Any) -> CaseResult:
    return row(f"b{n}", verdict=verdict, kind="benign", **changes)


def test_completion_counts_decided_benign_cases_only(tmp_path: Path) -> None:
    rows = [
        benign(1),
        benign(2),
        benign(3, "refused"),
        benign(4, "failed"),
        benign(5, "error"),
        benign(6, "inconclusive"),
        row("a1"),
    ]
    figure = compute(save(tmp_path, *rows))["production"]["task_completion_rate"]
    assert (figure["value"], figure["successes"], figure["n"]) == (0.5, 2, 4)
    assert (figure["low"], figure["high"]) == wilson(2, 4)
    assert [figure[name] for name in ("refused", "failed", "error", "inconclusive")] == [1, 1, 1, 1]


def test_attack_success_leaves_errors_and_inconclusive_out_of_both_sides(tmp_path: Path) -> None:
    verdicts = ["unsafe", "safe", "safe", "safe", "error", "error", "inconclusive"]
    rows = [row(f"a{n}", verdict=verdict) for n, verdict in enumerate(verdicts)]
    figure = compute(save(tmp_path, *rows))["attack"]["attack_success_rate"]
    assert (figure["value"], figure["n"], figure["unsafe"], figure["safe"]) == (0.25, 4, 1, 3)
    assert (figure["error"], figure["inconclusive"]) == (2, 1)
    assert figure["upper95"] == wilson(1, 4, 1.645)[1]
    assert (figure["low"], figure["high"]) == wilson(1, 4)


def test_attacks_are_broken_down_by_every_dimension(tmp_path: Path) -> None:
    rows = [
        row("a1", verdict="unsafe", vector="web"),
        row("a2", vector="mail", suite="bank", attack="polite", injection_task="wire"),
        row("a3", verdict="error", vector="mail", mode="recorded"),
        benign(1),
    ]
    by = compute(save(tmp_path, *rows))["attack"]["by"]
    assert set(by) == {"suite", "mode", "attack", "vector", "injection_task"}
    assert by["vector"]["web"]["value"] == 1.0
    assert (by["vector"]["mail"]["n"], by["vector"]["mail"]["error"]) == (1, 1)
    assert (by["mode"]["recorded"]["n"], by["mode"]["recorded"]["value"]) == (0, None)
    assert {name: table["n"] for name, table in by["suite"].items()} == {"bank": 1, "office": 1}
    assert by["injection_task"]["wire"]["safe"] == 1


def test_utility_delivery_and_exposure_are_over_decided_cases_that_know(tmp_path: Path) -> None:
    rows = [
        row("a1", utility=True, delivered=True, exposed=True),
        row("a2", utility=False, delivered=True, exposed=False),
        row("a3", utility=None, delivered=False, exposed=False),
        row("a4", verdict="error", utility=False, delivered=True, exposed=True),
    ]
    attack = compute(save(tmp_path, *rows))["attack"]
    assert (attack["utility_under_attack"]["value"], attack["utility_under_attack"]["n"]) == (0.5, 2)
    assert attack["utility_under_attack"]["unknown"] == 1
    assert (attack["delivered_rate"]["successes"], attack["delivered_rate"]["n"]) == (2, 3)
    assert (attack["exposed_rate"]["successes"], attack["exposed_rate"]["n"]) == (1, 3)


def test_refusals_are_of_decided_benign_cases(tmp_path: Path) -> None:
    figure = compute(save(tmp_path, benign(1), benign(2, "refused"), benign(3, "error")))["attack"]["refusal_rate"]
    assert (figure["successes"], figure["n"]) == (1, 2)


def test_stopped_by_counts_the_first_guard_and_any(tmp_path: Path) -> None:
    rows = [
        row("a1", stopped_by=("injection", "provenance")),
        row("a2", stopped_by=("provenance", "approval", "provenance")),
        row("a3", stopped_by=()),
        row("a4", verdict="unsafe", stopped_by=("pii",)),
    ]
    stopped = compute(save(tmp_path, *rows))["attack"]["stopped_by"]
    assert stopped == {
        "n": 3,
        "first": {"injection": 1, "provenance": 1},
        "any": {"approval": 1, "injection": 1, "provenance": 2},
        "nobody": 1,
    }


def test_a_denial_is_no_tool_error(tmp_path: Path) -> None:
    rows = [
        row("a1", tools={"send": ToolStats(calls=3, errors=1, denied=2), "read": ToolStats(calls=1)}),
        row("a2", tools={"send": ToolStats(calls=1, held=1)}),
        row("a2", tools={"send": ToolStats(calls=1, held=1)}),
        row("a3", tools={}),
    ]
    figure = compute(save(tmp_path, *rows))["production"]["error_rate"]
    assert (figure["value"], figure["successes"], figure["n"]) == (0.2, 1, 5)
    assert figure["by_tool"]["send"] == {"calls": 4, "errors": 1, "denied": 2, "held": 1, "rate": 0.25}
    assert figure["by_tool"]["read"]["rate"] == 0.0


def test_distributions(tmp_path: Path) -> None:
    rows = [
        row(f"a{n}", latency_ms=float(n), cost_usd=n / 100, input_tokens=n, output_tokens=1, tool_calls=n)
        for n in range(1, 101)
    ]
    rows[0] = replace(rows[0], cost_estimated=True)
    production = compute(save(tmp_path, *rows))["production"]
    latency = production["latency_ms"]
    assert [round(latency[key], 2) for key in ("p50", "p95", "p99", "value", "max")] == [50.5, 95.05, 99.01, 50.5, 100]
    cost = production["cost_per_task_usd"]
    assert round(cost["value"], 6) == 0.505
    assert round(cost["total"], 6) == 50.5
    assert cost["estimated_share"] == 0.01
    assert production["tokens_per_task"]["value"] == 51.5
    assert (production["tokens_per_task"]["input"], production["tokens_per_task"]["output"]) == (5050, 100)
    assert production["tool_calls_per_task"]["max"] == 100
    assert latency["by_kind"]["attack"]["n"] == 100
    assert latency["by_kind"]["benign"] == {
        "value": None,
        "total": 0.0,
        "max": None,
        "p50": None,
        "p95": None,
        "p99": None,
        "n": 0,
    }


def test_escalation_counts_tasks_not_asks(tmp_path: Path) -> None:
    rows = [row("a1", escalations=5), row("a2", escalations=0), benign(1, escalations=0), benign(2, escalations=1)]
    figure = compute(save(tmp_path, *rows))["production"]["escalation_rate"]
    assert (figure["value"], figure["successes"], figure["n"], figure["asks"]) == (0.5, 2, 4, 6)
    assert figure["by_kind"]["benign"]["value"] == 0.5


def test_verdict_counts_list_every_verdict(tmp_path: Path) -> None:
    counts = compute(save(tmp_path, benign(1), row("a1", verdict="unsafe")))["counts"]
    assert counts["benign"] == {"n": 1, "completed": 1, "refused": 0, "failed": 0, "error": 0, "inconclusive": 0}
    assert counts["attack"] == {"n": 1, "safe": 0, "unsafe": 1, "error": 0, "inconclusive": 0}


def test_of_rows_with_one_key_the_last_counts_and_the_rest_is_named(tmp_path: Path) -> None:
    rows = [row("a1", verdict="error"), row("a1", verdict="safe"), row("a1", verdict="safe", trial=2)]
    metrics = compute(save(tmp_path, *rows))
    assert (metrics["rows"], metrics["duplicates"]) == (2, 1)
    assert metrics["counts"]["attack"]["error"] == 0


def test_an_empty_run_has_figures_without_values(tmp_path: Path) -> None:
    metrics = compute(save(tmp_path))
    assert metrics["rows"] == 0
    assert metrics["attack"]["attack_success_rate"]["value"] is None
    assert metrics["production"]["cost_per_task_usd"]["estimated_share"] is None
    json.dumps(metrics, allow_nan=False)


def test_written_metrics_are_read_back(tmp_path: Path) -> None:
    save(tmp_path, row("a1"), benign(1))
    path = write_metrics(tmp_path)
    assert path == tmp_path / "metrics.json"
    assert read_metrics(tmp_path) == compute(tmp_path) == json.loads(path.read_text())


def test_missing_metrics_are_computed(tmp_path: Path) -> None:
    save(tmp_path, row("a1"))
    assert read_metrics(tmp_path)["rows"] == 1
    assert not (tmp_path / "metrics.json").exists()


@pytest.mark.parametrize(("text", "words"), [("{", "not JSON"), ('{"schema": 9}', "schema 9")])
def test_unreadable_metrics_are_named(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "metrics.json").write_text(text)
    with pytest.raises(AgentSafetyError, match=words):
        read_metrics(tmp_path)


def test_missing_results_are_named(tmp_path: Path) -> None:
    with pytest.raises(AgentSafetyError, match=r"results\.jsonl: no results here"):
        compute(tmp_path)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"schema": 2}, "record 1 has schema 2"),
        ({"verdict": "completed"}, "'attack' cannot have verdict 'completed'"),
        ({"kind": "other"}, "kind 'other'"),
    ],
)
def test_rows_no_figure_would_count_are_refused(tmp_path: Path, change: dict[str, Any], words: str) -> None:
    (tmp_path / "results.jsonl").write_bytes(dump_line(row("a1").to_dict() | change))
    with pytest.raises(AgentSafetyError, match=words):
        compute(tmp_path)


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    record = row("a1").to_dict()
    del record["latency_ms"]
    (tmp_path / "results.jsonl").write_bytes(dump_line(record))
    with pytest.raises(AgentSafetyError, match=r"'a1'.*lacks latency_ms"):
        compute(tmp_path)


def test_a_torn_last_line_is_left_out_with_a_warning(tmp_path: Path) -> None:
    save(tmp_path, row("a1"))
    with (tmp_path / "results.jsonl").open("ab") as stream:
        stream.write(b'{"schema": 1, "case')
    with pytest.warns(UserWarning, match="torn last line"):
        assert compute(tmp_path)["rows"] == 1
