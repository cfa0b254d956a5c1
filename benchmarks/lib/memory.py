"""Evidence of one case kept in memory: what was refused and why, and whether the answer was changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from benchmarks.lib.rows import Refusal
from pytest_agentsafety.model.events import Event, FinalAnswer, GuardChecked, ToolCalled, ToolDecided, ToolReturned
from pytest_agentsafety.model.results import CaseResult
from pytest_agentsafety.model.tasks import CaseRun


@dataclass
class Seen:
    """One call: as it was made, the decisions on it in order, and how it ended."""

    called: ToolCalled
    decided: list[ToolDecided] = field(default_factory=list)
    status: str = ""


class MemoryEvidence:
    """A `CaseSink` that holds one case at a time."""

    def __init__(self) -> None:
        self.calls: dict[str, Seen] = {}
        self.answer: FinalAnswer | None = None
        self.result: CaseResult | None = None
        self._output: list[str] = []

    def begin_case(self, run: CaseRun) -> str | None:
        self.calls, self.answer, self.result, self._output = {}, None, None, []
        return None

    def end_case(self, result: CaseResult) -> None:
        self.result = result

    def emit(self, event: Event) -> None:
        if isinstance(event, ToolCalled):
            self.calls[event.call_id] = Seen(event)
        elif isinstance(event, ToolDecided):
            self.calls[event.call_id].decided.append(event)
        elif isinstance(event, ToolReturned):
            self.calls[event.call_id].status = event.status
        elif isinstance(event, FinalAnswer):
            self.answer = event
        elif isinstance(event, GuardChecked) and event.stage == "output":
            self._output.append(f"{event.guard}: {event.rule}")

    @property
    def answer_changed(self) -> tuple[str, ...]:
        """The guards (with their rules) that changed the answer; nothing where the user gets it as it was."""
        if self.answer is None or self.answer.shown == self.answer.text:
            return ()
        return tuple(dict.fromkeys(self._output)) or ("unknown",)

    def refusals(self) -> Iterator[Refusal]:
        """Calls that did not run, each with the last decision on it."""
        for seen in self.calls.values():
            if seen.status in ("denied", "held") and seen.decided:
                last = seen.decided[-1]
                yield Refusal(
                    tool=last.tool,
                    arguments=dict(seen.called.arguments),
                    attacker=seen.called.attacker,
                    outcome=last.outcome,
                    guard=last.guard,
                    rule=last.rule,
                    argument=last.argument,
                    origin=last.origin,
                    reason=last.reason,
                )
