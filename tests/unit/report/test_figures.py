"""Numbers as text."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_agentsafety.metrics import compute
from pytest_agentsafety.report.figures import _completed, headline, interval, money, number, percent, production
from tests.unit.report.evidence_builder import EvidenceBuilder


@pytest.mark.parametrize(
    ("share", "shown"), [(0.0, "0.0\u00a0%"), (0.0434, "4.3\u00a0%"), (1.0, "100.0\u00a0%"), (None, "\u2013")]
)
def test_percent(share: float | None, shown: str) -> None:
    assert percent(share) == shown


@pytest.mark.parametrize(
    ("usd", "shown"), [(0.0, "$0.00"), (0.0042, "$0.0042"), (1.5, "$1.50"), (1234.5, "$1,234.50"), (None, "\u2013")]
)
def test_money(usd: float | None, shown: str) -> None:
    assert money(usd) == shown


@pytest.mark.parametrize(("value", "shown"), [(2.0, "2"), (2.25, "2.2"), (1234.5, "1,234"), (None, "\u2013")])
def test_number(value: float | None, shown: str) -> None:
    assert number(value) == shown


def test_interval_without_data() -> None:
    assert interval({"n": 0}) == "no data"


def metrics(run: EvidenceBuilder) -> dict[str, Any]:
    return compute(run.write())


def test_headline_says_what_decides(run: EvidenceBuilder) -> None:
    attack, utility, asks, cost = headline(metrics(run))
    assert (attack.value, attack.tone) == ("3.4\u00a0%", "bad")
    assert "2 of 58, at most 9.9\u00a0% (one-sided 95\u00a0%); apart: error 1, inconclusive 1" in attack.detail
    assert (utility.value, utility.tone) == ("93.8\u00a0%", "warn")
    assert "under attack 100.0\u00a0% of 56" in utility.detail
    assert "56 of 76; benign 0.0\u00a0%, attacks 93.3\u00a0%" in asks.detail
    assert cost.value == "$0.3040"


def test_no_attack_is_no_good_news(run: EvidenceBuilder) -> None:
    run.rows = [r for r in run.rows if r.kind == "benign" and r.verdict == "completed"]
    attack, utility, *_ = headline(metrics(run))
    assert (attack.value, attack.tone) == ("\u2013", "warn")
    assert utility.tone == "good"


def test_seven_production_figures(run: EvidenceBuilder) -> None:
    figures = production(metrics(run))
    assert [figure.label for figure in figures] == [
        "Task completion rate",
        "Tokens per task",
        "Tool calls per task",
        "Tool error rate",
        "Latency P50 / P95 / P99",
        "Human escalation rate",
        "Cost per task",
    ]
    assert all(figure.detail for figure in figures)


def test_an_empty_run_shows_dashes(run: EvidenceBuilder) -> None:
    run.rows = []
    assert {figure.value for figure in production(metrics(run))[:4]} == {"\u2013"}


def test_made_up_benign_runs_are_said_to_be_not_measured() -> None:
    nothing = {"n": 0, "not_measured": 1}
    assert _completed(nothing) == "NOT MEASURED in 1 made-up benign run"
    some = {"n": 1, "successes": 1, "low": 0.2, "high": 1.0, "not_measured": 2}
    assert _completed(some).endswith("; NOT MEASURED in 2 made-up benign runs")
    assert "NOT MEASURED" not in _completed({**some, "not_measured": 0})
