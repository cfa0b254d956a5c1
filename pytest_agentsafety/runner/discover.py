"""What tools does an agent bring, and does calling them pass the tool door? Asked of the agent itself.

Every framework sends its tools with its first model request. Whether they are behind the door is tried before any case
runs, since a tool that is not would be executed for real by whatever a hijacked model asks for: each is called once
with arguments that no function takes. A call that passes the door meets a stand-in; one that does not is a type error
in the agent's own code.
"""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from pytest_agentsafety.adapters import AgentHandle, call_agent
from pytest_agentsafety.adapters.toolbox import tools_of_agent
from pytest_agentsafety.gate import Gate, TaskGate
from pytest_agentsafety.gate.installing import install_doors
from pytest_agentsafety.gate.instructions import instructions_in
from pytest_agentsafety.llm import activate
from pytest_agentsafety.llm.replies import count_of, message_of
from pytest_agentsafety.llm.sizes import ESTIMATED
from pytest_agentsafety.model.errors import ConfigError
from pytest_agentsafety.model.messages import ModelReply, ModelRequest, PlannedCall, PlannedTurn, ToolSpec
from pytest_agentsafety.model.policy import BudgetLimits, Policy
from pytest_agentsafety.model.safe_text import one_line
from pytest_agentsafety.protocols import PriceSource
from pytest_agentsafety.runner.generated.reads import Reads
from pytest_agentsafety.runner.generated.stage import OwnStage
from pytest_agentsafety.runner.generated.tools import merged
from pytest_agentsafety.runner.outcome import NO_REQUEST
from pytest_agentsafety.runner.outside import led_here

PREFLIGHT = "agentsafety_preflight"
_HELLO = "Hello. What can you do for me?"
_SECONDS = 60.0
_LIMITS = BudgetLimits(
    max_cost_usd=100.0,
    max_cost_per_action_usd=100.0,
    max_tokens=10_000_000,
    max_tool_calls=10_000,
    max_seconds=_SECONDS,
)


@dataclass(frozen=True, kw_only=True)
class Discovered:
    """The tools as the model is shown them, and the system prompt ("" where there is none).

    `gated` are the names of those that passed the tool door when they were called.
    """

    tools: tuple[ToolSpec, ...]
    system: str = ""
    gated: frozenset[str] = frozenset()


@dataclass
class _Listener:
    """Calls the tools `ask` one by one, then says "Done.", and remembers what came with the requests."""

    ask: Sequence[str] = ()
    tools: dict[str, ToolSpec] = field(default_factory=dict)
    system: str = ""
    requests: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    answers_guards = False
    estimated = True

    def respond(self, request: ModelRequest) -> ModelReply:
        if request.path.rstrip("/").endswith("/count_tokens"):
            return ModelReply(message=count_of(len(request.body)), headers=ESTIMATED)
        with self.lock:
            turn = self._turn()
            self.requests += 1
            self.system = self.system or instructions_in(request.payload.get("system"))
            for tool in request.payload.get("tools") or ():
                self._learn(tool)
            seed = f"discover.{self.requests}"
        message = message_of(turn, model=request.model, seed=seed, request_bytes=len(request.body))
        return ModelReply(message=message, headers=ESTIMATED)

    def _turn(self) -> PlannedTurn:
        if self.requests >= len(self.ask):
            return PlannedTurn(text="Done.")
        return PlannedTurn(calls=(PlannedCall(name=self.ask[self.requests], arguments={PREFLIGHT: True}),))

    def _learn(self, tool: Any) -> None:
        if not isinstance(tool, Mapping) or not isinstance(tool.get("name"), str):
            return
        schema = tool.get("input_schema")
        self.tools.setdefault(
            tool["name"],
            ToolSpec(
                name=tool["name"],
                fn=_elsewhere,
                description=str(tool.get("description") or ""),
                input_schema=schema if isinstance(schema, Mapping) else {"type": "object", "properties": {}},
            ),
        )


_Ask = Callable[[_Listener], tuple[TaskGate, BaseException | None]]


