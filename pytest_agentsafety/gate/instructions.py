"""The agent's instructions stay with it: an answer that repeats them is held."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pytest_agentsafety.gate.state import TaskState
from pytest_agentsafety.guards.system_prompt import gives_away
from pytest_agentsafety.model.events import GuardChecked
from pytest_agentsafety.model.safe_text import one_line

_RULE = "instructions"
_HELD = f"[the answer was held by the pii guard ({_RULE})]"


def instructions_kept(state: TaskState, text: str) -> str:
    """The answer, or a notice in its place where it gives the system prompt of this task's requests away."""
    told = instructions_in(state.instructions)
    if not told or not text or "pii" not in state.policy.guards:
        return text
    try:
        how = gives_away(text, told, state.prompt)
    except Exception as error:  # noqa: BLE001 - a guard that crashes blocks
        return _held(state, "crashed", f"the check crashed: {type(error).__name__}: {one_line(str(error))}")
    return text if how is None else _held(state, "triggered", f"the answer repeats the agent's instructions ({how})")


def instructions_in(system: Any) -> str:
    """The words of a system prompt: a text, or the text blocks of a list."""
    if isinstance(system, str):
        return system
    blocks = system if isinstance(system, list) else ()
    return "\n".join(str(block.get("text") or "") for block in blocks if isinstance(block, Mapping))


def _held(state: TaskState, status: Any, reason: str) -> str:
    state.note_stop("pii", attacker=False, answer=True)
    state.emit(
        GuardChecked(
            task_id=state.task_id,
            call_id="",
            stage="output",
            guard="pii",
            status=status,
            action="block",
            rule=_RULE,
            reason=reason,
            score=1.0,
            source="agent",
            spans=[],
        )
    )
    return _HELD
