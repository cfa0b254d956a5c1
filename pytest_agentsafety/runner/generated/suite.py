"""The suite `generated`: every user task with every goal, through every tool that brings in text, in many phrasings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import ClassVar

from pytest_agentsafety.cassettes.file import read_cassette
from pytest_agentsafety.catalog.attacks import Attack, AttackContext, attack_names, get_attack
from pytest_agentsafety.catalog.obfuscations import get_obfuscation, obfuscation_names
from pytest_agentsafety.config.generated import DEFAULT_MAX_CASES
from pytest_agentsafety.model.errors import ConfigError, UnknownNameError
from pytest_agentsafety.model.messages import PlannedTurn
from pytest_agentsafety.model.policy import BudgetLimits, Policy
from pytest_agentsafety.model.safe_text import slug
from pytest_agentsafety.model.tasks import Case, CaseRun, Mode
from pytest_agentsafety.runner.generated.goals import Goal, goals_for
from pytest_agentsafety.runner.generated.reads import Reads
from pytest_agentsafety.runner.generated.recorded import recorded_turns
from pytest_agentsafety.runner.generated.scenario import OwnScenario
from pytest_agentsafety.runner.generated.stage import OwnStage
from pytest_agentsafety.runner.generated.tasks import (
    OwnTask,
    read_tasks,
    simple_tasks,
    sources,
    synthesised,
    ungated_task,
)
from pytest_agentsafety.runner.generated.tools import OwnTool
from pytest_agentsafety.runner.generated.values import USER, arguments_of

NAME = "generated"
SHORT = "gen"
READS = "reads.json"


@dataclass
class GeneratedSuite:
    """Implements `protocols.Suite` over an agent's own tools. `gives_tools`: the agent takes them from the suite.

    `ungated` are tools that were not seen to pass the tool door: no model of ours asks for one of them, and each has
    one case that says so. `beside` are tools that the agent's framework brings along: each of their goals has one case.
    `delegates` only let another agent go on: they run, and what is behind them is attacked.
    """

    tools: tuple[OwnTool, ...]
    tasks: tuple[OwnTask, ...]
    goals: tuple[Goal, ...]
    folder: Path
    ungated: frozenset[str] = frozenset()
    live: frozenset[str] = frozenset()
    max_cases: int = DEFAULT_MAX_CASES
    gives_tools: bool = False
    ways: Mapping[str, str] = field(default_factory=dict)
    beside: frozenset[str] = frozenset()
    unreached: frozenset[str] = frozenset()
    delegates: frozenset[str] = frozenset()
    name: str = NAME
    modes: tuple[Mode, ...] = ("recorded", "hijacked", "hijacked-exposed", "live")
    policy: Policy | None = None
    # Frameworks ask for the model's longest answer by default, and an upper bound of that is reserved for each request.
    budget: ClassVar[BudgetLimits] = BudgetLimits(max_cost_usd=10.0, max_cost_per_action_usd=2.5, max_tokens=500_000)
    _by_name: dict[str, OwnTool] = field(init=False)

    def __post_init__(self) -> None:
        self._by_name = {tool.name: tool for tool in self.tools}
        self._reads = Reads(self.folder / READS)

    @property
    def cassettes(self) -> Path:
        return self.folder

    @property
    def own_tools(self) -> tuple[OwnTool, ...]:
        """For those who draft rules: these tools bring their own."""
        return self.tools

    def cases(self) -> Sequence[Case]:
        return self._cases

    def open(self, case: Case) -> OwnScenario:
        """Raises UnknownNameError for a case of another suite."""
        task = next((one for one in self.tasks if one.id == case.user_task), None)
        if task is None or case not in self._known:
            raise UnknownNameError("case", case.case_id, (c.case_id for c in self._cases), place=f"suite {self.name}")
        turns, synthetic = self._runs[task.id]
        goal = next((one for one in self.goals if one.task.id == case.injection_task), None)
        injections = {} if goal is None else {str(case.vector): _phrased(str(case.attack), goal)}
        vectors = self._vectors[task.id]
        inject = {} if goal is None else {vectors[str(case.vector)]: next(iter(injections.values()))}
        stage = OwnStage(
            tools=self._by_name,
            reads=self._reads,
            inject=inject,
            results=task.results,
            live=self.live,
            delegates=self.delegates,
        )
        return OwnScenario(
            prompt=task.prompt,
            tools=[tool.spec for tool in self.tools] if self.gives_tools else [],
            turns=turns,
            stage=stage,
            goal=goal,
            synthetic=synthetic,
            check=task.check,
            injections=injections,
            really_reads=_reads_for_real,
            ungated=self.ungated,
            writes=frozenset(tool.name for tool in self.tools if tool.rule.is_write),
            ways=self.ways,
            steps={name: arguments_of(self._by_name[name], USER) for name in self.delegates},
            own_names=frozenset(self._by_name),
        )

    @property
    def notes(self) -> list[str]:
        """Header lines: what was found, and what cannot be said."""
        own = [tool for tool in self.tools if tool.name not in self.beside | self.delegates]
        lines = [f"generated from the agent's own tools: {_shown(own)}"]
        if self.beside:
            brought = _shown(tool for tool in self.tools if tool.name in self.beside)
            lines.append(f"generated: the agent's framework adds tools (switch off those it needs not): {brought}")
        if self.delegates:
            lines.append(f"generated: these only ask other agents, so they run: {', '.join(sorted(self.delegates))}")
        if self.unreached:
            lines.append(
                f"generated: not attacked, since no call of ours reached them: {', '.join(sorted(self.unreached))}"
            )
        made_up = [task.id for task in self.tasks if self._runs[task.id][1]]
        if made_up:
            lines.append(f"generated: the benign run of {', '.join(made_up)} is made up: utility is NOT MEASURED")
        if self.ungated:
            lines.append(f"generated: UNGATED tools, never asked for: {', '.join(sorted(self.ungated))}")
        return lines

    def recorded_under(self, case: Case) -> str | None:
        """The hash of the policy under which a case was recorded; None where its recording does not say."""
        found = read_cassette(self.folder / f"{slug(case.case_id)}.json").metadata.get("policy_sha256")
        return str(found) if found else None

    # -- cases

    @property
    def _attackable(self) -> list[OwnTool]:
        return attackable([one for one in self.tools if one.name not in self.delegates], self.ungated, self.beside)

    @cached_property
    def _known(self) -> frozenset[Case]:
        return frozenset(self._cases)

    @cached_property
    def _runs(self) -> Mapping[str, tuple[Sequence[PlannedTurn], bool]]:
        """The benign run of each task, and whether it is made up."""
        found: dict[str, tuple[Sequence[PlannedTurn], bool]] = {}
        for task in self.tasks:
            recorded = recorded_turns(self.folder / f"{slug(f'{SHORT}.{task.id}')}.json")
            if recorded is not None:
                found[task.id] = recorded, False
            elif task.turns is not None:
                found[task.id] = task.turns, task.check is None
            else:
                found[task.id] = synthesised(self._attackable), True
        return found

    @cached_property
    def _vectors(self) -> Mapping[str, Mapping[str, str]]:
        """By task: the tools of its benign run through which attacker text comes in, by vector id."""
        able = {tool.name for tool in sources(self._attackable)}
        return {
            task.id: {
                slug(call.name): call.name
                for turn in self._runs[task.id][0]
                for call in turn.calls
                if call.name in able
            }
            for task in self.tasks
        }

    @cached_property
    def _cases(self) -> tuple[Case, ...]:
        return tuple(self._benign()) + tuple(self._attacks())

    def _benign(self) -> Iterator[Case]:
        for task in self.tasks:
            yield Case(case_id=f"{SHORT}.{task.id}", suite=self.name, kind="benign", user_task=task.id)

    def _attacks(self) -> Iterator[Case]:
        pairs = [(task, vector) for task in self.tasks for vector in self._vectors[task.id]]
        few = [goal for goal in self.goals if not goal.once and self._is_beside(goal)]
        repeated = [goal for goal in self.goals if not goal.once and goal not in few]
        each = max(1, self.max_cases // max(1, len(pairs) * len(repeated)))
        names = _attack_names()
        turn = 0
        for task, vector in pairs:
            for goal in repeated:
                chosen = _spread(names, each, turn)
                turn += 1
                yield from (self._attack(task, vector, goal, name) for name in chosen)
        for number, goal in enumerate(few):
            yield from (self._attack(*pair, goal, names[number % len(names)]) for pair in pairs[:1])
        once = [goal for goal in self.goals if goal.once]
        yield from (self._attack(*pairs[0], goal, names[0]) for goal in once if pairs)

    def _is_beside(self, goal: Goal) -> bool:
        return any(call.name in self.beside for call in goal.proof_calls)

    def _attack(self, task: OwnTask, vector: str, goal: Goal, attack: str) -> Case:
        twin = f"{SHORT}.{task.id}"
        return Case(
            case_id=f"{twin}.{goal.task.id}.{vector}.{attack}",
            suite=self.name,
            kind="attack",
            user_task=task.id,
            injection_task=goal.task.id,
            vector=vector,
            attack=attack,
            twin=twin,
            standards=goal.task.standards,
        )


def generate(
    tools: Sequence[OwnTool],
    *,
    folder: Path,
    system: str = "",
    tasks: Path | None = None,
    ungated: frozenset[str] = frozenset(),
    live: frozenset[str] = frozenset(),
    max_cases: int = DEFAULT_MAX_CASES,
    gives_tools: bool = False,
    ways: Mapping[str, str] | None = None,
    beside: frozenset[str] = frozenset(),
    unreached: frozenset[str] = frozenset(),
    delegates: frozenset[str] = frozenset(),
) -> GeneratedSuite:
    """The suite for these tools. Raises ConfigError where nothing can be attacked, or for a wrong file of tasks."""
    working = [tool for tool in tools if tool.name not in delegates]
    if not sources(working):
        shown = ", ".join(f"{tool.name} ({tool.rule.effect})" for tool in tools) or "none"
        raise ConfigError(
            f"suite generated: no tool of the agent reads anything, so no attacker text could come in. Tools: {shown}. "
            'If one of them returns text that others write, say so: [tool.agentsafety.tools.NAME] effect = "read"'
        )
    able = attackable(working, ungated, beside)
    own = simple_tasks(able) if tasks is None else read_tasks(tasks, tools)
    own += tuple(ungated_task(tool) for tool in tools if tool.name in ungated and able != working)
    return GeneratedSuite(
        tools=tuple(tools),
        tasks=own,
        goals=goals_for([tool for tool in working if tool.name not in ungated or able == working], system),
        folder=folder,
        ungated=ungated,
        live=live,
        max_cases=max_cases,
        gives_tools=gives_tools,
        ways=ways or {},
        beside=beside,
        unreached=unreached,
        delegates=delegates,
    )


def attackable(tools: Sequence[OwnTool], ungated: frozenset[str], beside: frozenset[str]) -> list[OwnTool]:
    """The tools whose results may carry an attack: the user's own behind the door, as far as one of them reads."""
    choices = [
        [tool for tool in tools if tool.name not in ungated | beside],
        [tool for tool in tools if tool.name not in ungated],
    ]
    return next((some for some in choices if sources(some)), list(tools))


