"""Many cases at once: who begins when, what is told, what is left when it ends early."""

from __future__ import annotations

import threading
import time
from types import SimpleNamespace
from typing import Any

import pytest

from pytest_agentsafety.llm.active import attributed
from pytest_agentsafety.model.errors import LimitExceededError
from pytest_agentsafety.model.events import Charged, ModelReplied, RetryPlanned
from pytest_agentsafety.session.crew import UPSTREAM_JOBS, run_cases
from pytest_agentsafety.session.meter import Meter


class Run:
    """A session whose cases take as long as `work` does; everything else of it is what `run_cases` asks."""

    def __init__(self, count: int, work: Any, *, mode: str = "live", far: bool = True) -> None:
        case = SimpleNamespace
        self.cases: Any = [case(run=case(mode=mode), number=n) for n in range(count)]
        self.meter, self.limit_met, self.asks_people = Meter(), None, False
        self.settings = SimpleNamespace(gateway=False)
        self.interrupted = threading.Event()
        self.begun: list[tuple[int, float]] = []
        self.now = self.most = 0
        self._work, self._far, self._lock = work, far, threading.Lock()

    def kept(self, planned: Any) -> None:
        return None

    def goes_upstream(self, planned: Any) -> bool:
        return self._far

    def interrupt(self) -> None:
        self.interrupted.set()

    def run(self, planned: Any) -> Any:
        with self._lock:
            self.begun.append((planned.number, time.monotonic()))
            self.now += 1
            self.most = max(self.most, self.now)
        try:
            return self._work(self, planned.number)
        finally:
            with self._lock:
                self.now -= 1


def result(run: Run, number: int) -> Any:
    from pytest_agentsafety.model.results import CaseResult

    made = CaseResult.__new__(CaseResult)
    object.__setattr__(made, "case_id", number)
    return made


def slowly(run: Run, number: int) -> Any:
    time.sleep(0.05)
    return result(run, number)


def drive(run: Any, jobs: int | None = None) -> tuple[Any, list[int]]:
    told: list[int] = []
    sitting = run_cases(run, jobs=jobs, told=lambda planned, _: told.append(planned.number), tick=lambda: None)
    return sitting, told


@pytest.mark.parametrize(
    ("mode", "far", "jobs", "most"),
    [
        ("live", True, None, UPSTREAM_JOBS),
        ("scripted", True, None, 1),
        ("hijacked", False, None, 1),
        ("hijacked", False, 4, 4),
        ("live", True, 3, 3),
    ],
)
def test_how_many_at_once(mode: str, far: bool, jobs: int | None, most: int) -> None:
    def work(run: Run, number: int) -> Any:
        until = time.monotonic() + 10  # as many as there may be come together, however busy the machine is
        while run.most < most and time.monotonic() < until:
            time.sleep(0.001)
        return slowly(run, number)

    run = Run(20, work, mode=mode, far=far)
    sitting, told = drive(run, jobs)
    assert run.most == most
    assert sorted(told) == list(range(20))
    assert (sitting.not_run, sitting.interrupted, sitting.limit) == ([], False, None)


def test_people_are_asked_one_thing_at_a_time() -> None:
    run = Run(4, slowly)
    run.asks_people = True
    drive(run)
    assert run.most == 1


def test_when_the_limit_of_the_run_is_met_nothing_more_begins() -> None:
    limit = LimitExceededError("tokens of the run", 2, 1)

    def work(run: Any, number: int) -> Any:
        if number == 5:
            run.limit_met = limit
        return slowly(run, number)

    sitting, told = drive(Run(40, work), 4)
    assert sitting.limit is limit
    assert len(told) < 20
    assert sorted([*told, *(planned.number for planned in sitting.not_run)]) == list(range(40))


def test_what_breaks_the_harness_ends_the_run_and_is_raised() -> None:
    def work(run: Run, number: int) -> Any:
        if number == 3:
            raise OSError("disk full")
        return slowly(run, number)

    run = Run(40, work)
    with pytest.raises(OSError, match="disk full"):
        drive(run, 4)
    assert run.interrupted.is_set()
    assert len(run.begun) < 20


def test_an_interrupt_is_no_error_and_says_what_did_not_run() -> None:
    def work(run: Run, number: int) -> Any:
        if number == 0:
            raise KeyboardInterrupt
        while not run.interrupted.wait(0.01):
            pass
        raise KeyboardInterrupt

    sitting, told = drive(Run(10, work), 4)
    assert sitting.interrupted
    assert told == []
    assert sorted(planned.number for planned in sitting.not_run) == list(range(10))


def test_new_cases_wait_as_long_as_the_api_asks() -> None:
    def work(run: Run, number: int) -> Any:
        if number == 0:
            planned = RetryPlanned(task_id="t", call_id="m1", attempt=1, delay=0.6, reason="HTTP 429")
            run.meter.see(planned)
        return slowly(run, number)

    run = Run(6, work)
    drive(run, 2)
    begun = dict(run.begun)
    late = [begun[number] - begun[0] for number in range(2, 6)]
    assert min(late) >= 0.55


def replied(charge: str) -> ModelReplied:
    """An answer that cost 0.25 dollars and 7 tokens."""
    return ModelReplied(
        model="m",
        status=200,
        content=[],
        stop_reason=None,
        input_tokens=4,
        output_tokens=3,
        cost_usd=0.25,
        cost_estimated=False,
        latency_ms=1.0,
        latency_source="measured",
        charge=charge,
    )


def test_other_failures_hold_nobody_up_and_charges_add_up() -> None:
    meter = Meter()
    meter.see(RetryPlanned(task_id="t", call_id="m1", attempt=1, delay=60, reason="HTTP 500"))
    assert meter.pause == 0
    for kind in ("reserved", "settled", "kept", "released"):
        meter.see(
            Charged(task_id="t", call_id="m", kind=kind, cost_usd=0.5, tokens=10, total_cost_usd=9, total_tokens=9)
        )
    for kind in ("settled", ""):
        meter.see(replied(charge=kind))
    meter.begin()
    now = meter.read()
    assert (now.tokens, now.cost_usd, now.in_flight, now.done) == (27, 1.25, 1, 0)
    meter.end(done=True)
    assert (meter.read().in_flight, meter.read().done) == (0, 1)


def test_a_workers_thread_belongs_to_no_task() -> None:
    seen: list[Any] = []

    def work(run: Run, number: int) -> Any:
        seen.append(attributed())
        return result(run, number)

    drive(Run(3, work), 2)
    assert seen == [None, None, None]
