"""Every fault of the plan through a real Gate and the real server: the verdict, the attempts, the waits, the charge."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import anthropic
import httpx2
import pytest

from pytest_agentsafety.budget import default_prices
from pytest_agentsafety.gate import Gate, TaskGate
from pytest_agentsafety.llm import Fault, MessagesServer, Playbook, activate, faulty, gullible
from pytest_agentsafety.llm.circuit import CircuitBreaker, CircuitOpenError
from pytest_agentsafety.model.errors import BudgetExceededError, MaxRetriesExceeded, StopRun
from pytest_agentsafety.model.events import Charged, Event, charge_in
from pytest_agentsafety.model.messages import PlannedTurn
from pytest_agentsafety.model.policy import BudgetLimits, ModelRoutes, Policy, RetrySettings

MODEL, CHEAPER = "claude-sonnet-5-5", "claude-haiku-5-5"
ASK: dict[str, Any] = {"model": MODEL, "max_tokens": 100, "messages": [{"role": "user", "content": "Say hello"}]}
ANSWERS = gullible(Playbook(tasks={"Say hello": [PlannedTurn(text="Hello.")]}))
EVER = range(1, 100)
SHORT = 0.05  # seconds a client waits for a server that says nothing
PATIENT = 0.4  # as SHORT, where the server does answer in the end
BASE = 0.5
POLICY = Policy(
    retry=RetrySettings(max_retries=2, base_delay=BASE),
    budget=BudgetLimits(max_seconds=10**6),
    models=ModelRoutes(simple=CHEAPER, medium=CHEAPER, complex=MODEL),
)
CLIENTS = ("sync", "sync-stream", "async", "async-stream")


@dataclass
class Log:
    entries: list[Event] = field(default_factory=list)

    def emit(self, event: Event) -> None:
        self.entries.append(event)

    def of(self, kind: str) -> list[Any]:
        return [event for event in self.entries if event.type == kind]

    @property
    def account(self) -> list[Charged]:
        return [step for step in map(charge_in, self.entries) if step is not None]

    @property
    def charges(self) -> list[Any]:
        """What was charged in the end, reservations left out."""
        return [event for event in self.account if event.kind != "reserved"]


@pytest.fixture
def log() -> Log:
    return Log()


Talk = Callable[..., str]


@pytest.fixture
def talking(client_for, async_client_for) -> Callable[[str], Talk]:
    """`talking(kind)(url)`: ask once through that kind of client, and give the text of the answer."""

    def sync(url: str, streaming: bool, **options: Any) -> str:
        client = client_for(url, **options)
        if not streaming:
            return client.messages.create(**ASK).content[0].text
        with client.messages.stream(**ASK) as stream:
            return stream.get_final_text()

    async def later(url: str, streaming: bool, **options: Any) -> str:
        async with async_client_for(url, **options) as client:
            if not streaming:
                return (await client.messages.create(**ASK)).content[0].text
            async with client.messages.stream(**ASK) as stream:
                return await stream.get_final_text()

    def make(kind: str) -> Talk:
        streaming = kind.endswith("stream")
        if kind.startswith("sync"):
            return lambda url, **options: sync(url, streaming, **options)
        return lambda url, **options: asyncio.run(later(url, streaming, **options))

    return make


def serve(faults: Mapping[int, Fault]) -> MessagesServer:
    return MessagesServer(faulty(ANSWERS, faults))


def bound(server: MessagesServer, number: int = 0) -> float:
    """The most a request can cost: each byte a token at the dearest input rate, and all of max_tokens."""
    received = server.log[number]
    rates = default_prices().rates(received.payload["model"])
    dearest = max(rates.input, rates.cache_read, rates.cache_write)
    return int(received.headers["content-length"]) * dearest + ASK["max_tokens"] * rates.output


def check_account(task: TaskGate, log: Log) -> None:
    """Nothing is left reserved, and Budget, tally and events say the same."""
    spent = task.state.budget.spent
    assert spent.reserved_usd == 0
    assert task.tally.cost_usd == pytest.approx(spent.cost_usd)
    assert sum(event.cost_usd for event in log.charges) == pytest.approx(spent.cost_usd)
    kinds = [event.kind for event in log.account]
    assert kinds[::2] == ["reserved"] * len(log.charges)  # each attempt by itself, and before it
    assert "reserved" not in kinds[1::2]
    assert task.tally.retries == len(log.of("retry_planned"))


@dataclass(frozen=True)
class Verdict:
    """What becomes of a request: the agent's error, attempts at the server, each attempt's charge, the waits."""

    fault: Fault
    error: type[BaseException]
    attempts: int
    charge: str
    waits: str
    clients: tuple[str, ...] = CLIENTS
    timeout: float = 30.0


PLAIN, STREAMS = ("sync", "async"), ("sync-stream", "async-stream")
PLAN = {
    "429": Verdict(Fault(kind="rate_limit"), MaxRetriesExceeded, 3, "free", "growing"),
    "429 with retry-after": Verdict(Fault(kind="rate_limit", retry_after=7), MaxRetriesExceeded, 3, "free", "asked"),
    "529": Verdict(Fault(kind="overloaded"), MaxRetriesExceeded, 3, "kept", "growing"),
    "500": Verdict(Fault(kind="server_error"), MaxRetriesExceeded, 3, "kept", "growing"),
    "hang": Verdict(Fault(kind="hang"), anthropic.APITimeoutError, 3, "kept", "fixed", timeout=SHORT),
    "reset": Verdict(Fault(kind="reset"), anthropic.APIConnectionError, 3, "kept", "fixed"),
    "stalled body": Verdict(Fault(kind="stall"), anthropic.APITimeoutError, 3, "kept", "fixed", PLAIN, SHORT),
    "cut body": Verdict(Fault(kind="cut_stream"), anthropic.APIConnectionError, 3, "kept", "fixed", PLAIN),
    # What has begun to reach the agent is not asked for again.
    "stalled stream": Verdict(Fault(kind="stall"), httpx2.ReadTimeout, 1, "kept", "none", STREAMS, SHORT),
    "cut stream": Verdict(Fault(kind="cut_stream"), httpx2.RemoteProtocolError, 1, "kept", "none", STREAMS),
    # The model answered, and would be paid twice: malformed JSON is the agent's error to have.
    "malformed JSON": Verdict(Fault(kind="bad_json"), json.JSONDecodeError, 1, "kept", "none", PLAIN),
    "malformed stream": Verdict(Fault(kind="bad_json"), AssertionError, 1, "kept", "none", STREAMS),
}
ROWS = [pytest.param(kind, row, id=f"{name}-{kind}") for name, row in PLAN.items() for kind in row.clients]


def check_waits(waits: list[float], row: Verdict) -> None:
    if row.waits == "growing":
        assert [BASE <= waits[0] <= 1.25 * BASE, 2 * BASE <= waits[1] <= 2.5 * BASE, len(waits)] == [True, True, 2]
    else:
        assert waits == {"asked": [7.0, 7.0], "fixed": [BASE, BASE], "none": []}[row.waits]


@pytest.mark.parametrize(("kind", "row"), ROWS)
def test_a_fault_that_stays(kind, row, talking, log, waits, all_sdk_waits):
    task = Gate(POLICY, sink=log, guardrails=()).open("Say hello", task_id="t")
    with (
        serve(dict.fromkeys(EVER, row.fault)) as server,
        activate(task),
        pytest.raises(row.error) as caught,
    ):
        talking(kind)(server.url, timeout=row.timeout)
    cost = bound(server)
    assert isinstance(task.stopped, MaxRetriesExceeded) == isinstance(caught.value, StopRun)
    assert (server.calls, all_sdk_waits) == (row.attempts, [])
    check_waits(waits, row)
    check_account(task, log)
    charged = log.charges
    assert [event.kind for event in charged] == ["settled" if row.charge == "free" else "kept"] * row.attempts
    assert [event.cost_usd for event in charged] == [pytest.approx(0 if row.charge == "free" else cost)] * row.attempts
    assert [event.attempt for event in log.of("retry_planned")] == list(range(1, row.attempts))
    assert [event.delay for event in log.of("retry_planned")] == waits
    (failed,) = log.of("model_failed")
    assert (failed.attempt, failed.stop) == (row.attempts, isinstance(caught.value, StopRun))
    assert log.of("model_replied") == []


PASSING = [row for row in ROWS if row.values[1].attempts > 1]


@pytest.mark.parametrize(("kind", "row"), PASSING)
def test_a_fault_that_passes(kind, row, talking, log, waits, all_sdk_waits):
    task = Gate(POLICY, sink=log, guardrails=()).open("Say hello", task_id="t")
    with serve({1: row.fault}) as server, activate(task):
        assert talking(kind)(server.url, timeout=max(row.timeout, PATIENT)) == "Hello."
        cost = bound(server)
    assert (server.calls, len(waits), all_sdk_waits, task.stopped) == (2, 1, [], None)
    check_account(task, log)
    first, last = log.charges
    assert first.kind == ("settled" if row.charge == "free" else "kept")
    assert first.cost_usd == pytest.approx(0 if row.charge == "free" else cost)
    (replied,) = log.of("model_replied")
    rates = default_prices().rates(MODEL)
    paid = replied.input_tokens * rates.input + replied.output_tokens * rates.output
    assert (last.kind, last.cost_usd) == ("settled", pytest.approx(paid))
    assert log.of("model_failed") == []


@pytest.mark.parametrize("kind", CLIENTS)
class TestTotalTime:
    """A request, with its attempts, has a time limit that no time-out of the client passes."""

    def test_a_hanging_server_is_cut_off(self, kind, talking, log, waits, all_sdk_waits):
        task = Gate(POLICY, sink=log, guardrails=(), request_seconds=SHORT).open("Say hello")
        with (
            serve(dict.fromkeys(EVER, Fault(kind="hang"))) as server,
            activate(task),
            pytest.raises(anthropic.APITimeoutError),
        ):
            talking(kind)(server.url, timeout=30.0)
        assert (server.calls, waits, all_sdk_waits) == (1, [], [])
        check_account(task, log)

    def test_a_wait_that_would_pass_it_is_not_begun(self, kind, talking, log, waits):
        task = Gate(POLICY, sink=log, guardrails=(), request_seconds=20.0).open("Say hello")
        with (
            serve(dict.fromkeys(EVER, Fault(kind="rate_limit", retry_after=60))) as server,
            activate(task),
            pytest.raises(MaxRetriesExceeded, match=r"60 s more after .* would pass the 20 s cap on the request"),
        ):
            talking(kind)(server.url)
        assert (server.calls, waits) == (1, [])
        check_account(task, log)


class Clock:
    at = 0.0

    def __call__(self) -> float:
        return self.at


class TestCircuit:
    def test_it_is_shared_by_the_tasks_of_a_gate(self, talking, log, waits):
        clock = Clock()
        gate = Gate(POLICY, sink=log, guardrails=(), circuit=CircuitBreaker(threshold=3, clock=clock))
        with serve({n: Fault(kind="overloaded") for n in (1, 2, 3, 4)}) as server:
            host = server.url.removeprefix("http://")
            with activate(gate.open("Say hello")), pytest.raises(MaxRetriesExceeded):
                talking("sync")(server.url)
            second = gate.open("Say hello")
            with activate(second), pytest.raises(CircuitOpenError, match=f"{host} failed 3 times.*closes in 30 s"):
                talking("async")(server.url)
            assert (server.calls, second.state.budget.spent.cost_usd, second.stopped.guard) == (3, 0, "retry")
            assert log.of("model_failed")[-1].stop
            clock.at = 30.0  # the probe has one attempt, and fails
            probe = gate.open("Say hello")
            with activate(probe), pytest.raises(MaxRetriesExceeded, match="after 1 attempts"):
                talking("sync-stream")(server.url)
            assert (server.calls, probe.tally.retries) == (4, 0)
            with activate(gate.open("Say hello")), pytest.raises(CircuitOpenError, match="failed 4 times"):
                talking("sync")(server.url)
            clock.at = 60.0  # the next one gets through
            with activate(gate.open("Say hello")):
                assert talking("async-stream")(server.url) == "Hello."
                assert talking("sync")(server.url) == "Hello."
        assert server.calls == 6

    def test_a_probe_that_is_refused_for_its_cost_leaves_room_for_the_next(self, talking, log, waits):
        clock = Clock()
        circuit = CircuitBreaker(threshold=1, clock=clock)
        gate = Gate(POLICY, guardrails=(), circuit=circuit)
        poor = Gate(Policy(budget=BudgetLimits(max_cost_usd=1e-9)), guardrails=(), circuit=circuit)
        with serve({1: Fault(kind="reset")}) as server:
            circuit.note_failure(server.url.removeprefix("http://"), MODEL, "x")
            clock.at = 30.0
            with activate(poor.open("Say hello")), pytest.raises(BudgetExceededError):
                talking("sync")(server.url)
            with activate(gate.open("Say hello")), pytest.raises(anthropic.APIConnectionError):
                talking("sync")(server.url)
        assert (server.calls, waits) == (1, [])


class TestRerouting:
    def cost(self, model: str, replied: Any) -> float:
        rates = default_prices().rates(model)
        return replied.input_tokens * rates.input + replied.output_tokens * rates.output

    def test_the_router_picks_the_model_and_the_budget_follows(self, talking, log):
        for kind in CLIENTS:
            log.entries.clear()
            gate = Gate(POLICY, sink=log, guardrails=(), router=lambda request: "simple" if request.payload else None)
            task = gate.open("Say hello")
            with serve({}) as server, activate(task):
                assert talking(kind)(server.url) == "Hello."
            (received,) = server.log
            assert received.payload == {**ASK, "model": CHEAPER, **({"stream": True} if "stream" in kind else {})}
            assert [event.type for event in log.entries] == [
                "model_called",
                "rerouted",
                "model_replied",
            ]
            (called, moved, replied), (_, charged) = log.entries, log.account
            assert (called.model, called.body_bytes) == (CHEAPER, int(received.headers["content-length"]))
            assert (moved.asked, moved.used, moved.reason) == (MODEL, CHEAPER, "the subtask is simple")
            assert charged.cost_usd == pytest.approx(self.cost(CHEAPER, replied))
            (route,) = task.tally.routes
            saved = self.cost(MODEL, replied) - self.cost(CHEAPER, replied)
            assert route == {**route, "asked": MODEL, "used": CHEAPER, "saved_usd": pytest.approx(saved)}
            assert saved > 0
            assert task.tally.model_ids == [CHEAPER]

    def test_a_misspelt_complexity_stops_the_run_before_it_leaves(self, talking, log):
        task = Gate(POLICY, sink=log, guardrails=(), router=lambda _: "simpel").open("Say hello")
        with serve({}) as server, activate(task), pytest.raises(StopRun, match="Did you mean 'simple'"):
            talking("sync")(server.url)
        assert server.log == []
        assert isinstance(task.stopped, StopRun)

    @pytest.mark.parametrize("kind", CLIENTS)
    def test_overload_falls_back_to_the_next_cheaper_route(self, kind, talking, log, waits):
        task = Gate(POLICY, sink=log, guardrails=(), fall_back=True).open("Say hello")
        with serve({n: Fault(kind="overloaded") for n in (1, 2, 3)}) as server, activate(task):
            assert talking(kind)(server.url) == "Hello."
            kept = bound(server)
        assert [received.payload["model"] for received in server.log] == [MODEL] * 3 + [CHEAPER]
        assert len(server.log[3].payload) == len(server.log[0].payload)
        (moved,) = log.of("rerouted")
        assert (moved.asked, moved.used) == (MODEL, CHEAPER)
        assert moved.reason == f"{MODEL} is unavailable: HTTP 529"
        assert [event.kind for event in log.charges] == ["kept"] * 3 + ["settled"]
        (replied,) = log.of("model_replied")
        expected = 3 * kept + self.cost(CHEAPER, replied)
        assert task.state.budget.spent.cost_usd == pytest.approx(expected)
        assert (task.tally.retries, task.stopped, task.tally.model_ids) == (3, None, [MODEL, CHEAPER])
        (route,) = task.tally.routes
        assert route["saved_usd"] == pytest.approx(self.cost(MODEL, replied) - self.cost(CHEAPER, replied))
        check_account(task, log)

    def test_it_ends_when_the_cheapest_is_overloaded_too(self, talking, log, waits):
        task = Gate(POLICY, sink=log, guardrails=(), fall_back=True).open("Say hello")
        with (
            serve(dict.fromkeys(EVER, Fault(kind="overloaded"))) as server,
            activate(task),
            pytest.raises(MaxRetriesExceeded, match="after 3 attempts"),
        ):
            talking("sync")(server.url)
        assert [received.payload["model"] for received in server.log] == [MODEL] * 3 + [CHEAPER] * 3
        assert task.tally.routes == [
            {"asked": MODEL, "used": CHEAPER, "reason": f"{MODEL} is unavailable: HTTP 529", "saved_usd": 0.0}
        ]
        check_account(task, log)

    @pytest.mark.parametrize("fault", ["rate_limit", "server_error"])
    def test_only_overload_falls_back(self, fault, talking, log, waits):
        task = Gate(POLICY, sink=log, guardrails=(), fall_back=True).open("Say hello")
        with (
            serve(dict.fromkeys(EVER, Fault(kind=fault))) as server,
            activate(task),
            pytest.raises(MaxRetriesExceeded),
        ):
            talking("sync")(server.url)
        assert {received.payload["model"] for received in server.log} == {MODEL}
        assert (log.of("rerouted"), task.tally.routes) == ([], [])

    def test_an_open_circuit_falls_back_at_once(self, talking, log, waits):
        gate = Gate(POLICY, sink=log, guardrails=(), fall_back=True, circuit=CircuitBreaker(threshold=3))
        with serve({n: Fault(kind="overloaded") for n in (1, 2, 3)}) as server:
            for _ in range(2):
                task = gate.open("Say hello")
                with activate(task):
                    assert talking("sync")(server.url) == "Hello."
        assert [received.payload["model"] for received in server.log] == [MODEL] * 3 + [CHEAPER] * 2
        assert (task.tally.retries, task.tally.routes[0]["used"]) == (0, CHEAPER)

    def test_the_cheaper_model_needs_room_of_its_own(self, talking, log, waits):
        with serve({}) as server, activate(Gate(POLICY, guardrails=()).open("Say hello")):
            talking("sync")(server.url)
            limit = bound(server) * 3.01
        tight = replace(POLICY, budget=BudgetLimits(max_cost_usd=limit))
        task = Gate(tight, sink=log, guardrails=(), fall_back=True).open("Say hello")
        with (
            serve(dict.fromkeys(EVER, Fault(kind="overloaded"))) as server,
            activate(task),
            pytest.raises(BudgetExceededError, match="cost of the task"),
        ):
            talking("sync")(server.url)
        assert server.calls == 3
        assert limit * 0.99 < task.state.budget.spent.cost_usd <= limit
        check_account(task, log)


@pytest.mark.parametrize("kind", CLIENTS)
def test_the_last_transport_error_comes_at_once_with_real_waits_too(kind, talking, log, all_sdk_waits):
    """No `instant()`: of all that sleeps in this process, only our two waits do."""
    policy = replace(POLICY, retry=RetrySettings(max_retries=2, base_delay=0.25))
    task = Gate(policy, sink=log, guardrails=()).open("Say hello")
    with (
        serve(dict.fromkeys(EVER, Fault(kind="reset"))) as server,
        activate(task),
        pytest.raises(anthropic.APIConnectionError) as caught,
    ):
        talking(kind)(server.url, max_retries=5)
    assert isinstance(caught.value.__cause__, httpx2.TransportError)
    assert (server.calls, all_sdk_waits) == (3, [0.25, 0.25])


def test_a_token_count_is_tried_again_and_its_failure_ends_no_run(client_for, log, waits, all_sdk_waits):
    task = Gate(POLICY, sink=log, guardrails=()).open("Say hello")
    statuses = [529, 200, 429, 429, 429]
    answers = iter(statuses)

    def answer(_: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(next(answers), json={"input_tokens": 5})

    with httpx2.Client(transport=httpx2.MockTransport(answer)) as http, activate(task):
        client = anthropic.Anthropic(api_key="k", base_url="http://model.test", http_client=http)
        assert client.messages.count_tokens(model=MODEL, messages=ASK["messages"]).input_tokens == 5
        with pytest.raises(anthropic.RateLimitError):
            client.messages.count_tokens(model=MODEL, messages=ASK["messages"])
    assert (len(waits), all_sdk_waits, task.stopped) == (3, [], None)
    assert task.state.budget.spent.cost_usd == 0
