"""One account over all tasks of a run, its threads, asyncio tasks and processes.

What holds, for every interleaving and every `kill -9`: cost, tokens and tool calls never pass their limits. Tokens are
held by the true bound of a call (bytes of the body, plus `max_tokens`), so the last calls before the limit may be
refused although they would have fitted. A call whose end nobody saw stays charged in full.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from decimal import ROUND_CEILING, Decimal
from pathlib import Path
from typing import Any

from pytest_agentsafety.budget.money import cap
from pytest_agentsafety.budget.prices import exact
from pytest_agentsafety.budget.shared import open_file
from pytest_agentsafety.budget.totals import BudgetFileError, MemoryTotals, Totals, TotalsStore
from pytest_agentsafety.model.errors import BudgetExceededError, LimitExceededError, TokenLimitError
from pytest_agentsafety.model.policy import RunLimits

RUN_BUDGET_FILE = "run_budget.txt"
_MAGIC = b"agentsafety-run-budget 1 "
_PICO = Decimal(10**12)
_NANO = 1_000_000_000
_OF_THE_RUN = " of the run"


@dataclass(frozen=True, kw_only=True)
class RunSpent:
    """A moment's totals of the run: US dollars, tokens, calls, seconds since its start.

    What is reserved (by a living call, or by a killed process for good) is not in `cost_usd` and `tokens`.
    """

    cost_usd: float
    reserved_usd: float
    tokens: int
    reserved_tokens: int
    tool_calls: int
    seconds: float


@dataclass(frozen=True, eq=False)
class RunHold:
    """What one call holds of the run, in the units of Totals. Only the process that made it can end it."""

    cost: int
    tokens: int
    pid: int


class RunBudget:
    """The account of a run. `Budget(..., parent=run)` asks it; nothing else needs to.

    The plain constructor is for one process; `at` and `join` share a file. `refused` is the first refusal that this
    process met: from then on the run has no room for what it was about to do.
    """

    def __init__(
        self, limits: RunLimits, *, store: TotalsStore | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.limits = limits
        self._clock = clock
        self._store = store or MemoryTotals(Totals(started=int(clock() * _NANO)))
        self._most_cost = None if limits.max_cost_usd is None else int(exact(limits.max_cost_usd) * _PICO)
        self._started = self._store.read().started
        self.refused: LimitExceededError | None = None

    @classmethod
    def at(cls, path: Path, limits: RunLimits, *, clock: Callable[[], float] = time.monotonic) -> RunBudget:
        """The account in the file `path`, made where it is missing. Raises BudgetFileError (damage, other limits)."""
        store = open_file(path, _header(limits), Totals(started=int(clock() * _NANO)))
        return cls(limits, store=store, clock=clock)

    @classmethod
    def join(cls, path: Path, *, clock: Callable[[], float] = time.monotonic) -> RunBudget:
        """An account that exists, with the limits it was made for. Raises BudgetFileError."""
        return cls.at(path, _limits_in(path), clock=clock)

    @property
    def spent(self) -> RunSpent:
        """Raises BudgetFileError."""
        totals = self._store.read()
        return RunSpent(
            cost_usd=_usd(totals.cost - totals.held_cost),
            reserved_usd=_usd(totals.held_cost),
            tokens=totals.tokens - totals.held_tokens,
            reserved_tokens=totals.held_tokens,
            tool_calls=totals.tool_calls,
            seconds=self._seconds(),
        )

    def hold(self, cost_usd: Decimal, tokens: int) -> RunHold:
        """Hold the most a call can cost. Raises BudgetExceededError, TokenLimitError, BudgetFileError."""
        held = RunHold(_pico(cost_usd), tokens, os.getpid())
        with self._noting():
            self._store.change(lambda totals: self._held(totals, held))
        return held

    def _held(self, totals: Totals, held: RunHold) -> Totals:
        cost, tokens = totals.cost + held.cost, totals.tokens + held.tokens
        if self._most_cost is not None and cost > self._most_cost:
            raise BudgetExceededError("cost of the run", _usd(cost), self.limits.max_cost_usd or 0.0, unit=" USD")
        if self.limits.max_tokens is not None:
            cap(TokenLimitError, "tokens of the run", tokens, self.limits.max_tokens, " tokens")
        return totals._replace(
            cost=cost,
            held_cost=totals.held_cost + held.cost,
            tokens=tokens,
            held_tokens=totals.held_tokens + held.tokens,
        )

    def end(self, held: RunHold, cost_usd: Decimal, tokens: int) -> None:
        """Replace what is held by what it became; once per hold.

        Never raises: where the file cannot be changed the hold stays charged, and the next admission is refused. In a
        forked child it does nothing, since the parent, which made the call, ends it.
        """
        if held.pid != os.getpid():
            return
        cost = _pico(cost_usd)
        with suppress(BudgetFileError):
            self._store.change(
                lambda totals: totals._replace(
                    cost=totals.cost - held.cost + cost,
                    held_cost=totals.held_cost - held.cost,
                    tokens=totals.tokens - held.tokens + tokens,
                    held_tokens=totals.held_tokens - held.tokens,
                )
            )

    def count_tool_call(self) -> None:
        """Admit one tool call. Raises LimitExceededError, and counts nothing, when it is one too many."""
        with self._noting():
            self._store.change(self._counted)

    def _counted(self, totals: Totals) -> Totals:
        calls = totals.tool_calls + 1
        if self.limits.max_tool_calls is not None:
            cap(LimitExceededError, "tool calls of the run", calls, self.limits.max_tool_calls, "")
        return totals._replace(tool_calls=calls)

    def check_time(self) -> None:
        """Raises LimitExceededError once the run has taken longer than `max_seconds`; reads no file."""
        if self.limits.max_seconds is not None:
            with self._noting():
                cap(LimitExceededError, "duration of the run", self._seconds(), self.limits.max_seconds, " s")

    @contextmanager
    def _noting(self) -> Iterator[None]:
        try:
            yield
        except LimitExceededError as error:
            self.refused = self.refused or error
            raise

    def _seconds(self) -> float:
        elapsed = self._clock() - self._started / _NANO
        if elapsed < -1:  # the clock starts anew with the machine; a rounded nanosecond is no such case
            raise BudgetFileError("clock", "the run began before the machine was restarted, its duration is unknown")
        return max(elapsed, 0.0)


def open_run_budget(limits: RunLimits, folder: Path | None) -> RunBudget | None:
    """The account of a run: None without a limit, in a file of `folder` where there is one, else in this process.

    All processes of a run give the same folder (xdist: the controller's, not the worker's). Raises BudgetFileError.
    """
    if not limits.is_set:
        return None
    return RunBudget(limits) if folder is None else RunBudget.at(folder / RUN_BUDGET_FILE, limits)


def continue_run_budget(limits: RunLimits, folder: Path) -> RunBudget | None:
    """The account of a run that is resumed: what was spent stands, the limits may be others, the clock begins anew.

    What calls held that nobody saw the end of (a killed run's) stays charged. Raises BudgetFileError.
    """
    path = folder / RUN_BUDGET_FILE
    if path.exists():
        totals = RunBudget.join(path)._store.read()
        draft = path.with_name(f".{path.name}.next")
        draft.unlink(missing_ok=True)
        open_file(draft, _header(limits), totals._replace(started=int(time.monotonic() * _NANO)))
        draft.replace(path)
    return open_run_budget(limits, folder)


def ends_run(error: BaseException | None) -> bool:
    """Is it a limit of the whole run that was met, and none of one task?"""
    return isinstance(error, LimitExceededError) and error.kind.endswith(_OF_THE_RUN)


def _header(limits: RunLimits) -> bytes:
    return _MAGIC + json.dumps(asdict(limits), sort_keys=True).encode() + b"\n"


def _limits_in(path: Path) -> RunLimits:
    try:
        with path.open("rb") as file:
            first = file.readline(4096)
        data: dict[str, Any] = json.loads(first.removeprefix(_MAGIC))
        limits = RunLimits(**data)
    except OSError as exc:
        raise BudgetFileError(path, f"cannot be read: {exc.strerror}") from exc
    except (TypeError, ValueError, RecursionError) as exc:
        raise BudgetFileError(path, "is no run budget, or its first line is damaged") from exc
    if not all(value is None or isinstance(value, int | float) for value in data.values()):
        raise BudgetFileError(path, "is no run budget, or its first line is damaged")
    return limits


def _pico(usd: Decimal) -> int:
    """Rounded up: a fraction of 10**-12 dollars is never free."""
    return int((usd * _PICO).to_integral_value(ROUND_CEILING))


def _usd(pico: int) -> float:
    return float(Decimal(pico) / _PICO)
