"""Which cases run, in which modes, in which order; what was left out and why."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from fnmatch import fnmatchcase
from hashlib import sha256
from pathlib import Path

from pytest_agentsafety.adapters import AgentHandle
from pytest_agentsafety.adapters.toolbox import tools_of_agent
from pytest_agentsafety.catalog.folder_suite import FolderSuite
from pytest_agentsafety.catalog.registry import resolve_suites
from pytest_agentsafety.config import Settings
from pytest_agentsafety.fuzz.casefile import FoundCase
from pytest_agentsafety.model.errors import ConfigError
from pytest_agentsafety.model.policy import GUARDS
from pytest_agentsafety.model.tasks import Case, CaseRun, Mode
from pytest_agentsafety.protocols import Suite
from pytest_agentsafety.resources import data_dir
from pytest_agentsafety.runner.generated import GeneratedSuite
from pytest_agentsafety.runner.generated.suite import READS
from pytest_agentsafety.runner.modes import cassette_path
from pytest_agentsafety.sandbox import unmet
from pytest_agentsafety.session.fuzz_cases import matches_case
from pytest_agentsafety.session.options import RunOptions
from pytest_agentsafety.session.rules import SuiteRules

GENERATED = "generated"
NO_CASES = "no cases: "  # begins the note of a plan that is empty on purpose
DEFAULT_MODES: tuple[Mode, ...] = ("recorded", "hijacked")


@dataclass(frozen=True)
class PlannedCase:
    """A case of a suite in one mode."""

    suite: Suite
    run: CaseRun


@dataclass
class Plan:
    """`notes` are header lines; `deselected` counts what globs and the shard took out."""

    suites: list[Suite]
    modes: tuple[Mode, ...]
    cases: list[PlannedCase] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    deselected: int = 0

    @property
    def attacks(self) -> int:
        return sum(1 for planned in self.cases if planned.run.case.kind == "attack")


def make_plan(
    options: RunOptions,
    settings: Settings,
    agent: AgentHandle,
    rules: SuiteRules,
    *,
    found: Sequence[FoundCase] = (),
    generated: Callable[[], Suite],
) -> Plan:
    """Raises ConfigError or UnknownNameError for a wrong name; an empty plan is for the caller to refuse.

    `generated` makes the suite of that name from the agent's own tools, for which it has to be asked.

    `found` are the cases that fuzzing left: no part of the plan, but names that may be selected.
    """
    modes = options.checked_modes()
    options.checked_shard()
    suites, notes = _suites(options, settings, agent, generated)
    plan = Plan(suites=suites, modes=modes or DEFAULT_MODES, notes=notes)
    if modes and suites:
        _check_named_modes(suites, modes, options)
    for suite in suites:
        for mode in _modes_of(suite, modes, plan, options, rules):
            cases: Sequence[Case] = suite.cases()
            if mode == "recorded" and not modes and isinstance(suite, GeneratedSuite):
                cases = _with_recording(suite, plan, options, rules)
            plan.cases += [PlannedCase(suite, CaseRun(case=case, mode=mode)) for case in cases]
    _select(plan, options, found)
    plan.notes += rules.raised_budgets(suites)
    return plan


def names_generated(options: RunOptions, settings: Settings) -> bool:
    """Is the suite made from the agent's own tools asked for, or what counts where nobody said anything?"""
    named = options.suites or settings.suites
    return not named or GENERATED in named


def _suites(
    options: RunOptions, settings: Settings, agent: AgentHandle, generated: Callable[[], Suite]
) -> tuple[list[Suite], list[str]]:
    """The suites, and header lines. Where nobody named any: the agent's own tools are attacked, if it has some."""
    if options.suites:
        names, place, root = options.suites, f"{options.prefix}suite", options.start
    elif settings.suites:
        names, place, root = settings.suites, f"{settings.path} suites", settings.root
    else:
        names, place, root = (GENERATED if brings_tools(agent) else "builtin",), "", options.root
    others = tuple(name for name in names if name != GENERATED)
    if others and agent.shape == "callable":
        raise ConfigError(f"{place}: {', '.join(others)}: {needs_factory(agent.id)}")
    if len(others) < len(names) and not brings_tools(agent):
        raise ConfigError(f"{place}: {GENERATED}: {needs_tools(agent.id)}")
    own: list[Suite] = []
    notes: list[str] = []
    if len(others) < len(names):
        try:
            own = [generated()]
        except ConfigError as error:
            if place:
                raise ConfigError(f"{place}: {GENERATED}: {error}") from None
            notes = [f"suite {GENERATED} left out: {error}"]
    notes += [line for suite in own for line in getattr(suite, "notes", ())]
    found = resolve_suites(others, place=place, root=Path(root))
    if not place:
        found, more = _containable(found)
        notes += more
    return [*own, *found], notes


def _containable(suites: Sequence[Suite]) -> tuple[list[Suite], list[str]]:
    """Without those whose code no sandbox of this system can contain: nobody has named them."""
    kept: list[Suite] = []
    notes: list[str] = []
    for suite in suites:
        rules = () if suite.policy is None else suite.policy.tools.values()
        reason = next((why for rule in rules if rule.effect == "execute" and (why := unmet(rule))), None)
        if reason is None:
            kept.append(suite)
        else:
            notes.append(f"suite {suite.name} left out: it runs code, and {reason}")
    return kept, notes


def brings_tools(agent: AgentHandle) -> bool:
    """Does the agent have tools of its own, rather than taking a suite's?"""
    return agent.shape == "callable" or (not agent.reference and bool(tools_of_agent(agent)))


