"""The five counters of a run and where they are kept: in this process, or in a file that processes share."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import NamedTuple, Protocol

from pytest_agentsafety.budget.forks import renew_on_fork
from pytest_agentsafety.model.errors import StopRun


class BudgetFileError(StopRun):
    """The shared account cannot be read, locked or trusted, so nothing more may be spent.

    `path` names the file, `problem` says in words what is wrong with it.
    """

    guard = "budget"

    def __init__(self, path: object, problem: str) -> None:
        self.path, self.problem = str(path), problem
        super().__init__(f"run budget {path}: {problem}. Nothing more is admitted in this run.")


class Totals(NamedTuple):
    """Whole numbers, so that every process adds up to the same sum.

    `cost` (10**-12 US dollars) and `tokens` include what is held for calls in flight; `held_cost` and `held_tokens`
    are that part alone. What a killed process held is never given back. `started`: nanoseconds of the monotonic clock.
    """

    cost: int = 0
    held_cost: int = 0
    tokens: int = 0
    held_tokens: int = 0
    tool_calls: int = 0
    started: int = 0


class TotalsStore(Protocol):
    """Keeps totals. `change` is atomic: what `step` raises leaves them as they were. Raises BudgetFileError."""

    def read(self) -> Totals: ...
    def change(self, step: Callable[[Totals], Totals]) -> None: ...


class MemoryTotals:
    """For the threads and tasks of one process; a forked child goes on with a copy of its own."""

    def __init__(self, totals: Totals) -> None:
        self._totals = totals
        self._lock = threading.Lock()
        renew_on_fork(self)

    def read(self) -> Totals:
        return self._totals

    def change(self, step: Callable[[Totals], Totals]) -> None:
        with self._lock:
            self._totals = step(self._totals)

    def after_fork(self) -> None:
        self._lock = threading.Lock()
