"""The boundary between us and whoever answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import get_args

from pytest_agentsafety.model.decisions import Answer, ApprovalAnswer, ApprovalRequest
from pytest_agentsafety.model.safe_text import one_line
from pytest_agentsafety.protocols import Approver

_ANSWERS: tuple[Answer, ...] = get_args(Answer)


def safe_decide(approver: Approver, request: ApprovalRequest) -> ApprovalAnswer:
    """The approver's answer; whatever it raises, and whatever is no proper answer, is a reject with the reason.

    An interrupt from the keyboard goes through: it ends the run, which approves nothing either.
    """
    name = "approver"
    try:
        name = one_line(str(approver.name))
        answer: object = approver.decide(request)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - the approver is somebody else's code
        return _reject(name, f"the approver raised {type(error).__name__}: {one_line(_words(error))}")
    return _checked(name, answer)


def _checked(name: str, answer: object) -> ApprovalAnswer:
    if not isinstance(answer, ApprovalAnswer):
        return _reject(name, f"the approver returned {one_line(type(answer).__name__)}, not an ApprovalAnswer")
    if answer.answer not in _ANSWERS:
        return _reject(name, f"the approver answered {one_line(repr(answer.answer))}, valid: {', '.join(_ANSWERS)}")
    if answer.answer == "modify" and not isinstance(answer.arguments, Mapping):
        return _reject(name, "the approver answered modify without the changed arguments")
    return answer


def _words(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:  # noqa: BLE001 - an exception whose text cannot be made is still a reject
        return "its message cannot be shown"


def _reject(name: str, reason: str) -> ApprovalAnswer:
    return ApprovalAnswer(answer="reject", by=name, reason=reason)
