"""Decisions are values: an outcome, who decided, by which rule and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from pytest_agentsafety.model.messages import ToolCall
from pytest_agentsafety.model.policy import ToolRule
from pytest_agentsafety.model.quick import quick

Outcome = Literal["allowed", "denied", "ask"]
Answer = Literal["approve", "modify", "reject", "terminate", "escalate"]
Stage = Literal["input", "tool_result", "output"]
GuardStatus = Literal["clean", "triggered", "crashed", "skipped"]
GuardAction = Literal["allow", "redact", "block", "escalate"]


@quick
@dataclass(frozen=True, kw_only=True)
class Decision:
    """One step's word on a call. `argument` and `origin` say what it was about, where that helps."""

    outcome: Outcome
    guard: str
    rule: str
    reason: str
    argument: str | None = None
    origin: str | None = None


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Where an argument's value comes from: `source` is "user", "developer", "tool:<name>" or "unknown"."""

    source: str
    detail: str = ""

    @property
    def trusted(self) -> bool:
        return self.source in ("user", "developer")


@dataclass(frozen=True, kw_only=True)
class ApprovalRequest:
    """What an approver is shown. All strings in it may be hostile."""

    call: ToolCall
    rule: ToolRule
    decision: Decision
    user_task: str
    origins: Mapping[str, Origin] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class ApprovalAnswer:
    """An approver's word; `arguments` only with "modify" (the changed call is checked anew)."""

    answer: Answer
    by: str
    reason: str = ""
    arguments: Mapping[str, Any] | None = None


@dataclass(frozen=True, kw_only=True)
class GuardContext:
    """What a guardrail may know about a text. `source` names where it came from, `task` is the user's task."""

    stage: Stage
    source: str = ""
    task: str = ""


@dataclass(frozen=True, kw_only=True)
class GuardSpan:
    """Offsets into the text as given, end exclusive, and the rule that found it."""

    start: int
    end: int
    rule: str


@dataclass(frozen=True, kw_only=True)
class GuardrailResult:
    """A guardrail's verdict. Triggered, crashed and skipped are different things.

    `score` in 0..1; `redacted` is the text to use instead when `action` is "redact".
    """

    guard: str
    status: GuardStatus
    action: GuardAction = "allow"
    score: float = 0.0
    rule: str = ""
    reason: str = ""
    spans: tuple[GuardSpan, ...] = ()
    redacted: str | None = None

    @property
    def triggered(self) -> bool:
        return self.status == "triggered"

    @property
    def blocks(self) -> bool:
        """A crashed guard blocks: not knowing is not knowing it is safe."""
        return self.status == "crashed" or (self.triggered and self.action == "block")
