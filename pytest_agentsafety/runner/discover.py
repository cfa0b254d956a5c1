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
from pytest_agentsafety.adapters.frameworks.registry import only_delegates
from pytest_agentsafety.adapters.toolbox import tools_of_agent
from pytest_agentsafety.gate import Gate, TaskGate
from pytest_agentsafety.gate.installing import install_doors
from pytest_agentsafety.llm import activate
from pytest_agentsafety.model.errors import ConfigError
from pytest_agentsafety.model.messages import ToolSpec
from pytest_agentsafety.model.policy import BudgetLimits, Policy
from pytest_agentsafety.model.safe_text import one_line
from pytest_agentsafety.protocols import PriceSource
from pytest_agentsafety.runner.generated.goals import goals_for
from pytest_agentsafety.runner.generated.reads import Reads
from pytest_agentsafety.runner.generated.stage import OwnStage
from pytest_agentsafety.runner.generated.tools import merged, own_tools
from pytest_agentsafety.runner.generated.values import arguments_of, attacker
from pytest_agentsafety.runner.listening import Heard, Listener
from pytest_agentsafety.runner.outcome import NO_REQUEST
from pytest_agentsafety.runner.outside import led_here

_HELLO = "Hello. What can you do for me?"
_SECONDS = 60.0
_OF_A_SERVER = "mcp__"  # how a framework's process calls the tools of the user's MCP servers
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

    `gated` are the names of those that passed the tool door when they were called. `ways`: by tool (or handoff), the
    handoff that leads to the agent that has it, where agents hand over to each other. `beside` are tools that the
    framework's own process has beside those of the user, `unreached` further ones that it did not get as far as asking
    the door for, and that no model of ours could call. `delegates` only let another agent go on.
    """

    tools: tuple[ToolSpec, ...]
    system: str = ""
    gated: frozenset[str] = frozenset()
    ways: Mapping[str, str] = field(default_factory=dict)
    beside: frozenset[str] = frozenset()
    unreached: frozenset[str] = frozenset()
    delegates: frozenset[str] = frozenset()

    def told(self) -> dict[str, Any]:
        """As plain data, for another process that has the same agent."""
        tools = [
            {"name": one.name, "description": one.description, "input_schema": one.input_schema} for one in self.tools
        ]
        return {
            "tools": tools,
            "system": self.system,
            "ways": dict(self.ways),
            **{name: sorted(getattr(self, name)) for name in _SETS},
        }

    @classmethod
    def of(cls, told: Mapping[str, Any], agent: AgentHandle) -> Discovered:
        """What another process found, with the functions that the agent shows here. The agent is not run."""
        own = tools_of_agent(agent)
        shown = [ToolSpec(fn=_elsewhere, **one) for one in told["tools"]]
        sets = {name: frozenset(told[name]) for name in _SETS}
        return cls(tools=tuple(merged(shown, own)), system=told["system"], ways=told["ways"], **sets)


_SETS = ("gated", "beside", "unreached", "delegates")


def _elsewhere() -> None:
    """A tool whose function only its framework knows."""


_Ask = Callable[[Listener], tuple[TaskGate, BaseException | None]]


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
    heard = Heard(delegates=_delegating(own))
    ask = partial(_asked, agent, own, prices, gateway)
    first = Listener(heard, calling=False)
    task, error = ask(first)
    heard.hooked |= task.state.hooked
    if not first.requests:
        raise ConfigError(f"agent {agent.id!r}: {_why(error)}")
    _try_all(ask, heard, bare_too=agent.outside)
    unreached = {name for name in heard.hooked - heard.gated if not name.startswith(_OF_A_SERVER)}
    shown = [spec for name, spec in heard.tools.items() if name not in heard.handoffs | heard.answers | unreached]
    if not shown:
        raise ConfigError(
            f"agent {agent.id!r} shows the model no tools, so the suite `generated` has nothing to attack. Give it "
            "tools, or name a suite that brings its own (an agent factory with a parameter `tools` takes them)"
        )
    tools = merged(shown, own)
    handed_over = {spec.name for spec in own}
    gated = heard.gated | {spec.name for spec in tools if heard.bare(spec.name) and spec.name in handed_over}
    return Discovered(
        tools=tuple(tools),
        system=heard.system,
        gated=frozenset(gated),
        ways=dict(heard.ways),
        beside=frozenset(heard.hooked - handed_over) if handed_over else frozenset(),
        unreached=frozenset(unreached),
        delegates=frozenset(heard.delegates & heard.gated),
    )


def nothing_gated(names: Sequence[str]) -> str:
    """Why an agent that executes its tools itself is not run, and what to do."""
    shown = ", ".join(names[:5]) + (", ..." if len(names) > 5 else "")
    return (
        f"it executes its tools itself ({shown}): none of them passed the tool door when it was called. A hijacked "
        "model would use them for real, so nothing was run. Name a factory with a parameter `tools` instead, which "
        "gets them wrapped and gives your agent: def build(tools=[...your functions...]): ...; or, in a fixture "
        "`agent_safety_agent`, wrap them: tools = agent_safety.wrap([...your functions...])"
    )


def _try_all(ask: _Ask, heard: Heard, *, bare_too: bool) -> None:
    """Runs of the agent until each tool that it shows has passed the door, or was called often enough.

    A run that calls nothing and shows nothing new is the last one; what is left could not be reached.
    """
    while True:
        known = len(heard.tools)
        listener = Listener(heard, bare_too=bare_too, fitting=_fitting)
        task, _ = ask(listener)
        heard.gated.update(name for name, count in task.tally.tools.items() if count.calls)
        heard.hooked |= task.state.hooked
        heard.delegates |= _delegating(task.state.rules.specs)
        if len(heard.tools) == known and not (listener.tried and heard.due(bare_too=bare_too)):
            return


def _delegating(specs: Sequence[ToolSpec]) -> set[str]:
    return {spec.name for spec in specs if only_delegates(spec)}


def _fitting(spec: ToolSpec) -> dict[str, Any]:
    """What the attacks will call it with: whoever refuses this refuses the attack, and there is none to generate."""
    (tool,) = own_tools([spec], Policy())
    wanted = next((call for goal in goals_for([tool], "") for call in goal.proof_calls), None)
    if wanted is not None:
        return dict(wanted.arguments)
    return arguments_of(tool, attacker("status"), all_of=not any(one.required for one in tool.arguments))


def _asked(
    agent: AgentHandle, own: Sequence[ToolSpec], prices: PriceSource | None, gateway: bool, listener: Listener
) -> tuple[TaskGate, BaseException | None]:
    """Run the agent with both doors active; a hanging one is left behind."""
    gate = Gate(Policy(guards=frozenset(), budget=_LIMITS), prices=prices)
    stage = OwnStage(tools={}, reads=Reads(None), delegates=listener.heard.delegates)
    task = gate.open(_HELLO, responder=listener, stage=stage)
    listener.handoffs, listener.answers = task.state.handoffs, task.state.answers
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
    notes = "".join(f" ({one_line(note, 300)})" for note in getattr(error, "__notes__", ()))
    told = f"{type(error).__name__}: {one_line(str(error), 300)}{notes}"
    return f"to find its tools it was called with a greeting, and raised before it asked a model: {told}"
