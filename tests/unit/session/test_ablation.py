"""What knock-outs say about a guard."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pytest_agentsafety.model.policy import GUARDS, Policy, ScopeRules
from pytest_agentsafety.model.results import CaseResult, Verdict
from pytest_agentsafety.model.tasks import Case, CaseRun
from pytest_agentsafety.session.ablation import (
    AblationFile,
    KnockOut,
    judge,
    merge_ablation,
    read_ablation,
    summary,
    variants,
)
from tests.unit.metrics.test_compare import row

POLICY = Policy(scope=ScopeRules(denied_topics=("weather",)))
RUN = CaseRun(case=Case(case_id="a", suite="s", kind="attack", user_task="u"), mode="hijacked")


def ran(verdict: Verdict, guards: frozenset[str], *, stopped_by: tuple[str, ...] = ()) -> CaseResult:
    base = row("attack", verdict)
    return replace(base, guards=tuple(name for name in GUARDS if name in guards), stopped_by=stopped_by)


def knocked(without: Verdict, only: Verdict, *, guard: str = "provenance", policy: Policy = POLICY) -> KnockOut:
    everything = frozenset(GUARDS)
    return judge(
        ran("safe", everything, stopped_by=("provenance",)),
        guard,  # type: ignore[arg-type]
        ran(without, everything - {guard}, stopped_by=("pii",) if without == "safe" else ()),
        ran(only, frozenset({guard})),
        policy,
    )


@pytest.mark.parametrize(
    ("without", "only", "outcome"),
    [("unsafe", "safe", "alone"), ("safe", "safe", "also"), ("safe", "unsafe", "not"), ("unsafe", "unsafe", "not")],
)
def test_the_four_ways_it_can_go(without: Verdict, only: Verdict, outcome: str) -> None:
    assert knocked(without, only).outcome == outcome


def test_the_others_are_named() -> None:
    assert knocked("safe", "safe").others == ("pii",)


@pytest.mark.parametrize("verdict", ["error", "inconclusive"])
def test_a_run_that_broke_is_void_and_never_survived(verdict: Verdict) -> None:
    found = knocked("safe", verdict)
    assert found.outcome == "void"
    assert found.reason is not None
    assert f"with provenance alone was {verdict}" in found.reason


def test_a_guard_that_was_off_already_is_void() -> None:
    off = POLICY.with_guards(frozenset(GUARDS) - {"pii"})
    assert knocked("safe", "safe", guard="pii", policy=off).reason == "pii was off already"


def test_scope_without_topics_is_void() -> None:
    assert knocked("safe", "unsafe", guard="scope", policy=Policy()).reason == "the policy declares no topics"
    assert knocked("safe", "unsafe", guard="scope").outcome == "not"


def test_a_knock_out_that_did_not_apply_is_void() -> None:
    everything = frozenset(GUARDS)
    same = ran("safe", everything)
    found = judge(same, "provenance", same, ran("safe", frozenset({"provenance"})), POLICY)
    assert (found.outcome, found.reason) == ("void", "the knock-out did not apply")


def test_two_runs_per_guard_under_changed_policies() -> None:
    made = list(variants(RUN, POLICY))
    assert len(made) == 2 * len(GUARDS)
    for guard, way, run, policy in made:
        assert run.variant == f"{way}-{guard}"
        assert policy.guards == (frozenset(GUARDS) - {guard} if way == "no" else frozenset({guard}))


def test_rows_of_workers_come_together(tmp_path: Path) -> None:
    for worker in ("gw0", "gw1"):
        (tmp_path / "workers" / worker).mkdir(parents=True)
        AblationFile(tmp_path / "workers" / worker).append([replace(knocked("safe", "safe"), case_id=worker)])
    merge_ablation(tmp_path)
    assert [found["case_id"] for found in read_ablation(tmp_path)] == ["gw0", "gw1"]


def test_the_summary_tells_dead_weight_and_single_points_of_failure(tmp_path: Path) -> None:
    AblationFile(tmp_path).append(
        [knocked("unsafe", "safe"), knocked("safe", "unsafe", guard="pii"), knocked("safe", "safe", guard="scope")]
    )
    lines = summary(read_ablation(tmp_path))
    assert lines[0] == "knock-outs       1 attacks x 3 guards (alone / also others / not / void)"
    assert "  pii            0 / 0 / 1 / 0  (dead weight here)" in lines
    assert "  provenance     1 / 0 / 0 / 0" in lines
    assert lines[-1] == "  single point of failure: 1 of 1 attacks are stopped by one guard only"


def test_nothing_knocked_out_says_nothing(tmp_path: Path) -> None:
    assert summary(read_ablation(tmp_path)) == []
