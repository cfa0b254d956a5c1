from __future__ import annotations

import base64

import pytest
from guards_for_tests import ATTACK, READINGS, WordGuard
from hypothesis import strategies as st

from pytest_agentsafety.fuzz import Bypass, check_guardrail, fuzz_guard, obfuscations
from pytest_agentsafety.fuzz.chains import Step, apply_chain
from pytest_agentsafety.guards import InjectionGuard, PiiGuard
from pytest_agentsafety.model.decisions import Stage
from pytest_agentsafety.model.errors import ConfigError, UnknownNameError


def hunt(guard: WordGuard, *names: str) -> Bypass | None:
    return check_guardrail(
        guard, derandomize=True, attacks=st.just(ATTACK), chains=obfuscations(names=names), max_examples=300
    )


@pytest.mark.parametrize("hole", READINGS)
def test_a_planted_hole_is_found_and_shrunk_to_one_step(hole: str) -> None:
    readings = [reading for name, reading in READINGS.items() if name != hole]
    found = hunt(WordGuard(*readings, rounds=4), *READINGS)
    assert found is not None
    assert [step.name for step in found.chain] == [hole]
    assert found.attack == ATTACK
    assert found.text == apply_chain(found.chain, ATTACK)
    assert (found.before.status, found.after.status) == ("triggered", "clean")


@pytest.mark.parametrize("name", READINGS)
def test_a_guard_without_the_hole_passes(name: str) -> None:
    assert hunt(WordGuard(READINGS[name], rounds=4), name) is None


def test_a_hole_that_needs_two_layers() -> None:
    def once(text: str) -> str:
        try:
            return base64.b64decode(text, validate=True).decode()
        except ValueError:
            return text

    found = check_guardrail(
        WordGuard(once), seed=1, attacks=st.just(ATTACK), chains=st.just((Step("base64"), Step("base64")))
    )
    assert found is not None
    assert [step.name for step in found.chain] == ["base64", "base64"]


def test_the_explanation_goes_step_by_step_and_is_printable() -> None:
    found = hunt(WordGuard(), "zero_width")
    assert found is not None
    lines = found.explain().splitlines()
    assert lines[0] == "guard 'words' promises: an attack that is detected stays detected however it is written"
    assert lines[1] == f"original: {ATTACK}"
    assert lines[2] == "  said 'triggered', action 'block': by rule phrase"
    assert lines[3] == "1. puts an invisible character between the letters: zero_width(char='\\u200b', every=1)"
    assert "i\\u200bg\\u200b" in lines[4]
    assert lines[-1] == "and then says 'clean', action 'allow'"


def test_the_same_seed_finds_the_same() -> None:
    first, second = (check_guardrail(WordGuard(), seed=7, attacks=st.just(ATTACK), max_examples=50) for _ in range(2))
    assert first is not None
    assert first == second


def test_the_stage_is_the_guards_own_unless_given() -> None:
    guard = WordGuard(str.lower)
    check_guardrail(guard, attacks=st.just(ATTACK), max_examples=5, derandomize=True)
    assert {context.stage for context in guard.contexts} == {"tool_result"}
    guard = WordGuard(str.lower)
    check_guardrail(guard, attacks=st.just(ATTACK), max_examples=5, derandomize=True, stage="output")
    assert {context.stage for context in guard.contexts} == {"output"}


def test_a_guard_that_detects_nothing_is_an_error_not_a_pass() -> None:
    with pytest.raises(ConfigError, match="guard 'words' detects none of the plain attacks that were given"):
        check_guardrail(WordGuard(), attacks=st.just("hello"), max_examples=10, derandomize=True)
    with pytest.raises(ConfigError, match="guard 'words' detects none of our plain attacks"):
        check_guardrail(WordGuard(phrase="nobody says this"), max_examples=10)


def test_a_crash_lets_nothing_pass() -> None:
    def break_on_noise(text: str) -> str:
        if not text.isascii():
            raise ValueError("not ASCII")
        return text

    assert hunt(WordGuard(break_on_noise), "zero_width", "homoglyph") is None


def test_all_oracles_by_default_and_those_that_cannot_be_tried_are_named() -> None:
    done = fuzz_guard(WordGuard(str.lower), attacks=st.just(ATTACK), max_examples=20, seed=1)
    assert {hunted.oracle for hunted in done.hunts} == {"obfuscation", "harmless", "chunking"}
    silent = fuzz_guard(WordGuard(phrase="nobody says this"), max_examples=20, seed=1)
    assert [note.split(":")[0] for note in silent.notes] == ["guard 'words' detects none of our plain attacks"]
    assert {hunted.oracle for hunted in silent.hunts} == {"harmless", "chunking"}


def test_an_oracle_by_name() -> None:
    done = fuzz_guard(WordGuard(str.lower), oracles=["harmless"], max_examples=20, seed=1)
    assert {hunted.oracle for hunted in done.hunts} == {"harmless"}
    assert done.examples == 20
    with pytest.raises(UnknownNameError, match=r"unknown oracle 'harmles'. Did you mean 'harmless'"):
        fuzz_guard(WordGuard(), oracles=["harmles"])


def test_a_guard_that_redacts_is_tried_for_that_too() -> None:
    done = fuzz_guard(PiiGuard(), oracles=["redaction"], max_examples=60, seed=1)
    assert {hunted.oracle for hunted in done.hunts} == {"redaction"}
    assert done.bypasses == []


@pytest.mark.parametrize("stage", ["input", "tool_result"])
@pytest.mark.parametrize("oracle", ["harmless", "chunking", "redaction"])
def test_our_own_injection_guard_keeps_its_other_promises(stage: Stage, oracle: str) -> None:
    if (stage, oracle) == ("input", "redaction"):
        return  # it blocks there
    done = fuzz_guard(InjectionGuard(), oracles=[oracle], max_examples=100, stage=stage, derandomize=True)
    assert [found.explain() for found in done.bypasses] == []
