"""Nothing runs, and the refusal says why."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any, get_args

import pytest

from pytest_agentsafety.model.policy import SandboxChoice, ToolRule
from pytest_agentsafety.sandbox import RefusingSandbox, SandboxResult, SandboxStatus, Violation, refusal

MISSING = {
    "auto": ("native backend", "docker backend"),
    "native": ("native backend",),
    "docker": ("docker backend",),
    "refuse": (),
}


def rule(choice: Any = "auto") -> ToolRule:
    return ToolRule(effect="execute", sandbox=choice)


@pytest.mark.parametrize("choice", get_args(SandboxChoice))
def test_every_choice_is_refused_and_says_what_is_missing(choice: str) -> None:
    result = RefusingSandbox().run("print(1)", rule(choice))
    assert result.status == "refused"
    assert result.missing == MISSING[choice]
    assert all(part in result.stderr for part in result.missing)


def test_the_code_is_not_run(tmp_path: Path) -> None:
    target = tmp_path / "out"
    RefusingSandbox().run(f"open({str(target)!r}, 'w').close()", rule())
    assert not target.exists()


def test_a_rule_that_wants_a_refusal_gets_its_own_reason() -> None:
    assert (
        RefusingSandbox().run("", rule("refuse")).stderr == "running code is refused: the rule says sandbox = 'refuse'"
    )


def test_a_choice_nobody_knows_is_refused() -> None:
    assert RefusingSandbox().run("print(1)", rule("none")).status == "refused"


def test_no_figure_is_claimed_that_was_not_measured() -> None:
    result = RefusingSandbox().run("print(1)", rule())
    figures = (result.exit_code, result.signal, result.wall_s, result.cpu_s, result.max_rss_kb, result.backend)
    assert figures == (None,) * 6
    assert (result.stdout, result.layers, result.violations, result.truncated) == ("", (), (), False)


@pytest.mark.parametrize("choice", get_args(SandboxChoice))
def test_the_decision_is_a_denial_by_the_sandbox(choice: str) -> None:
    decision = refusal(rule(choice))
    assert (decision.outcome, decision.guard, decision.rule) == ("denied", "sandbox", "sandbox.unavailable")
    assert decision.reason == RefusingSandbox().run("", rule(choice)).stderr
    assert decision == RefusingSandbox().refusal(rule(choice))


def test_the_reason_names_what_this_version_lacks() -> None:
    assert refusal(rule()).reason == (
        "running code is refused: this version cannot contain it, it has no native backend and no docker backend"
    )


def test_the_statuses_of_a_run() -> None:
    assert set(get_args(SandboxStatus)) == {
        "ok", "error", "timeout", "cpu_limit", "memory", "output_limit", "killed", "refused"
    }  # fmt: skip


def test_a_result_is_frozen_and_writes_itself_as_json() -> None:
    result = SandboxResult(
        status="killed", signal=9, layers=("seccomp",), violations=(Violation(syscall="openat", path="/etc/passwd"),)
    )
    with pytest.raises(dataclasses.FrozenInstanceError):
        result.status = "ok"  # type: ignore[misc]
    data = json.loads(json.dumps(result.to_dict()))
    assert data["status"] == "killed"
    assert data["violations"] == [{"syscall": "openat", "path": "/etc/passwd"}]
    assert data["wall_s"] is None
    assert set(data) == {field.name for field in dataclasses.fields(SandboxResult)}
