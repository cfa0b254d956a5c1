"""The model door: what a request must pass before it may leave."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pytest_agentsafety.budget import Reservation
from pytest_agentsafety.gate.call_pass import CallPass, CountPass, most_of, released, rerouted
from pytest_agentsafety.gate.conversation import Conversation, block_texts, blocks, may_hold_calls, summary
from pytest_agentsafety.gate.state import TaskState
from pytest_agentsafety.llm.calls import COUNTING
from pytest_agentsafety.llm.course import Course
from pytest_agentsafety.model.errors import GuardrailBlocked, RunTerminated, StopRun
from pytest_agentsafety.model.events import Event, ModelCalled, ModelFailed, Ungated
from pytest_agentsafety.model.messages import ModelReply, ModelRequest
from pytest_agentsafety.model.quick import maker

__all__ = ["CallPass", "CountPass", "ModelSide"]

# So much of what the user said before is read together with what follows: an order may be split over messages.
_TAIL = 300
_DEPLOYMENT = "/deployments/"
_model_called = maker(ModelCalled)


class ModelSide:
    """Implements `protocols.ModelDoor` for one task."""

    def __init__(self, state: TaskState) -> None:
        self._state = state
        self._conversation = Conversation()
        self._observed = state.observed
        self._guarded = "input" in state.guarded
        self._said = ""
        self._tools: tuple[object, list[str]] = (None, [])

    def admit(self, request: ModelRequest) -> CountPass | CallPass:
        """Check, reserve, record. Raises a StopRun when the request may not leave."""
        try:
            return self._admit(request)
        except StopRun as error:
            self.refused(request, error)
            raise
        except Exception as error:  # an SDK would try again what it does not know, and could get past the check
            stop = StopRun(f"the model door failed: {type(error).__name__}: {error}")
            self.refused(request, stop)
            raise stop from error

    def _admit(self, request: ModelRequest) -> CountPass | CallPass:
        state = self._state
        state.check_open()
        if "tokens" in request.path and request.path.rstrip("/").endswith(COUNTING):
            return CountPass(state, request)
        fresh = self._guards_own(request) if request.guard else self._look_at(request)
        # No circuit for what a responder answers: nothing goes upstream.
        upstream = None if state.responder is not None else state.upstream or request.url
        # A guard gets the model it asks for: a cheaper one would judge otherwise. A deployment is named by its path.
        fixed = request.guard or (request.raw is not None and _DEPLOYMENT in request.path)
        course = Course(request, None if fixed else state.rerouting, state.circuit, upstream=upstream)
        reservation = None
        try:
            reservation = state.budget.reserve(course.request)
            return self._let_out(course, reservation, fresh)
        except BaseException:
            course.over(None)
            if reservation is not None:
                state.budget.release(reservation)
            raise

    def _guards_own(self, request: ModelRequest) -> Sequence[Mapping[str, Any]]:
        """A guard's question is no part of the agent's conversation, and not guarded itself: that would not end."""
        if not getattr(self._state.responder, "answers_guards", True):
            raise RunTerminated(
                f"the guard {request.guard!r} asks a model where one plays a plan: return skipped(...) from check() "
                f"when context.may_ask is false"
            )
        return list(request.payload.get("messages") or [])

    def _look_at(self, request: ModelRequest) -> Sequence[Mapping[str, Any]]:
        """The messages that are new in this task, looked at by everybody who has to."""
        payload = request.payload
        if "system" in payload:
            self._state.instructions = payload["system"]
        fresh = self._conversation.new_messages(payload.get("messages") or [])
        for message in fresh:
            content = message.get("content")
            if content.__class__ is not str and may_hold_calls(content):
                self._check_passes(fresh)
                break
        if self._observed or self._guarded:
            self._read(fresh)
        return fresh

    def _check_passes(self, messages: Sequence[Mapping[str, Any]]) -> None:
        state = self._state
        for ungated in state.passes.check(messages):
            state.tally.ungated.append(ungated.tool)
            state.emit(
                Ungated(
                    task_id=state.task_id, tool=ungated.tool, tool_use_id=ungated.tool_use_id, reason=ungated.reason
                )
            )

    def _read(self, fresh: Sequence[Mapping[str, Any]]) -> None:
        for message in fresh:
            for block in blocks(message):
                if self._observed:
                    for text in block_texts(block):
                        self._state.observer.sent_text(text)
                if self._guarded and message.get("role") == "user" and block.get("type") == "text":
                    self._guard_input(str(block.get("text") or ""))

    def _guard_input(self, text: str) -> None:
        """A text alone, and together with the end of what the user said before it."""
        said = f"{self._said}\n{text}" if self._said else text
        self._said = said[-_TAIL:]
        self._refuse_if_blocked(text)
        if said is not text:
            self._refuse_if_blocked(said)

    def _refuse_if_blocked(self, text: str) -> None:
        state = self._state
        _, blocked, guard, rule = state.scan("input", text, source="user")
        if blocked:
            state.note_stop(guard, attacker=state.observer.delivered)
            raise GuardrailBlocked(guard, rule, "the input was refused")

    def refused(self, request: ModelRequest, error: StopRun) -> None:
        """A request that may not leave ends the task, also where the agent swallows the error."""
        state = self._state
        state.stop(error)
        state.emit(
            ModelFailed(
                task_id=state.task_id,
                model=request.model,
                error=type(error).__name__,
                message=str(error),
                attempt=0,
                stop=True,
            )
        )

    def _let_out(self, course: Course, reservation: Reservation, fresh: Sequence[Mapping[str, Any]]) -> CallPass:
        state, request, tally = self._state, course.request, self._state.tally
        call_id = f"m{next(state.call_numbers)}"
        with state.lock:
            tally.model_calls += not request.guard  # a case without a request of the agent's own says nothing
            if reservation.model not in tally.model_ids:
                tally.saw_model(reservation.model)
        if state.recording:
            tools = self._named(request.payload.get("tools"))
            events: list[Event] = [_called(state, call_id, reservation, request, fresh, tools)]
            if course.reason:
                events.append(rerouted(state, call_id, course.asked, course))
            state.emit_all(events)
        reply = None if state.responder is None else self._answer(request, reservation, call_id)
        return CallPass(state, course, reservation, reply, call_id)

    def _named(self, tools: Any) -> list[str]:
        """The names of a request's tools; mostly they are the very same list as in the request before."""
        known, names = self._tools
        if tools is not known:
            names = [str(tool.get("name")) for tool in tools or [] if isinstance(tool, dict)]
            self._tools = tools, names
        return names

    def _answer(self, request: ModelRequest, reservation: Reservation, call_id: str) -> ModelReply | None:
        """The responder's answer. Without one nothing was sent, and what is held is given back on the record."""
        state = self._state
        try:
            return None if state.responder is None else state.responder.respond(request)
        except BaseException:
            if state.budget.release(reservation).kind == "released":
                state.emit_all(released(state, call_id))
            raise


def _called(
    state: TaskState,
    call_id: str,
    held: Reservation,
    request: ModelRequest,
    fresh: Sequence[Mapping[str, Any]],
    tools: Sequence[str],
) -> ModelCalled:
    payload = request.payload
    reserved_usd, reserved_tokens = most_of(held)
    return _model_called(
        task_id=state.task_id,
        call_id=call_id,
        model=held.model,
        stream=request.stream,
        body_bytes=len(request.body),
        messages=len(payload.get("messages") or []),
        new_messages=[summary(message) for message in fresh],
        tools=tools,
        guard=request.guard,
        reserved_usd=reserved_usd,
        reserved_tokens=reserved_tokens,
    )