def needs_tools(agent_id: str) -> str:
    """Why there is nothing to generate attacks from, and what to do."""
    return (
        f"agent {agent_id!r} takes its tools from the suite and shows none of its own: give its parameter `tools` a "
        "default, a list of functions, or name an agent that brings its tools"
    )


def needs_factory(agent_id: str) -> str:
    """Why a callable agent cannot be run against a suite that brings its own tools, and what to do."""
    return (
        f"these suites bring their own tools, and agent {agent_id!r} does not take any: attack its own with the suite "
        f"{GENERATED}, or name a factory with a parameter `tools` that returns the agent"
    )


def _check_named_modes(suites: Sequence[Suite], modes: Sequence[Mode], options: RunOptions) -> None:
    for mode in modes:
        if not any(mode in suite.modes for suite in suites):
            has = "; ".join(f"{suite.name} has {', '.join(suite.modes)}" for suite in suites)
            raise ConfigError(f"{options.prefix}mode: none of the suites has mode {mode!r}: {has}")


def _modes_of(
    suite: Suite, named: Sequence[Mode], plan: Plan, options: RunOptions, rules: SuiteRules
) -> Iterator[Mode]:
    for mode in named or DEFAULT_MODES:
        if mode not in suite.modes:
            if named:
                plan.notes.append(f"{suite.name} has no mode {mode}: left out")
            continue
        reason = _not_replayable(suite, options, rules) if mode == "recorded" else None
        if reason is None:
            yield mode
        elif named:
            raise ConfigError(f"{options.prefix}mode=recorded: {reason}")
        else:
            plan.notes.append(f"{suite.name}: mode recorded left out, {reason}")


def _with_recording(suite: GeneratedSuite, plan: Plan, options: RunOptions, rules: SuiteRules) -> list[Case]:
    """Of the agent's own cases few are ever recorded: the others are played by the hijacked model alone."""
    if options.checked_record() != "none":
        return list(suite.cases())
    recorded = [case for case in suite.cases() if cassette_path(suite, CaseRun(case=case, mode="recorded")).is_file()]
    policy = rules.policy_for(suite).sha256
    fitting = [case for case in recorded if suite.recorded_under(case) in (None, policy)]
    plan.notes.append(f"{suite.name}: {len(fitting)} of {len(suite.cases())} cases are recorded")
    if len(fitting) < len(recorded):
        plan.notes.append(
            f"{suite.name}: {len(recorded) - len(fitting)} recordings left out, they were made under other rules "
            f"(record them again: {record_command(suite, options.agent)} --case=...)"
        )
    return fitting


def _not_replayable(suite: Suite, options: RunOptions, rules: SuiteRules) -> str | None:
    """Recordings are made under all guards and one policy; under other settings they say nothing."""
    if options.checked_record() != "none":
        return None
    if rules.guards != frozenset(GUARDS):
        return "its cassettes were recorded with all guards on"
    if suite.policy is not None:
        now, then = rules.policy_for(suite), suite.policy
        if (now.provenance, now.approval) != (then.provenance, then.approval):
            return "its cassettes were recorded under another provenance mode or approver"
    if suite.cassettes is None or all(path.name == READS for path in suite.cassettes.glob("*.json")):
        return f"{suite.name} has no cassettes (record them: {record_command(suite, options.agent)})"
    return None


def record_command(suite: Suite, agent: str | None) -> str:
    """The command that records a suite's cassettes with the same agent, from the working folder."""
    mode = "scripted" if "scripted" in suite.modes else "live"
    with_agent = f" --agent={agent}" if agent else ""
    return f"agentsafety run --suite={_written_name(suite)} --mode={mode} --record=all{with_agent}"


def _written_name(suite: Suite) -> str:
    """A bundled suite by its name, any other folder by its path."""
    if not isinstance(suite, FolderSuite) or suite.definition.folder.parent == data_dir("suites"):
        return suite.name
    return f"./{os.path.relpath(suite.definition.folder)}"


def _select(plan: Plan, options: RunOptions, found: Sequence[FoundCase]) -> None:
    index, count = options.checked_shard()
    _check_node_names(plan, options, found)
    before = len(plan.cases)
    for pattern in options.cases:
        if not any(matches(planned.run.case, pattern) for planned in plan.cases) and not any(
            matches_case(case, pattern) for case in found
        ):
            plan.notes.append(f"{options.prefix}case={pattern} matches no case")
    plan.cases = [
        planned
        for planned in plan.cases
        if (not options.cases or any(matches(planned.run.case, pattern) for pattern in options.cases))
        and (not options.node_names or planned.run.node_name in options.node_names)
        and _shard_of(planned.run.case, count) == index
    ]
    plan.deselected = before - len(plan.cases)


def _check_node_names(plan: Plan, options: RunOptions, found: Sequence[FoundCase]) -> None:
    """A node id is an exact name: one that no case has is an error, as pytest has it for a test."""
    known = {planned.run.node_name for planned in plan.cases} | {case.node_name for case in found}
    for name in options.node_names:
        if name not in known:
            near = get_close_matches(name, known, n=3, cutoff=0.5)
            hint = f" Did you mean {', '.join(near)}?" if near else ""
            raise ConfigError(f"no case {name!r}.{hint} `agentsafety list` shows all {len(known)}")


def matches(case: Case, pattern: str) -> bool:
    """A glob over the case id, also written as `suite/case id` or without the id's first part."""
    local = case.case_id.partition(".")[2]
    return any(fnmatchcase(name, pattern) for name in (case.case_id, f"{case.suite}/{case.case_id}", local))


def _shard_of(case: Case, count: int) -> int:
    return int.from_bytes(sha256(case.case_id.encode()).digest()[:8], "big") % count + 1
