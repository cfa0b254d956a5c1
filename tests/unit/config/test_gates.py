"""`[tool.agentsafety.gates]`."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_agentsafety.config import METRICS, GateRule, load_settings
from pytest_agentsafety.model.errors import ConfigError, UnknownNameError


def gates(tmp_path: Path, text: str) -> tuple[GateRule, ...]:
    (tmp_path / "pyproject.toml").write_text(f"[tool.agentsafety.gates]\n{text}\n")
    return load_settings(tmp_path).gates


def complaint(tmp_path: Path, text: str) -> str:
    with pytest.raises(ConfigError) as caught:
        gates(tmp_path, text)
    return str(caught.value)


def test_the_examples_of_the_design(tmp_path: Path) -> None:
    assert gates(
        tmp_path,
        'attack_success_rate = { max = 0.05, bound = "wilson95" }\n'
        "task_completion_rate = { min = 0.90 }\n"
        "cost_per_task_usd = { p95_max = 0.10 }\n"
        "latency_ms = { p95_max = 30_000 }",
    ) == (
        GateRule(metric="attack_success_rate", statistic="value", op="max", limit=0.05, bound="wilson95"),
        GateRule(metric="task_completion_rate", statistic="value", op="min", limit=0.9),
        GateRule(metric="cost_per_task_usd", statistic="p95", op="max", limit=0.1),
        GateRule(metric="latency_ms", statistic="p95", op="max", limit=30_000.0),
    )


def test_none_unless_written(tmp_path: Path) -> None:
    assert gates(tmp_path, "") == ()


def test_one_metric_may_have_several_limits(tmp_path: Path) -> None:
    rules = gates(tmp_path, "latency_ms = { max = 10, p50_max = 5, p99_max = 20, p95_min = 1 }")
    assert [(r.statistic, r.op, r.limit) for r in rules] == [
        ("value", "max", 10.0),
        ("p50", "max", 5.0),
        ("p99", "max", 20.0),
        ("p95", "min", 1.0),
    ]


@pytest.mark.parametrize("metric", METRICS)
def test_every_metric_takes_a_limit(tmp_path: Path, metric: str) -> None:
    (rule,) = gates(tmp_path, f"{metric} = {{ max = 0 }}")
    assert rule == GateRule(metric=metric, statistic="value", op="max", limit=0.0)


def test_an_unknown_metric_names_its_line_and_near_miss(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.agentsafety.gates]\nattack_succes_rate = { max = 0.1 }\n")
    with pytest.raises(UnknownNameError) as caught:
        load_settings(tmp_path)
    text = str(caught.value)
    assert "pyproject.toml:2: [tool.agentsafety.gates]: unknown metric 'attack_succes_rate'." in text
    assert "Did you mean 'attack_success_rate'? Valid: attack_success_rate, cost_per_task_usd" in text


def test_a_bare_number_shows_how_to_write_it(tmp_path: Path) -> None:
    assert "attack_success_rate: expected a table such as { max = 0.05 }, got 0.05" in complaint(
        tmp_path, "attack_success_rate = 0.05"
    )


@pytest.mark.parametrize("value", ["1.01", "-0.1", "nan", "inf", "true", '"5 %"'])
def test_a_rate_is_from_0_to_1(tmp_path: Path, value: str) -> None:
    assert "max: expected a number from 0 to 1, got" in complaint(tmp_path, f"error_rate = {{ max = {value} }}")


@pytest.mark.parametrize("value", ["-1", "nan", "inf", "false"])
def test_an_amount_is_finite_and_not_below_0(tmp_path: Path, value: str) -> None:
    assert "p95_max: expected a number from 0, finite, got" in complaint(
        tmp_path, f"cost_per_task_usd = {{ p95_max = {value} }}"
    )


def test_a_rate_has_no_percentile(tmp_path: Path) -> None:
    text = complaint(tmp_path, "attack_success_rate = { p95_max = 0.1 }")
    assert "[tool.agentsafety.gates.attack_success_rate]: unknown key 'p95_max'" in text
    assert text.endswith("Valid: bound, max, min")


def test_an_amount_has_no_wilson_bound(tmp_path: Path) -> None:
    assert "unknown key 'bound'" in complaint(tmp_path, 'latency_ms = { max = 5, bound = "wilson95" }')


def test_an_unknown_bound(tmp_path: Path) -> None:
    text = complaint(tmp_path, 'attack_success_rate = { max = 0.1, bound = "wilson" }')
    assert "unknown bound 'wilson'. Did you mean 'wilson95'? Valid: none, wilson95" in text


@pytest.mark.parametrize("text", ["attack_success_rate = {}", 'attack_success_rate = { bound = "none" }'])
def test_a_gate_without_a_limit(tmp_path: Path, text: str) -> None:
    assert "no limit given. Valid: max, min" in complaint(tmp_path, text)


def test_an_unknown_percentile(tmp_path: Path) -> None:
    assert "unknown key 'p90_max'" in complaint(tmp_path, "latency_ms = { p90_max = 5 }")


def test_gates_must_be_a_table(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.agentsafety]\ngates = [1]\n")
    with pytest.raises(ConfigError, match=r"\[tool\.agentsafety\.gates\]: expected a table, got \[1\]"):
        load_settings(tmp_path)
