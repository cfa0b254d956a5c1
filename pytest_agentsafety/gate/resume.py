"""A task that survives the end of its process: its doors write a journal, and a later process answers from it.

The agent is run again from its start. What it already asked is answered from the journal, so that it comes to the point
where it was cut off with the same messages, labels and decisions; nothing is sent or executed twice on the way.
"""

from __future__ import annotations

import threading
from collections import defaultdict, deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from pytest_agentsafety.budget import Budget, Charge, RateCard, RequestBound, Reservation, Spent
from pytest_agentsafety.checkpoint import CallEntry, CheckpointError, Journal, Replay
from pytest_agentsafety.model.canonical import digest
from pytest_agentsafety.model.decisions import ApprovalAnswer
from pytest_agentsafety.model.errors import StopRun
from pytest_agentsafety.model.messages import ModelReply, ModelRequest, ModelResponse, ToolCall, Usage
from pytest_agentsafety.model.policy import ToolRule
from pytest_agentsafety.model.safe_text import one_line
from pytest_agentsafety.protocols import Responder

Record = Mapping[str, Any]
_ASKED = ("system", "messages", "tools", "tool_choice")
_NOTHING = RequestBound(input_tokens=0, output_tokens=0, estimate=0, long_cache=False)
_FREE = RateCard(input=0.0, output=0.0, cache_read=0.0, cache_write=0.0, cache_write_1h=0.0)


class CheckpointFailed(StopRun):
    """The journal could not be written: what cannot be recorded may not happen."""

    guard = "checkpoint"


class Replayed(Reservation):
    """Stands for a request that the journal answers; its charge is in the account already."""

    __slots__ = ("charge",)

    def __init__(self, model: str, charge: Charge) -> None:
        super().__init__(model, 0, _NOTHING, _FREE)
        self.charge = charge


def request_digest(request: ModelRequest) -> str:
    """What the agent asked: system prompt, messages and tools. Not the model: the Gate may route."""
    return digest({key: request.payload.get(key) for key in _ASKED})


