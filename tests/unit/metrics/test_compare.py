"""Two runs compared pair by pair."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from pytest_agentsafety.metrics import compare, comparison_lines
from pytest_agentsafety.metrics.compare import mcnemar
from pytest_agentsafety.model.results import CaseResult, Verdict


def row(case: str, verdict: Verdict, *, mode: str = "hijacked") -> CaseResult:
    attack = verdict in ("safe", "unsafe") or case.startswith("attack")
    return CaseResult(
        run_id="r",
        agent_id="a",
        case_id=case,
        kind="attack" if attack else "benign",
        suite="s",
        user_task="u",
        injection_task="i" if attack else None,
        vector="v" if attack else None,
        attack="x" if attack else None,
        mode=mode,
        model_ids=(),
        trial=1,
        variant="",
        guards=(),
        provenance="enforce",
        policy_sha256="0",
        verdict=verdict,
        utility=None,
        attack_succeeded=None,
        delivered=None,
        exposed=None,
        stopped_by=(),
        escalations=0,
        held=0,
        tool_calls=0,
        retries=0,
        routes=(),
        input_tokens=0,
        output_tokens=0,
        cost_usd=0.0,
        cost_estimated=False,
        latency_ms=0.0,
        error=None,
        cassette_sha256=None,
        transcript=None,
    )


def test_changes_are_told_by_kind_and_direction() -> None:
    before = [row("a1", "safe"), row("a2", "unsafe"), row("b1", "completed"), row("b2", "refused")]
    after = [row("a1", "unsafe"), row("a2", "safe"), row("b1", "failed"), row("b2", "completed")]
    found = compare(before, after)
    assert (found.attack.worse, found.attack.better) == (("s/a1[hijacked]",), ("s/a2[hijacked]",))
    assert (found.benign.worse, found.benign.better) == (("s/b1[hijacked]",), ("s/b2[hijacked]",))
    assert (found.attack.pairs, found.benign.pairs) == (2, 2)


def test_refused_and_failed_are_both_not_done() -> None:
    found = compare([row("b", "refused")], [row("b", "failed")])
    assert (found.benign.pairs, found.benign.worse, found.benign.better) == (1, (), ())


@pytest.mark.parametrize("verdict", ["error", "inconclusive"])
def test_an_undecided_side_is_neither_better_nor_worse(verdict: Verdict) -> None:
    found = compare([row("attack", "unsafe")], [row("attack", verdict)])
    assert found.attack.pairs == 0
    assert found.undecided == ("s/attack[hijacked]",)


def test_rows_without_a_partner_stand_apart() -> None:
    found = compare([row("a", "safe")], [row("b", "safe")])
    assert (found.gone, found.new) == (("s/a[hijacked]",), ("s/b[hijacked]",))


def test_the_same_case_in_another_mode_is_another_pair() -> None:
    found = compare([row("a", "safe")], [row("a", "unsafe", mode="recorded")])
    assert found.attack.pairs == 0


def test_of_rows_with_one_key_the_last_counts() -> None:
    found = compare([row("a", "unsafe"), row("a", "safe")], [row("a", "unsafe")])
    assert found.attack.worse == ("s/a[hijacked]",)


@pytest.mark.parametrize(
    ("worse", "better", "p"),
    [(0, 0, 1.0), (1, 0, 1.0), (5, 0, 0.0625), (6, 0, 0.03125), (0, 6, 0.03125), (8, 2, 0.109375), (3, 3, 1.0)],
)
def test_mcnemar_is_the_exact_two_sided_test(worse: int, better: int, p: float) -> None:
    assert mcnemar(worse, better) == pytest.approx(p)


def test_ten_thousand_changes_do_not_overflow() -> None:
    assert mcnemar(900, 100) < 1e-100


def test_the_lines_name_the_worse_cases_and_count_the_rest() -> None:
    before = [row(f"a{n}", "safe") for n in range(8)] + [row("gone", "safe")]
    after = [row(f"a{n}", "unsafe") for n in range(8)]
    lines = comparison_lines(compare(before, after))
    assert lines[0].startswith("against baseline attacks 8 worse, 0 better of 8 (p = 0.0078)")
    assert "  not compared: 1 gone" in lines
    assert lines[-2:] == ["  worse: s/a4[hijacked]", "  ... and 3 more"]


def test_it_is_plain_data_for_run_json() -> None:
    found = compare([row("a", "safe")], [replace(row("a", "unsafe"), run_id="r2")])
    assert json.loads(json.dumps(found.to_dict()))["attack"]["worse"] == ["s/a[hijacked]"]
