"""Which records wait for each other, and which for the disk."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import pytest

from pytest_agentsafety.catalog.folder_suite import FolderScenario
from pytest_agentsafety.model.events import (
    CaseStarted,
    CheckpointMarked,
    Event,
    FinalAnswer,
    ModelCalled,
    ModelReplied,
    Notice,
    ToolCalled,
    ToolDecided,
    ToolReturned,
)
from pytest_agentsafety.recorders.append_file import EvidenceError
from pytest_agentsafety.runner.generated.scenario import OwnScenario
from pytest_agentsafety.runner.modes import Cast
from pytest_agentsafety.runner.tap import Tap

ASKED = ModelCalled(model="m", stream=False, body_bytes=1, messages=1)
REPLIED = ModelReplied(
    model="m",
    status=200,
    content=(),
    stop_reason=None,
    input_tokens=1,
    output_tokens=1,
    cost_usd=0.0,
    cost_estimated=False,
    latency_ms=1.0,
    latency_source="measured",
)
STARTED = CaseStarted(case_id="c", mode="hijacked", prompt="x", policy_sha256="", guards=())
RETURNED = ToolReturned(tool="send", status="ok", result="", raw_chars=0, latency_ms=1.0)
ANSWERED = FinalAnswer(text="done", shown="done")


def decided(tool: str, outcome: str = "allowed") -> list[Event]:
    return [
        ToolCalled(tool=tool, arguments={}, effect="read"),
        ToolDecided(tool=tool, outcome=outcome, guard="policy", rule="r", reason="x"),
    ]


def marked(tool: str) -> CheckpointMarked:
    return CheckpointMarked(tool=tool, position=0)


class Disk:
    """How each batch came, and how many events were in it."""

    def __init__(self) -> None:
        self.ways: list[tuple[str, int]] = []
        self.full = False

    def _take(self, way: str, events: Sequence[Event]) -> None:
        if self.full:
            raise EvidenceError("no room")
        self.ways.append((way, len(events)))

    def emit_all(self, events: Sequence[Event]) -> None:
        self._take("waits", events)

    def emit_passing(self, events: Sequence[Event]) -> None:
        self._take("passes", events)


class Case:
    """A tap over a disk; the world has the tools `send` and `look`."""

    def __init__(self, *, in_memory: bool = True, offline: bool = True) -> None:
        self.disk, self.seen = Disk(), deque[Event]()
        self.tap = Tap(self.disk, self.seen)
        self.world(in_memory=in_memory)
        self.tap.cast_is(Cast(responder=SimpleNamespace() if offline else None))  # type: ignore[arg-type]

    def world(self, *, in_memory: bool) -> None:
        tools = [SimpleNamespace(name="send"), SimpleNamespace(name="look")]
        world: Any = SimpleNamespace(in_memory=in_memory, tools=tools)
        self.tap.world_is(world)

    def recorded(self, *batches: Sequence[Event]) -> int:
        """How many of the events are on disk when the last batch was taken."""
        for batch in batches:
            self.tap.emit_all(batch)
        return sum(count for _, count in self.disk.ways)


class TestWorldsOfMemory:
    """Records of effects that a power cut would take along do not wait for the disk; nothing else is left out."""

    def way(self, *tools: str, in_memory: bool = True) -> str:
        disk = Disk()
        tap = Tap(disk, deque())
        tap.emit(marked("send"))
        world: Any = SimpleNamespace(in_memory=in_memory, tools=[SimpleNamespace(name="send")])
        tap.world_is(world)
        tap.emit_all([Notice(level="info", message="x"), *map(marked, tools)])
        before, after = disk.ways
        assert (before, after[1]) == (("waits", 1), 1 + len(tools))
        return after[0]

    def test_the_worlds_own_tools_wait_for_nobody(self) -> None:
        assert self.way("send") == self.way("send", "send") == "passes"

    def test_a_tool_that_the_agent_brought_waits(self) -> None:
        assert self.way("write_file") == self.way("send", "write_file") == "waits"

    def test_other_worlds_wait(self) -> None:
        assert self.way("send", in_memory=False) == "waits"
        assert not any(getattr(scenario, "in_memory", False) for scenario in (FolderScenario, OwnScenario))

    @pytest.mark.parametrize("outcome", ["allowed", "denied"])
    def test_a_decision_that_lets_nothing_change_may_wait(self, outcome: str) -> None:
        assert Case().recorded([ASKED], [REPLIED], decided("look", outcome), [RETURNED]) == 0

    def test_a_decision_on_an_effect_does_not_and_brings_the_others_along(self) -> None:
        case = Case()
        assert case.recorded([ASKED], [REPLIED], [*decided("send"), marked("send")]) == 5
        assert case.disk.ways == [("passes", 5)]

    def test_nor_one_on_a_tool_that_the_agent_brought(self) -> None:
        assert Case().recorded([ASKED], decided("write_file")) == 3


class TestOtherWorlds:
    def test_questions_and_answers_wait_for_the_next_decision(self) -> None:
        case = Case(in_memory=False)
        assert case.recorded([ASKED], [REPLIED], [RETURNED], [ANSWERED]) == 0
        assert case.recorded(decided("look")) == 6
        assert case.disk.ways == [("waits", 6)]

    @pytest.mark.parametrize("event", [ASKED, REPLIED, RETURNED, ANSWERED])
    def test_nothing_waits_where_somebody_else_answers(self, event: Event) -> None:
        assert Case(offline=False).recorded([event]) == 1

    @pytest.mark.parametrize("event", [ASKED, *decided("look")])
    def test_nothing_waits_where_it_is_recorded_too(self, event: Event) -> None:
        case = Case()
        tap = Tap(case.disk, case.seen)
        cast: Any = SimpleNamespace(responder=object(), recording=object())
        tap.cast_is(cast)
        tap.emit(event)
        assert case.disk.ways == [("waits", 1)]

    @pytest.mark.parametrize("offline", [True, False])
    def test_that_a_case_begins_stands_before_what_it_does_first(self, offline: bool) -> None:
        case = Case(offline=offline)
        assert case.recorded([STARTED]) == 0
        assert case.recorded([ASKED], [*decided("write_file"), marked("write_file")]) == 5
        assert list(case.seen)[:2] == [STARTED, ASKED]

    def test_a_notice_does_not_wait(self) -> None:
        assert Case().recorded([ASKED], [Notice(level="error", message="x")]) == 2


class TestWhatWaits:
    def test_is_yielded_when_it_is_recorded(self) -> None:
        case = Case()
        case.recorded([ASKED], [REPLIED])
        assert not case.seen
        case.tap.settle()
        assert list(case.seen) == [ASKED, REPLIED]
        assert case.disk.ways == [("waits", 2)]

    def test_is_not_more_than_a_few_dozen(self) -> None:
        case = Case()
        assert 50 < case.recorded(*[[ASKED]] * 70) < 70

    def test_stands_before_the_last_event(self) -> None:
        case = Case()
        case.recorded([ASKED])
        case.tap.close()
        case.tap.emit(REPLIED)  # a straggler
        last = Notice(level="info", message="the end")
        case.tap.end(last)
        assert list(case.seen) == [ASKED, last]
        assert case.disk.ways == [("waits", 2)]

    def test_is_recorded_of_a_case_that_has_no_end(self) -> None:
        case = Case()
        case.recorded([ASKED])
        case.tap.close()
        case.tap.settle()
        assert case.disk.ways == [("waits", 1)]

    def test_is_not_written_twice_where_it_could_not_be_written(self) -> None:
        case = Case()
        case.recorded([ASKED])
        case.disk.full = True
        with pytest.raises(EvidenceError):
            case.tap.settle()
        case.disk.full = False
        case.tap.settle()
        assert (case.disk.ways, list(case.seen)) == ([], [])

    def test_stops_the_effect_where_it_cannot_be_written(self) -> None:
        case = Case()
        case.recorded([ASKED])
        case.disk.full = True
        with pytest.raises(EvidenceError):
            case.tap.emit_all([*decided("send"), marked("send")])