class Resume:
    """One task's journal, from both sides: what it holds is handed out, what is new is written.

    `notice` tells a reader of the transcript something, `stop` ends the task: with CheckpointFailed, which is raised
    too, where a record cannot be written.
    """

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        try:
            self.replay = Replay(journal.records)
        except (CheckpointError, LookupError, TypeError, ValueError, ArithmeticError) as error:
            raise CheckpointError(f"{journal.path}: {error}") from error
        self.resumed = bool(journal.records)
        self.notice: Callable[[str, str], None] = lambda _level, _message: None
        self.stop: Callable[[StopRun], StopRun] = lambda error: error
        self._lock = threading.Lock()
        self._to_give: dict[str, deque[Record]] = defaultdict(deque)
        self._given: dict[str, deque[Record]] = defaultdict(deque)
        self._wraps = 0

    @property
    def spent(self) -> Spent:
        """What the task had spent when it was cut off; requests under way count at their most."""
        totals = self.replay.totals
        return Spent(
            cost_usd=float(totals.cost_usd),
            input_tokens=totals.input_tokens,
            output_tokens=totals.output_tokens,
            tool_calls=totals.tool_calls,
            seconds=self._journal.seconds,
            estimated=totals.estimated,
        )

    @property
    def finished(self) -> str | None:
        """The answer as the user got it, None while the task has none."""
        return None if self.replay.answer is None else str(self.replay.answer["shown"])

    def introduce(self) -> None:
        """Say what was found."""
        path, replay = self._journal.path, self.replay
        if self._journal.dropped:
            self.notice("warning", f"{path}: a torn last record ({self._journal.dropped} bytes) was dropped")
        if not self.resumed:
            return
        found = f"{replay.replies} model replies, {replay.ended_calls} tool calls"
        self.notice("info", f"resumed from {path}: {found}, {replay.under_way} requests of unknown outcome")
        for entry in replay.unknown_writes():
            self.notice("warning", f"call {entry.number} of {entry.tool} was begun and not seen to end: {_WHAT_NOW}")

    def close(self) -> None:
        self._journal.close()

    def check_tools(self, sha256: str, names: Sequence[str]) -> None:
        """The tools of the task's next `wrap`. Raises CheckpointError where they are not those of the journal."""
        position, self._wraps = self._wraps, self._wraps + 1
        if position >= len(self.replay.tools):
            self._append("tools", sha256=sha256, names=list(names))
        elif self.replay.tools[position]["sha256"] != sha256:
            before, now = (", ".join(some) for some in (self.replay.tools[position]["names"], names))
            raise CheckpointError(
                f"{self._journal.path}: the tools changed: the journal has {one_line(before)}, this task "
                f"{one_line(now)}, with other schemas or descriptions. Restore them, or remove the file."
            )

    # -- model

    def recorded(self, request: ModelRequest) -> Charge | None:
        """The charge of a request that the journal answers; `reply` gives the answer, once."""
        asked = request_digest(request)
        record = self.replay.reply(asked)
        if record is None:
            if self.replay.departs(asked):
                self.notice("warning", f"{self._journal.path}: {_DEPARTED}")
            return None
        with self._lock:
            self._to_give[asked].append(record)
        return Charge(**record["charge"])

    @property
    def drained(self) -> bool:
        """Has every recorded reply been given?"""
        return not self.replay.replies and not any(self._to_give.values())

    def reply(self, request: ModelRequest) -> ModelReply | None:
        asked = request_digest(request)
        with self._lock:
            if not self._to_give[asked]:
                return None
            record = self._to_give[asked].popleft()
            self._given[asked].append(record)
        return ModelReply(message=record["message"], recorded_ms=record["ms"])

    def replied(self, request: ModelRequest, response: ModelResponse, charge: Charge) -> None:
        """Keep a reply before the agent sees it (`TaskState.on_reply`)."""
        asked = request_digest(request)
        with self._lock:
            known = self._given[asked].popleft() if self._given[asked] else None
        if known is None:
            self._note(
                "model",
                request=asked,
                model=request.model,
                message=response.message,
                charge=charge._asdict(),
                ms=response.latency_ms if response.recorded_ms is None else response.recorded_ms,
            )
        elif known["model"] != request.model and self.replay.depart():
            self.notice("warning", f"{self._journal.path}: {_DEPARTED}")

    def reserved(self, held: Reservation, asked: str | None) -> int:
        """A request is about to leave: should nobody see its end, all of `held` counts as spent."""
        number = self.replay.number()
        self._append(
            "reserve",
            number=number,
            request=asked,
            cost_usd=str(held.cost_usd),
            input_tokens=held.bound.estimate,
            output_tokens=held.bound.output_tokens,
            estimated=True,
        )
        return number

    def charged(self, number: int, charge: Charge) -> None:
        """A reservation ended."""
        self._note(
            "charge",
            number=number,
            cost_usd=repr(charge.cost_usd),
            input_tokens=charge.input_tokens,
            output_tokens=charge.output_tokens,
            estimated=charge.estimated,
        )

    # -- tools

    def claim(self, call: ToolCall) -> CallEntry:
        """This call's place in the journal."""
        try:
            return self.replay.call(call.name, call.arguments)
        except (TypeError, ValueError, RecursionError) as error:
            reason = f"the arguments of {one_line(call.name)!r} cannot be compared: {error}"
            raise self.stop(CheckpointFailed(reason)) from error

    def begin(self, entry: CallEntry, call: ToolCall, rule: ToolRule) -> None:
        """The tool is about to run. Before a write this is on the disk, not only on its way there."""
        about = {"arguments": call.arguments, "effect": rule.effect}
        self._append("tool_start", durable=rule.is_write, **_name(entry), **about)

    def end(self, entry: CallEntry, status: str, **outcome: Any) -> None:
        """How the call ended for the agent. What cannot be recorded ends the task: the outcome is unknown then."""
        self._append("tool_end", **_name(entry), status=status, **outcome)

    def answered(self, entry: CallEntry, answer: ApprovalAnswer) -> None:
        """An approver's word, which is not asked for again, unless it was put off ("escalate").

        "terminate" ends this process's try, not the task.
        """
        if answer.answer != "terminate":
            arguments = None if answer.arguments is None else dict(answer.arguments)
            self._append(
                "approval",
                **_name(entry),
                answer=answer.answer,
                by=answer.by,
                reason=answer.reason,
                arguments=arguments,
            )

    def shown(self, text: str, shown: str) -> str:
        """The final answer as the user gets it: the recorded one where the agent says the same again."""
        known = self.replay.answer
        if known is not None and known["text"] == text:
            return str(known["shown"])
        self._append("answer", durable=True, text=text, shown=shown)
        return shown

    # -- writing

    def _append(self, kind: str, *, durable: bool = False, **fields: Any) -> None:
        try:
            self._journal.append(kind, durable=durable, **fields)
        except CheckpointError as error:
            raise self.stop(CheckpointFailed(str(error))) from error

    def _note(self, kind: str, **fields: Any) -> None:
        """Record what has happened at the model door, which may not raise here: a failure ends the task."""
        with suppress(StopRun):
            self._append(kind, **fields)


