"""Many cases in flight: what goes upstream waits most of its time for somebody else."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue

from pytest_agentsafety.llm.active import crowd
from pytest_agentsafety.model.errors import LimitExceededError
from pytest_agentsafety.model.results import CaseResult
from pytest_agentsafety.session.plan import PlannedCase
from pytest_agentsafety.session.session import Session

# At once, where answers are waited for. More brings little, an API's own limits come first; each costs two threads.
UPSTREAM_JOBS = 16
MOST_JOBS = 500
_TICK_SECONDS = 1.0
_LEAVE_SECONDS = 15.0

Told = Callable[[PlannedCase, CaseResult], None]


@dataclass
class Sitting:
    """How far the cases got. `not_run` were not begun or dropped; `limit` is the run's limit that was met."""

    not_run: list[PlannedCase] = field(default_factory=list)
    interrupted: bool = False
    limit: LimitExceededError | None = None


def run_cases(session: Session, *, jobs: int | None, told: Told, tick: Callable[[], None]) -> Sitting:
    """Run all cases of the plan that have no row yet, those that go nowhere first.

    `jobs` at once; None: one where nothing leaves the process, UPSTREAM_JOBS where an API answers. `told` is called in
    this thread for each case that ended, `tick` about once a second while others run. Stops beginning cases when the
    run's budget is met. An interrupt drops what is under way.
    """
    sitting = Sitting()
    waiting = [planned for planned in session.cases if session.kept(planned) is None]
    far = [planned for planned in waiting if session.goes_upstream(planned)]
    near = [planned for planned in waiting if planned not in far]
    for part, default in ((near, 1), (far, _upstream_jobs(session, far))):
        if sitting.interrupted or session.limit_met is not None:
            sitting.not_run += part
            continue
        # Variables in our own environment lead to one case at a time.
        _Crew(session, part, told, tick).run(1 if session.settings.gateway else jobs or default, sitting)
    sitting.limit = session.limit_met if sitting.not_run else None
    return sitting


def _upstream_jobs(session: Session, cases: Sequence[PlannedCase]) -> int:
    """A scripted server is in this process and makes nobody wait; people are asked one thing at a time."""
    scripted = all(planned.run.mode == "scripted" for planned in cases)
    return 1 if scripted or session.asks_people else UPSTREAM_JOBS


class _Crew:
    """Cases of one kind, some at once."""

    def __init__(self, session: Session, cases: Sequence[PlannedCase], told: Told, tick: Callable[[], None]) -> None:
        self._session, self._told, self._tick = session, told, tick
        self._waiting, self._under_way = deque(cases), list[PlannedCase]()
        self._ended: SimpleQueue[tuple[PlannedCase, CaseResult | BaseException]] = SimpleQueue()
        self._lock = threading.Lock()
        self._stop = threading.Event()

    def run(self, jobs: int, sitting: Sitting) -> None:
        if not self._waiting:
            return
        try:
            if jobs == 1:
                self._alone()
            else:
                with crowd():
                    self._together(min(jobs, len(self._waiting)))
        except KeyboardInterrupt:
            sitting.interrupted = True
        finally:
            sitting.not_run += [*self._under_way, *self._waiting]

    def _alone(self) -> None:
        while self._next() is not None:
            planned = self._under_way[0]
            result = self._session.run(planned)
            self._under_way.remove(planned)
            self._told(planned, result)

    def _together(self, jobs: int) -> None:
        threads = [threading.Thread(target=self._work, name=f"agentsafety-case-{n}", daemon=True) for n in range(jobs)]
        try:
            for thread in threads:
                thread.start()
            while any(thread.is_alive() for thread in threads) or not self._ended.empty():
                self._take()
        except BaseException:
            self._drop(threads)
            raise

    def _take(self) -> None:
        try:
            planned, outcome = self._ended.get(timeout=_TICK_SECONDS if self._under_way else 0.02)
        except Empty:
            self._tick()
            return
        if isinstance(outcome, BaseException):
            raise outcome
        self._told(planned, outcome)

    def _drop(self, threads: Sequence[threading.Thread]) -> None:
        """Nothing more begins; what is under way leaves neither row nor recording. What had ended is told of."""
        self._stop.set()
        self._session.interrupt()
        for thread in threads:
            if thread.ident is not None:
                thread.join(_LEAVE_SECONDS)
        while not self._ended.empty():
            planned, outcome = self._ended.get()
            if isinstance(outcome, CaseResult):
                self._told(planned, outcome)

    def _work(self) -> None:
        while not self._stop.is_set():
            if self._stop.wait(self._session.meter.pause):
                return
            if self._session.meter.pause:  # it was prolonged meanwhile
                continue
            planned = self._next()
            if planned is None:
                return
            try:
                outcome: CaseResult | BaseException = self._session.run(planned)
            except BaseException as error:  # noqa: BLE001 - raised again where the run is driven
                outcome = error
            with self._lock:
                if isinstance(outcome, CaseResult):
                    self._under_way.remove(planned)
            if not (self._stop.is_set() and isinstance(outcome, KeyboardInterrupt)):
                self._ended.put((planned, outcome))

    def _next(self) -> PlannedCase | None:
        with self._lock:
            if not self._waiting or self._session.limit_met is not None:
                return None
            planned = self._waiting.popleft()
            self._under_way.append(planned)
            return planned
