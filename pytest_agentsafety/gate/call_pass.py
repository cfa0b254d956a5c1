"""Requests that were admitted: their attempts, how they end, what they are charged."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from pytest_agentsafety.budget import Charge, Reservation, estimate_usage
from pytest_agentsafety.budget.money import true_cost
from pytest_agentsafety.budget.prices import UNITS, as_card
from pytest_agentsafety.gate.resume import Replayed
from pytest_agentsafety.gate.state import TaskState
from pytest_agentsafety.llm.circuit import OVERLOAD
from pytest_agentsafety.llm.course import Course
from pytest_agentsafety.llm.replies import count_of
from pytest_agentsafety.llm.retry import RequestRetries
from pytest_agentsafety.model.errors import BudgetExceededError, MaxRetriesExceeded, StopRun, UnknownModelError
from pytest_agentsafety.model.events import Charged, Event, ModelFailed, ModelReplied, Rerouted, RetryPlanned
from pytest_agentsafety.model.messages import ModelReply, ModelRequest, ModelResponse, Usage
from pytest_agentsafety.model.quick import maker

_model_replied = maker(ModelReplied)


class CallPass:
    """One admitted request (`protocols.ModelPass`).

    Verdicts: a status that may go away and does not ends in MaxRetriesExceeded, where the Gate may fall back after the
    next cheaper model was asked too; the last time-out or connection error is raised again. Charged per attempt: a
    refusal (300 to 499) nothing, an answer with usage what it used, everything else all that was reserved.
    """

    def __init__(
        self, state: TaskState, course: Course, reservation: Reservation, reply: ModelReply | None, call_id: str
    ) -> None:
        self._state, self._course, self._reservation, self._call_id = state, course, reservation, call_id
        self._admitted, self._began, self._attempts = course.request, state.retries.clock(), 1
        self.reply = reply
        self.upstream = state.upstream
        self.recorded = state.on_passage
        # What to send in place of the agent's body when the request was rerouted.
        self.body = course.request.body if course.reason else None

    @cached_property
    def _retries(self) -> RequestRetries:
        """Only a request that fails asks for it."""
        return self._state.retries.request(single=self._course.is_probe, began=self._began)

    @property
    def seconds_left(self) -> float:
        """For the attempt that begins now; the first one begins with the pass."""
        return self._state.retries.max_total if self._attempts == 1 else self._retries.seconds_left

    def retry(self, *, status: int | None, error: BaseException | None, headers: Mapping[str, str]) -> float | None:
        state = self._state
        reason = f"HTTP {status}" if status is not None else type(error).__name__
        try:
            state.check_open()
            self._course.failed(status, error)
            delay = self._delay(status, error, headers, reason)
        except StopRun as stop:
            raise state.stop(stop) from None
        if delay is None:
            return None
        with state.lock:
            state.tally.retries += 1
        if state.recording:
            planned = RetryPlanned(
                task_id=state.task_id, call_id=self._call_id, attempt=self._attempts, delay=delay, reason=reason
            )
            state.emit_all([planned, *reserved(state, self._call_id, self._reservation)])
        self._attempts += 1
        return delay

    def _delay(
        self, status: int | None, error: BaseException | None, headers: Mapping[str, str], reason: str
    ) -> float | None:
        """Seconds until the next attempt, for which there is room: at this model, or else at a cheaper one."""
        try:
            delay = self._retries.next_delay(status, error, headers)
        except MaxRetriesExceeded:
            if status not in OVERLOAD or self.reply is not None or not self._fall_back(status, reason):
                raise
            return 0.0
        if delay is not None:
            self._charge(self._state.budget.fail(self._reservation, status=status))
            self._reservation = self._state.budget.reserve_again(self._reservation)
        return delay

    def _fall_back(self, status: int | None, reason: str) -> bool:
        course, budget = self._course, self._state.budget
        before = course.request.model
        if self._retries.seconds_left <= _TOO_LATE or not course.fall_back(reason):
            return False
        self._retries = self._retries.elsewhere(single=course.is_probe)
        self._charge(budget.fail(self._reservation, status=status))
        self._reservation = budget.reserve(course.request)
        self.body = course.body
        self._state.tally.saw_model(course.request.model)
        if self._state.recording:
            self._state.emit(rerouted(self._state, self._call_id, before, course))
        return True

    def _charge(self, charge: Charge) -> None:
        self._count(charge)
        self._state.emit_all(self._charged(charge))

    def _count(self, charge: Charge, response: ModelResponse | None = None) -> None:
        """Take a charge and its answer into the tally."""
        state, tally = self._state, self._state.tally
        with state.lock:
            if response is not None:
                model = response.message.get("model") if response.message else ""
                if model not in tally.model_ids:
                    tally.saw_model(str(model or ""))
                tally.model_ms += _duration(response)
            kind, _, cost_usd, input_tokens, output_tokens, estimated = charge
            if kind == "ended before":
                return
            tally.cost_usd += cost_usd
            tally.input_tokens += input_tokens
            tally.output_tokens += output_tokens
            if estimated:
                tally.cost_estimated = True

    def _charged(self, charge: Charge) -> list[Event]:
        """The event that says what was charged; none where the reservation had been ended before."""
        if charge.kind == "ended before" or not self._state.recording:
            return []
        tokens = charge.input_tokens + charge.output_tokens
        return [_charge_event(self._state, self._call_id, charge.kind, charge.cost_usd, tokens)]

    def finish(self, response: ModelResponse) -> None:
        state, course, message = self._state, self._course, response.message
        if course.ticket is not None or state.circuit.lines:
            course.over(response.status)
        if message is None:
            self._unanswered(response)
            return
        usage = response.usage or estimate_usage(len(course.request.body), message)
        content = message.get("content")
        content = content.copy() if isinstance(content, list) else []
        if content and not self._admitted.guard:
            state.passes.learn(content)
        charge = state.budget.settle(self._reservation, usage)
        if state.on_reply is not None:
            state.on_reply(self._admitted, response, charge)
        if course.reason:
            self._note_route(usage, charge)
        self._count(charge, response)
        if state.recording:
            replied = self._replied(response, message, content, usage, charge)
            state.emit_all([replied] if replied.charge else [*self._charged(charge), replied])
        if charge.cost_usd > state.most_per_action:
            limit = state.most_per_action
            state.stop(BudgetExceededError("cost of one action", charge.cost_usd, limit, unit=" USD"))

    def _replied(
        self, response: ModelResponse, message: Mapping[str, Any], content: list[Any], usage: Usage, charge: Charge
    ) -> ModelReplied:
        fresh, output_tokens, written, read, estimated = usage
        input_tokens = fresh + written + read
        kind, _, cost_usd, charged_input, charged_output, _ = charge
        settled = kind == "settled" and input_tokens == charged_input and output_tokens == charged_output
        spent_usd, spent_tokens = self._state.budget.totals() if settled else (0.0, 0)
        return _model_replied(
            task_id=self._state.task_id,
            call_id=self._call_id,
            model=str(message.get("model") or self._course.request.model),
            status=response.status,
            content=content,
            stop_reason=message.get("stop_reason"),
            input_tokens=input_tokens,
            output_tokens=output_tokens,
            cost_usd=cost_usd,
            cost_estimated=estimated,
            latency_ms=_duration(response),
            latency_source="measured" if response.recorded_ms is None else "recorded",
            charge="settled" if settled else "",
            total_cost_usd=spent_usd,
            total_tokens=spent_tokens,
        )

    def _unanswered(self, response: ModelResponse) -> None:
        """No message came back: free where the usage is known to be nothing, else the reservation is kept."""
        error = RuntimeError(response.error or f"HTTP status {response.status}")
        usage = response.usage
        budget = self._state.budget
        charge = budget.keep(self._reservation) if usage is None else budget.settle(self._reservation, usage)
        self._end(charge, error)

    def _note_route(self, usage: Usage | None, charge: Charge) -> None:
        """The route for the result row; `saved_usd` is 0 while nobody knows what the answer would have cost."""
        course, state = self._course, self._state
        saved: float | None = 0.0
        if usage is not None and charge.kind == "settled":
            saved = self._saved(usage, charge)
        with state.lock:
            state.tally.routes.append(
                {"asked": course.asked, "used": course.request.model, "reason": course.reason, "saved_usd": saved}
            )

    def _saved(self, usage: Usage, charge: Charge) -> float | None:
        """What the same tokens would have cost at the model that was asked; None where its price is not known."""
        rerouting = self._state.rerouting
        try:
            rates = None if rerouting is None else rerouting.prices.rates(self._course.asked)
        except UnknownModelError:
            return None
        if rates is None:
            return None
        asked = true_cost(as_card(rates), usage, long_cache=self._reservation.bound.long_cache)
        return round(asked / UNITS - charge.cost_usd, 9)

    def abandon(self, error: BaseException) -> None:
        self._course.over(None)
        self._end(self._state.budget.keep(self._reservation), error)

    def _end(self, charge: Charge, error: BaseException) -> None:
        """The request brought no message."""
        state = self._state
        self._charge(charge)
        if self._course.reason:
            self._note_route(None, charge)
        state.emit(
            ModelFailed(
                task_id=state.task_id,
                call_id=self._call_id,
                model=self._course.request.model,
                error=type(error).__name__,
                message=str(error),
                attempt=self._attempts,
                stop=state.stopped is not None or isinstance(error, StopRun),
            )
        )


# Seconds below which a request is over: the planner's smallest time-out.
_TOO_LATE = 0.001


class CountPass:
    """A count_tokens request: costs nothing; answered by estimate where nothing may go upstream.

    It is tried again like a call, but what stays is the agent's to have: a run does not end for want of a count.
    """

    def __init__(self, state: TaskState, request: ModelRequest) -> None:
        self._state = state
        self._retries = state.retries.request()
        self.upstream = state.upstream
        self.recorded = state.on_passage
        self.reply: ModelReply | None = None
        if state.responder is not None:
            self.reply = ModelReply(message=count_of(len(request.body)))

    @property
    def seconds_left(self) -> float:
        return self._retries.seconds_left

    def retry(self, *, status: int | None, error: BaseException | None, headers: Mapping[str, str]) -> float | None:
        self._state.check_open()
        try:
            return self._retries.next_delay(status, error, headers)
        except MaxRetriesExceeded:
            return None

    def finish(self, response: ModelResponse) -> None:
        """Nothing to settle."""

    def abandon(self, error: BaseException) -> None:
        """Nothing was reserved."""


def rerouted(state: TaskState, call_id: str, asked: str, course: Course) -> Rerouted:
    """The event that says where a request goes instead."""
    return Rerouted(
        task_id=state.task_id, call_id=call_id, asked=asked, used=course.request.model, reason=course.reason
    )


def _duration(response: ModelResponse) -> float:
    return response.latency_ms if response.recorded_ms is None else response.recorded_ms


def most_of(held: Reservation) -> tuple[float, int] | tuple[None, None]:
    """US dollars and tokens that are held for an attempt; None where the journal answers and nothing is."""
    if isinstance(held, Replayed):
        return None, None
    return held.cost / UNITS, held.bound.estimate + held.bound.output_tokens


def reserved(state: TaskState, call_id: str, held: Reservation) -> list[Event]:
    """The event that says what is held for another attempt."""
    cost_usd, tokens = most_of(held)
    return [] if cost_usd is None or tokens is None else [_charge_event(state, call_id, "reserved", cost_usd, tokens)]


def released(state: TaskState, call_id: str) -> list[Event]:
    """The event that says that what was held for an attempt is free again."""
    return [_charge_event(state, call_id, "released", 0.0, 0)]


def _charge_event(state: TaskState, call_id: str, kind: str, cost_usd: float, tokens: int) -> Charged:
    spent_usd, spent_tokens = state.budget.totals()
    return Charged(
        task_id=state.task_id,
        call_id=call_id,
        kind=kind,
        cost_usd=cost_usd,
        tokens=tokens,
        total_cost_usd=spent_usd,
        total_tokens=spent_tokens,
    )
