"""What a journal holds, put so that a running task can take it piece by piece."""

from __future__ import annotations

import threading
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from pytest_agentsafety.checkpoint.state import CheckpointError
from pytest_agentsafety.model.canonical import digest
from pytest_agentsafety.model.safe_text import one_line

Record = Mapping[str, Any]


@dataclass
class CallEntry:
    """One call at the tool door. `starts` counts how often its tool was begun; `end` is how it ended for the agent.

    `answers` are an approver's words, each with the number of starts it was given after.
    """

    number: int
    key: str
    tool: str
    starts: int = 0
    effect: str = ""
    arguments: Mapping[str, Any] | None = None
    end: Record | None = None
    answers: list[tuple[int, Record]] = field(default_factory=list)

    @property
    def unknown(self) -> bool:
        """It was begun, and nobody saw it end."""
        return self.starts > 0 and self.end is None

    def answer(self) -> Record | None:
        """The approver's word on what is open now, None when there is none: nobody was asked, or it was put off."""
        given = (answer for starts, answer in reversed(self.answers) if starts == self.starts)
        return next((answer for answer in given if answer["answer"] != "escalate"), None)


@dataclass
class Totals:
    """What was spent, US dollars and tokens; in it what was under way when the process ended, at its most."""

    cost_usd: Decimal = Decimal(0)
    input_tokens: int = 0
    output_tokens: int = 0
    estimated: bool = False
    tool_calls: int = 0

    def add(self, charge: Record) -> None:
        """`charge` has cost_usd (written as text), input_tokens, output_tokens and estimated."""
        self.cost_usd += Decimal(charge["cost_usd"])
        self.input_tokens += int(charge["input_tokens"])
        self.output_tokens += int(charge["output_tokens"])
        self.estimated = self.estimated or bool(charge["estimated"])


def call_key(name: str, arguments: Mapping[str, Any]) -> str:
    """Equal for equal calls."""
    return digest([name, arguments])


class Replay:
    """An index of a journal's records. Each thing in it is handed out once, equal ones in the order of the journal.

    Raises CheckpointError for records it does not understand.
    """

    def __init__(self, records: Sequence[Record]) -> None:
        self._lock = threading.Lock()
        self._replies: dict[str, deque[Record]] = defaultdict(deque)
        self._unanswered: Counter[str] = Counter()
        self._calls: dict[int, CallEntry] = {}
        self._reserved: dict[int, Record] = {}
        self._highest = -1
        self.answer: Record | None = None
        self.tools: list[Record] = []
        self.totals = Totals()
        self._read(records)
        self.under_way = len(self._reserved)
        for reserved in self._reserved.values():
            self.totals.add(reserved)
        self.replies = sum(len(replies) for replies in self._replies.values())
        self._waiting: dict[str, deque[CallEntry]] = defaultdict(deque)
        for entry in self._calls.values():
            self._waiting[entry.key].append(entry)

    # -- taking

    def reply(self, request: str) -> Record | None:
        """The recorded reply to the request with this digest, None when there is none left."""
        with self._lock:
            waiting = self._replies[request]
            if not waiting:
                return None
            self.replies -= 1
            return waiting.popleft()

    def departs(self, request: str) -> bool:
        """Is this a request that the recorded task never made, while replies are left? They are given up then."""
        with self._lock:
            known = self._unanswered[request] > 0
        return not known and self.depart()

    def depart(self) -> bool:
        """Give up the replies left; False where there are none."""
        with self._lock:
            left, self.replies = self.replies, 0
            self._replies.clear()
            return left > 0

    def call(self, name: str, arguments: Mapping[str, Any]) -> CallEntry:
        """The recorded call of this name and these arguments, a new one when there is none left."""
        key = call_key(name, arguments)
        with self._lock:
            waiting = self._waiting.get(key)
            if waiting:
                return waiting.popleft()
            self._highest += 1
            return CallEntry(self._highest, key, name)

    def number(self) -> int:
        """A number that no record has yet."""
        with self._lock:
            self._highest += 1
            return self._highest

    def unknown_writes(self) -> list[CallEntry]:
        """Recorded calls that could change something, were begun and not seen to end."""
        return [entry for entry in self._calls.values() if entry.unknown and entry.effect != "read"]

    @property
    def ended_calls(self) -> int:
        return sum(entry.end is not None for entry in self._calls.values())

    # -- reading

    def _read(self, records: Sequence[Record]) -> None:
        takes: dict[str, Callable[[Record], None]] = {
            "reserve": self._take_reserve,
            "charge": self._take_charge,
            "model": self._take_model,
            "approval": self._take_approval,
            "tool_start": self._take_start,
            "tool_end": self._take_end,
            "answer": self._take_answer,
            "tools": self.tools.append,
        }
        for record in records:
            kind = str(record.get("kind"))
            if kind not in takes:
                raise CheckpointError(f"the journal has a record of unknown kind {one_line(kind, 60)!r}")
            takes[kind](record)

    def _take_reserve(self, record: Record) -> None:
        self._reserved[self._seen(record)] = record
        if record["request"]:
            self._unanswered[record["request"]] += 1

    def _take_charge(self, record: Record) -> None:
        self._reserved.pop(self._seen(record), None)
        self.totals.add(record)

    def _take_model(self, record: Record) -> None:
        self._replies[record["request"]].append(record)
        self._unanswered[record["request"]] -= 1

    def _take_approval(self, record: Record) -> None:
        entry = self._entry(record)
        entry.answers.append((entry.starts, record))

    def _take_start(self, record: Record) -> None:
        entry = self._entry(record)
        if not entry.starts:
            self.totals.tool_calls += 1
        entry.starts += 1
        entry.arguments, entry.effect = record["arguments"], record["effect"]

    def _take_end(self, record: Record) -> None:
        self._entry(record).end = record

    def _take_answer(self, record: Record) -> None:
        self.answer = record

    def _entry(self, record: Record) -> CallEntry:
        number = self._seen(record)
        return self._calls.setdefault(number, CallEntry(number, record["key"], record["tool"]))

    def _seen(self, record: Record) -> int:
        number = int(record["number"])
        self._highest = max(self._highest, number)
        return number
