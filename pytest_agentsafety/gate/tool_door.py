"""The tool door: every call before it runs, every result before the model sees it."""

from __future__ import annotations

import inspect
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from typing import Any

from pytest_agentsafety.adapters import is_simulated
from pytest_agentsafety.adapters.passing import answered_call
from pytest_agentsafety.checkpoint import CallEntry
from pytest_agentsafety.gate.asking import ask
from pytest_agentsafety.gate.decide import Ruled, decide, rule_for
from pytest_agentsafety.gate.execute import contained
from pytest_agentsafety.gate.hearing import hear
from pytest_agentsafety.gate.pending import Pending, approved, cut, may_carry, read_result, this_time
from pytest_agentsafety.gate.replayed import (
    UNKNOWN_RULE,
    error_fields,
    replayed,
    result_fields,
    unknown_outcome,
)
from pytest_agentsafety.gate.state import TaskState
from pytest_agentsafety.gate.texts import DenialText
from pytest_agentsafety.llm.outside import inside, lets_through
from pytest_agentsafety.model.decisions import ApprovalAnswer, Decision
from pytest_agentsafety.model.errors import RunTerminated, StopRun
from pytest_agentsafety.model.events import (
    CheckpointMarked,
    ToolCalled,
    ToolDecided,
    ToolReturned,
)
from pytest_agentsafety.model.messages import PlannedCall, ToolCall
from pytest_agentsafety.permissions import PermissionDenied

_WITHHELD = "[the result of this call was withheld by the {guard} guard ({rule})]"


