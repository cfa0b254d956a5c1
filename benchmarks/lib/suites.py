"""The suites of a benchmark: AgentDojo's, those of other people, each under a chosen attack."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from pytest_agentsafety.catalog.agentdojo.solutions import SOLUTIONS
from pytest_agentsafety.catalog.registry import resolve_suites
from pytest_agentsafety.model.tasks import Case
from pytest_agentsafety.protocols import Suite

STOCK = "important_instructions"
_SOLVED_HERE = {(suite, task) for suite, task, _ in SOLUTIONS}


@dataclass(frozen=True)
class AttackKind:
    """What the attacker's goal takes: see `Row.by_calls` and `Row.upstream`."""

    by_calls: bool
    upstream: bool


class AttackKinds:
    """Looks at each injection task of a suite once, where it comes first."""

    def __init__(self, suites: Mapping[str, Suite]) -> None:
        self._known: dict[tuple[str, str], AttackKind] = {}

    def of(self, suite: Suite, case: Case) -> AttackKind:
        if case.injection_task is None:
            return AttackKind(by_calls=False, upstream=False)
        key = (suite.name, case.injection_task)
        if key not in self._known:
            self._known[key] = _kind(suite, case)
        return self._known[key]


def _kind(suite: Suite, case: Case) -> AttackKind:
    scenario = suite.open(case)
    try:
        by_calls = any(turn.calls for turn in scenario.attack_turns() or ())
    finally:
        scenario.close()
    short = suite.name.partition(":")[2]
    return AttackKind(by_calls=by_calls, upstream=by_calls and (short, case.injection_task) not in _SOLVED_HERE)


def load_suites(names: Sequence[str], foreign: Sequence[str], attack: str = STOCK) -> list[Suite]:
    """The named suites and those that modules of `benchmarks/foreign_suites` register."""
    if attack != STOCK:
        raise SystemExit(f"--attack: {attack!r} is not known; there is {STOCK}")
    wanted = [*names, *(f"agentdojo:{name}" for name in _registered(foreign))]
    return list(resolve_suites(wanted, place="--suites", root=Path.cwd()))


def _registered(foreign: Iterable[str]) -> list[str]:
    """Names of the suites that these modules, or the lists DEV and HELD of them, register with AgentDojo."""
    found: list[str] = []
    for name in foreign:
        found += _names_of(name)
    return found


def _names_of(name: str) -> list[str]:
    try:
        package = import_module("benchmarks.foreign_suites")
    except ModuleNotFoundError:
        raise SystemExit("--foreign: there is no benchmarks/foreign_suites in this checkout") from None
    modules: Sequence[str] = {
        "dev": getattr(package, "DEV", ()),
        "held": getattr(package, "HELD", ()),
        "all": (*getattr(package, "DEV", ()), *getattr(package, "HELD", ())),
    }.get(name, (name,))
    return [str(import_module(f"benchmarks.foreign_suites.{module}").register()) for module in modules]
