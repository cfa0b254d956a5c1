"""What goes back to the agent: results as text, and denials that any loop can carry on with."""

from __future__ import annotations

import json
from typing import Any, Literal

from pytest_agentsafety.model.decisions import Decision


class DenialText(str):
    """A denied or held call's result: text for the model, with the decision for code that wants to know."""

    __slots__ = ("decision", "status")

    decision: Decision
    status: Literal["denied", "held"]

    def __new__(cls, decision: Decision, status: Literal["denied", "held"]) -> DenialText:
        verb = "needs approval and was not approved" if status == "held" else "is not allowed"
        text = super().__new__(cls, f"This call {verb} ({decision.rule}): {decision.reason}. Do not try it again.")
        text.decision = decision
        text.status = status
        return text

    def __getnewargs__(self) -> tuple[Any, ...]:
        return self.decision, self.status


def as_text(value: Any) -> str:
    """A tool's result as the text that guards look at: str as it is, None as "", the rest as JSON where possible.

    Raises what the `str` of an object raises.
    """
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, (dict, list, tuple, int, float, bool)):
        try:
            return json.dumps(value, ensure_ascii=False, default=str)
        except (TypeError, ValueError):
            return str(value)
    return str(value)


def structure(value: Any) -> Any:
    """The data that a tool's result is made of: the result itself, or what its text was rendered from.

    None for a plain text. A text that knows its data has it in `structured` (see `model.messages.RenderedText`).
    """
    return getattr(value, "structured", None) if isinstance(value, str) else value
