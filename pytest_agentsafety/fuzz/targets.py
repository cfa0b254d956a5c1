"""What can be attacked, by name: a guard, the guards of a stage, a tool's rules, the gate. No Hypothesis."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from pytest_agentsafety.adapters.agent import import_attribute
from pytest_agentsafety.fuzz.gate_oracles import GateChunked, Invariants
from pytest_agentsafety.fuzz.oracles import ORACLES, GuardProbe, Oracle
from pytest_agentsafety.fuzz.stage_oracles import Ordered, StageGuard
from pytest_agentsafety.fuzz.tool_oracles import Spelled, World, limits_of, world_of
from pytest_agentsafety.guards import default_guardrails
from pytest_agentsafety.guards.canaries import CanaryGuard
from pytest_agentsafety.guards.content_policy import ContentPolicyGuard
from pytest_agentsafety.guards.injection import InjectionGuard
from pytest_agentsafety.guards.pii import PiiGuard
from pytest_agentsafety.guards.scope import ScopeGuard
from pytest_agentsafety.model.decisions import GuardContext, Stage
from pytest_agentsafety.model.errors import ConfigError, UnknownNameError
from pytest_agentsafety.model.policy import Policy, ToolRule
from pytest_agentsafety.model.safe_text import one_line
from pytest_agentsafety.protocols import Guardrail

STAGES: tuple[Stage, ...] = get_args(Stage)
GATE = "gate"
TOOL = "tool:"
STAGE = "stage:"
BUNDLED: dict[str, Callable[[Policy], Guardrail]] = {
    "injection": lambda _: InjectionGuard(),
    "content_policy": lambda _: ContentPolicyGuard(),
    "scope": lambda policy: ScopeGuard(policy.scope),
    "pii": lambda _: PiiGuard(),
    "canary": lambda policy: CanaryGuard(policy.canaries),
}


@dataclass(frozen=True, kw_only=True)
class Target:
    """Something to attack. `reference` is how it is named again; exactly one of the other parts is set.

    `oracles` by name is what a stored case is judged by.
    """

    reference: str
    name: str
    oracles: dict[str, Oracle]
    guard: Guardrail | None = None
    stage: Stage | None = None
    world: World | None = None
    policy: Policy | None = None


def stage_of(guard: Guardrail) -> Stage:
    """The guard's first stage in the order input, tool_result, output."""
    return next((stage for stage in STAGES if stage in guard.stages), "input")


@contextmanager
def open_target(reference: str, policy: Policy, *, root: Path, stage: str = "", place: str = "") -> Iterator[Target]:
    """What a name stands for, as long as the block runs (rules are tried in a scratch folder).

    `root` is where imports start. Raises UnknownNameError and ConfigError for what there is not.
    """
    if reference == GATE:
        folders = tuple(path for rule in policy.tools.values() for path in rule.allowed_paths or ())
        with world_of(ToolRule(effect="read", allowed_paths=folders)) as world:
            made: list[Oracle] = [Invariants(policy, world.base), GateChunked(policy)]
            yield Target(reference=GATE, name=GATE, oracles={one.name: one for one in made}, policy=policy)
    elif reference.startswith(TOOL):
        with _open_tool(reference, policy, place) as target:
            yield target
    else:
        yield guard_target(find_guard(reference, policy, root=root, place=place), reference, stage=stage, place=place)


@contextmanager
def _open_tool(reference: str, policy: Policy, place: str) -> Iterator[Target]:
    name = reference.removeprefix(TOOL)
    rule = policy.tools.get(name)
    if rule is None:
        raise UnknownNameError("tool", name, policy.tools, place=place or "agentsafety fuzz")
    limits = limits_of(rule)
    if not limits:
        raise ConfigError(
            f"{place or reference}: the rule of tool {name!r} has neither allowed_paths nor allowed_domains: "
            "there is no limit that another spelling could get around"
        )
    with world_of(rule) as world:
        made = [Spelled(name, world, limit) for limit in limits]
        yield Target(reference=reference, name=reference, oracles={one.name: one for one in made}, world=world)


def guard_target(guard: Guardrail, reference: str, *, stage: str = "", place: str = "") -> Target:
    """A guard as a target. Raises UnknownNameError for a stage that there is not."""
    if stage and stage not in STAGES:
        raise UnknownNameError("stage", stage, STAGES, place=place)
    chosen = next((known for known in STAGES if known == stage), stage_of(guard))
    probe = GuardProbe(guard, GuardContext(stage=chosen))
    oracles: dict[str, Oracle] = {name: oracle(probe) for name, oracle in ORACLES.items()}
    if isinstance(guard, StageGuard):
        oracles["order"] = Ordered(guard)
    return Target(reference=reference, name=probe.name, oracles=oracles, guard=guard, stage=chosen)


def find_guard(reference: str, policy: Policy, *, root: Path, place: str = "") -> Guardrail:
    """A guard by the name of a bundled one, as `stage:NAME`, or as `module:attr` (an instance, a class, a factory)."""
    place = place or "agentsafety fuzz"
    if reference.startswith(STAGE):
        name = reference.removeprefix(STAGE)
        for stage in STAGES:
            if name == stage:
                return StageGuard(stage, default_guardrails(policy))
        raise UnknownNameError("stage", name, STAGES, place=place)
    if reference in BUNDLED:
        return BUNDLED[reference](policy)
    if ":" not in reference:
        valid = [*BUNDLED, GATE, "tool:NAME", "stage:NAME", "module:attr"]
        raise UnknownNameError("target", reference, valid, place=place)
    return as_guard(import_attribute(reference, place=place, root=root), f"{place}: {reference}")


def as_guard(found: Any, place: str) -> Guardrail:
    """The guard itself, or what a class, a factory or a decorated test makes of it. Raises ConfigError."""
    decorated = getattr(found, "agentsafety_guard", None)
    if decorated is not None:
        return as_guard(decorated, place)
    made = found
    if inspect.isclass(found) or not isinstance(found, Guardrail):
        if not callable(found):
            raise ConfigError(f"{place}: {_shown(found)} is no guard; {_SHAPE}")
        try:
            made = found()
        except Exception as error:
            raise ConfigError(f"{place}: cannot be made without arguments: {type(error).__name__}: {error}") from error
    if not isinstance(made, Guardrail) or inspect.isclass(made):
        raise ConfigError(f"{place}: {_shown(made)} is no guard; {_SHAPE}")
    return made


_SHAPE = "a guard has a name, stages and check(text, context) -> GuardrailResult"


def _shown(value: object) -> str:
    return one_line(f"a {type(value).__name__}")
