"""What a recorded tool call comes to when its task is resumed, and how it is written so that it can."""

from __future__ import annotations

import builtins
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from pytest_agentsafety.checkpoint import CallEntry
from pytest_agentsafety.model.decisions import ApprovalAnswer, Decision

UNKNOWN_RULE = "checkpoint.unknown_outcome"


def unknown_outcome(decision: Decision) -> Decision:
    """The word on a write that was begun before, where `decision` is what the rules say of it now."""
    why = "it was begun before an interruption and nobody saw it end: it may have happened already"
    reason = f"{why}; the rules say: {decision.reason}"
    if decision.outcome == "denied":
        return replace(decision, reason=reason)
    return replace(decision, outcome="ask", guard="checkpoint", rule=UNKNOWN_RULE, reason=reason)


def replayed(end: Mapping[str, Any]) -> Decision:
    """The recorded decision on a call that did not run, else the word on one that did."""
    decision = end.get("decision")
    if decision is not None:
        return Decision(**decision)
    reason = "it ran before an interruption; its recorded result is used"
    return Decision(outcome="allowed", guard="checkpoint", rule="checkpoint.replayed", reason=reason)


def recorded_answer(entry: CallEntry) -> ApprovalAnswer | None:
    answer = entry.answer()
    if answer is None:
        return None
    return ApprovalAnswer(**{key: answer[key] for key in ("answer", "by", "reason", "arguments")})


def result_fields(text: str, raw: Any, awaited: bool) -> dict[str, Any]:
    """A result for the journal: its text, and its value where JSON gives back the same one."""
    fields: dict[str, Any] = {"text": text, "awaited": awaited}
    if type(raw) is not str:
        try:
            copy = json.loads(json.dumps(raw, allow_nan=False))
            if type(copy) is type(raw) and copy == raw:
                fields["value"] = raw
        except (TypeError, ValueError, RecursionError):
            pass
    return fields


def error_fields(error: Exception, awaited: bool) -> dict[str, Any]:
    """A tool's error for the journal: what an agent may look at."""
    plain = all(arg is None or isinstance(arg, str | int | float | bool) for arg in error.args)
    return {
        "error": type(error).__name__,
        "arguments": list(error.args) if plain else [str(error)],
        "message": str(error),
        "awaited": awaited,
    }


def again(end: Mapping[str, Any], *, asynchronous: bool) -> Callable[..., Any]:
    """A tool that does what the recorded call did, as seen from outside: returns its result or raises its error."""

    def outcome(**_arguments: Any) -> Any:
        if end["status"] == "error":
            raise _error(end)
        return end["value"] if "value" in end else end["text"]

    async def awaited(**arguments: Any) -> Any:
        return outcome(**arguments)

    return awaited if asynchronous or end["awaited"] else outcome


def _error(end: Mapping[str, Any]) -> Exception:
    """The same class where it is one of Python's own, else one of its name."""
    kind, message = str(end["error"]), str(end["message"])
    known = getattr(builtins, kind, None)
    if isinstance(known, type) and issubclass(known, Exception) and not issubclass(known, Warning):
        try:
            error = known(*end["arguments"])
            if str(error) == message:
                return error
        except TypeError:  # some need arguments of their own kind
            pass
    made: type[Exception] = type(kind, (RuntimeError,), {})
    return made(message)
