"""The tool door: every call before it runs, every result before the model sees it."""

from __future__ import annotations

import inspect
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from pytest_agentsafety.approval import safe_decide
from pytest_agentsafety.gate.decide import Ruled, decide, rule_for
from pytest_agentsafety.gate.state import TaskState
from pytest_agentsafety.gate.texts import DenialText, as_text
from pytest_agentsafety.model.decisions import ApprovalAnswer, ApprovalRequest, Decision
from pytest_agentsafety.model.errors import RunTerminated, StopRun
from pytest_agentsafety.model.events import ApprovalGiven, CheckpointMarked, ToolCalled, ToolDecided, ToolReturned
from pytest_agentsafety.model.messages import PlannedCall, ToolCall
from pytest_agentsafety.model.policy import ToolRule
from pytest_agentsafety.model.safe_text import one_line

_EVIDENCE_CHARS = 8_000
_WITHHELD = "[the result of this call was withheld by the {guard} guard ({rule})]"


@dataclass(frozen=True)
class Admitted:
    """A call that may run, with the arguments it runs with."""

    call: ToolCall
    rule: ToolRule
    attacker: bool


class ToolSide:
    """Implements `protocols.ToolDoor` for one task."""

    def __init__(self, state: TaskState) -> None:
        self._state = state

    def call(self, name: str, arguments: Mapping[str, Any], run: Callable[..., Any]) -> Any:
        admitted = self._admit(name, arguments)
        if isinstance(admitted, DenialText):
            return admitted
        started = time.perf_counter()
        try:
            raw = run(**admitted.call.arguments)
            if type(raw) is not str and inspect.isawaitable(raw):
                return self._finished(admitted, raw, started)
            text, raw = _read(raw)
        except StopRun:
            raise
        except Exception as error:
            self._failed(admitted, error, started)
            raise
        return self._returned(admitted, text, raw, started)

    async def acall(self, name: str, arguments: Mapping[str, Any], run: Callable[..., Any]) -> Any:
        admitted = self._admit(name, arguments)
        if isinstance(admitted, DenialText):
            return admitted
        return await self._finished(admitted, run, time.perf_counter())

    async def _finished(self, admitted: Admitted, pending: Any, started: float) -> Any:
        """The second half of a call whose tool is async; `pending` is the tool or what calling it gave."""
        try:
            if callable(pending):
                pending = pending(**admitted.call.arguments)
            text, raw = _read(await pending)
        except StopRun:
            raise
        except Exception as error:
            self._failed(admitted, error, started)
            raise
        return self._returned(admitted, text, raw, started)

    # -- before

    def _admit(self, name: str, arguments: Mapping[str, Any]) -> Admitted | DenialText:
        state = self._state
        state.check_open()
        call = ToolCall(call_id=state.new_call_id("t"), name=name, arguments=dict(arguments))
        ruled = rule_for(state, name)
        attacker = state.is_attacker is not None and state.is_attacker(name, call.arguments)
        state.passes.add(name, call.arguments)
        with state.lock:
            state.tally.tool(name).calls += 1
        if state.recording:
            state.emit(
                ToolCalled(
                    task_id=state.task_id,
                    call_id=call.call_id,
                    tool=name,
                    arguments=call.arguments,
                    effect=ruled.rule.effect,
                    attacker=attacker,
                )
            )
        return self._judge(call, ruled, attacker)

    def _judge(self, call: ToolCall, ruled: Ruled, attacker: bool) -> Admitted | DenialText:
        state = self._state
        decision = self._timed_decision(call, ruled)
        self._record(call, decision)
        if decision.outcome == "denied":
            return self._denied(call, ruled.rule, decision, attacker)
        if decision.outcome == "ask":
            answer = self._ask(call, ruled.rule, decision)
            if answer.answer == "terminate":
                self._count_held(call, ruled.rule, decision, attacker)
                raise state.stop(RunTerminated(f"{answer.by} ended the run at {call.name}: {answer.reason}"))
            if answer.answer == "modify" and answer.arguments is not None:
                return self._modified(call, ruled, answer, attacker)
            if answer.answer != "approve":
                return self._held(call, ruled.rule, decision, attacker)
            self._record(call, _approved(answer, decision))
        return self._admitted(Admitted(call, ruled.rule, attacker))

    def _timed_decision(self, call: ToolCall, ruled: Ruled) -> Decision:
        started = time.perf_counter()
        try:
            return decide(self._state, call, ruled)
        except StopRun:
            raise
        except Exception as error:  # noqa: BLE001 - a guard that crashes blocks
            reason = f"a check crashed: {type(error).__name__}: {error}"
            return Decision(outcome="denied", guard="permissions", rule="gate.crashed", reason=reason)
        finally:
            with self._state.lock:
                self._state.tally.guard_ms += (time.perf_counter() - started) * 1000

    def _ask(self, call: ToolCall, rule: ToolRule, decision: Decision) -> ApprovalAnswer:
        state = self._state
        with state.lock:
            state.tally.escalations += 1
        answer = self._answer(call, rule, decision)
        state.emit(
            ApprovalGiven(
                task_id=state.task_id,
                call_id=call.call_id,
                tool=call.name,
                answer=answer.answer,
                by=answer.by,
                reason=answer.reason,
            )
        )
        return answer

    def _answer(self, call: ToolCall, rule: ToolRule, decision: Decision) -> ApprovalAnswer:
        state = self._state
        try:
            origins = state.provenance.origins(call, rule)
        except Exception as error:  # noqa: BLE001 - nobody can judge a call whose origins are not known
            reason = f"the origins of its arguments could not be told: {type(error).__name__}: {error}"
            return ApprovalAnswer(answer="reject", by="gate", reason=reason)
        request = ApprovalRequest(call=call, rule=rule, decision=decision, user_task=state.prompt, origins=origins)
        return safe_decide(state.approver, request)

    def _modified(self, call: ToolCall, ruled: Ruled, answer: ApprovalAnswer, attacker: bool) -> Admitted | DenialText:
        """A modified call is checked anew; what still asks was answered by the person who modified it."""
        changed = replace(call, arguments=dict(answer.arguments or {}))
        decision = self._timed_decision(changed, ruled)
        self._record(changed, decision)
        if decision.outcome == "denied":
            return self._denied(changed, ruled.rule, decision, attacker)
        if decision.outcome == "ask":
            self._record(changed, _approved(answer, decision))
        return self._admitted(Admitted(changed, ruled.rule, attacker))

    def _admitted(self, admitted: Admitted) -> Admitted:
        state, call = self._state, admitted.call
        try:
            state.budget.count_tool_call()
        except StopRun as error:
            self._record(
                call, Decision(outcome="denied", guard=error.guard, rule="budget.tool_calls", reason=str(error))
            )
            raise state.stop(error) from None
        with state.lock:
            position = len(state.tally.executed)
            state.tally.executed.append(PlannedCall(name=call.name, arguments=call.arguments))
        if state.recording and admitted.rule.is_write:
            state.emit(CheckpointMarked(task_id=state.task_id, call_id=call.call_id, tool=call.name, position=position))
        return admitted

    def _denied(self, call: ToolCall, rule: ToolRule, decision: Decision, attacker: bool) -> DenialText:
        with self._state.lock:
            self._state.tally.tool(call.name).denied += 1
        self._state.note_stop(decision.guard, attacker=attacker, carrier=not attacker and _may_carry(rule))
        return self._refusal(call, DenialText(decision, "denied"))

    def _held(self, call: ToolCall, rule: ToolRule, decision: Decision, attacker: bool) -> DenialText:
        self._count_held(call, rule, decision, attacker)
        return self._refusal(call, DenialText(decision, "held"))

    def _count_held(self, call: ToolCall, rule: ToolRule, decision: Decision, attacker: bool) -> None:
        tally = self._state.tally
        with self._state.lock:
            tally.tool(call.name).held += 1
            tally.held += 1
        for guard in dict.fromkeys((decision.guard, "approval")):
            self._state.note_stop(guard, attacker=attacker, carrier=not attacker and _may_carry(rule))

    def _refusal(self, call: ToolCall, text: DenialText) -> DenialText:
        state = self._state
        state.emit(
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
        return text

    def _record(self, call: ToolCall, decision: Decision) -> None:
        state = self._state
        if not state.recording:
            return
        state.emit(
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

    # -- after

    def _returned(self, admitted: Admitted, text: str, raw: Any, started: float) -> Any:
        shown = self._checked(admitted, text, "ok", started)
        return raw if shown is text else shown

    def _failed(self, admitted: Admitted, error: Exception, started: float) -> None:
        """The error goes on to the agent; if its text was changed by a guard, the changed text goes instead."""
        with self._state.lock:
            self._state.tally.tool(admitted.call.name).errors += 1
        text = f"{type(error).__name__}: {error}"
        shown = self._checked(admitted, text, "error", started)
        if shown is not text:
            raise RuntimeError(shown) from None

    def _checked(self, admitted: Admitted, text: str, status: str, started: float) -> str:
        state, call = self._state, admitted.call
        elapsed = (time.perf_counter() - started) * 1000
        with state.lock:
            state.tally.tool_ms += elapsed
        state.observer.raw_result(call.name, text)
        before = state.tally.guard_ms
        shown, blocked, guard, rule = state.scan("tool_result", text, source=call.name, call_id=call.call_id)
        if blocked:
            shown = _WITHHELD.format(guard=guard, rule=rule)
        if shown != text:
            state.note_stop(guard, attacker=False)
        else:
            shown = text
        state.provenance.saw_result(call.name, shown, admitted.rule.result_trust)
        if state.recording:
            state.emit(
                ToolReturned(
                    task_id=state.task_id,
                    call_id=call.call_id,
                    tool=call.name,
                    status=status,
                    result=_cut(shown),
                    raw_chars=len(text),
                    latency_ms=elapsed,
                    guard_ms=state.tally.guard_ms - before,
                )
            )
        return shown


def _approved(answer: ApprovalAnswer, asked: Decision) -> Decision:
    """The last word on a call that a person let through."""
    reason = one_line(f"{answer.by}: {answer.reason}" if answer.reason else f"by {answer.by}")
    return replace(asked, outcome="allowed", guard="approval", rule=f"approval.{answer.answer}", reason=reason)


def _may_carry(rule: ToolRule) -> bool:
    """Could this call have brought attacker text? What only writes could not; a drafted rule may be wrong about it."""
    return rule.drafted or rule.effect in ("read", "egress", "execute")


def _read(raw: Any) -> tuple[str, Any]:
    """A result as text, and the result itself; what a generator yields is taken now, so that it can be checked."""
    if isinstance(raw, str):
        return raw, raw
    if inspect.isgenerator(raw):
        raw = list(raw)
    return as_text(raw), raw


def _cut(text: str) -> str:
    return text if len(text) <= _EVIDENCE_CHARS else f"{text[:_EVIDENCE_CHARS]}... ({len(text)} characters)"
