"""A call on its way through the tool door, and what is said of it on the way."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from pytest_agentsafety.checkpoint import CallEntry
from pytest_agentsafety.gate.decide import Ruled
from pytest_agentsafety.gate.replayed import again
from pytest_agentsafety.gate.texts import as_text
from pytest_agentsafety.model.decisions import ApprovalAnswer, Decision
from pytest_agentsafety.model.events import Event
from pytest_agentsafety.model.messages import ToolCall
from pytest_agentsafety.model.policy import ToolRule
from pytest_agentsafety.model.safe_text import one_line

_EVIDENCE_CHARS = 8_000


class Pending:
    """A call at the door. `trail` holds events that are recorded together, at the latest before anything happens.

    `entry` is its place in the task's journal, None without one.
    """

    __slots__ = ("attacker", "awaited", "call", "entry", "rule", "ruled", "trail")

    def __init__(self, call: ToolCall, ruled: Ruled, attacker: bool) -> None:
        self.call, self.ruled, self.attacker = call, ruled, attacker
        self.rule: ToolRule = ruled.rule
        self.trail: list[Event] = []
        self.entry: CallEntry | None = None
        self.awaited = False


def this_time(entry: CallEntry, run: Callable[..., Any], *, asynchronous: bool) -> Callable[..., Any]:
    """The tool, or what stands for it where the call ended before the task was interrupted."""
    return run if entry.end is None else again(entry.end, asynchronous=asynchronous)


def approved(answer: ApprovalAnswer, asked: Decision) -> Decision:
    """The last word on a call that a person let through."""
    reason = one_line(f"{answer.by}: {answer.reason}" if answer.reason else f"by {answer.by}")
    return replace(asked, outcome="allowed", guard="approval", rule=f"approval.{answer.answer}", reason=reason)


def may_carry(rule: ToolRule) -> bool:
    """Could this call have brought attacker text? What only writes could not; a drafted rule may be wrong about it."""
    return rule.drafted or rule.effect in ("read", "egress", "execute")


def read_result(raw: Any) -> tuple[str, Any]:
    """A result as text, and the result itself; what a generator yields is taken now, so that it can be checked."""
    if isinstance(raw, str):
        return raw, raw
    if inspect.isgenerator(raw):
        raw = list(raw)
    return as_text(raw), raw


def cut(text: str) -> str:
    return text if len(text) <= _EVIDENCE_CHARS else f"{text[:_EVIDENCE_CHARS]}... ({len(text)} characters)"