def discover(agent: AgentHandle, *, prices: PriceSource | None = None, gateway: bool = False) -> Discovered:
    """Ask the agent for its tools, and try which of them are behind the door. No tool runs, nothing is sent.

    Raises ConfigError where `look` does, and where none of the tools is behind the door.
    """
    found = look(agent, prices=prices, gateway=gateway)
    if not found.gated:
        raise ConfigError(f"agent {agent.id!r}: {nothing_gated([spec.name for spec in found.tools])}")
    return found


def look(agent: AgentHandle, *, prices: PriceSource | None = None, gateway: bool = False) -> Discovered:
    """As `discover`, also where none of the tools is behind the door.

    Raises ConfigError where the agent asks no model through a gated client, or shows the model no tools. A tool that
    needs no argument is not tried, since it might run: it counts as gated where it comes out of a framework's object or
    a factory's parameter.
    """
    own = tools_of_agent(agent)
    ask = partial(_asked, agent, own, prices, gateway)
    first = _Listener()
    _, error = ask(first)
    if not first.requests:
        raise ConfigError(f"agent {agent.id!r}: {_why(error)}")
    if not first.tools:
        raise ConfigError(
            f"agent {agent.id!r} shows the model no tools, so the suite `generated` has nothing to attack. Give it "
            "tools, or name a suite that brings its own (an agent factory with a parameter `tools` takes them)"
        )
    tools = merged(list(first.tools.values()), own)
    handed_over = {spec.name for spec in own}
    bare = {spec.name for spec in tools if not _needs_arguments(spec)}
    gated = _tried(ask, [spec.name for spec in tools if spec.name not in bare or agent.outside])
    gated |= bare & handed_over
    return Discovered(tools=tuple(tools), system=first.system, gated=gated)


def nothing_gated(names: Sequence[str]) -> str:
    """Why an agent that executes its tools itself is not run, and what to do."""
    shown = ", ".join(names[:5]) + (", ..." if len(names) > 5 else "")
    return (
        f"it executes its tools itself ({shown}): none of them passed the tool door when it was called. A hijacked "
        "model would use them for real, so nothing was run. Make the agent a factory with a parameter `tools` (its "
        "default: the list of your functions), or put them behind the door: tools = agent_safety.wrap(tools)"
    )


def _tried(ask: _Ask, names: Sequence[str]) -> frozenset[str]:
    """All in one run of the agent; those that did not get their turn, or did not pass, again in a run each."""
    seen = _passed(ask, names)
    for name in names:
        if name not in seen:
            seen |= _passed(ask, [name])
    return seen


def _passed(ask: _Ask, names: Sequence[str]) -> frozenset[str]:
    task, _ = ask(_Listener(ask=names))
    return frozenset(name for name, count in task.tally.tools.items() if count.calls)


def _needs_arguments(spec: ToolSpec) -> bool:
    """Is there an argument without which its function cannot be called?"""
    return bool((spec.input_schema or {}).get("required"))


def _asked(
    agent: AgentHandle, own: Sequence[ToolSpec], prices: PriceSource | None, gateway: bool, listener: _Listener
) -> tuple[TaskGate, BaseException | None]:
    """Run the agent with both doors active; a hanging one is left behind."""
    gate = Gate(Policy(guards=frozenset(), budget=_LIMITS), prices=prices)
    task = gate.open(_HELLO, responder=listener, stage=OwnStage(tools={}, reads=Reads(None)))
    left: list[BaseException] = []

    def body() -> None:
        try:
            call_agent(agent.make(task.wrap(own), system=None), _HELLO)
        except BaseException as error:  # noqa: BLE001 - what it raises after its request does not matter here
            left.append(error)

    undo = install_doors()
    context = contextvars.copy_context()
    door = activate(task)
    context.run(door.__enter__)
    try:
        with led_here(agent, task, context, everywhere=gateway):
            thread = threading.Thread(target=context.run, args=(body,), daemon=True)
            thread.start()
            thread.join(_SECONDS)
    finally:
        door.__exit__(None, None, None)
        task.close()
        undo()
    return task, left[0] if left else None


def _why(error: BaseException | None) -> str:
    if error is None:
        return f"to find its tools it was called with a greeting: {NO_REQUEST}"
    told = f"{type(error).__name__}: {one_line(str(error), 300)}"
    return f"to find its tools it was called with a greeting, and raised before it asked a model: {told}"


def _elsewhere() -> str:
    """A tool whose function is the agent's own business."""
    return ""
