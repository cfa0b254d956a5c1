"""Threads for guards. Not `ThreadPoolExecutor`: that one waits at interpreter exit for a guard that hangs."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextvars import copy_context
from queue import SimpleQueue
from typing import Any

_IDLE_KEPT = 16


class GuardPool:
    """Starts every task at once: on an idle thread, or on a new one when none is idle.

    So all guards of a stage overlap, and a hanging one takes nobody else's place. Threads are daemons.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._idle: list[_Worker] = []

    def submit(self, call: Callable[[], Any]) -> Future[Any]:
        """Run `call` in a copy of the caller's context. What it raises, of whatever kind, is in the future."""
        future: Future[Any] = Future()
        context = copy_context()
        with self._lock:
            worker = self._idle.pop() if self._idle else None
        (worker or _Worker(self)).tasks.put((future, lambda: context.run(call)))
        return future

    def rest(self, worker: _Worker) -> bool:
        """A worker is done; True when it shall wait for more."""
        with self._lock:
            if len(self._idle) >= _IDLE_KEPT:
                return False
            self._idle.append(worker)
            return True


class _Worker:
    def __init__(self, pool: GuardPool) -> None:
        self._pool = pool
        self.tasks: SimpleQueue[tuple[Future[Any], Callable[[], Any]]] = SimpleQueue()
        threading.Thread(target=self._run, name="agentsafety-guard", daemon=True).start()

    def _run(self) -> None:
        while True:
            future, call = self.tasks.get()
            try:
                result, error = call(), None
            except BaseException as raised:  # noqa: BLE001 - the guard boundary: it becomes a crashed result
                result, error = None, raised
            resting = self._pool.rest(self)
            if error is None:
                future.set_result(result)
            else:
                future.set_exception(error)
            del future, call, result, error
            if not resting:
                return
