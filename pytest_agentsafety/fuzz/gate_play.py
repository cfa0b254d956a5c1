"""A run of acts against a gate, and what must hold after each. No Hypothesis.

Acts are plain JSON, so that a run can be drawn, shrunk, written down and played again:

- `{"do": "call", "tool", "arguments", "answer"}`: a tool call, and what the person says who may be asked
  (approve, reject, terminate, escalate, crash, modify; `changed` are the arguments that modify gives);
- `{"do": "model", "texts", "max_tokens", "ends", "used"}`: a request with these text blocks, and how it ends (ok, lost,
  refused), with `used` output tokens;
- `{"do": "limits", "max_tool_calls", "max_cost_usd"}`: as the first act, tighter limits than the policy's;
- `{"do": "close"}`.

What must hold is known here without the gate: from the policy, the file system and the answers that were given.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pytest_agentsafety.approval import triage
from pytest_agentsafety.fuzz.limits import forbidden
from pytest_agentsafety.gate import DenialText, Gate, TaskGate
from pytest_agentsafety.model.canonical import canonical_json
from pytest_agentsafety.model.decisions import ApprovalAnswer, ApprovalRequest
from pytest_agentsafety.model.errors import StopRun
from pytest_agentsafety.model.events import Event
from pytest_agentsafety.model.messages import ModelRequest, ModelResponse, Usage
from pytest_agentsafety.model.policy import Policy, ToolRule
from pytest_agentsafety.permissions import with_inferred_roles
from pytest_agentsafety.protocols import Rates

TASK = "Say good morning"
MODEL = "model-under-fuzz"
_RATES = Rates(input=1e-6, output=5e-6, cache_read=1e-7, cache_write=1e-6)
_ROUNDING = 1e-9
ANSWERS = ("approve", "reject", "terminate", "escalate", "crash", "modify")
Act = Mapping[str, Any]


class _Prices:
    def rates(self, model: str) -> Rates:
        return _RATES


class _Crashed(Exception):
    """What the scripted person raises."""


@dataclass
class _Person:
    """Answers as the act says, and remembers who was asked about what."""

    name: str = "fuzz"
    act: Act = field(default_factory=dict)
    asked: int = 0
    agreed: Mapping[str, Any] | None = None

    def begin(self, act: Act) -> None:
        self.act, self.asked, self.agreed = act, 0, None

    def decide(self, request: ApprovalRequest) -> ApprovalAnswer:
        self.asked += 1
        answer = str(self.act.get("answer", "reject"))
        if answer == "crash":
            raise _Crashed("the terminal is gone")
        if answer == "modify":
            self.agreed = {**request.call.arguments, **(self.act.get("changed") or {})}
            return ApprovalAnswer(answer="modify", by=self.name, arguments=self.agreed)
        if answer == "approve":
            self.agreed = dict(request.call.arguments)
        return ApprovalAnswer(answer=answer, by=self.name)  # type: ignore[arg-type]


@dataclass
class _Log:
    """The events as they are recorded."""

    events: list[Event] = field(default_factory=list)

    def emit(self, event: Event) -> None:
        self.events.append(event)

    def last_decision(self) -> Any:
        return next((event for event in reversed(self.events) if event.type == "tool_decided"), None)


class Play:
    """One run. `wrong` says what did not hold, in words, in the order it happened."""

    def __init__(self, policy: Policy, base: Path) -> None:
        self.base = base
        self.wrong: list[str] = []
        self._policy = policy
        self._person, self._log = _Person(), _Log()
        self._calls, self._bill, self._over = 0, 0.0, False
        self._task: TaskGate | None = None

    def run(self, acts: Sequence[Act]) -> list[str]:
        """Play the acts; what is wrong afterwards."""
        for act in acts:
            if act.get("do") == "limits" and self._task is None:
                self._policy = _tightened(self._policy, act)
                continue
            self.act(act)
            if self.wrong:
                break
        if self._task is not None:
            self._task.close()
        return self.wrong

    @property
    def task(self) -> TaskGate:
        if self._task is None:
            gate = Gate(self._policy, sink=self._log, approver=self._person, prices=_Prices(), base=self.base)
            self._task = gate.open(TASK)
        return self._task

    def act(self, act: Act) -> None:
        """Do one thing; what is wrong then is in `wrong`."""
        over = self._over or self.task.stopped is not None
        if act.get("do") == "call":
            self._call(act, over)
        elif act.get("do") == "model":
            self._model(act, over)
        elif act.get("do") == "close":
            self.task.close()
            self._over = True
        self._accounts()

    # -- tool calls

    def _call(self, act: Act, over: bool) -> None:
        name, ran = str(act.get("tool")), []
        self._person.begin(act)

        def tool(**arguments: Any) -> str:
            ran.append(arguments)
            self._running(name, arguments, over)
            return "done"

        try:
            told = self.task.call(name, dict(act.get("arguments") or {}), tool)
        except StopRun:
            return
        except Exception as error:  # noqa: BLE001 - whatever else comes out of a door is wrong
            self.wrong.append(f"the tool door raised {type(error).__name__} at a call of {name}")
            return
        if not ran and not isinstance(told, DenialText):
            self.wrong.append(f"a call of {name} did not run, and the agent was not told so")

    def _running(self, name: str, arguments: Mapping[str, Any], over: bool) -> None:
        """A tool is running now: what must be true already?"""
        self._calls += 1
        rule = self._policy.tools.get(name)
        decision = self._log.last_decision()
        said = {
            "it has no rule": rule is None,
            "its task is over": over,
            "code may not run without a sandbox": rule is not None and rule.effect == "execute",
            "no decision to allow it is on record": decision is None or decision.outcome != "allowed",
            "the limit of tool calls is reached": self._calls > self._policy.budget.max_tool_calls,
        }
        self.wrong += [f"{name} ran, though {why}" for why, holds in said.items() if holds]
        if rule is not None:
            self._within(name, rule, arguments)

    def _within(self, name: str, rule: ToolRule, arguments: Mapping[str, Any]) -> None:
        if "permissions" in self._policy.guards:
            why = forbidden(rule, arguments, self.base)
            if why:
                self.wrong.append(f"{name} ran, though {why}")
        if "approval" not in self._policy.guards:
            return
        listed = triage(self._policy.approval, name)
        # The task orders nothing: whatever writes has to be asked about, unless the policy says it need not.
        if listed == "ask" or (rule.is_write and listed != "approve"):
            agreed = self._person.agreed
            if agreed is None or canonical_json(agreed) != canonical_json(dict(arguments)):
                self.wrong.append(f"{name} ran, though nobody agreed to this call of it")

    # -- model requests

    def _model(self, act: Act, over: bool) -> None:
        max_tokens = int(act.get("max_tokens", 100))
        request = request_of([str(text) for text in act.get("texts") or ["Hello"]], max_tokens)
        try:
            admitted = self.task.admit(request)
        except StopRun:
            return
        if over:
            self.wrong.append("a model request left, though its task is over")
        used = min(int(act.get("used", 10)), max_tokens)
        ends = act.get("ends", "ok")
        if ends == "lost":
            # Nobody knows what it cost: here it costs all it can.
            self._bill += len(request.body) / 4 * _RATES.input + max_tokens * _RATES.output
            admitted.abandon(ConnectionError("connection reset"))
        elif ends == "refused":
            with suppress(StopRun):
                admitted.finish(ModelResponse(status=400, message=None, usage=None, latency_ms=1.0))
        else:
            usage = Usage(input_tokens=len(request.body) // 4, output_tokens=used)
            self._bill += usage.input_tokens * _RATES.input + used * _RATES.output
            message = {"role": "assistant", "content": [{"type": "text", "text": "Good morning."}]}
            with suppress(StopRun):
                admitted.finish(ModelResponse(status=200, message=message, usage=usage, latency_ms=1.0))

    def _accounts(self) -> None:
        spent = self.task.state.budget.spent
        held = spent.cost_usd + spent.reserved_usd
        if held > self._policy.budget.max_cost_usd + _ROUNDING:
            self.wrong.append(f"{held:.6f} USD are spent or reserved, over the limit")
        if self._bill > held + _ROUNDING:
            self.wrong.append(f"the provider bills {self._bill:.6f} USD, and {held:.6f} are accounted for")


def request_of(texts: Sequence[str], max_tokens: int = 100, *, apart: bool = False) -> ModelRequest:
    """A request with a user's texts: blocks of one message, or `apart` a message each."""
    blocks = [{"type": "text", "text": text} for text in texts]
    messages: list[dict[str, Any]] = [{"role": "user", "content": blocks}]
    if apart:
        messages = [{"role": "user", "content": [block]} for block in blocks]
    payload = {"model": MODEL, "max_tokens": max_tokens, "messages": messages}
    body = canonical_json(payload).encode("utf-8", "replace")
    return ModelRequest(url="https://model.invalid/v1/messages", path="/v1/messages", body=body, payload=payload)


def _tightened(policy: Policy, act: Act) -> Policy:
    limits = policy.budget
    calls, cost = int(act.get("max_tool_calls", 25)), float(act.get("max_cost_usd", 1.0))
    tighter = replace(
        limits,
        max_tool_calls=min(limits.max_tool_calls, max(1, calls)),
        max_cost_usd=min(limits.max_cost_usd, max(1e-6, cost)),
    )
    return replace(policy, budget=tighter)


def with_arguments(policy: Policy) -> Policy:
    """The policy with the meaning of the arguments that the acts use filled in, as wrapping a real tool does."""
    return policy.with_tools(
        {name: with_inferred_roles(rule, argument_names(rule)) for name, rule in policy.tools.items()}
    )


def argument_names(rule: ToolRule) -> list[str]:
    """The arguments that a tool is called with: those its rule names, else the usual ones for its limits."""
    if rule.roles:
        return list(rule.roles)
    names = ["path"] if rule.allowed_paths is not None else []
    names += ["url", "to"] if rule.allowed_domains is not None else []
    return [*names, "text"]
