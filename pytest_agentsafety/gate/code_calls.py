"""Calls of tools that run code: can the sandbox contain this one?"""

from __future__ import annotations

from pytest_agentsafety.model.decisions import Decision
from pytest_agentsafety.model.messages import ToolCall
from pytest_agentsafety.model.policy import ToolRule
from pytest_agentsafety.sandbox import Sandbox

# What tools that run Python call their program. A command line is none.
_CODE = ("code", "python_code", "source_code", "python", "program", "script", "source", "snippet")


def refusal(call: ToolCall, rule: ToolRule) -> Decision | None:
    """Why this call cannot be contained; None when the sandbox may try."""
    denied = Sandbox().refusal(rule)
    if denied is not None:
        return denied
    if code_argument(call) is None:
        reason = (
            f"running code is refused: no argument of {call.name} is Python code by its name "
            f"({', '.join(_CODE)}), and nothing else runs in the sandbox"
        )
        return Decision(outcome="denied", guard="sandbox", rule="sandbox.no_code", reason=reason)
    return None


def code_argument(call: ToolCall) -> str | None:
    """The argument that is the program."""
    return next((name for name in _CODE if isinstance(call.arguments.get(name), str)), None)
