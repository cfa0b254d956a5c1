"""Whoever answers an ask: the task's journal where it knows the answer, else the approver."""

from __future__ import annotations

from pytest_agentsafety.approval import safe_decide
from pytest_agentsafety.checkpoint import CallEntry
from pytest_agentsafety.gate.replayed import recorded_answer
from pytest_agentsafety.gate.state import TaskState
from pytest_agentsafety.model.decisions import ApprovalAnswer, ApprovalRequest, Decision
from pytest_agentsafety.model.events import ApprovalGiven
from pytest_agentsafety.model.messages import ToolCall
from pytest_agentsafety.model.policy import ToolRule


def ask(
    state: TaskState, call: ToolCall, rule: ToolRule, decision: Decision, entry: CallEntry | None
) -> ApprovalAnswer:
    """The answer to `decision`, recorded. `entry` is the call's place in the journal. Raises a StopRun."""
    answer = None if entry is None else recorded_answer(entry)
    if answer is None:
        answer = _asked(state, call, rule, decision)
        if state.resume is not None and entry is not None:
            state.resume.answered(entry, answer)
    state.emit(
        ApprovalGiven(
            task_id=state.task_id,
            call_id=call.call_id,
            tool=call.name,
            answer=answer.answer,
            by=answer.by,
            reason=answer.reason,
        )
    )
    return answer


def _asked(state: TaskState, call: ToolCall, rule: ToolRule, decision: Decision) -> ApprovalAnswer:
    try:
        origins = state.provenance.origins(call, rule)
    except Exception as error:  # noqa: BLE001 - nobody can judge a call whose origins are not known
        reason = f"the origins of its arguments could not be told: {type(error).__name__}: {error}"
        return ApprovalAnswer(answer="reject", by="gate", reason=reason)
    request = ApprovalRequest(call=call, rule=rule, decision=decision, user_task=state.prompt, origins=origins)
    with state.budget.paused():
        return safe_decide(state.approver, request)
