"""The model door."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from pytest_agentsafety.model.events.base import Event
from pytest_agentsafety.model.quick import quick


@quick
@dataclass(frozen=True, kw_only=True)
class ModelCalled(Event):
    """A request is about to leave. `new_messages` are those not sent before in this task; `body_bytes` its size.

    `guard` names the guard that asks, "" when the agent does. `reserved_usd` and `reserved_tokens` are the most its
    first attempt can be charged, held from now on; None where nothing is held for it, or a `Charged` says so.
    """

    type: ClassVar[str] = "model_called"
    model: str
    stream: bool
    body_bytes: int
    messages: int
    new_messages: Sequence[Mapping[str, Any]] = ()
    tools: Sequence[str] = ()
    guard: str = ""
    reserved_usd: float | None = None
    reserved_tokens: int | None = None


@quick
@dataclass(frozen=True, kw_only=True)
class ModelReplied(Event):
    """`latency_source` is "measured" or "recorded"; `cost_estimated` when usage was not given by the model.

    `charge` "settled": the call is charged these tokens and `cost_usd` with this event, in place of what was held, and
    the task has spent `total_cost_usd` and `total_tokens` after it. "": a `Charged` of its own says what is charged.
    """

    type: ClassVar[str] = "model_replied"
    model: str
    status: int
    content: Sequence[Mapping[str, Any]]
    stop_reason: str | None
    input_tokens: int
    output_tokens: int
    cost_usd: float
    cost_estimated: bool
    latency_ms: float
    latency_source: str
    charge: str = ""
    total_cost_usd: float = 0.0
    total_tokens: int = 0


@quick
@dataclass(frozen=True, kw_only=True)
class ModelFailed(Event):
    """A request that brought no answer; `stop` is true when the run ends for it."""

    type: ClassVar[str] = "model_failed"
    model: str
    error: str
    message: str
    attempt: int
    stop: bool
