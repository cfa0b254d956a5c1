"""How long the door's decisions take: timed around the real functions, in microseconds of the thread's CPU."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import thread_time_ns
from typing import Any
from unittest.mock import patch

from pytest_agentsafety.gate import gate as gate_module
from pytest_agentsafety.gate import tool_door


class Stopwatch:
    """`decisions`: the whole decision on each call that is not a plain read. `labels`: the work on each result."""

    def __init__(self) -> None:
        self.decisions: list[float] = []
        self.labels: list[float] = []

    def take(self) -> tuple[tuple[float, ...], tuple[float, ...]]:
        """What was measured since the last time."""
        taken = tuple(self.decisions), tuple(self.labels)
        self.decisions, self.labels = [], []
        return taken

    @contextmanager
    def running(self, tracker: type[Any] | None = None) -> Iterator[None]:
        """Time both. `tracker` takes the place of the project's own, and answers to the same three calls."""
        chosen: type[Any] = gate_module.__dict__["ProvenanceTracker"] if tracker is None else tracker
        deciding = patch.object(tool_door, "decide", self._deciding(tool_door.__dict__["decide"]))
        labelling = patch.object(gate_module, "ProvenanceTracker", self._labelling(chosen))
        with deciding, labelling:
            yield

    def _deciding(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def decide(state: Any, call: Any, ruled: Any) -> Any:
            start = thread_time_ns()
            decision = real(state, call, ruled)
            if ruled.rule.effect != "read":
                self.decisions.append((thread_time_ns() - start) / 1000)
            return decision

        return decide

    def _labelling(self, base: type[Any]) -> type[Any]:
        watch = self

        class Timed(base):  # type: ignore[misc]
            def saw_result(self, *arguments: Any, **named: Any) -> None:
                start = thread_time_ns()
                super().saw_result(*arguments, **named)
                watch.labels.append((thread_time_ns() - start) / 1000)

        return Timed
