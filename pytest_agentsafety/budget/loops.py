"""The same tool call again and again, alone or in a cycle of two or three, found in constant time and memory."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

from pytest_agentsafety.model.canonical import digest
from pytest_agentsafety.model.errors import LimitExceededError
from pytest_agentsafety.model.safe_text import one_line

LONGEST_CYCLE = 3

Runs = tuple[int, ...]
_NONE: Runs = (0,) * LONGEST_CYCLE


class LoopDetectedError(LimitExceededError):
    """The agent goes round in circles; `tool` is the call that would have closed the next round."""

    def __init__(self, kind: str, value: float, limit: float, *, unit: str = "", tool: str = "") -> None:
        super().__init__(kind, value, limit, unit=unit)
        self.tool = tool
        if tool:
            self.args = (f"{self.args[0]}: tool {one_line(tool, 80)!r} is called in a loop",)


def signature(name: str, arguments: Mapping[str, Any] | None) -> Hashable:
    """The same value for equal calls, whatever the order of the keys; 1, 1.0 and true are three values.

    Arguments that JSON cannot write all count as equal: such a loop is found too.
    """
    given = arguments or {}
    try:
        return name, frozenset(zip(given, map(type, given.values()), given.values(), strict=True))
    except TypeError:  # lists and objects: the canonical text costs some ten times as much
        return name, _text(given)


def _text(arguments: Mapping[str, Any]) -> str:
    try:
        return digest(dict(arguments))
    except (RecursionError, TypeError, ValueError):
        return ""


class LoopWatch:
    """The last calls of one task; the caller serialises. `limit` rounds of one cycle are allowed in a row."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._recent: tuple[Hashable, ...] = (None,) * LONGEST_CYCLE  # the latest first
        self._runs: Runs = _NONE  # per period: how many calls in a row equal the one a period before

    def look(self, call: Hashable, tool: str) -> Runs:
        """What `enter` takes when the call is admitted. Raises LoopDetectedError, and changes nothing."""
        runs = self._runs_with(call)
        if max(runs) < self._limit:  # far from a full round too many of any length
            return runs
        for period, run in enumerate(runs, start=1):
            rounds = run // period + 1
            if rounds > self._limit:
                kind = "identical calls in a row" if period == 1 else f"rounds of the same {period} calls in a row"
                raise LoopDetectedError(kind, rounds, self._limit, tool=tool)
        return runs

    def _runs_with(self, call: Hashable) -> Runs:
        if call not in self._recent:
            return _NONE
        one, two, three = self._recent
        runs = self._runs
        return (
            runs[0] + 1 if one == call else 0,
            runs[1] + 1 if two == call else 0,
            runs[2] + 1 if three == call else 0,
        )

    def enter(self, call: Hashable, runs: Runs) -> None:
        self._recent = (call, *self._recent[:-1])
        self._runs = runs
