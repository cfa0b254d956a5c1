"""The Gate under every order of acts: the machine holds on the real one, and finds each of five planted bugs.

`AGENTSAFETY_LONG=1`: 2,000 runs of 20 steps.
"""

from __future__ import annotations

import os
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, Verbosity, settings
from hypothesis.stateful import run_state_machine_as_test

from pytest_agentsafety.approval import safe_decide
from pytest_agentsafety.budget import Budget
from pytest_agentsafety.budget.money import cap
from pytest_agentsafety.gate.rule_book import RuleBook
from pytest_agentsafety.gate.state import TaskState
from pytest_agentsafety.model.decisions import ApprovalAnswer
from pytest_agentsafety.model.errors import BudgetExceededError
from pytest_agentsafety.model.policy import ToolRule

from .machine import GateMachine

LONG = os.environ.get("AGENTSAFETY_LONG") == "1"
QUICK = settings(
    max_examples=60,
    stateful_step_count=15,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    verbosity=Verbosity.normal,
    print_blob=False,
)
RUNS = settings(QUICK, max_examples=2000, stateful_step_count=20, derandomize=False) if LONG else QUICK
# Generous: what Hypothesis draws depends on which modules the session has imported; the first find ends the hunt.
HUNT = settings(QUICK, max_examples=3000, phases=[Phase.generate], report_multiple_bugs=False)


@pytest.fixture(autouse=True)
def _between_check_and_entry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every account lets other threads run between looking at its totals and changing them: only a lock helps then."""
    check = Budget._check

    def slow(self: Budget, held: Any) -> None:
        check(self, held)
        if threading.current_thread() is not threading.main_thread():
            time.sleep(0.003)

    monkeypatch.setattr(Budget, "_check", slow)


def test_the_gate_holds() -> None:
    GateMachine.seen.clear()
    run_state_machine_as_test(GateMachine, settings=RUNS)
    kinds = [("Call", end) for end in ("ran", "denied", "stopped")]
    kinds += [("Chat", end) for end in ("ran", "failed", "retried", "stopped")]
    assert {kind: GateMachine.seen[kind] for kind in kinds if GateMachine.seen[kind] < 10} == {}


def settle_before_reserve(patch: pytest.MonkeyPatch) -> None:
    """What a call could cost is not looked at; only what was spent before it."""

    def check(self: Budget, held: Any) -> None:
        cap(BudgetExceededError, "cost of the task", self._cost, self.limits.max_cost_usd, " USD")

    patch.setattr(Budget, "_check", check)


def lost_lock(patch: pytest.MonkeyPatch) -> None:
    made = Budget.__init__

    def unlocked(self: Budget, *arguments: Any, **options: Any) -> None:
        made(self, *arguments, **options)
        self._lock = nullcontext()  # type: ignore[assignment]

    patch.setattr(Budget, "__init__", unlocked)


def retry_uncharged(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Budget, "fail", lambda self, reservation, **_: self.release(reservation))


def default_allow(patch: pytest.MonkeyPatch) -> None:
    get = RuleBook.get
    patch.setattr(RuleBook, "get", lambda self, tool: get(self, tool) or ToolRule(effect="read"))


def approval_ignored(patch: pytest.MonkeyPatch) -> None:
    def ignoring(approver: Any, request: Any) -> ApprovalAnswer:
        safe_decide(approver, request)
        return ApprovalAnswer(answer="approve", by="nobody")

    askers = [m for name, m in sys.modules.items() if name.startswith("pytest_agentsafety.gate.")]
    askers = [module for module in askers if hasattr(module, "safe_decide")]
    assert askers
    for module in askers:
        patch.setattr(module, "safe_decide", ignoring)


def decision_unrecorded(patch: pytest.MonkeyPatch) -> None:
    """One more than the five: what was decided is not in the log when the tool runs."""
    emit_all = TaskState.emit_all

    def leaving_out(self: TaskState, events: Any) -> None:
        emit_all(self, [event for event in events if event.type != "tool_decided"])

    patch.setattr(TaskState, "emit_all", leaving_out)


ACTS = {"_expect", "nothing_happened_that_may_not"}
BUGS = {
    settle_before_reserve: {"the_cap_was_never_passed", "nothing_happened_that_may_not"},
    lost_lock: {"the_cap_was_never_passed", "nothing_happened_that_may_not"},
    retry_uncharged: {"the_provider_never_bills_more_than_was_accounted_for"},
    default_allow: ACTS,
    approval_ignored: ACTS,
    decision_unrecorded: {"nothing_happened_that_may_not"},
}


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.__name__)
def test_a_planted_bug_is_found(bug: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch) -> None:
    bug(monkeypatch)
    with pytest.raises((AssertionError, ExceptionGroup)) as found:
        run_state_machine_as_test(GateMachine, settings=HUNT)
    broken = [error for error in _leaves(found.value) if isinstance(error, AssertionError)]
    assert BUGS[bug] & {frame.name for error in broken for frame in traceback.extract_tb(error.__traceback__)}


def _leaves(error: BaseException) -> Iterator[BaseException]:
    """Hypothesis runs a failure twice; a race it cannot repeat comes as a group that holds it."""
    if isinstance(error, BaseExceptionGroup):
        for inner in error.exceptions:
            yield from _leaves(inner)
    else:
        yield error
