"""What the provenance hears of results and says of answers; where it crashes it counts as not knowing, and says so."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pytest_agentsafety.gate.state import TaskState
from pytest_agentsafety.gate.texts import structure
from pytest_agentsafety.model.errors import StopRun
from pytest_agentsafety.model.events import Event, GuardChecked, Notice
from pytest_agentsafety.model.messages import ToolCall
from pytest_agentsafety.model.policy import ToolRule
from pytest_agentsafety.model.safe_text import one_line


def hear(state: TaskState, call: ToolCall, rule: ToolRule, text: str, raw: Any) -> None:
    """Let the provenance remember a result, also what a text guard took out: it must not count as never said.

    If it cannot, every later write of the task asks.
    """
    try:
        state.provenance.saw_result(call, rule, state.rules.sense(call.name), text, structure(raw))
    except StopRun:
        raise
    except Exception as error:  # noqa: BLE001 - a result that was not understood must not count as harmless
        reason = (
            f"the result of {one_line(call.name)} could not be read: {type(error).__name__}: {one_line(str(error))}"
        )
        state.provenance.lose_track(reason)
        state.emit(Notice(task_id=state.task_id, level="warning", message=reason))


def said_for_others(state: TaskState, text: str) -> str:
    """The answer without the sentences that only an outside text wanted said."""
    if "provenance" not in state.policy.guards:
        return text
    try:
        shown, held = state.provenance.check_answer(text)
    except Exception as error:  # noqa: BLE001 - a guard that crashes blocks
        reason = f"the check of the answer crashed: {type(error).__name__}: {one_line(str(error))}"
        _note(state, "crashed", "block", "provenance.crashed", reason)
        return "[the answer was held by the provenance guard (provenance.crashed)]"
    if held:
        reason = f"{len(held)} sentence(s) that only an outside text wanted said: {one_line(held[0], 160)}"
        _note(state, "triggered", "redact", "provenance.dictated", reason)
    return shown


def _note(state: TaskState, status: Any, action: Any, rule: str, reason: str) -> None:
    state.note_stop("provenance", attacker=False, answer=True)
    events: Sequence[Event] = (
        GuardChecked(
            task_id=state.task_id,
            call_id="",
            stage="output",
            guard="provenance",
            status=status,
            action=action,
            rule=rule,
            reason=reason,
            score=1.0,
            source="agent",
            spans=[],
        ),
    )
    state.emit_all(events)
