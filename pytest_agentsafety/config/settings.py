"""Everything `[tool.agentsafety]` says, as one frozen value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pytest_agentsafety.config.fuzz import DEFAULT_CASES, FuzzSettings, read_fuzz
from pytest_agentsafety.config.gates import GateRule, parse_gates
from pytest_agentsafety.config.generated import DEFAULT_CASSETTES, GeneratedSettings, read_generated
from pytest_agentsafety.config.policy import POLICY_KEYS, read_policy, reference
from pytest_agentsafety.config.run import ModelPrice, read_checkpoint, read_prices, read_run_limits
from pytest_agentsafety.config.source import TABLE, Source, find_source
from pytest_agentsafety.config.table import Place, Table
from pytest_agentsafety.model.errors import ConfigError
from pytest_agentsafety.model.policy import Policy

KEYS = (
    *POLICY_KEYS,
    "agent",
    "checkpoint",
    "command",
    "fuzz",
    "gates",
    "gateway",
    "generated",
    "live_tools",
    "prices",
    "run_budget",
    "suites",
)


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What the file says, with defaults where it says nothing.

    `command` is an agent in a process of its own. `gateway`: the agent, a function, starts processes that ask models.

    `path` is the file (None: there is none), `root` the folder its relative paths start from. `explicit` holds the
    dotted keys, and the tables above them, that were really written: "budget", "budget.max_cost_usd". `prices` are
    the user's own by exact model id; they measure, and so are no part of the policy and its hash. `checkpoint` is the
    file for a task's journal (`gate.task(..., checkpoint=settings.checkpoint)`), None where none is named. `fuzz` says
    where found bypasses are kept (None only where settings were made by hand: see `fuzz_settings`).
    """

    root: Path
    policy: Policy = field(default_factory=Policy)
    agent: str | None = None
    command: tuple[str, ...] = ()
    gateway: bool = False
    suites: tuple[str, ...] = ()
    gates: tuple[GateRule, ...] = ()
    live_tools: tuple[str, ...] = ()
    prices: Mapping[str, ModelPrice] = field(default_factory=dict)
    checkpoint: Path | None = None
    fuzz: FuzzSettings | None = None
    generated: GeneratedSettings | None = None
    path: Path | None = None
    explicit: frozenset[str] = frozenset()

    @property
    def rooted_policy(self) -> Policy:
        """The policy with its allowed paths seen from the file that has them, for a process that works elsewhere."""
        tools = {
            name: rule
            if rule.allowed_paths is None
            else replace(rule, allowed_paths=tuple(str(self.root / path) for path in rule.allowed_paths))
            for name, rule in self.policy.tools.items()
        }
        return self.policy.with_tools(tools)

    @property
    def fuzz_settings(self) -> FuzzSettings:
        """What the file says of fuzzing, with its defaults."""
        return self.fuzz or FuzzSettings(cases=self.root / DEFAULT_CASES)

    @property
    def generated_settings(self) -> GeneratedSettings:
        """What the file says of the suite `generated`, with its defaults."""
        return self.generated or GeneratedSettings(cassettes=self.root / DEFAULT_CASSETTES)


def load_settings(start: Path) -> Settings:
    """The settings of the nearest file from the folder `start` upwards. Raises ConfigError."""
    source = find_source(start)
    return Settings(root=start.resolve()) if source is None else _settings(source)


def _settings(source: Source) -> Settings:
    place = Place(file=str(source.path), table=TABLE, lines=source.lines)
    table = Table(source.table, place, KEYS)
    return Settings(
        root=source.path.parent,
        policy=replace(read_policy(table, None), run_budget=read_run_limits(table)),
        agent=reference(table, "agent"),
        command=_command(table),
        gateway=table.flag("gateway", False),
        suites=_suites(table),
        gates=parse_gates(table.data.get("gates", {}), place.child("gates")),
        live_tools=table.texts("live_tools") or (),
        prices=read_prices(table),
        checkpoint=read_checkpoint(table, source.path.parent),
        fuzz=read_fuzz(table, source.path.parent),
        generated=read_generated(table, source.path.parent),
        path=source.path,
        explicit=frozenset(_written(source.table)),
    )


def _command(table: Table) -> tuple[str, ...]:
    """An agent that is a command. Raises ConfigError beside `agent`, and for an empty one."""
    command = table.texts("command")
    if command is None:
        return ()
    if "agent" in table:
        raise ConfigError(f"{table.place.at('command')} command: there is an agent too. Keep one of the two.")
    if not command:
        raise ConfigError(f'{table.place.at("command")} command: empty; as in command = ["node", "agent.mjs"]')
    return command


def _suites(table: Table) -> tuple[str, ...]:
    suites = table.texts("suites")
    if suites is None:
        return ()
    if not suites:
        raise ConfigError(f"{table.place.at('suites')} suites: the list is empty. Leave the key out for the default.")
    return suites


def _written(table: Mapping[str, Any], above: str = "") -> Iterator[str]:
    for key, value in table.items():
        name = f"{above}.{key}".lstrip(".")
        yield name
        if isinstance(value, Mapping):
            yield from _written(value, name)
