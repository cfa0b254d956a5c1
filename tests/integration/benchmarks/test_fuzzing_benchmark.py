"""`python benchmarks/fuzzing.py`: both sides are really measured, and a hole that is not found is told."""

from __future__ import annotations

import pytest

from benchmarks import fuzzing
from benchmarks.lib.blinded import BLINDERS, BlindedGuard
from benchmarks.lib.planted import ATTACKS, HOLES, PlantedGuard
from pytest_agentsafety.fuzz import apply_chain
from pytest_agentsafety.fuzz.chains import Step, steps_of
from pytest_agentsafety.fuzz.strategies import text_steps
from pytest_agentsafety.model.decisions import GuardContext

CONTEXT = GuardContext(stage="input")


def detects(hole: str, *chain: Step) -> bool:
    return PlantedGuard(hole).check(apply_chain(chain, ATTACKS[0]), CONTEXT).triggered


@pytest.mark.parametrize("name", text_steps())
def test_the_unharmed_guard_reads_every_single_step(name: str) -> None:
    assert [str(step) for step in steps_of(name) if not detects("", step)] == []


@pytest.mark.parametrize("hole", HOLES)
def test_a_harmed_guard_misses_its_own_step_and_reads_the_plain_attack(hole: str) -> None:
    step = Step("base64", {"times": 2}) if hole == "nested_base64" else Step(hole)
    assert detects(hole)
    assert not detects(hole, step)


@pytest.mark.parametrize("hole", BLINDERS)
def test_a_blinded_guard_misses_its_own_step_and_reads_the_plain_attack(hole: str) -> None:
    guard = BlindedGuard(hole)
    step = Step("base64", {"times": 2}) if hole == "nested_base64" else Step(hole)
    assert guard.check(ATTACKS[0], CONTEXT).triggered
    assert not guard.check(apply_chain([step], ATTACKS[0]), CONTEXT).triggered


def test_both_sides_are_measured(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(fuzzing, "EXAMPLES", 60)
    monkeypatch.setattr(fuzzing, "ROUNDS", 1)
    fuzzing.speed()
    out = capsys.readouterr().out
    assert out.count("bare Hypothesis loop") == 2
    assert out.count("ratio ") == 2


def test_holes_and_the_unharmed_guard(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(fuzzing, "HOLES", ("mixed_case", ""))
    monkeypatch.setattr(fuzzing, "MOST", 40)
    assert not fuzzing.holes(1), "a guard without a hole counts as one that was not found"
    out = capsys.readouterr().out
    assert "mixed_case" in out
    assert "steps median 1" in out
    fuzzing.unharmed(5)
    assert "planted: 5 examples, 0 bypasses" in capsys.readouterr().out
