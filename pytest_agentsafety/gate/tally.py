"""What a task has used and what stopped it: plain counters, written by the doors, read by the runner."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pytest_agentsafety.model.messages import PlannedCall
from pytest_agentsafety.model.results import ToolStats


@dataclass
class ToolCount:
    calls: int = 0
    errors: int = 0
    denied: int = 0
    held: int = 0

    def frozen(self) -> ToolStats:
        return ToolStats(calls=self.calls, errors=self.errors, denied=self.denied, held=self.held)


@dataclass(frozen=True)
class Stop:
    """A guard kept something from happening: `attacker` when it was the attacker's own call or words."""

    guard: str
    attacker: bool
    delivered: bool
    answer: bool = False
    read_of_source: bool = False


@dataclass
class Tally:
    """Per task. Latencies in milliseconds; `model_ms` is recorded time where a reply was replayed."""

    tools: dict[str, ToolCount] = field(default_factory=dict)
    executed: list[PlannedCall] = field(default_factory=list)
    stops: list[Stop] = field(default_factory=list)
    model_ids: list[str] = field(default_factory=list)
    routes: list[Mapping[str, Any]] = field(default_factory=list)
    model_calls: int = 0
    escalations: int = 0
    held: int = 0
    retries: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cost_usd: float = 0.0
    cost_estimated: bool = False
    model_ms: float = 0.0
    tool_ms: float = 0.0
    guard_ms: float = 0.0
    ungated: list[str] = field(default_factory=list)

    def tool(self, name: str) -> ToolCount:
        return self.tools.setdefault(name, ToolCount())

    def saw_model(self, model: str) -> None:
        if model and model not in self.model_ids:
            self.model_ids.append(model)

    @property
    def tool_calls(self) -> int:
        return sum(count.calls for count in self.tools.values())

    @property
    def blocked_calls(self) -> int:
        return sum(count.denied + count.held for count in self.tools.values())

    @property
    def latency_ms(self) -> float:
        return self.model_ms + self.tool_ms + self.guard_ms
