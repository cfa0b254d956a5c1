"""The model door: what a request must pass before it may leave, and what its answer leaves behind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pytest_agentsafety.budget import Charge, Reservation, estimate_usage
from pytest_agentsafety.gate.conversation import Conversation, block_texts, blocks, summary
from pytest_agentsafety.gate.state import TaskState
from pytest_agentsafety.llm.replies import count_of
from pytest_agentsafety.model.errors import BudgetExceededError, GuardrailBlocked, StopRun
from pytest_agentsafety.model.events import (
    Charged,
    Event,
    ModelCalled,
    ModelFailed,
    ModelReplied,
    RetryPlanned,
    Ungated,
)
from pytest_agentsafety.model.messages import ModelReply, ModelRequest, ModelResponse

COUNT_TOKENS = "/count_tokens"


class ModelSide:
    """Implements `protocols.ModelDoor` for one task."""

    def __init__(self, state: TaskState) -> None:
        self._state = state
        self._conversation = Conversation()

    def admit(self, request: ModelRequest) -> CountPass | CallPass:
        """Check, reserve, record. Raises a StopRun when the request may not leave."""
        try:
            return self._admit(request)
        except StopRun as error:
            self._refused(request, error)
            raise
        except Exception as error:  # an SDK would try again what it does not know, and could get past the check
            stop = StopRun(f"the model door failed: {type(error).__name__}: {error}")
            self._refused(request, stop)
            raise stop from error

    def _admit(self, request: ModelRequest) -> CountPass | CallPass:
        state = self._state
        state.check_open()
        if request.path.rstrip("/").endswith(COUNT_TOKENS):
            return CountPass(state, request)
        fresh = self._look_at(request)
        reservation = state.budget.reserve(request)
        try:
            return self._let_out(request, reservation, fresh)
        except BaseException:
            state.budget.release(reservation)
            raise

    def _look_at(self, request: ModelRequest) -> list[dict[str, Any]]:
        state = self._state
        fresh = self._conversation.new_messages(request.payload.get("messages") or [])
        for ungated in state.passes.check(fresh):
            state.tally.ungated.append(ungated.tool)
            state.emit(
                Ungated(
                    task_id=state.task_id, tool=ungated.tool, tool_use_id=ungated.tool_use_id, reason=ungated.reason
                )
            )
        for message in fresh:
            for block in blocks(message):
                for text in block_texts(block):
                    state.observer.sent_text(text)
                if message.get("role") == "user" and block.get("type") == "text":
                    self._guard_input(str(block.get("text") or ""))
        return [summary(message) for message in fresh]

    def _guard_input(self, text: str) -> None:
        state = self._state
        _, blocked, guard, rule = state.scan("input", text, source="user")
        if blocked:
            state.note_stop(guard, attacker=state.observer.delivered)
            raise GuardrailBlocked(guard, rule, "the input was refused")

    def _refused(self, request: ModelRequest, error: StopRun) -> None:
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

    def _let_out(self, request: ModelRequest, reservation: Reservation, fresh: list[dict[str, Any]]) -> CallPass:
        state = self._state
        call_id = state.new_call_id("m")
        with state.lock:
            state.tally.model_calls += 1
            state.tally.saw_model(request.model)
        state.emit(
            ModelCalled(
                task_id=state.task_id,
                call_id=call_id,
                model=request.model,
                stream=request.stream,
                body_bytes=len(request.body),
                messages=len(request.payload.get("messages") or []),
                new_messages=fresh,
                tools=[str(tool.get("name")) for tool in request.payload.get("tools") or [] if isinstance(tool, dict)],
            )
        )
        reply = None if state.responder is None else state.responder.respond(request)
        return CallPass(state, request, reservation, reply, call_id)


class CallPass:
    """One admitted request (`protocols.ModelPass`)."""

    def __init__(
        self, state: TaskState, request: ModelRequest, reservation: Reservation, reply: ModelReply | None, call_id: str
    ) -> None:
        self._state, self._request, self._reservation, self._call_id = state, request, reservation, call_id
        self._attempts = 1
        self.reply = reply
        self.upstream = state.upstream

    def retry(self, *, status: int | None, error: BaseException | None, headers: Mapping[str, str]) -> float | None:
        state = self._state
        try:
            state.check_open()
            delay = state.retries.next_delay(self._attempts, status, error, headers)
            if delay is None:
                return None
            self._reserve_again(status)
        except StopRun as stop:
            raise state.stop(stop) from None
        with state.lock:
            state.tally.retries += 1
        reason = f"HTTP {status}" if status is not None else type(error).__name__
        event = RetryPlanned(
            task_id=state.task_id, call_id=self._call_id, attempt=self._attempts, delay=delay, reason=reason
        )
        state.emit(event)
        self._attempts += 1
        return delay

    def _reserve_again(self, status: int | None) -> None:
        """Where nobody knows what the failed attempt cost its room stays taken; the next one needs its own."""
        budget = self._state.budget
        self._charge(budget.fail(self._reservation, status=status))
        self._reservation = budget.reserve_again(self._reservation)

    def _charge(self, charge: Charge) -> None:
        self._state.emit_all(self._charged(charge))

    def _charged(self, charge: Charge) -> list[Event]:
        """Count a charge; the event that says so, none where the reservation had been ended before."""
        state = self._state
        if charge.kind == "ended before":
            return []
        with state.lock:
            tally = state.tally
            tally.cost_usd += charge.cost_usd
            tally.input_tokens += charge.input_tokens
            tally.output_tokens += charge.output_tokens
            tally.cost_estimated = tally.cost_estimated or charge.estimated
        return [_charged(state, self._call_id, charge)]

    def finish(self, response: ModelResponse) -> None:
        state, message = self._state, response.message
        if message is None:
            self._unanswered(response)
            return
        usage = response.usage or estimate_usage(len(self._request.body), message)
        content = message.get("content")
        content = list(content) if isinstance(content, list) else []
        state.passes.learn(content)
        charge = state.budget.settle(self._reservation, usage)
        if state.on_reply is not None:
            state.on_reply(self._request, response, charge)
        self._count(response)
        replied = ModelReplied(
            task_id=state.task_id,
            call_id=self._call_id,
            model=str(message.get("model") or self._request.model),
            status=response.status,
            content=content,
            stop_reason=message.get("stop_reason"),
            input_tokens=usage.total_input,
            output_tokens=usage.output_tokens,
            cost_usd=charge.cost_usd,
            cost_estimated=usage.estimated,
            latency_ms=_duration(response),
            latency_source="measured" if response.recorded_ms is None else "recorded",
        )
        state.emit_all([*self._charged(charge), replied])
        self._check_action_cost(charge.cost_usd)

    def _unanswered(self, response: ModelResponse) -> None:
        """No message came back: free where the usage is known to be nothing, else the reservation is kept."""
        error = RuntimeError(response.error or f"HTTP status {response.status}")
        if response.usage is None:
            self.abandon(error)
            return
        self._charge(self._state.budget.settle(self._reservation, response.usage))
        self._failed(error)

    def _count(self, response: ModelResponse) -> None:
        tally = self._state.tally
        with self._state.lock:
            tally.saw_model(str((response.message or {}).get("model") or ""))
            tally.model_ms += _duration(response)

    def _check_action_cost(self, cost_usd: float) -> None:
        state = self._state
        limit = state.policy.budget.max_cost_per_action_usd
        if "cost" in state.policy.guards and cost_usd > limit:
            state.stop(BudgetExceededError("cost of one action", cost_usd, limit, unit=" USD"))

    def abandon(self, error: BaseException) -> None:
        self._charge(self._state.budget.keep(self._reservation))
        self._failed(error)

    def _failed(self, error: BaseException) -> None:
        state = self._state
        state.emit(
            ModelFailed(
                task_id=state.task_id,
                call_id=self._call_id,
                model=self._request.model,
                error=type(error).__name__,
                message=str(error),
                attempt=self._attempts,
                stop=state.stopped is not None or isinstance(error, StopRun),
            )
        )


class CountPass:
    """A count_tokens request: costs nothing; answered by estimate where nothing may go upstream."""

    def __init__(self, state: TaskState, request: ModelRequest) -> None:
        self.upstream = state.upstream
        self.reply: ModelReply | None = None
        if state.responder is not None:
            self.reply = ModelReply(message=count_of(len(request.body)))

    def retry(self, *, status: int | None, error: BaseException | None, headers: Mapping[str, str]) -> float | None:
        """Never retried: the SDK may."""
        return None

    def finish(self, response: ModelResponse) -> None:
        """Nothing to settle."""

    def abandon(self, error: BaseException) -> None:
        """Nothing was reserved."""


def _duration(response: ModelResponse) -> float:
    return response.latency_ms if response.recorded_ms is None else response.recorded_ms


def _charged(state: TaskState, call_id: str, charge: Charge) -> Charged:
    spent = state.budget.spent
    return Charged(
        task_id=state.task_id,
        call_id=call_id,
        kind=charge.kind,
        cost_usd=charge.cost_usd,
        tokens=charge.input_tokens + charge.output_tokens,
        total_cost_usd=spent.cost_usd,
        total_tokens=spent.input_tokens + spent.output_tokens,
    )