class ToolSide:
    """Implements `protocols.ToolDoor` for one task."""

    def __init__(self, state: TaskState) -> None:
        self._state = state

    @lets_through
    def call(self, name: str, arguments: Mapping[str, Any], run: Callable[..., Any]) -> Any:
        admitted = self._admit(name, arguments)
        if isinstance(admitted, DenialText):
            return admitted
        if self._state.stage is not None:
            run = self._cast(admitted, run, asynchronous=False)
        if admitted.rule.effect == "execute" and not is_simulated(run):
            run = contained(self._state, admitted, asynchronous=False)
        if admitted.entry is not None:
            run = this_time(admitted.entry, run, asynchronous=False)
        started = time.perf_counter()
        try:
            raw = run(**admitted.call.arguments)
            if type(raw) is str:
                text = raw
            elif inspect.isawaitable(raw):
                admitted.awaited = True
                return self._finished(admitted, raw, started)
            else:
                text, raw = read_result(raw)
        except StopRun:
            raise
        except PermissionDenied as error:
            return self._denied_inside(admitted, error.decision)
        except Exception as error:
            self._failed(admitted, error, started)
            raise
        return self._returned(admitted, text, raw, started)

    async def acall(self, name: str, arguments: Mapping[str, Any], run: Callable[..., Any]) -> Any:
        admitted = self._admit(name, arguments)
        if isinstance(admitted, DenialText):
            return admitted
        if self._state.stage is not None:
            run = self._cast(admitted, run, asynchronous=True)
        if admitted.rule.effect == "execute" and not is_simulated(run):
            run = contained(self._state, admitted, asynchronous=True)
        if admitted.entry is not None:
            run = this_time(admitted.entry, run, asynchronous=True)
        return await self._finished(admitted, run, time.perf_counter())

    async def _finished(self, admitted: Pending, pending: Any, started: float) -> Any:
        """The second half of a call whose tool is async; `pending` is the tool or what calling it gave."""
        try:
            with inside():
                if callable(pending):
                    pending = pending(**admitted.call.arguments)
                text, raw = read_result(await pending)
        except StopRun:
            raise
        except PermissionDenied as error:
            return self._denied_inside(admitted, error.decision)
        except Exception as error:
            self._failed(admitted, error, started)
            raise
        return self._returned(admitted, text, raw, started)

    def _cast(self, admitted: Pending, run: Callable[..., Any], *, asynchronous: bool) -> Callable[..., Any]:
        """What really runs: in a harness often a stand-in."""
        stage = self._state.stage
        assert stage is not None
        effect = admitted.rule.effect
        return stage.cast(admitted.call, run, effect=effect, attacker=admitted.attacker, asynchronous=asynchronous)

    # -- before

    def _admit(self, name: str, arguments: Mapping[str, Any]) -> Pending | DenialText:
        state = self._state
        state.check_open()
        call = ToolCall(call_id=f"t{next(state.call_numbers)}", name=name, arguments=dict(arguments))
        attacker = state.is_attacker is not None and state.is_attacker(name, call.arguments)
        pending = Pending(call, rule_for(state, name), attacker)
        if state.resume is not None:
            pending.entry = state.resume.claim(call)
        state.passes.add(name, call.arguments, answers=answered_call())
        if state.recording:
            pending.trail.append(
                ToolCalled(
                    task_id=state.task_id,
                    call_id=call.call_id,
                    tool=name,
                    arguments=call.arguments,
                    effect=pending.rule.effect,
                    attacker=attacker,
                )
            )
        return self._judge(pending)

    def _judge(self, pending: Pending) -> Pending | DenialText:
        entry, call = pending.entry, pending.call
        if entry is not None and entry.end is not None:
            with self._state.lock:
                self._state.tally.tool(call.name).calls += 1
            return self._replayed(pending, entry, entry.end)
        decision = self._timed_decision(call, pending.ruled, arrived=1)
        if entry is not None and entry.unknown and pending.rule.is_write:
            decision = unknown_outcome(decision)
        if self._state.recording:
            self._note(pending, decision)
        return self._admitted(pending) if decision.outcome == "allowed" else self._stopped(pending, decision)

    def _stopped(self, pending: Pending, decision: Decision) -> Pending | DenialText:
        """A call that may not run, or not before somebody says so."""
        state, call = self._state, pending.call
        if decision.outcome == "denied":
            return self._denied(pending, decision)
        answer = self._ask(pending, decision)
        state.check_open()  # the answer may have taken longer than the task
        if answer.answer == "terminate":
            self._count_held(pending, decision)
            raise state.stop(RunTerminated(f"{answer.by} ended the run at {call.name}: {answer.reason}"))
        if answer.answer == "modify" and answer.arguments is not None and decision.rule != UNKNOWN_RULE:
            return self._modified(pending, answer)
        if answer.answer != "approve":
            self._count_held(pending, decision)
            if answer.answer == "escalate":
                pending.entry = None  # no end for the journal: a later process asks again
            return self._refusal(pending, DenialText(decision, "held"))
        self._note(pending, approved(answer, decision))
        return self._admitted(pending)

    def _replayed(self, pending: Pending, entry: CallEntry, end: Mapping[str, Any]) -> Pending | DenialText:
        """A call that ended before the interruption: what came of it comes of it again, and nothing runs."""
        decision = replayed(end)
        if end["status"] == "denied":
            self._note(pending, decision)
            return self._denied(pending, decision)
        if end["status"] == "held":
            self._note(pending, decision)
            self._count_held(pending, decision)
            return self._refusal(pending, DenialText(decision, "held"))
        if entry.arguments is not None:
            pending.call = replace(pending.call, arguments=dict(entry.arguments))
        self._note(pending, decision)
        return self._admitted(pending)

    def _timed_decision(self, call: ToolCall, ruled: Ruled, *, arrived: int) -> Decision:
        """The decision on a call; its time and the call, if it has just `arrived`, go into the tally together."""
        started = time.perf_counter()
        try:
            return decide(self._state, call, ruled)
        except StopRun:
            raise
        except Exception as error:  # noqa: BLE001 - a guard that crashes blocks
            reason = f"a check crashed: {type(error).__name__}: {error}"
            return Decision(outcome="denied", guard="permissions", rule="gate.crashed", reason=reason)
        finally:
            tally = self._state.tally
            with self._state.lock:
                tally.guard_ms += (time.perf_counter() - started) * 1000
                tally.tool(call.name).calls += arrived

    def _ask(self, pending: Pending, decision: Decision) -> ApprovalAnswer:
        with self._state.lock:
            self._state.tally.escalations += 1
        self._record(pending)
        return ask(self._state, pending.call, pending.rule, decision, pending.entry)

    def _modified(self, pending: Pending, answer: ApprovalAnswer) -> Pending | DenialText:
        """A modified call is checked anew; what still asks was answered by the person who modified it."""
        pending.call = replace(pending.call, arguments=dict(answer.arguments or {}))
        decision = self._timed_decision(pending.call, pending.ruled, arrived=0)
        self._note(pending, decision)
        if decision.outcome == "denied":
            return self._denied(pending, decision)
        if decision.outcome == "ask":
            self._note(pending, approved(answer, decision))
        return self._admitted(pending)

    def _admitted(self, pending: Pending) -> Pending:
        state, call = self._state, pending.call
        try:
            if pending.entry is not None and pending.entry.starts:  # it was counted when it was begun
                state.budget.note_denied_call(call.name, call.arguments)
            else:
                state.budget.count_tool_call(call.name, call.arguments)
        except StopRun as error:
            limit = Decision(outcome="denied", guard=error.guard, rule="budget.tool_calls", reason=str(error))
            self._note(pending, limit)
            self._record(pending)
            raise state.stop(error) from None
        executed = PlannedCall(name=call.name, arguments=call.arguments)
        if state.recording and pending.rule.is_write:
            with state.lock:  # the number belongs to this call alone
                position = len(state.tally.executed)
                state.tally.executed.append(executed)
            pending.trail.append(
                CheckpointMarked(task_id=state.task_id, call_id=call.call_id, tool=call.name, position=position)
            )
        else:
            state.tally.executed.append(executed)
        if pending.trail:
            self._record(pending)
        if state.resume is not None and pending.entry is not None and pending.entry.end is None:
            state.resume.begin(pending.entry, pending.call, pending.rule)
        return pending

    def _denied(self, pending: Pending, decision: Decision) -> DenialText:
        with self._state.lock:
            self._state.tally.tool(pending.call.name).denied += 1
        self._count_refused(pending)
        carrier = not pending.attacker and may_carry(pending.rule)
        self._state.note_stop(decision.guard, attacker=pending.attacker, carrier=carrier)
        return self._refusal(pending, DenialText(decision, "denied"))

    def _denied_inside(self, admitted: Pending, decision: Decision) -> DenialText:
        """A tool built on the permissions' own client or files was refused half-way: a denial, no tool error."""
        with self._state.lock:
            executed = self._state.tally.executed
            executed.remove(PlannedCall(name=admitted.call.name, arguments=admitted.call.arguments))
        self._note(admitted, decision)
        return self._denied(admitted, decision)

    def _count_held(self, pending: Pending, decision: Decision) -> None:
        tally = self._state.tally
        with self._state.lock:
            tally.tool(pending.call.name).held += 1
            tally.held += 1
        self._count_refused(pending)
        carrier = not pending.attacker and may_carry(pending.rule)
        for guard in dict.fromkeys((decision.guard, "approval")):
            self._state.note_stop(guard, attacker=pending.attacker, carrier=carrier)

    def _count_refused(self, pending: Pending) -> None:
        """An agent that insists on a refused call is stopped too, from its next call on."""
        try:
            self._state.budget.note_denied_call(pending.call.name, pending.call.arguments)
        except StopRun as error:
            self._state.stop(error)

    def _refusal(self, pending: Pending, text: DenialText) -> DenialText:
        state, call = self._state, pending.call
        state.refusals.add(str(text))
        if state.recording:
            pending.trail.append(
                ToolReturned(
                    task_id=state.task_id,
                    call_id=call.call_id,
                    tool=call.name,
                    status=text.status,
                    result=str(text),
                    raw_chars=0,
                    latency_ms=0.0,
                )
            )
        self._record(pending)
        if pending.entry is not None:
            self._ended(pending, text.status, decision=asdict(text.decision))
        return text

    def _ended(self, pending: Pending, status: str, **outcome: Any) -> None:
        """How a call ended, for the journal; a replayed call stands there."""
        entry, resume = pending.entry, self._state.resume
        if resume is not None and entry is not None and entry.end is None:
            resume.end(entry, status, **outcome)

    def _note(self, pending: Pending, decision: Decision) -> None:
        """Put a decision on the call's trail."""
        state, call = self._state, pending.call
        if not state.recording:
            return
        pending.trail.append(
            ToolDecided(
                task_id=state.task_id,
                call_id=call.call_id,
                tool=call.name,
                outcome=decision.outcome,
                guard=decision.guard,
                rule=decision.rule,
                reason=decision.reason,
                argument=decision.argument,
                origin=decision.origin,
            )
        )

    def _record(self, pending: Pending) -> None:
        """Everything on the trail is recorded when this returns."""
        trail, pending.trail = pending.trail, []
        self._state.emit_all(trail)

    # -- after

    def _returned(self, admitted: Pending, text: str, raw: Any, started: float) -> Any:
        if admitted.entry is not None:
            self._ended(admitted, "ok", **result_fields(text, raw, admitted.awaited))
        shown = self._checked(admitted, text, "ok", started, raw)
        return raw if shown is text else shown

    def _failed(self, admitted: Pending, error: Exception, started: float) -> None:
        """The error goes on to the agent; if its text was changed by a guard, the changed text goes instead."""
        with self._state.lock:
            self._state.tally.tool(admitted.call.name).errors += 1
        if admitted.entry is not None:
            self._ended(admitted, "error", **error_fields(error, admitted.awaited))
        text = f"{type(error).__name__}: {error}"
        shown = self._checked(admitted, text, "error", started)
        if shown is not text:
            raise RuntimeError(shown) from None

    def _checked(self, admitted: Pending, text: str, status: str, started: float, raw: Any = None) -> str:
        state, call, tally = self._state, admitted.call, self._state.tally
        elapsed = (time.perf_counter() - started) * 1000
        with state.lock:
            tally.tool_ms += elapsed
            before = tally.guard_ms
        if state.observed:
            state.observer.raw_result(call.name, text)
        shown = self._scanned(call, text) if "tool_result" in state.guarded else text
        if state.traced:
            hear(state, call, admitted.rule, text, raw)
        if state.recording:
            state.emit(
                ToolReturned(
                    task_id=state.task_id,
                    call_id=call.call_id,
                    tool=call.name,
                    status=status,
                    result=cut(shown),
                    raw_chars=len(text),
                    latency_ms=elapsed,
                    guard_ms=tally.guard_ms - before,
                )
            )
        return shown

    def _scanned(self, call: ToolCall, text: str) -> str:
        """The text guards' version of a result: the very same text where they leave it alone.

        A refusal inside a tool is our own words, and the model may have them.
        """
        if text in self._state.refusals:
            return text
        shown, blocked, guard, rule = self._state.scan("tool_result", text, source=call.name, call_id=call.call_id)
        if blocked:
            shown = _WITHHELD.format(guard=guard, rule=rule)
        if shown == text:
            return text
        self._state.note_stop(guard, attacker=False)
        return shown
