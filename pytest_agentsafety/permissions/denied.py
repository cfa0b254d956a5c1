"""A refusal as an exception, for code that has no call to answer (an HTTP client inside a tool)."""

from __future__ import annotations

from pytest_agentsafety.model.decisions import Decision
from pytest_agentsafety.model.errors import AgentSafetyError


class PermissionDenied(AgentSafetyError):
    """An act was refused before it took effect; `decision` says by which rule and why."""

    def __init__(self, decision: Decision) -> None:
        self.decision = decision
        super().__init__(f"{decision.reason} ({decision.rule})")


def denial(rule: str, reason: str, argument: str | None = None) -> PermissionDenied:
    """A PermissionDenied of the guard "permissions"; `rule` without the guard's name."""
    guard = "permissions"
    decision = Decision(outcome="denied", guard=guard, rule=f"{guard}.{rule}", reason=reason, argument=argument)
    return PermissionDenied(decision)
