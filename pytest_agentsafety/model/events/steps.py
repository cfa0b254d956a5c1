"""What enforcement did on the way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from pytest_agentsafety.model.events.base import Event
from pytest_agentsafety.model.quick import quick


@quick
@dataclass(frozen=True, kw_only=True)
class GuardChecked(Event):
    """A text guardrail's verdict; `status` "clean" is recorded only where something else triggered too."""

    type: ClassVar[str] = "guard_checked"
    stage: str
    guard: str
    status: str
    action: str
    rule: str
    reason: str
    score: float
    source: str
    spans: Sequence[Sequence[Any]] = ()
    severity: float = 0.0
    confidence: float = 0.0


@quick
@dataclass(frozen=True, kw_only=True)
class ApprovalGiven(Event):
    """An approver's answer to an ask."""

    type: ClassVar[str] = "approval_given"
    tool: str
    answer: str
    by: str
    reason: str


@quick
@dataclass(frozen=True, kw_only=True)
class Charged(Event):
    """A step of a model call's account, in US dollars and tokens, and what is spent in the task after it.

    `kind` "reserved": the most an attempt can be charged is held from now on, before it is sent; nothing is spent yet.
    "settled", "kept", "released": what the attempt was charged in the end, in place of what was held for it.
    Of a call that is answered at the first attempt these steps stand in `ModelCalled` and `ModelReplied`: `charge_in`.
    """

    type: ClassVar[str] = "charged"
    kind: str
    cost_usd: float
    tokens: int
    total_cost_usd: float
    total_tokens: int


@quick
@dataclass(frozen=True, kw_only=True)
class CheckpointMarked(Event):
    """A call with a write effect is about to run."""

    type: ClassVar[str] = "checkpoint_marked"
    tool: str
    position: int


@quick
@dataclass(frozen=True, kw_only=True)
class RetryPlanned(Event):
    """The next attempt of a model call, after `delay` seconds."""

    type: ClassVar[str] = "retry_planned"
    attempt: int
    delay: float
    reason: str


@quick
@dataclass(frozen=True, kw_only=True)
class Rerouted(Event):
    """A request went to another model than it asked for."""

    type: ClassVar[str] = "rerouted"
    asked: str
    used: str
    reason: str


@quick
@dataclass(frozen=True, kw_only=True)
class Ungated(Event):
    """A tool result went upstream that no pass of the tool door accounts for. It fails the case."""

    type: ClassVar[str] = "ungated"
    tool: str
    tool_use_id: str
    reason: str
