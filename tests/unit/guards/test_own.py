"""Guards of the user's own: where they are found, and which shape they have to have."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pytest_agentsafety.gate import Gate
from pytest_agentsafety.guards import StageRunner, check_shape, default_guardrails, load_guardrails
from pytest_agentsafety.model.decisions import GuardContext, GuardrailResult
from pytest_agentsafety.model.errors import ConfigError, UnknownNameError
from pytest_agentsafety.model.policy import Policy

MODULE = """
from pytest_agentsafety import GuardContext, GuardrailResult, blocked, clean

class NoDiscounts:
    name = "no_discounts"
    stages = frozenset({"output"})

    def check(self, text: str, context: GuardContext) -> GuardrailResult:
        at = text.find("discount")
        return clean(self) if at < 0 else blocked(self, "offer", found=[(at, at + 8)])

class Nested:
    Inner = NoDiscounts

class WithArgument(NoDiscounts):
    def __init__(self, limit): ...

class Slow(NoDiscounts):
    async def check(self, text, context): ...

class OneParameter(NoDiscounts):
    def check(self, text): ...

def make():
    return NoDiscounts()

ready = NoDiscounts()
nothing = 7
"""
ONE = "shop_guards_of_test:NoDiscounts"


@pytest.fixture
def root(tmp_path: Path) -> Iterator[Path]:
    (tmp_path / "shop_guards_of_test.py").write_text(MODULE)
    (tmp_path / "broken_of_test.py").write_text("import nowhere_at_all")
    before = list(sys.path)
    yield tmp_path
    sys.path[:] = before
    for name in ("shop_guards_of_test", "broken_of_test"):
        sys.modules.pop(name, None)


class Good:
    name = "good"
    stages = frozenset({"input"})

    def check(self, text: str, context: GuardContext) -> GuardrailResult:
        return GuardrailResult(guard=self.name, status="clean")


@pytest.mark.parametrize("name", ["NoDiscounts", "make", "ready", "Nested.Inner"])
def test_a_class_a_function_and_an_object_will_do(root: Path, name: str) -> None:
    (guard,) = load_guardrails([f"shop_guards_of_test:{name}"], root=root)
    assert guard.name == "no_discounts"


def test_it_runs_with_the_others_of_its_stage(root: Path) -> None:
    guards = default_guardrails(Policy(guardrails=(ONE,)), root=root)
    verdict = StageRunner(guards).run("output", "A discount for you", GuardContext(stage="output"))
    assert verdict.blocked
    assert verdict.decisive is not None
    assert verdict.decisive.rule == "no_discounts.offer"
    assert [guard.name for guard in guards][-1] == "no_discounts"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("shop_guards_of_test:NoDiscount", "unknown attribute of shop_guards_of_test 'NoDiscount'. Did you mean"),
        ("shop_guards_of_test", "expected module:Class"),
        ("nowhere_at_all:Guard", "cannot import 'nowhere_at_all': ModuleNotFoundError"),
        ("broken_of_test:Guard", "cannot import 'broken_of_test': ModuleNotFoundError"),
        ("shop_guards_of_test:WithArgument", "calling it without arguments raised TypeError"),
        ("shop_guards_of_test:nothing", "int.name is None, expected a text"),
        ("shop_guards_of_test:Slow", "Slow.check is async"),
        ("shop_guards_of_test:OneParameter", "OneParameter.check(text) cannot be called with (text, context)"),
    ],
)
def test_what_cannot_be_used_is_an_error_that_names_it(root: Path, name: str, words: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load_guardrails([name], root=root)
    assert str(caught.value).startswith(f"[tool.agentsafety] guardrails {name!r}: ")
    assert words in str(caught.value)


def test_a_wrong_shape_is_shown_a_right_one(root: Path) -> None:
    with pytest.raises(ConfigError, match="def check\\(self, text: str, context: GuardContext\\) -> GuardrailResult"):
        load_guardrails(["shop_guards_of_test:nothing"], root=root)


def test_two_guards_may_not_have_one_name(root: Path) -> None:
    with pytest.raises(ConfigError, match="another guard has the name 'no_discounts' already"):
        load_guardrails([ONE, "shop_guards_of_test:make"], root=root)


def test_the_near_miss_is_an_unknown_name(root: Path) -> None:
    with pytest.raises(UnknownNameError) as caught:
        load_guardrails(["shop_guards_of_test:Nodiscounts"], root=root)
    assert "NoDiscounts" in caught.value.valid


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"name": ""}, "name is ''"),
        ({"name": "pii"}, "the name of a guard of this package"),
        ({"stages": None}, "stages is None"),
        ({"stages": frozenset()}, "stages is frozenset()"),
        ({"stages": "input"}, "stages is 'input'"),
        ({"stages": {"imput"}}, "stages has 'imput', which is none of input, tool_result, output"),
        ({"check": None}, "check is None, expected a method"),
        ({"check": lambda self: None}, "cannot be called"),
    ],
)
def test_each_part_of_the_shape_is_looked_at(changed: dict[str, Any], words: str) -> None:
    guard = type("Good", (Good,), changed)()
    with pytest.raises(ConfigError) as caught:
        check_shape(guard, place="here")
    assert words in str(caught.value)
    assert str(caught.value).startswith("here: ")


def more_parameters(self: Any, text: str, context: Any, deep: bool = False) -> None:
    """Optional parameters are the guard's own affair."""


@pytest.mark.parametrize("changed", [{}, {"stages": ("input", "output")}, {"check": more_parameters}])
def test_what_can_be_run_passes(changed: dict[str, Any]) -> None:
    check_shape(type("Good", (Good,), changed)(), place="here")


def test_the_gate_looks_at_what_code_gives_it() -> None:
    class Bad:
        name = "bad"

    with pytest.raises(ConfigError, match=r"Gate\(guardrails=\.\.\.\): Bad\.stages is None"):
        Gate(Policy(), guardrails=[Bad()])  # type: ignore[list-item]
    Gate(Policy(), guardrails=[Good()])


def test_a_list_of_guards_leaves_ones_own_out(tmp_path: Path) -> None:
    from pytest_agentsafety.config import Settings
    from pytest_agentsafety.session.options import RunOptions
    from pytest_agentsafety.session.rules import SuiteRules

    settings = Settings(root=tmp_path, policy=Policy(guardrails=(ONE,)))
    adapted: Callable[[str], Policy] = lambda guards: SuiteRules(  # noqa: E731
        RunOptions(start=tmp_path, root=tmp_path, guards=guards), settings
    ).adapted(settings.policy)
    assert adapted("all").guardrails == (ONE,)
    assert adapted("none").guardrails == ()
    assert adapted("pii").guardrails == ()
