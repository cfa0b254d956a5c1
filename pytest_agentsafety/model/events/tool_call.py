"""The tool door."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from pytest_agentsafety.model.events.base import Event
from pytest_agentsafety.model.quick import quick


@quick
@dataclass(frozen=True, kw_only=True)
class ToolCalled(Event):
    """A tool call arrived at the door. `attacker` is true where the harness played the attacker's call itself."""

    type: ClassVar[str] = "tool_called"
    tool: str
    arguments: Mapping[str, Any]
    effect: str
    attacker: bool = False


@quick
@dataclass(frozen=True, kw_only=True)
class ToolDecided(Event):
    """A step's decision, recorded before it takes effect. The last one of a call is the one that counts."""

    type: ClassVar[str] = "tool_decided"
    tool: str
    outcome: str
    guard: str
    rule: str
    reason: str
    argument: str | None = None
    origin: str | None = None


@quick
@dataclass(frozen=True, kw_only=True)
class ToolReturned(Event):
    """`status`: "ok", "error", "denied", "held". `result` is what the model gets, `raw_chars` its raw length."""

    type: ClassVar[str] = "tool_returned"
    tool: str
    status: str
    result: str
    raw_chars: int
    latency_ms: float
    guard_ms: float = 0.0


@quick
@dataclass(frozen=True, kw_only=True)
class SandboxRan(Event):
    """Code ran in the sandbox, or was refused there; fields as in `sandbox.SandboxResult`, without the output."""

    type: ClassVar[str] = "sandbox_ran"
    tool: str
    status: str
    backend: str | None
    layers: Sequence[str]
    exit_code: int | None
    signal: int | None
    wall_s: float | None
    cpu_s: float | None
    max_rss_kb: int | None
    truncated: bool
    violations: Sequence[Mapping[str, Any]] | None
    changes: Mapping[str, str]
    reason: str | None
