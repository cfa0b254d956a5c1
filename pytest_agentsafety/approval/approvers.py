"""Approvers that need nobody at a terminal."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any

from pytest_agentsafety.approval.timed import NoAnswerError, within
from pytest_agentsafety.model.canonical import canonical_json
from pytest_agentsafety.model.decisions import ApprovalAnswer, ApprovalRequest
from pytest_agentsafety.model.messages import PlannedCall
from pytest_agentsafety.model.policy import ApprovalRules
from pytest_agentsafety.model.safe_text import one_line

DEFAULT_TIMEOUT = ApprovalRules().timeout


class DenyApprover:
    """Nobody is there to ask."""

    name = "deny"

    def decide(self, request: ApprovalRequest) -> ApprovalAnswer:
        return ApprovalAnswer(answer="reject", by=self.name, reason="nobody answers in this run (approver deny)")


class OracleApprover:
    """An ideal human: approves what the user's task really needs, as often as it is asked.

    A call is approved when name and arguments are equal, as canonical JSON, to a call of the ground truth.
    """

    name = "oracle"

    def __init__(self, ground_truth: Sequence[PlannedCall]) -> None:
        self._wanted = {_key(call.name, call.arguments) for call in ground_truth}

    def decide(self, request: ApprovalRequest) -> ApprovalAnswer:
        if _key(request.call.name, request.call.arguments) in self._wanted:
            return ApprovalAnswer(answer="approve", by=self.name, reason="the user's task needs exactly this call")
        return ApprovalAnswer(answer="reject", by=self.name, reason="no call of the ground truth is equal to this one")


def _key(name: str, arguments: Any) -> tuple[str, str]:
    return name, canonical_json(dict(arguments))


class CallbackApprover:
    """Asks a function of the user's: True approves, False rejects, an ApprovalAnswer is taken as it is.

    It has `timeout` seconds; what has not answered by then has rejected.
    """

    name = "callback"

    def __init__(self, callback: Callable[[ApprovalRequest], Any], *, timeout: float = DEFAULT_TIMEOUT) -> None:
        self._callback, self._timeout = callback, timeout

    def decide(self, request: ApprovalRequest) -> ApprovalAnswer:
        """Raises what the callback raises; `safe_decide` turns that into a reject."""
        try:
            answer = within(self._timeout, lambda: self._callback(request))
        except NoAnswerError as error:
            return ApprovalAnswer(answer="reject", by=self.name, reason=str(error))
        if isinstance(answer, ApprovalAnswer):
            return answer
        if isinstance(answer, bool):
            return ApprovalAnswer(answer="approve" if answer else "reject", by=self.name)
        if inspect.iscoroutine(answer):
            answer.close()  # or Python warns that it was never awaited
        reason = f"the callback returned {one_line(type(answer).__name__)}, not True, False or an ApprovalAnswer"
        return ApprovalAnswer(answer="reject", by=self.name, reason=reason)
