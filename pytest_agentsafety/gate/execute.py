"""Calls that run code: in the sandbox, and in no other way. The tool's own function is not called."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from pytest_agentsafety.gate.code_calls import code_argument, refusal
from pytest_agentsafety.gate.exits import RuleExits
from pytest_agentsafety.gate.pending import Pending
from pytest_agentsafety.gate.state import TaskState
from pytest_agentsafety.model.decisions import Decision
from pytest_agentsafety.model.events import SandboxRan
from pytest_agentsafety.model.messages import ToolCall
from pytest_agentsafety.permissions import PermissionDenied
from pytest_agentsafety.sandbox import Sandbox, SandboxResult


def contained(state: TaskState, pending: Pending, *, asynchronous: bool) -> Callable[..., Any]:
    """What runs in the tool's place, with the same arguments. Its result is text; a refused run is a denial."""

    def run(**_: Any) -> str:
        return _run(state, pending)

    if not asynchronous:
        return run

    async def run_aside(**_: Any) -> str:
        return await asyncio.to_thread(_run, state, pending)

    return run_aside


def _run(state: TaskState, pending: Pending) -> str:
    """The call's arguments, not those the function gets: they are what was decided on."""
    uncontained = refusal(pending.call, pending.rule)
    if uncontained is not None:  # decided on already, unless only stand-ins were to run
        raise PermissionDenied(uncontained)
    name = code_argument(pending.call)
    code = "" if name is None else str(pending.call.arguments[name])
    with Sandbox(folder=state.workspace, exits=RuleExits) as sandbox:
        result = sandbox.run(code, pending.rule, filename=f"<{pending.call.name}>")
    _record(state, pending.call, result)
    if result.status == "refused":
        reason = result.reason or "running code is refused"
        raise PermissionDenied(Decision(outcome="denied", guard="sandbox", rule="sandbox.refused", reason=reason))
    return _told(result)


def _record(state: TaskState, call: ToolCall, result: SandboxResult) -> None:
    if not state.recording:
        return
    data = asdict(result)
    state.emit(
        SandboxRan(
            task_id=state.task_id,
            call_id=call.call_id,
            tool=call.name,
            status=result.status,
            backend=result.backend,
            layers=list(result.layers),
            exit_code=result.exit_code,
            signal=result.signal,
            wall_s=result.wall_s,
            cpu_s=result.cpu_s,
            max_rss_kb=result.max_rss_kb,
            truncated=result.truncated,
            violations=None if result.violations is None else list(data["violations"]),
            changes=dict(result.changes or {}),
            reason=result.reason,
        )
    )


def _told(result: SandboxResult) -> str:
    """What the model gets to read."""
    parts = [result.stdout]
    if result.stderr:
        parts.append(f"[standard error]\n{result.stderr}")
    if result.status not in ("ok", "error"):
        parts.append(f"[{result.status}: {result.reason}]")
    elif result.exit_code:
        parts.append(f"[exit code {result.exit_code}]")
    changed = sorted(result.changes or ())
    if changed:
        parts.append(f"[files changed: {', '.join(changed)}]")
    return "\n".join(part.rstrip("\n") for part in parts if part) or "[no output]"
