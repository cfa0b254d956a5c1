"""Decisions are values: an outcome, who decided, by which rule and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from pytest_agentsafety.model.messages import ToolCall
from pytest_agentsafety.model.policy import ToolRule
from pytest_agentsafety.model.quick import quick

Outcome = Literal["allowed", "denied", "ask"]
Answer = Literal["approve", "modify", "reject", "terminate", "escalate"]
Stage = Literal["input", "tool_result", "output"]
GuardStatus = Literal["clean", "triggered", "crashed", "skipped"]
GuardAction = Literal["allow", "redact", "block", "escalate"]

STAGES: tuple[Stage, ...] = get_args(Stage)
GUARD_STATUSES: tuple[GuardStatus, ...] = get_args(GuardStatus)
GUARD_ACTIONS: tuple[GuardAction, ...] = get_args(GuardAction)


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


@quick
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
    """What a guardrail may know about a text. `source` names where it came from, `task` is the user's task.

    `may_ask` is false where no model answers a guard (one that plays a plan): a guard that needs one is skipped there.
    """

    stage: Stage
    source: str = ""
    task: str = ""
    may_ask: bool = True


@dataclass(frozen=True, kw_only=True)
class GuardSpan:
    """Offsets into the text as given, end exclusive, and the rule that found it."""

    start: int
    end: int
    rule: str


@dataclass(frozen=True, kw_only=True)
class GuardrailResult:
    """A guardrail's verdict. Triggered, crashed and skipped are different things.

    `score` in 0..1 is what the guard measured. `severity` is how bad it would be if it is true and `confidence` how
    sure the guard is, both in 0..1; where a triggered result leaves them out they are 1.0 and the score (or 1.0).
    `redacted` is the text to use instead when `action` is "redact". Raises ValueError for a status or an action that
    there is not: "blocked" would pass as no action at all.
    """

    guard: str
    status: GuardStatus
    action: GuardAction = "allow"
    score: float = 0.0
    rule: str = ""
    reason: str = ""
    spans: tuple[GuardSpan, ...] = ()
    redacted: str | None = None
    severity: float | None = None
    confidence: float | None = None

    def __post_init__(self) -> None:
        if self.status not in GUARD_STATUSES:
            raise ValueError(f"status {self.status!r} is none of {', '.join(GUARD_STATUSES)}")
        if self.action not in GUARD_ACTIONS:
            raise ValueError(f"action {self.action!r} is none of {', '.join(GUARD_ACTIONS)}")
        found = self.status in ("triggered", "crashed")
        if self.severity is None:
            object.__setattr__(self, "severity", 1.0 if found else 0.0)
        if self.confidence is None:
            object.__setattr__(self, "confidence", (self.score or 1.0) if self.status == "triggered" else 0.0)

    @property
    def triggered(self) -> bool:
        return self.status == "triggered"

    @property
    def blocks(self) -> bool:
        """A crashed guard blocks: not knowing is not knowing it is safe."""
        return self.status == "crashed" or (self.triggered and self.action == "block")