_WHAT_NOW = "its outcome is unknown, and it is not run again unless somebody approves"
_DEPARTED = (
    "the agent asks what it did not ask before, so it is not deterministic; the recorded replies left are not used. "
    "Calls that were recorded are still not executed again"
)


def _name(entry: CallEntry) -> dict[str, Any]:
    return {"number": entry.number, "key": entry.key, "tool": entry.tool}


class JournalResponder:
    """Answers from the journal, else from `inner` if there is one; says `drained` when it has nothing left.

    It has to go then: where somebody answers, the model door sends nothing upstream, token counts included.
    """

    def __init__(self, resume: Resume, inner: Responder | None, *, drained: Callable[[], None]) -> None:
        self._resume, self._inner, self._drained = resume, inner, drained

    def respond(self, request: ModelRequest) -> ModelReply | None:
        reply = self._resume.reply(request)
        if self._resume.drained:
            self._drained()
        if reply is not None or self._inner is None:
            return reply
        return self._inner.respond(request)


class JournalBudget(Budget):
    """An account that goes on where the last process left it, and whose every step is in the journal."""

    def __init__(self, resume: Resume, *args: Any, **options: Any) -> None:
        super().__init__(*args, already=resume.spent, **options)
        self._resume = resume
        self._numbers: dict[int, int] = {}

    def reserve(self, request: ModelRequest) -> Reservation:
        """As `Budget.reserve`; nothing is held for a request that the journal answers."""
        charge = self._resume.recorded(request)
        if charge is not None:
            return Replayed(request.model, charge)
        return self._written(super().reserve(request), request_digest(request))

    def reserve_again(self, reservation: Reservation) -> Reservation:
        return self._written(super().reserve_again(reservation), None)

    def _written(self, held: Reservation, asked: str | None) -> Reservation:
        try:
            self._numbers[id(held)] = self._resume.reserved(held, asked)
        except StopRun:
            super().release(held)
            raise
        return held

    def settle(self, reservation: Reservation, usage: Usage) -> Charge:
        if isinstance(reservation, Replayed):
            return reservation.charge
        return self._ended(reservation, super().settle(reservation, usage))

    def keep(self, reservation: Reservation) -> Charge:
        return self._ended(reservation, super().keep(reservation))

    def release(self, reservation: Reservation) -> Charge:
        return self._ended(reservation, super().release(reservation))

    def _ended(self, reservation: Reservation, charge: Charge) -> Charge:
        number = self._numbers.pop(id(reservation), None)
        if number is not None:
            self._resume.charged(number, charge)
        return charge
