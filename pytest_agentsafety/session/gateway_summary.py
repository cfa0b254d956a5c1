"""How a task behind the gateway went."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pytest_agentsafety.gate import TaskGate
from pytest_agentsafety.model.errors import AgentSafetyError, StopRun
from pytest_agentsafety.model.safe_text import one_line


@dataclass(frozen=True, kw_only=True)
class GatewaySummary:
    """Counts of one task. `stopped` and `failure` say in words what ended it before its time."""

    requests: int
    model_calls: int
    input_tokens: int
    output_tokens: int
    cost_usd: float
    cost_estimated: bool
    tool_calls: int
    denied: int
    ungated: Sequence[str]
    refused: Sequence[str]
    cassette_misses: int
    answers_changed: int
    stopped: str | None
    failure: str | None
    evidence: str

    @classmethod
    def of(
        cls,
        task: TaskGate | None,
        *,
        stopped: StopRun | None,
        failure: AgentSafetyError | None,
        misses: int,
        requests: int,
        refused: Sequence[str],
        folder: Path,
    ) -> GatewaySummary:
        tally = None if task is None else task.tally
        return cls(
            requests=requests,
            model_calls=0 if tally is None else tally.model_calls,
            input_tokens=0 if tally is None else tally.input_tokens,
            output_tokens=0 if tally is None else tally.output_tokens,
            cost_usd=0.0 if tally is None else round(tally.cost_usd, 9),
            cost_estimated=tally is not None and tally.cost_estimated,
            tool_calls=0 if tally is None else tally.tool_calls,
            denied=0 if tally is None else tally.blocked_calls,
            ungated=() if tally is None else tuple(tally.ungated),
            refused=tuple(refused),
            cassette_misses=misses,
            answers_changed=0 if tally is None else sum(stop.answer for stop in tally.stops),
            stopped=None if stopped is None else f"{stopped.guard}: {stopped}",
            failure=None if failure is None else str(failure),
            evidence=str(folder),
        )

    @property
    def failed(self) -> bool:
        """Something ended the task, or went past it."""
        return bool(self.stopped or self.failure or self.ungated or self.cassette_misses)

    def lines(self) -> list[str]:
        """For a terminal: one line of counts, and one for each thing that a guard did or that went wrong."""
        about = "about " if self.cost_estimated else ""
        counts = (
            f"{self.model_calls} model calls, {self.input_tokens + self.output_tokens:,} tokens, "
            f"{about}${self.cost_usd:.4f}, {self.tool_calls} tool calls, {self.denied} denied; "
            f"evidence in {self.evidence}"
        )
        wrong = [
            f"answers changed or held by a guard: {self.answers_changed}" if self.answers_changed else "",
            f"stopped by {one_line(self.stopped, 500)}" if self.stopped else "",
            f"failed: {one_line(self.failure, 500)}" if self.failure else "",
            f"UNGATED: results of {one_line(', '.join(self.ungated), 300)} passed no tool door" if self.ungated else "",
            f"not served: {one_line(', '.join(self.refused), 300)}" if self.refused else "",
            "no request came: does the agent obey ANTHROPIC_BASE_URL and OPENAI_BASE_URL?" if not self.requests else "",
        ]
        return [counts, *filter(None, wrong)]

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)
