"""Evidence from a scripted model is marked as such."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_agentsafety.config import Settings
from pytest_agentsafety.model.policy import Policy, ToolRule
from pytest_agentsafety.session import RunOptions, Session
from pytest_agentsafety.session.rules import SuiteRules
from pytest_agentsafety.session.run_file import marks as run_marks


def marks(tmp_path: Path, *modes: str) -> list[str]:
    options = RunOptions(start=tmp_path, root=tmp_path, modes=modes, cases=("inbox.triage",), suites=("inbox",))
    return [str(mark) for mark in Session(options).describe()["marks"]]


@pytest.mark.parametrize("mode", ["recorded", "scripted"])
def test_scripted_recordings_mark_the_run(tmp_path: Path, mode: str) -> None:
    assert marks(tmp_path, mode) == ["scripted model, no real one: the recordings of inbox"]


def test_a_hijacked_run_is_not_marked(tmp_path: Path) -> None:
    assert marks(tmp_path, "hijacked") == []


@pytest.mark.parametrize(
    ("choice", "marked"), [("auto", False), ("native", False), ("refuse", False), ("native-weak", True)]
)
def test_a_sandbox_that_is_weak_by_name_marks_the_run(tmp_path: Path, choice: str, marked: bool) -> None:
    rule = ToolRule(effect="execute", sandbox=choice)  # type: ignore[arg-type]
    policies = {"a": Policy(tools={"run_code": rule, "read": ToolRule(effect="read")}), "b": Policy()}
    found = run_marks(SuiteRules(RunOptions(start=tmp_path, root=tmp_path), Settings(root=tmp_path)), policies)
    assert found == (["weak sandbox, asked for by name: run_code"] if marked else [])