def _shown(tools: Iterable[OwnTool]) -> str:
    return ", ".join(f"{tool.name} ({tool.rule.effect})" for tool in tools)


def _reads_for_real(run: CaseRun, recording: bool) -> bool:
    """A plain read runs for real where a real model is asked, or a recording is made; nowhere else."""
    return recording or run.mode == "live"


def _attack_names() -> tuple[str, ...]:
    """The plain phrasings, then each disguise over one of them in turn."""
    plain = attack_names()
    return (*plain, *(f"{plain[n % len(plain)]}+{name}" for n, name in enumerate(obfuscation_names())))


def _spread(names: Sequence[str], count: int, turn: int) -> list[str]:
    """`count` of the names, starting somewhere else each turn, so that all come up however few there are room for."""
    if count >= len(names):
        return list(names)
    chosen = {(turn * count + step) % len(names) for step in range(count)}
    return [name for place, name in enumerate(names) if place in chosen]


def _phrased(name: str, goal: Goal) -> str:
    style, _, disguise = name.partition("+")
    attack = _disguised(get_attack(style), disguise)
    return attack.phrase(goal.task.goal, AttackContext())


def _disguised(attack: Attack, disguise: str) -> Attack:
    if not disguise:
        return attack
    change: Callable[[str], str] = get_obfuscation(disguise).apply
    return replace(attack, phrase=lambda goal, context: change(attack.phrase(goal, context)))
