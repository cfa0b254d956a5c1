"""A fork of a running task is another process: it may not spend the task's budget twice, nor write its evidence."""

from __future__ import annotations

import os

import pytest

from pytest_agentsafety.gate import Gate
from pytest_agentsafety.model.errors import RunTerminated
from pytest_agentsafety.model.events import Event, Notice
from pytest_agentsafety.model.policy import Policy, ToolRule


class Log:
    def __init__(self) -> None:
        self.events: list[Event] = []

    def emit(self, event: Event) -> None:
        self.events.append(event)


def read_note(name: str) -> str:
    return f"the note {name}"


def test_the_doors_are_closed_in_a_fork_and_nothing_is_recorded(monkeypatch: pytest.MonkeyPatch) -> None:
    log = Log()
    task = Gate(Policy(tools={"read_note": ToolRule(effect="read")}), sink=log).open("Read the note", task_id="t")
    (gated,) = task.wrap([read_note])
    assert gated("plan") == "the note plan"
    recorded = len(log.events)
    parent = os.getpid()
    monkeypatch.setattr(os, "getpid", lambda: parent + 1)
    with pytest.raises(RunTerminated, match="belongs to the process that forked this one"):
        gated("plan")
    assert len(log.events) == recorded


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")  # later interpreters warn of other threads
def test_a_real_fork_writes_nothing_and_its_doors_are_closed() -> None:
    log = Log()
    task = Gate(Policy(tools={"read_note": ToolRule(effect="read")}), sink=log).open("Read the note", task_id="t")
    (gated,) = task.wrap([read_note])
    recorded = len(log.events)
    child = os.fork()
    if child == 0:
        closed = 1
        try:
            task.state.emit(Notice(task_id="t", level="info", message="from the child"))
            gated("plan")
        except RunTerminated:
            closed = 0 if len(log.events) == recorded else 2
        finally:
            os._exit(closed)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert gated("plan") == "the note plan"
    assert len(log.events) > recorded
