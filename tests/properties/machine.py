"""The Gate as a state machine: what an agent may do in any order and from any thread, and what must hold all the time.

The machine knows by itself what has to become of a call (it wrote the policy and plays the approver), and the provider
keeps its own bill. Neither trusts what the gate says of itself.
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar

import anthropic
import httpx2
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from pytest_agentsafety.budget import RunBudget
from pytest_agentsafety.gate import DenialText, Gate, TaskGate
from pytest_agentsafety.llm import activate, install
from pytest_agentsafety.llm.sleeping import instant
from pytest_agentsafety.model.decisions import ApprovalAnswer, ApprovalRequest
from pytest_agentsafety.model.errors import StopRun
from pytest_agentsafety.model.events import Event
from pytest_agentsafety.model.policy import ApprovalRules, BudgetLimits, Policy, RetrySettings, RunLimits, ToolRule

from .provider import RATES, Provider, plans

TASK = "Write to anna@example.com that the report is done"
POLICY = Policy(
    tools={
        "read_note": ToolRule(effect="read"),
        "save_file": ToolRule(effect="write", allowed_paths=("out/",), roles={"path": "path", "text": "content"}),
        "file_report": ToolRule(effect="write", allowed_paths=("out/",), roles={"path": "path", "text": "content"}),
        "send_mail": ToolRule(effect="egress", roles={"to": "destination", "text": "content"}),
    },
    approval=ApprovalRules(always_approve=("save_*",), always_ask=("file_report",)),
    retry=RetrySettings(max_retries=2, base_delay=1.0),
)
GOOD, BAD = "out/new.txt", "../new.txt"
# What reaches an agent from a provider that fails: the SDK's errors, unreadable JSON, a connection cut mid-stream.
FAILURES = (anthropic.AnthropicError, ValueError, httpx2.HTTPError)
ANSWERS = ("approve", "reject", "terminate", "escalate", "crash", "modify to " + GOOD, "modify to " + BAD)


class Prices:
    def rates(self, model: str) -> Any:
        return RATES


@dataclass(frozen=True)
class Call:
    """A tool call and what the person who is asked about it would say."""

    tool: str
    where: str
    answer: str

    def arguments(self, number: int) -> dict[str, Any]:
        text = f"number {number}"
        if self.tool == "send_mail":
            return {"to": self.where, "text": text}
        return {"path": self.where, "text": text}

    @property
    def may_run(self) -> bool:
        """Does policy, or the person asked, let it run? Limits apart."""
        asked = self.answer == "approve" or self.answer == "modify to " + GOOD
        if self.tool == "send_mail":
            return self.where == "anna@example.com" or asked or self.answer == "modify to " + BAD
        if self.tool == "file_report":
            return self.where == GOOD and asked
        return self.tool == "read_note" or (self.tool == "save_file" and self.where == GOOD)

    @property
    def ends_the_run(self) -> bool:
        asks = (self.tool == "send_mail" and self.where != "anna@example.com") or (
            self.tool == "file_report" and self.where == GOOD
        )
        return asks and self.answer == "terminate"


_FRESH = st.sampled_from([True, True, False])
_RUNS = st.sampled_from([0.005, 0.05])
_ASKING = st.builds(
    Call, st.just("send_mail"), st.sampled_from(["anna@example.com", "eve@evil.test"]), st.sampled_from(ANSWERS)
)
_FILES = st.builds(
    Call, st.sampled_from(["save_file", "file_report"]), st.sampled_from([GOOD, BAD]), st.sampled_from(ANSWERS)
)
_PLAIN = st.builds(Call, st.sampled_from(["read_note", "wipe_disk"]), st.just(GOOD), st.just("approve"))
CALLS = st.one_of(_ASKING, _FILES, _PLAIN)


@dataclass(frozen=True)
class Chat:
    """A model call. `reading` says how far a stream is read: not streamed, to its end, or left early."""

    plan: tuple[str, ...]
    max_tokens: int
    reading: str


CHATS = st.builds(
    Chat,
    st.sampled_from(list(plans())),
    st.sampled_from([50, 150]),
    st.sampled_from(["plain", "plain", "stream", "left"]),
)


_ACTS = st.one_of(CHATS, CHATS, CHATS, CALLS, CALLS, st.none())


@dataclass
class Log:
    """Events in the order they were recorded, and what is wrong with what really happened."""

    events: list[Event] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def emit(self, event: Event) -> None:
        self.events.append(event)

    def decision_on(self, task: str, number: int) -> str | None:
        """The last recorded decision on the call with this number in its text."""
        word, known = f"number {number}", tuple(self.events)
        ids = [e.call_id for e in known if e.type == "tool_called" and e.task_id == task and word == _text(e)]
        found = [e for e in known if e.type == "tool_decided" and e.task_id == task and e.call_id in ids]
        return getattr(found[-1], "outcome", None) if found else None


def _text(event: Any) -> Any:
    return event.arguments.get("text")


class Person:
    """The scripted approver: each call brings its answer along, by number."""

    name = "person"

    def __init__(self) -> None:
        self.answers: dict[str, Call] = {}

    def decide(self, request: ApprovalRequest) -> ApprovalAnswer:
        arguments = dict(request.call.arguments)
        answer = self.answers[arguments["text"]].answer
        if answer == "crash":
            raise OSError("the terminal is gone")
        if answer.startswith("modify to "):
            if "path" in arguments:
                arguments["path"] = answer.removeprefix("modify to ")
            return ApprovalAnswer(answer="modify", by=self.name, arguments=arguments)
        return ApprovalAnswer(answer=answer, by=self.name)  # type: ignore[arg-type]


class GateMachine(RuleBasedStateMachine):
    """Several tasks, one after the other, under one budget of the run. `seen` counts what became of the acts."""

    seen: ClassVar[Counter[tuple[str, str]]] = Counter()

    def __init__(self) -> None:
        super().__init__()
        self._undo = install()
        self._instant = instant()
        self._instant.__enter__()
        self._base = Path(tempfile.mkdtemp(prefix="gate-machine-"))
        (self._base / "out").mkdir()
        self._number = 0
        self._lock = threading.Lock()
        self.provider, self.log, self.person = Provider(self._watch), Log(), Person()
        self._client, self._run = self.provider.client(), None
        self.executed: list[int] = []
        self.tasks: list[TaskGate] = []
        self._streams: list[Any] = []

    @initialize(
        cap=st.sampled_from([0.001, 0.002, 0.005]), runs=st.sampled_from([0.005, 0.01]), calls=st.integers(3, 8)
    )
    def start(self, cap: float, runs: float, calls: int) -> None:
        limits = BudgetLimits(max_cost_usd=cap, max_cost_per_action_usd=1.0, max_tokens=10**6, max_tool_calls=calls)
        self._run_budget = RunBudget(RunLimits(max_cost_usd=runs))
        policy = Policy(tools=POLICY.tools, approval=POLICY.approval, retry=POLICY.retry, budget=limits)
        self.gate = Gate(
            policy,
            sink=self.log,
            approver=self.person,
            guardrails=(),
            prices=Prices(),
            run_budget=self._run_budget,
            base=self._base,
        )
        self._open()

    def _open(self) -> None:
        self.task = self.gate.open(TASK, task_id=f"task {len(self.tasks)}")
        self.tasks.append(self.task)
        self.tools = {tool.__name__: tool for tool in self.task.wrap(self._make_tools())}

    def _make_tools(self) -> Sequence[Callable[..., Any]]:
        ran, task = self._ran, self.task.state.task_id

        def read_note(path: str, text: str) -> str:
            """Read a note."""
            return ran(task, text)

        def save_file(path: str, text: str) -> str:
            """Save a file."""
            return ran(task, text)

        async def file_report(path: str, text: str) -> str:
            """File a report."""
            return ran(task, text)

        def send_mail(to: str, text: str) -> str:
            """Send a mail."""
            return ran(task, text)

        def wipe_disk(path: str, text: str) -> str:
            """Nobody gave a rule for this one."""
            return ran(task, text)

        return [read_note, save_file, file_report, send_mail, wipe_disk]

    def _ran(self, task: str, text: str) -> str:
        """A tool is running now: what must already be true?"""
        number = int(text.split()[1])
        decision = self.log.decision_on(task, number)
        self._watch()
        with self._lock:
            self.executed.append(number)
            if decision != "allowed":
                self.log.wrong.append(f"{text} of {task} runs, and the log says {decision}")
        return f"done with {text}"

    # -- what an agent can do

    def _next(self) -> int:
        with self._lock:
            self._number += 1
            return self._number

    def _do(self, what: Call | Chat | None) -> str:
        """One act of the agent, wherever it runs: "ran", "denied", "stopped" (a StopRun came) or "failed"."""
        number, task = self._next(), self.task
        over = task.stopped is not None
        try:
            if what is None:
                task.close()
                return "closed"
            done = self._call(what, number) if isinstance(what, Call) else self._chat(what, number)
        except StopRun:
            done = "stopped"
        except FAILURES:
            done = "failed"
        happened = number in self.executed or self.provider.attempts[number] > 0
        if over and (happened or done != "stopped"):
            self.log.wrong.append(f"{what} began after the end of its task: {done}")
        if isinstance(what, Call) and number in self.executed and not what.may_run:
            self.log.wrong.append(f"{what} ran")
        with self._lock:
            self.seen[type(what).__name__, done] += 1
            self.seen[type(what).__name__, "retried"] += self.provider.attempts[number] > 1
        return done

    def _call(self, call: Call, number: int) -> str:
        arguments = call.arguments(number)
        self.person.answers[arguments["text"]] = call
        result = self.tools[call.tool](**arguments)
        if asyncio.iscoroutine(result):
            result = asyncio.run(_awaited(result))
        return "denied" if isinstance(result, DenialText) else "ran"

    def _chat(self, chat: Chat, number: int) -> str:
        ask = self.provider.ask(number, chat.plan, max_tokens=chat.max_tokens)
        if chat.reading == "plain":
            message = self._client.messages.create(**ask)
            return "ran" if isinstance(message, anthropic.types.Message) else "failed"
        with self._client.messages.create(**ask, stream=True) as stream:
            for _ in stream:
                if chat.reading == "left":
                    break
        return "ran"

    def _expect(self, call: Call, done: str, over: bool) -> None:
        """Alone, with nothing going on beside it, a call has exactly one right outcome, limits apart."""
        if over:
            assert done == "stopped"
        elif call.ends_the_run:
            assert done == "stopped"
            assert self.task.stopped is not None
        elif done == "stopped":
            assert "tool calls of the task" in str(self.task.stopped)
        else:
            assert done == ("ran" if call.may_run else "denied"), call

    @rule(chat=CHATS, fresh=_FRESH)
    def chat(self, chat: Chat, fresh: bool) -> None:
        self._freshen(fresh)
        with activate(self.task):
            self._do(chat)

    @rule(call=CALLS, fresh=_FRESH)
    def call(self, call: Call, fresh: bool) -> None:
        self._freshen(fresh)
        over = self.task.stopped is not None
        with activate(self.task):
            self._expect(call, self._do(call), over)

    @rule(acts=st.lists(_ACTS, min_size=2, max_size=4), fresh=_FRESH)
    def at_once(self, acts: list[Call | Chat | None], fresh: bool) -> None:
        """Threads of a pool, without the context of the one that started them, all set off together."""
        self._freshen(fresh)
        barrier = threading.Barrier(len(acts))

        def act(what: Call | Chat | None) -> str:
            barrier.wait()
            return self._do(what)

        with activate(self.task), ThreadPoolExecutor(len(acts)) as pool:
            list(pool.map(act, acts))

    @rule(chats=st.lists(CHATS, min_size=1, max_size=3))
    def on_an_event_loop(self, chats: list[Chat]) -> None:
        over = self.task.stopped is not None
        numbers = [self._next() for _ in chats]
        with activate(self.task):
            asyncio.run(self._all(list(zip(numbers, chats, strict=True))))
        if over:
            assert not any(self.provider.attempts[number] for number in numbers)

    async def _all(self, chats: list[tuple[int, Chat]]) -> None:
        async with self.provider.async_client() as client:
            await asyncio.gather(*(_achat(client, self.provider, *chat) for chat in chats))

    @rule(chat=CHATS)
    def begin_a_stream(self, chat: Chat) -> None:
        """It stays open while other things happen."""
        ask = self.provider.ask(self._next(), chat.plan, max_tokens=chat.max_tokens)
        with activate(self.task), suppress(StopRun, *FAILURES):
            self._streams.append(self._client.messages.create(**ask, stream=True))

    @rule(to_the_end=st.booleans())
    def end_a_stream(self, to_the_end: bool) -> None:
        """No precondition: whether there is one depends on threads, and what is drawn may not."""
        if not self._streams:
            return
        stream = self._streams.pop()
        with suppress(StopRun, *FAILURES), stream:
            if to_the_end:
                list(stream)

    @rule(now=st.sampled_from([False, False, True]))
    def kill(self, now: bool) -> None:
        """More seldom than the rest: a task that is over only shows that it is."""
        if now:
            self.task.close()
            assert self.task.stopped is not None

    def _freshen(self, fresh: bool) -> None:
        """The next task begins, or the agent does not mind that its own is over."""
        if fresh and self.task.stopped is not None:
            self._open()

    # -- what must hold

    def _watch(self) -> None:
        """In the middle of things, from whichever thread: an overshoot may be gone when the step is over."""
        for task in self.tasks:
            over = _overshoot(task)
            if over:
                self.log.wrong.append(over)

    @invariant()
    def the_cap_was_never_passed(self) -> None:
        self._watch()
        assert not [wrong for wrong in self.log.wrong if "over the cap" in wrong]

    @invariant()
    def the_provider_never_bills_more_than_was_accounted_for(self) -> None:
        if not self.tasks:
            return
        spents = [task.state.budget.spent for task in self.tasks]
        accounted = sum(_usd(spent.cost_usd) + _usd(spent.reserved_usd) for spent in spents)
        run = self._run_budget.spent
        assert self.provider.bill <= accounted
        assert accounted == _usd(run.cost_usd) + _usd(run.reserved_usd)
        assert accounted <= _usd(self._run_budget.limits.max_cost_usd or 0)

    @invariant()
    def nothing_is_held_for_what_is_over(self) -> None:
        if self.tasks and not self._streams:
            assert not any(task.state.budget.spent.reserved_usd for task in self.tasks)

    @invariant()
    def nothing_happened_that_may_not(self) -> None:
        assert not self.log.wrong
        assert len(self.executed) == len(set(self.executed))

    def teardown(self) -> None:
        while self._streams:
            self.end_a_stream(to_the_end=False)
        self._client.close()
        self._instant.__exit__(None, None, None)
        self._undo()
        shutil.rmtree(self._base)


def _overshoot(task: TaskGate) -> str:
    spent, limits = task.state.budget.spent, task.state.policy.budget
    held = _usd(spent.cost_usd) + _usd(spent.reserved_usd)
    if held > _usd(limits.max_cost_usd) or spent.tool_calls > limits.max_tool_calls:
        return f"{held} USD and {spent.tool_calls} calls are over the cap of {limits}"
    return ""


async def _awaited(pending: Any) -> Any:
    return await pending


async def _achat(client: anthropic.AsyncAnthropic, provider: Provider, number: int, chat: Chat) -> None:
    ask = provider.ask(number, chat.plan, max_tokens=chat.max_tokens)
    with suppress(StopRun, *FAILURES):
        if chat.reading == "plain":
            await client.messages.create(**ask)
            return
        async with await client.messages.create(**ask, stream=True) as stream:
            async for _ in stream:
                if chat.reading == "left":
                    return


def _usd(value: float) -> Decimal:
    """Floats that came from exact sums, back to exact ones."""
    return Decimal(repr(value)).quantize(Decimal(10) ** -9)
