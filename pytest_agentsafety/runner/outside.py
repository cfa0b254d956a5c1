"""Agents in other processes: a gateway to the doors of their case, and the variables that lead there."""

from __future__ import annotations

import contextvars
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from pytest_agentsafety.adapters import AgentHandle
from pytest_agentsafety.adapters.command import Child, child
from pytest_agentsafety.gate import TaskGate
from pytest_agentsafety.llm.gateway import Gateway


@contextmanager
def led_here(agent: AgentHandle, task: TaskGate, context: contextvars.Context, *, everywhere: bool) -> Iterator[None]:
    """What the agent starts inside the block finds the task's doors.

    A command is told by itself; with `everywhere` the variables stand in this process's environment too, for a
    function that starts what it likes: one case at a time. Where nothing leaves, they need no key.
    """
    if not (agent.outside or everywhere):
        yield
        return
    with Gateway.for_task(task) as gateway:
        started = Child(gateway.env(lend_keys=task.state.responder is not None))
        context.run(child.set, started)
        try:
            with _environment(started.env if everywhere else {}):
                yield
        finally:
            started.over.set()


@contextmanager
def _environment(changes: Mapping[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in changes}
    os.environ.update(changes)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
