"""Guards of the user's own in a run: they look at the texts of each case; a wrong one ends the run before it starts."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

GUARDS = """
from pytest_agentsafety import blocked, clean


class NoRefunds:
    name = "no_refunds"
    stages = frozenset({"output"})

    def check(self, text, context):
        return blocked(self, "offer", found=[(0, 2)]) if "refund" in text else clean(self)


class NoCheck:
    name = "no_check"
    stages = frozenset({"output"})
"""


def checked(project: Any) -> list[dict[str, Any]]:
    """What guards recorded, over all transcripts."""
    return [event for event in events(project) if event["type"] == "guard_checked"]


def events(project: Any) -> list[dict[str, Any]]:
    texts = [path.read_text() for path in (project.folder / "transcripts").glob("*.jsonl")]
    return [json.loads(line) for text in texts for line in text.splitlines()]


@pytest.fixture
def desk(project: Any, write_desk: Callable[..., str]) -> Any:
    """A project whose suite names a guard."""
    project.file("own_guards.py", GUARDS)
    suite = write_desk(project)
    path = project.root / suite / "suite.yaml"
    path.write_text(path.read_text().replace("policy:\n", 'policy:\n  guardrails: ["own_guards:NoRefunds"]\n'))
    project.file("agentsafety.toml", f'[tool.agentsafety]\nsuites = ["{suite}"]\n')
    return project


def test_it_looks_at_the_answer_and_is_on_record(desk: Any) -> None:
    done = desk.pytest("--agent-safety", "--agent-safety-case=desk.read")
    (found,) = checked(desk)
    assert (found["guard"], found["rule"], found["action"]) == ("no_refunds", "no_refunds.offer", "block")
    assert (found["stage"], found["severity"], found["confidence"]) == ("output", 1.0, 1.0)
    assert found["spans"] == [[0, 2, "no_refunds.offer"]]
    (answer,) = (event for event in events(desk) if event["type"] == "final_answer")
    assert answer["shown"] == "[the answer was held by the no_refunds guard (no_refunds.offer)]", done.text


@pytest.mark.parametrize("guards", ["none", "pii, provenance"])
def test_a_list_of_guards_leaves_it_out(desk: Any, guards: str) -> None:
    done = desk.pytest("--agent-safety", "--agent-safety-case=desk.read", f"--agent-safety-guards={guards}")
    assert checked(desk) == []
    (row,) = desk.rows()
    assert row["verdict"] == "completed", done.text


def test_a_guard_of_a_wrong_shape_is_a_usage_error_that_shows_a_right_one(project: Any) -> None:
    project.file("own_guards.py", GUARDS)
    project.file("agentsafety.toml", '[tool.agentsafety]\nguardrails = ["own_guards:NoCheck"]\n')
    for done in (project.pytest("--agent-safety"), project.cli("run")):
        assert done.status == 4
        assert "[tool.agentsafety] guardrails 'own_guards:NoCheck': NoCheck.check is None" in done.text
        assert "def check(self, text: str, context: GuardContext) -> GuardrailResult" in done.text
    assert not project.folder.exists()
