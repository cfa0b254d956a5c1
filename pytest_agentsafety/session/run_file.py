"""`run.json`: written at the start, so that a killed run says what it was, and completed at the end."""

from __future__ import annotations

import json
import os
import platform
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pytest_agentsafety.adapters import AgentHandle
from pytest_agentsafety.cassettes import Tape
from pytest_agentsafety.model.errors import ConfigError
from pytest_agentsafety.model.policy import GUARDS, Policy
from pytest_agentsafety.runner.modes import cassette_path
from pytest_agentsafety.sandbox import WEAK
from pytest_agentsafety.session import about
from pytest_agentsafety.session.options import RunOptions
from pytest_agentsafety.session.plan import Plan, PlannedCase
from pytest_agentsafety.session.rules import SuiteRules

SCHEMA = 1


def now() -> str:
    return datetime.fromtimestamp(time.time(), tz=UTC).isoformat(timespec="seconds")


def describe_run(
    *, run_id: str, options: RunOptions, agent: AgentHandle, plan: Plan, rules: SuiteRules
) -> dict[str, Any]:
    """Everything about the run that is known before the first case."""
    commit, dirty = about.commit(options.start)
    policies = {suite.name: rules.policy_for(suite) for suite in plan.suites}
    first = next(iter(policies.values()), Policy())
    return {
        "schema": SCHEMA,
        "run_id": run_id,
        "agent_id": agent.id,
        "agent_kind": "reference" if agent.reference else "own",
        "started": now(),
        "ended": None,
        "duration_s": None,
        "command": options.command,
        "versions": about.versions(),
        "platform": platform.platform(),
        "commit": commit,
        "dirty": dirty,
        "ci": bool(os.environ.get("CI")),
        "guards": [name for name in GUARDS if name in rules.guards],
        "guards_all": rules.guards == frozenset(GUARDS),
        "provenance": first.provenance,
        "approver": first.approval.approver,
        "policy_sha256": first.sha256,
        "policies": {
            name: {"sha256": p.sha256, "budget": vars(p.budget), "provenance": p.provenance}
            for name, p in policies.items()
        },
        "tools": _tools(list(policies.values())),
        "budget": vars(first.budget),
        "suites": [suite.name for suite in plan.suites],
        "modes": list(dict.fromkeys(planned.run.mode for planned in plan.cases)),
        "n_selected": len(plan.cases),
        "n_deselected": plan.deselected,
        "notes": plan.notes,
        "marks": [*marks(rules, policies), *scripted_marks(plan)],
        "exit_status": None,
    }


def marks(rules: SuiteRules, policies: dict[str, Policy]) -> list[str]:
    """Why the report of this run is marked: settings under which its figures are no statement about production."""
    off = [name for name in GUARDS if name not in rules.guards]
    found = [f"guards off: {', '.join(off)}"] if off else []
    if any(policy.provenance == "off" for policy in policies.values()):
        found.append("provenance off")
    if any(policy.approval.approver == "oracle" for policy in policies.values()):
        found.append("approver oracle: asks were answered from the ground truth")
    weak = {name for policy in policies.values() for name, rule in policy.tools.items() if rule.sandbox == WEAK}
    if weak:
        found.append(f"weak sandbox, asked for by name: {', '.join(sorted(weak))}")
    return found


def scripted_marks(plan: Plan) -> list[str]:
    """Recordings of a scripted model say how the enforcement behaves, and nothing about a real model."""
    replayed = {planned.suite.name: planned for planned in plan.cases if planned.run.mode in ("recorded", "scripted")}
    named = sorted(name for name, planned in replayed.items() if _is_scripted(planned))
    return [f"scripted model, no real one: the recordings of {', '.join(named)}"] if named else []


def _is_scripted(planned: PlannedCase) -> bool:
    if planned.run.mode == "scripted":
        return True
    path = cassette_path(planned.suite, planned.run)
    try:
        return str(Tape.load(path).metadata.get("recorded_by", "")).startswith("scripted")
    except ConfigError:
        return False  # its case will say what is wrong with it


def _tools(policies: Sequence[Policy]) -> dict[str, dict[str, Any]]:
    return {
        name: {"effect": rule.effect, "ruled": True, "drafted": rule.drafted}
        | ({"sandbox": rule.sandbox} if rule.effect == "execute" else {})
        for policy in policies
        for name, rule in sorted(policy.tools.items())
    }


def write_json(path: Path, value: Any) -> None:
    """Whole or not at all: written beside and renamed."""
    temporary = path.with_name(f".{path.name}.tmp")
    temporary.write_text(json.dumps(value, indent=2, ensure_ascii=False, default=str) + "\n", encoding="utf-8")
    temporary.replace(path)
