from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from guards_for_tests import ATTACK, WordGuard
from hypothesis import settings
from hypothesis import strategies as st

from pytest_agentsafety.fuzz import fuzz_guardrail, obfuscations, read_cases, register_profiles
from pytest_agentsafety.fuzz.campaign import Campaign
from pytest_agentsafety.fuzz.decorator import BypassFound, attack_guard
from pytest_agentsafety.fuzz.profiles import CI, LONG, from_profile
from pytest_agentsafety.guards import InjectionGuard
from pytest_agentsafety.model.errors import ConfigError

ONE = {"attacks": st.just(ATTACK), "obfuscations": obfuscations(names=("zero_width",)), "oracles": ["obfuscation"]}


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def profiles() -> Iterator[None]:
    before = settings.get_current_profile_name()
    register_profiles()
    yield
    settings.load_profile(before)


def visible(text: str) -> str:
    return "".join(char for char in text if char.isascii())


def test_a_bypass_fails_the_test_and_is_written(here: Path) -> None:
    ran: list[int] = []

    @fuzz_guardrail(WordGuard(), max_examples=50, **ONE)
    def test_it() -> None:
        ran.append(1)

    with pytest.raises(BypassFound) as found:
        test_it()
    assert ran == []
    assert "1. puts an invisible character between the letters" in str(found.value)
    assert "written to tests/agentsafety-cases/words-zero_width-" in str(found.value)
    (case,) = read_cases(here / "tests/agentsafety-cases")
    assert case.target.endswith(":test_a_bypass_fails_the_test_and_is_written.<locals>.test_it")
    assert case.command.startswith("pytest ")


def test_the_case_fails_before_the_fix_and_passes_after(here: Path) -> None:
    def attack(guard: WordGuard) -> None:
        attack_guard(guard, target="mine:Guard", max_examples=50, **ONE)

    with pytest.raises(BypassFound, match="1 broken promises"):
        attack(WordGuard())
    calls = WordGuard()
    with pytest.raises(BypassFound, match="broken: an attack that is detected stays detected"):
        attack(calls)
    assert calls.calls <= 4, "the stored case is enough to fail: nothing is drawn"
    attack(WordGuard(visible))
    assert len(read_cases(here / "tests/agentsafety-cases")) == 1


def test_a_waived_case_does_not_fail_and_is_not_found_again(here: Path) -> None:
    with pytest.raises(BypassFound):
        attack_guard(WordGuard(), target="mine:Guard", max_examples=50, **ONE)
    (case,) = read_cases(here / "tests/agentsafety-cases")
    assert case.path is not None
    data = json.loads(case.path.read_text())
    data["waiver"] = {"owner": "ann", "reason": "known", "expires": "2999-01-01"}
    case.path.write_text(json.dumps(data))
    assert attack_guard(WordGuard(), target="mine:Guard", max_examples=50, **ONE).bypasses == []
    data["waiver"]["expires"] = "2020-01-01"
    case.path.write_text(json.dumps(data))
    with pytest.raises(BypassFound, match="EXPIRED"):
        attack_guard(WordGuard(), target="mine:Guard", max_examples=50, **ONE)


def test_the_body_runs_after_the_attack_and_may_see_what_was_tried() -> None:
    seen: list[Any] = []

    @fuzz_guardrail(lambda: WordGuard(visible), max_examples=20, **ONE)
    def test_it(campaign: Campaign, tmp_path: str = "x") -> str:
        seen.append(campaign)
        return tmp_path

    assert test_it(tmp_path="y") == "y"
    assert seen[0].examples == 20
    import inspect

    assert list(inspect.signature(test_it).parameters) == ["tmp_path"], "no fixture of that name is looked for"


def test_a_class_and_the_name_of_the_target() -> None:
    @fuzz_guardrail(InjectionGuard, target="injection", oracles=["chunking"], max_examples=20)
    def test_it() -> None: ...

    test_it()
    assert test_it.agentsafety_guard is InjectionGuard


def test_the_configured_folder_is_used(here: Path) -> None:
    (here / "agentsafety.toml").write_text('[tool.agentsafety.fuzz]\ncases = "found"\n')
    with pytest.raises(BypassFound, match="written to found/"):
        attack_guard(WordGuard(), target="mine:Guard", max_examples=50, **ONE)
    assert len(read_cases(here / "found")) == 1


def test_what_is_no_guard_is_an_error() -> None:
    @fuzz_guardrail(5)
    def test_it() -> None: ...

    with pytest.raises(ConfigError, match="is no guard"):
        test_it()


def test_a_test_says_the_same_each_time() -> None:
    first, second = (attack_guard(WordGuard(visible), target="x:Y", max_examples=40, **ONE) for _ in range(2))
    assert [hunted.worth for hunted in first.hunts] == [hunted.worth for hunted in second.hunts]


def test_the_profiles(profiles: None) -> None:
    assert from_profile() == (None, False)
    settings.load_profile(CI)
    assert from_profile() == (200, True)
    assert settings.default is not None
    assert settings.default.derandomize
    settings.load_profile(LONG)
    assert from_profile() == (20_000, False)


def test_a_profile_says_how_much_is_tried(profiles: None) -> None:
    settings.load_profile(CI)
    done = attack_guard(WordGuard(visible), target="x:Y", **ONE)
    assert done.examples == 200
    assert attack_guard(WordGuard(visible), target="x:Y", max_examples=10, **ONE).examples == 10
