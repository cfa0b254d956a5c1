"""Cases over one or several processes, with a line of progress."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from time import perf_counter

from benchmarks.lib.rows import Row
from benchmarks.lib.running import Bench, Choice, Unit, chunks

_CHUNK = 24


def run_all(choice: Choice, *, jobs: int = 1, quiet: bool = False) -> list[Row]:
    """The rows of a choice, in the order of its cases. SystemExit where nothing is chosen."""
    bench = Bench(choice)
    units = bench.units()
    if not units:
        raise SystemExit("no case is chosen")
    progress = _Progress(len(units), quiet=quiet)
    rows = {(row.suite, row.case_id): row for row in _rows(choice, bench, units, jobs, progress)}
    progress.end()
    return [rows[unit.suite, unit.case_id] for unit in units]


def _rows(choice: Choice, bench: Bench, units: Sequence[Unit], jobs: int, progress: _Progress) -> Iterator[Row]:
    if jobs > 1:
        yield from _in_processes(choice, units, jobs, progress)
        return
    with bench.running() as run:
        for unit in units:
            row = run(unit)
            progress.saw(row)
            yield row


def _in_processes(choice: Choice, units: Sequence[Unit], jobs: int, progress: _Progress) -> Iterator[Row]:
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn"), initializer=_prepare, initargs=(choice,)) as pool:
        for done in as_completed([pool.submit(_run_chunk, part) for part in chunks(units, _CHUNK)]):
            for row in done.result():
                progress.saw(row)
                yield row


_BENCH: list[Bench] = []


def _prepare(choice: Choice) -> None:
    _BENCH.append(Bench(choice))


def _run_chunk(units: Sequence[Unit]) -> list[Row]:
    with _BENCH[-1].running() as run:
        return [run(unit) for unit in units]


class _Progress:
    """A line that is written over on a terminal, one every few seconds elsewhere."""

    def __init__(self, total: int, *, quiet: bool) -> None:
        self._total, self._quiet = total, quiet
        self._done = self._leaks = self._refused = self._problems = 0
        self._started = self._shown = perf_counter()
        self._terminal = sys.stderr.isatty()

    def saw(self, row: Row) -> None:
        self._done += 1
        self._leaks += row.verdict == "unsafe"
        self._refused += row.verdict == "refused"
        self._problems += not row.decided
        if perf_counter() - self._shown >= (0.2 if self._terminal else 5.0):
            self._show()

    def _show(self) -> None:
        self._shown = perf_counter()
        if not self._quiet:
            line = (
                f"{self._done}/{self._total} cases, {self._shown - self._started:.0f} s: {self._leaks} attacks "
                f"succeeded, {self._refused} tasks refused, {self._problems} undecided"
            )
            end = "\r" if self._terminal else "\n"
            print(line, end=end, file=sys.stderr, flush=True)

    def end(self) -> None:
        self._show()
        if self._terminal and not self._quiet:
            print(file=sys.stderr)
