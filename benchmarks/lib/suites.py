"""The suites of a benchmark: AgentDojo's, those of other people, each under a chosen attack."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from benchmarks.lib.attacked import AttackedSuite
from benchmarks.lib.rows import STOCK
from benchmarks.lib.words import WORDS, WordySuite
from pytest_agentsafety.catalog.agentdojo.solutions import SOLUTIONS
from pytest_agentsafety.catalog.agentdojo.suite import AgentDojoSuite
from pytest_agentsafety.catalog.registry import resolve_suites
from pytest_agentsafety.model.tasks import Case
from pytest_agentsafety.protocols import Suite

_FOREIGN = Path(__file__).parents[1] / "foreign_suites"
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


def load_suites(names: Sequence[str], foreign: Sequence[str] = (), attack: str = STOCK) -> list[Suite]:
    """The named suites and those of `benchmarks/foreign_suites` that are meant, under one attack."""
    found = [] if not names else resolve_suites(names, place="--suites", root=Path.cwd())
    others = foreign_names(foreign)  # registered after the others are resolved: "agentdojo" means AgentDojo's own
    if others:
        found += resolve_suites([f"agentdojo:{name}" for name in others], place="--foreign", root=Path.cwd())
    return [_under(suite, attack) for suite in found]


def _under(suite: Suite, attack: str) -> Suite:
    if attack == STOCK:
        return suite
    if attack.startswith(WORDS):
        return WordySuite(suite, attack)
    if not isinstance(suite, AgentDojoSuite):
        raise SystemExit(f"--attack: {suite.name} is no suite of AgentDojo's making, it has attacks of its own")
    return AttackedSuite(suite, attack)


def foreign_names(wanted: Sequence[str]) -> list[str]:
    """Registers the sets in `benchmarks/foreign_suites` and tells which of their suites are meant.

    A set is a package with `register()` and the lists `DEV` and `HELD` of its suites; "dev", "held" and "all" mean
    these lists of every set. SystemExit for a name that no set has.
    """
    if not wanted:
        return []
    sets = [import_module(f"benchmarks.foreign_suites.{path.parent.name}") for path in _FOREIGN.glob("*/__init__.py")]
    dev = [name for module in sets for name in module.DEV]
    held = [name for module in sets for name in module.HELD]
    means = {"dev": dev, "held": held, "all": [*dev, *held], **{name: [name] for name in (*dev, *held)}}
    for name in wanted:
        if name not in means:
            raise SystemExit(f"--foreign: {name!r} is not known; there are {', '.join(means)}")
    for module in sets:
        module.register()
    return list(dict.fromkeys(suite for name in wanted for suite in means[name]))
