"""Replaying recorded runs, with runs made up from AgentDojo's own ground truths."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("agentdojo", reason="needs the extra: pip install 'pytest-agentsafety[agentdojo]'")

from pytest_agentsafety.catalog.agentdojo import resolve
from pytest_agentsafety.catalog.agentdojo.scenario import AgentDojoScenario
from pytest_agentsafety.model.messages import PlannedTurn

ROOT = Path(__file__).parents[3]
SCRIPT = ROOT / "benchmarks" / "replay_traces.py"


def recorded(user_task: str, injection_task: str | None) -> dict[str, Any]:
    """A run as AgentDojo publishes it: the benign calls, the attacker's in front of the last of them."""
    (suite,) = resolve("agentdojo@v1.2.2:banking", place="test")
    case = next(c for c in suite.cases() if (c.user_task, c.injection_task) == (user_task, injection_task))
    opened = suite.open(case)
    benign, hostile = opened.benign_turns(), opened.attack_turns() or ()
    messages = [{"role": "system", "content": opened.system}, {"role": "user", "content": opened.prompt}]
    for number, turn in enumerate([*benign[:1], *hostile, *benign[1:]]):
        messages += said(opened, turn, f"toolu_{number}")
    messages.append({"role": "assistant", "content": "Done."})
    return {
        "model": "made-up",
        "suite": "banking",
        "user_task_id": user_task,
        "injection_task_id": injection_task,
        "attack": "important_instructions" if injection_task else "none",
        "benchmark_version": "v1.2.2",
        "injections": {},
        "messages": messages,
        "utility": True,
        "security": bool(injection_task),
        "error": None,
        "duration": 1.0,
    }


def said(opened: AgentDojoScenario, turn: PlannedTurn, call_id: str) -> list[dict[str, Any]]:
    if not turn.calls:
        return []
    (call,) = turn.calls
    tool = next(spec.fn for spec in opened.tools if spec.name == call.name)
    content, error = "", None
    try:
        content = tool(**call.arguments)
    except Exception as exc:
        error = f"{type(exc).__name__}: {exc}"
    made = {"id": call_id, "name": call.name, "args": dict(call.arguments)}
    return [
        {"role": "assistant", "content": None, "tool_calls": [made]},
        {"role": "tool", "content": content, "tool_call_id": call_id, "name": call.name, "error": error},
    ]


@pytest.fixture(scope="module")
def traces(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("traces") / "traces.jsonl.gz"
    runs = [recorded("user_task_1", None), recorded("user_task_0", "injection_task_5")]
    path.write_bytes(gzip.compress("".join(json.dumps(run) + "\n" for run in runs).encode()))
    return path


def run(traces: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(SCRIPT), "--traces", str(traces), "--quiet", *options]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT, timeout=120)


def columns(output: str) -> list[str]:
    line = next(line for line in output.splitlines() if line.startswith("all "))
    return [part for part in line.split() if "/" in part]


def test_a_run_of_reads_is_untouched_and_an_attack_is_stopped(traces: Path, tmp_path: Path) -> None:
    file = tmp_path / "rows.json"
    done = run(traces, "--json", str(file))
    assert done.returncode == 0, done.stderr
    assert columns(done.stdout)[:4] == ["1/1", "1/1", "1/1", "0/1"]
    benign, attack = json.loads(file.read_text())
    assert (benign["touched"], benign["stopped"], attack["stopped"]) == (False, None, True)
    assert attack["refusals"][0]["tool"] == "send_money"


def test_without_guards_nothing_is_stopped(traces: Path) -> None:
    done = run(traces, "--guards", "none")
    assert columns(done.stdout)[:3] == ["0/1", "0/1", "1/1"]
    assert "attacks not stopped, the model carrying on (1)" in done.stdout


def test_the_file_that_is_not_there(tmp_path: Path) -> None:
    done = run(tmp_path / "none.jsonl.gz")
    assert done.returncode == 1
    assert "does not exist. The recorded runs are not part of this repository" in done.stderr
    assert "Traceback" not in done.stderr
