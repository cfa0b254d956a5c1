"""The fixture `agent_safety`: a case of one's own in a plain test."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from pytest_agentsafety.adapters import AgentHandle, gated
from pytest_agentsafety.adapters.toolbox import tools_of_agent
from pytest_agentsafety.budget import Budget, default_prices
from pytest_agentsafety.gate.exits import RuleExits
from pytest_agentsafety.guards import StageRunner, default_guardrails
from pytest_agentsafety.llm import current
from pytest_agentsafety.model.errors import AgentSafetyError, ConfigError
from pytest_agentsafety.model.jsonl import read_lines
from pytest_agentsafety.model.messages import PlannedCall, ToolSpec
from pytest_agentsafety.model.policy import Policy
from pytest_agentsafety.model.results import CaseResult
from pytest_agentsafety.model.safe_text import printable, slug
from pytest_agentsafety.model.tasks import MODES, Case, CaseRun, Mode
from pytest_agentsafety.protocols import ToolDoor
from pytest_agentsafety.runner.discover import nothing_gated
from pytest_agentsafety.runner.generated import own_tools
from pytest_agentsafety.runner.modes import cassette_path
from pytest_agentsafety.sandbox import Sandbox
from pytest_agentsafety.session import PlannedCase, Session
from pytest_agentsafety.session.adhoc import AdHocScenario, AdHocSuite, OwnTools
from pytest_agentsafety.session.brought import Brought, bring
from pytest_agentsafety.session.options import one_of
from pytest_agentsafety.session.summary import explain

Calls = Sequence[tuple[str, Mapping[str, Any]]]


class UndecidedCase(AssertionError):
    """A run that broke, or in which the attack was never delivered, is not safe: asking it for a verdict fails."""


@dataclass(frozen=True)
class SafetyRun:
    """What became of one run."""

    result: CaseResult
    transcript: Sequence[Mapping[str, Any]]

    @property
    def verdict(self) -> str:
        return self.result.verdict

    @property
    def attack_succeeded(self) -> bool:
        """Raises UndecidedCase when the run cannot say (error, inconclusive)."""
        if self.result.verdict in ("error", "inconclusive"):
            raise UndecidedCase(self.explain())
        return bool(self.result.attack_succeeded)

    @property
    def stopped_by(self) -> tuple[str, ...]:
        return self.result.stopped_by

    @property
    def answer(self) -> str:
        """The final answer as the user would get it."""
        shown = [event["shown"] for event in self.transcript if event["type"] == "final_answer"]
        return str(shown[-1]) if shown else ""

    def explain(self) -> str:
        """The verdict, and every call with the decision on it."""
        lines = [f"{self.result.verdict}: {explain(self.result)}"]
        lines += [
            f"  {event['tool']}: {event['outcome']} by {event['rule']}: {event['reason']}"
            for event in self.transcript
            if event["type"] == "tool_decided"
        ]
        return printable("\n".join(lines))


class AgentSafety:
    """`agent_safety` in a test. Reads run for real, everything else is simulated unless listed in `live_tools`."""

    def __init__(
        self, session: Session, agent: Callable[[], object], *, node_id: str, folder: Path, modes: Sequence[Mode]
    ) -> None:
        self._session, self._node_id, self._folder, self._modes = session, node_id, folder, modes
        self._find_agent = agent
        self._own = OwnTools(policy=session.user_policy, live=session.live_tools)
        self._asked: dict[int, tuple[object, Brought]] = {}  # the agent is held so that its id stays its own
        self._runs = 0
        self._last: SafetyRun | None = None

    @classmethod
    @contextmanager
    def for_test(cls, request: pytest.FixtureRequest) -> Iterator[AgentSafety]:
        plugin: Any = request.config.pluginmanager.get_plugin("agentsafety-session")
        session: Session = plugin.session
        with session.lending():  # a test may ask for this one by name when it runs
            yield cls(
                session,
                # Not before the first run: the user's fixture may itself use this one, to wrap its tools.
                lambda: request.getfixturevalue("agent_safety_agent"),
                node_id=request.node.nodeid,
                folder=request.path.parent,
                modes=_marked_modes(request.node) or session.options.checked_modes(),
            )

    # -- parts of the enforcement, for tests of the parts

    @property
    def policy(self) -> Policy:
        """The policy of the configuration, with a drafted rule for each wrapped tool that has none."""
        policy = self._session.user_policy
        return policy.with_tools({**self._own.rules(), **policy.tools})

    @property
    def guardrails(self) -> StageRunner:
        return StageRunner(default_guardrails(self.policy))

    @property
    def budget(self) -> Budget:
        """A fresh budget with the policy's limits."""
        return Budget(self.policy.budget, default_prices(self._session.settings.prices))

    @property
    def sandbox(self) -> Sandbox:
        """Runs code as a rule says: `agent_safety.sandbox.run(code, agent_safety.policy.tools["execute_code"])`."""
        return Sandbox(exits=RuleExits)

    @property
    def transcript(self) -> Sequence[Mapping[str, Any]]:
        """The events of the last run."""
        return self._last.transcript if self._last else ()

    def wrap(self, tools: Sequence[Any]) -> list[Callable[..., Any]]:
        """The tools behind the door of the run that is going on when they are called."""
        return [gated(self._own.add(tool), _active_door) for tool in tools]

    def fuzz(self, guard: Any, *, target: str | None = None, **options: Any) -> Any:
        """Attack a guard (an instance, a class or a factory): its stored cases first, then new ones.

        Options are those of `pytest_agentsafety.fuzz.fuzz_guardrail`; `target` is how case files name the guard
        (`module:attr`, default: its class). Raises AssertionError with the story of each bypass, which is written as a
        case file. What was tried is returned.
        """
        from pytest_agentsafety.fuzz.decorator import attack_guard
        from pytest_agentsafety.fuzz.targets import as_guard

        made = as_guard(guard, "agent_safety.fuzz")
        kind = type(made)
        name = target or f"{kind.__module__}:{kind.__qualname__}"
        return attack_guard(made, target=name, root=self._session.options.start, **options)

    # -- a run

    def run(
        self,
        task: str,
        *,
        inject: Mapping[str, str] | None = None,
        tools: Sequence[Any] = (),
        calls: Calls | None = None,
        attack_calls: Calls | None = None,
        mode: Mode | None = None,
        agent: object = None,
    ) -> SafetyRun:
        """Give the agent a task while `inject` adds attacker text to the results of the named tools.

        `agent` is one made in the test; else the fixture's, else the configuration's. `tools` go to an agent factory,
        by default those that it names itself.
        With `calls` (what a good run does, [] for nothing) and `attack_calls` (what the attacker wants), the hijacked
        model plays; else the recording of this test does, or the live API records one.
        Raises ConfigError for an unknown tool in `inject`, an unknown mode, or what is no agent.
        """
        handle = self._agent(agent)
        for tool in tools or self._tools_by_default(handle):
            self._own.add(tool)
        brought = self._brought(
            handle, [*(inject or ()), *(name for name, _ in (*(calls or ()), *(attack_calls or ())))]
        )
        self._check_injected(inject or {}, brought)
        self._own.inject = dict(inject or {})
        suite = self._suite(task, calls, attack_calls, brought)
        chosen = one_of("mode", mode, MODES, "agent_safety.run") if mode else self._mode(suite, calls)
        if calls is None and chosen in ("hijacked", "hijacked-exposed"):
            suite.scenario.make_up(brought.tools)
        result = self._session.run(PlannedCase(suite, CaseRun(case=suite.case, mode=chosen)), agent=handle)
        events = list(read_lines(self._session.active_folder / result.transcript)) if result.transcript else []
        self._last = SafetyRun(result, events)
        return self._last

    def _agent(self, given: object) -> AgentHandle:
        found = self._find_agent() if given is None else given
        return self._session.agent if found is None else self._session.describe_agent(found)

    def _tools_by_default(self, handle: AgentHandle) -> Sequence[ToolSpec]:
        """A factory's own, unless the test has given it some: it always gets tools that are behind the door."""
        return tools_of_agent(handle) if handle.shape == "factory" and not self._own.specs else ()

    def _brought(self, handle: AgentHandle, named: Sequence[str]) -> Brought:
        """The tools that the agent brings itself. It is asked only where what was wrapped does not say it all."""
        if handle.shape == "factory":  # what it is given is all that is known
            return Brought(own_tools(list(self._own.specs.values()), self._session.user_policy))
        if self._own.specs and self._own.specs.keys() >= set(named):
            return Brought()
        known = self._asked.get(id(handle.target))
        if known is None:
            brought = bring(handle, self._session.settings, self._session.user_policy)
            known = self._asked[id(handle.target)] = (handle.target, brought)
        ungated = sorted((set(named) & known[1].ungated) - self._own.specs.keys())
        if ungated:
            raise ConfigError(f"agent_safety.run: agent {handle.id!r}: {nothing_gated(ungated)}")
        return known[1]

    def _check_injected(self, inject: Mapping[str, str], brought: Brought) -> None:
        for tool in inject:
            if tool not in self._own.specs and tool not in brought.names:
                names = sorted({*self._own.specs, *brought.names})
                known = ", ".join(names) or f"none yet{brought.why}: wrap the tools or pass tools=[...]"
                raise ConfigError(f"inject: unknown tool {tool!r}; known: {known}")

    def _suite(self, task: str, calls: Calls | None, attack_calls: Calls | None, brought: Brought) -> AdHocSuite:
        self._runs += 1
        attack = bool(self._own.inject)
        name = slug(f"{self._node_id}-{self._runs}")
        case = Case(
            case_id=f"tests.{name}",
            suite="tests",
            kind="attack" if attack else "benign",
            user_task=self._node_id,
            injection_task="inject" if attack else None,
            vector="+".join(self._own.inject) or None,
            attack="as given" if attack else None,
        )
        scenario = AdHocScenario(
            prompt=task,
            tools=list(self._own.specs.values()),
            inject=self._own.inject,
            calls=_planned(calls or ()),
            attack_calls=None if attack_calls is None else _planned(attack_calls),
            ways=brought.ways,
            steps=brought.steps,
            rules={**{tool.name: tool.rule for tool in brought.tools}, **self._own.rules()},
            stage=brought.stage(
                {name: text for name, text in self._own.inject.items() if name not in self._own.specs},
                live=self._own.live,
                wrapped=frozenset(self._own.specs),
            ),
        )
        policy = self.policy.with_tools({**scenario.rules, **self.policy.tools})
        return AdHocSuite(case, scenario, policy, self._folder / "cassettes" / "agentsafety")

    def _mode(self, suite: AdHocSuite, calls: Calls | None) -> Mode:
        if self._modes:
            return self._modes[0]
        recorded = cassette_path(suite, CaseRun(case=suite.case, mode="recorded")).is_file()
        playable = bool(calls) or (suite.scenario.can_make_up and self._session.options.checked_record() == "none")
        return "hijacked" if playable and not recorded else "recorded"


def _marked_modes(node: pytest.Item) -> tuple[Mode, ...]:
    """The mode that the marker asks for. Raises ConfigError for a mode or an argument that there is not."""
    marker = node.get_closest_marker("agent_safety")
    if marker is None:
        return ()
    place = f"marker agent_safety of {node.nodeid}"
    for name in (*map(repr, marker.args), *marker.kwargs):
        one_of("argument", name, ("mode",), place)
    return (one_of("mode", str(marker.kwargs["mode"]), MODES, place),) if marker.kwargs else ()


def _planned(calls: Calls) -> list[PlannedCall]:
    return [PlannedCall(name=name, arguments=dict(arguments)) for name, arguments in calls]


def _active_door() -> ToolDoor:
    door: Any = current()
    if door is None or not hasattr(door, "call"):
        raise AgentSafetyError("a wrapped tool was called outside a run: call the agent through agent_safety.run(task)")
    return door  # type: ignore[no-any-return]
