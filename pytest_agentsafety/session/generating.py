"""The suite `generated` for the agent under test."""

from __future__ import annotations

from pytest_agentsafety.adapters import AgentHandle
from pytest_agentsafety.budget import default_prices
from pytest_agentsafety.config import Settings
from pytest_agentsafety.model.policy import Policy
from pytest_agentsafety.runner.discover import discover
from pytest_agentsafety.runner.generated import GeneratedSuite, generate, own_tools
from pytest_agentsafety.session.key import BorrowedKey


def generated_suite(agent: AgentHandle, settings: Settings, policy: Policy, *, live: frozenset[str]) -> GeneratedSuite:
    """Ask the agent for its tools and make the suite; tools in `live` may run for real in mode live.

    Raises ConfigError where it has none that could be attacked.
    """
    with BorrowedKey():
        found = discover(agent, prices=default_prices(settings.prices), gateway=settings.gateway)
    own = settings.generated_settings
    return generate(
        own_tools(found.tools, policy, found.delegates),
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
