"""Processes that a task starts: their model requests pass the task's model door over a loopback gateway."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from threading import Lock

from pytest_agentsafety.llm.gateway import Gateway, Opening, Upstreams
from pytest_agentsafety.model.errors import RunTerminated
from pytest_agentsafety.protocols import ModelDoor


class ChildGateways:
    """One gateway per upstream, started when it is first needed. `opening` hears of every request before its door."""

    def __init__(self, door: ModelDoor, opening: Callable[[Opening], None]) -> None:
        self._door, self._opening = door, opening
        self._gateways: list[tuple[Upstreams, Gateway]] = []
        self._lock = Lock()
        self._closed = False

    def env(self, given: Mapping[str, str], *, lend_keys: bool) -> dict[str, str]:
        """Variables for a process that will be started with ours and `given`, to be set over both.

        Raises RunTerminated after `close`, ConfigError for a base URL or authority that cannot be used.
        """
        lead = self._gateway(Upstreams.of({**os.environ, **given})).env(lend_keys=lend_keys)
        return {name: value for name, value in lead.items() if not (name.endswith("_API_KEY") and given.get(name))}

    def _gateway(self, upstreams: Upstreams) -> Gateway:
        with self._lock:
            if self._closed:
                raise RunTerminated("the task is over: nothing it starts reaches a model")
            for known, gateway in self._gateways:
                if known == upstreams:
                    return gateway
            made = Gateway(lambda: self._door, upstreams=upstreams, opening=self._opening)
            made.start()
            self._gateways.append((upstreams, made))
            return made

    def close(self) -> None:
        """Break off what is under way."""
        with self._lock:
            self._closed = True
            gateways, self._gateways = self._gateways, []
        for _, gateway in gateways:
            gateway.stop()
