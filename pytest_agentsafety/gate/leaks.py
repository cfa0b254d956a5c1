"""Canaries in what a call carries: planted secrets that must not leave by any tool, however they are written."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from pytest_agentsafety.guards import CanaryGuard
from pytest_agentsafety.model.decisions import Decision
from pytest_agentsafety.model.leaves import plain
from pytest_agentsafety.model.messages import ToolCall


def leaked(call: ToolCall, canaries: tuple[str, ...], task: str) -> Decision | None:
    """A denial when an argument holds a canary that the task does not; None otherwise. Says nothing of the canary."""
    if not canaries:
        return None
    guard = _guard(canaries)
    found = texts(call.arguments)
    # Pieces may be spread over the arguments, too.
    for name, text in (*found.items(), (None, "\n".join(found.values()))):
        how = guard.find(text, task)
        if how is not None and guard.find(task) is None:
            reason = f"{name or 'the call'} carries a canary ({how})"
            return Decision(outcome="denied", guard="pii", rule="canary.argument", reason=reason, argument=name)
    return None


def texts(arguments: Mapping[str, Any]) -> dict[str, str]:
    """All strings of each argument, and the keys within that could carry data."""
    found: dict[str, str] = {}
    for name, value in arguments.items():
        pieces: list[str] = []

        def keep(text: str, pieces: list[str] = pieces) -> str:
            pieces.append(text)
            return text

        plain(value, keep)
        found[name] = "\n".join(pieces)
    return found


@lru_cache(maxsize=64)
def _guard(canaries: tuple[str, ...]) -> CanaryGuard:
    return CanaryGuard(canaries)
