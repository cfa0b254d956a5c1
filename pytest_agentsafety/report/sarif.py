"""`sarif.json`: failing cases for code scanning (SARIF 2.1.0)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from pytest_agentsafety import __version__
from pytest_agentsafety.checklist.evidence import read_run
from pytest_agentsafety.model.canonical import digest
from pytest_agentsafety.report.data import CaseView
from pytest_agentsafety.report.load import load_cases, text

_LEVELS = {"unsafe": "error", "error": "error", "failed": "warning", "inconclusive": "warning"}


def sarif_log(folder: Path) -> dict[str, Any]:
    """A SARIF log: one result per failing case, one rule per injection task. Raises AgentSafetyError for bad rows."""
    return render_sarif(load_cases(folder), read_run(folder))


def render_sarif(views: Sequence[CaseView], run: Mapping[str, Any]) -> dict[str, Any]:
    """The log of these cases."""
    failing = [view for view in views if view.failing]
    ids = sorted({_rule_id(view) for view in failing})
    names = {_rule_id(view): view for view in failing}
    driver = {
        "name": "pytest-agentsafety",
        "version": __version__,
        "rules": [_rule(id_, names[id_]) for id_ in ids],
    }
    invocation = {"executionSuccessful": run.get("exit_status") in (0, 1), "commandLine": text(run.get("command"))}
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": driver},
                "invocations": [invocation],
                "columnKind": "unicodeCodePoints",
                "results": [_result(view, ids.index(_rule_id(view))) for view in failing],
            }
        ],
    }


def _rule_id(view: CaseView) -> str:
    if view.kind == "attack":
        return f"attack/{view.suite}/{view.injection_task}"
    return f"task/{view.suite}/{view.user_task}"


def _rule(id_: str, view: CaseView) -> dict[str, Any]:
    goal = f"attacker's goal {view.injection_task}" if view.kind == "attack" else f"user task {view.user_task}"
    return {
        "id": id_,
        "name": "AttackerGoal" if view.kind == "attack" else "UserTask",
        "shortDescription": {"text": f"Suite {view.suite}, {goal}"},
        "defaultConfiguration": {"level": "error" if view.kind == "attack" else "warning"},
        "properties": {"tags": ["security", "agent-safety"]},
    }


def _result(view: CaseView, rule: int) -> dict[str, Any]:
    return {
        "ruleId": _rule_id(view),
        "ruleIndex": rule,
        "level": _LEVELS.get(view.verdict, "warning"),
        "kind": "fail",
        "message": {"text": f"{view.name}: {view.verdict}: {view.reason}"},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": quote(view.transcript or "results.jsonl")},
                    "region": {"startLine": 1},
                },
                "logicalLocations": [{"fullyQualifiedName": view.name, "kind": "function"}],
            }
        ],
        "partialFingerprints": {"agentSafetyCase/v1": digest([view.suite, view.case_id, view.mode, view.variant])},
        "properties": {
            name: getattr(view, name)
            for name in ("verdict", "mode", "injection_task", "vector", "attack", "stopped_by")
        },
    }
