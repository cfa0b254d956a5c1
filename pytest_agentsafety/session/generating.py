"""The suite `generated` for the agent under test."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pytest_agentsafety.adapters import AgentHandle
from pytest_agentsafety.budget import default_prices
from pytest_agentsafety.config import Settings
from pytest_agentsafety.runner.discover import Discovered, discover
from pytest_agentsafety.runner.generated import GeneratedSuite, generate, own_tools
from pytest_agentsafety.session.key import BorrowedKey


def generated_suite(
    agent: AgentHandle, settings: Settings, *, live: frozenset[str], told: Mapping[str, Any] | None = None
) -> tuple[GeneratedSuite, Mapping[str, Any]]:
    """Ask the agent for its tools and make the suite; tools in `live` may run for real in mode live.

    With it comes what was found, as plain data: as `told` it spares other processes of the run to ask the agent again.
    Raises ConfigError where it has no tools that could be attacked.
    """
    if told is None:
        with BorrowedKey():
            found = discover(agent, prices=default_prices(settings.prices), gateway=settings.gateway)
    else:
        found = Discovered.of(told, agent)
    return _suite(agent, found, settings, live), found.told()


def _suite(agent: AgentHandle, found: Discovered, settings: Settings, live: frozenset[str]) -> GeneratedSuite:
    own = settings.generated_settings
    return generate(
        own_tools(found.tools, settings.policy, found.delegates),
        folder=own.cassettes,
        system=found.system,
        tasks=own.tasks,
        ungated=frozenset(spec.name for spec in found.tools) - found.gated,
        live=live,
        max_cases=own.max_cases,
        gives_tools=agent.shape == "factory",
        ways=found.ways,
        beside=found.beside,
        unreached=found.unreached,
        delegates=found.delegates,
    )
