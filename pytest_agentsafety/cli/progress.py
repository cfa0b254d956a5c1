"""How far a run is: on a terminal one line that is rewritten, in a log a plain line now and then."""

from __future__ import annotations

import os
import time

from pytest_agentsafety.cli.output import rewrite, say, stdout
from pytest_agentsafety.model.results import CaseResult
from pytest_agentsafety.session.meter import Meter
from pytest_agentsafety.session.summary import explain, same_but_phrasing

_PLAIN_EVERY_SECONDS = 10.0
_FIRST_GUESS = 3  # cases after which the rest is guessed


class Progress:
    """Counts `total` cases, of which `before` were done in an earlier part of the run; failures are told always.

    Of an attack that fails in several phrasings the first is told; the summary counts the others.
    With a `meter` the line also says how many are in flight, what was spent, and how long the rest may take.
    """

    def __init__(self, total: int, *, quiet: bool, before: int = 0, meter: Meter | None = None) -> None:
        self._total, self._quiet, self._meter = total, quiet, meter
        self._done, self._failed = before, 0
        self._told: set[object] = set()
        self._terminal = stdout().isatty() and not os.environ.get("CI")
        self._last = time.monotonic()

    def case(self, result: CaseResult, *, failed: bool) -> None:
        alike = same_but_phrasing(result)
        known = alike in self._told
        if failed:
            self._told.add(alike)
        self.count(f"{result.verdict.upper()} {result.node_name}: {explain(result)}" if failed else "", tell=not known)

    def count(self, failure: str, *, tell: bool = True) -> None:
        """One more is done; `failure` says why it failed, "" when it did not, and is told or only counted."""
        self._done += 1
        self._failed += bool(failure)
        if self._quiet:
            return
        if failure and tell:
            self._clear()
            say(failure)
        self.tick()

    def tick(self) -> None:
        """Show where things stand."""
        if self._quiet:
            return
        if self._terminal:
            rewrite(self._line())
        elif time.monotonic() - self._last >= _PLAIN_EVERY_SECONDS:
            self._last = time.monotonic()
            say(self._line())

    def end(self) -> None:
        if not self._quiet:
            self._clear()
            say(self._line(over=True))

    def _line(self, *, over: bool = False) -> str:
        line = f"{self._done}/{self._total} cases, {self._failed} failed"
        return line if self._meter is None else line + "".join(f", {part}" for part in self._spent(self._meter, over))

    def _spent(self, meter: Meter, over: bool) -> list[str]:
        now = meter.read()
        parts = [] if over else [f"{now.in_flight} in flight"]
        parts += [f"{_short(now.tokens)} tokens", f"${now.cost_usd:.2f}"]
        if meter.pause and not over:
            parts.append(f"waiting {meter.pause:.0f} s as the API asks")
        left = self._total - self._done
        if not over and left and now.done >= _FIRST_GUESS:
            share = left / now.done
            parts.append(f"about {_duration(now.seconds * share)} and ${now.cost_usd * share:.2f} to go")
        return parts

    def _clear(self) -> None:
        if self._terminal:
            rewrite("")


def _short(number: int) -> str:
    return str(number) if number < 10_000 else f"{number / 1000:,.0f}k"


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
