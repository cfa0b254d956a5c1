"""Rivals stand behind the seam of the provenance: they see all calls and results, and what they refuse does not run."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("agentdojo", reason="needs the extra: pip install 'pytest-agentsafety[agentdojo]'")

from benchmarks.lib.rivals import RIVALS, Rival
from benchmarks.lib.rows import Row
from benchmarks.lib.running import Bench, Choice
from pytest_agentsafety.model.messages import ToolCall

ROOT = Path(__file__).parents[3]


class Scripted(Rival):
    """Refuses the tools in `refused`, and remembers what it saw."""

    package = "scripted"
    refused: frozenset[str] = frozenset()

    def draft(self, tools: Sequence[tuple[str, dict[str, Any]]]) -> Any:
        return {name: sorted(schema["properties"]) for name, schema in tools}

    def begin(self, task: str) -> None:
        self.task, self.results = task, 0

    def saw(self, tool: str, arguments: Mapping[str, Any], text: str) -> None:
        self.results += 1

    def refusal(self, call: ToolCall) -> str | None:
        if call.name == "send_money":
            assert self.results >= 1  # the bill was read before
            assert self.task
            assert self.drafted()["send_money"] == ["amount", "date", "recipient", "subject"]
        return f"{call.name} is refused" if call.name in self.refused else None


class Lenient(Scripted):
    refused = frozenset()


class Strict(Scripted):
    refused = frozenset({"send_money"})


def rows(rival: type[Rival]) -> list[Row]:
    tracker = f"{rival.__module__}:{rival.__name__}"
    cases = ("banking.user_task_0", "banking.user_task_0.injection_task_5.*")
    choice = Choice(suites=("agentdojo:banking",), guards="provenance,approval", tracker=tracker, cases=cases)
    bench = Bench(choice)
    with bench.running() as case:
        return [case(unit) for unit in bench.units()]


def test_what_a_rival_allows_runs_and_what_it_refuses_does_not() -> None:
    assert [row.verdict for row in rows(Lenient)] == ["completed", "unsafe"]
    benign, attack = rows(Strict)
    assert (benign.verdict, benign.oracle, attack.verdict) == ("refused", True, "safe")
    assert [refusal.reason for refusal in benign.refusals] == ["send_money is refused"]
    assert attack.asks == len(attack.refusals) == 2


@pytest.mark.parametrize("name", RIVALS)
def test_a_rival_that_is_installed_decides(name: str) -> None:
    pytest.importorskip(RIVALS[name].package, reason="pip install -r benchmarks/requirements-rivals.txt")
    assert all(row.decided for row in rows(RIVALS[name]))


def test_one_that_is_not_installed_is_said_and_left_out() -> None:
    if find_spec("reasongate") is not None:
        pytest.skip("it is installed")
    command = [sys.executable, str(ROOT / "benchmarks/rivals.py"), "--suites", "banking", "--every", "160", "--quiet"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    assert "reasongate taint is not installed: pip install -r benchmarks/requirements-rivals.txt" in done.stderr
    assert [line[:25].strip() for line in done.stdout.splitlines() if line.startswith("ours")] == [
        "ours, enforce",
        "ours, provenance alone",
        "ours, strict",
    ]
