"""The tools that an agent brings into a test of the user's own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pytest_agentsafety.adapters import AgentHandle
from pytest_agentsafety.budget import default_prices
from pytest_agentsafety.config import Settings
from pytest_agentsafety.model.errors import ConfigError
from pytest_agentsafety.model.policy import Policy
from pytest_agentsafety.runner.discover import discover
from pytest_agentsafety.runner.generated import OwnTool, own_tools
from pytest_agentsafety.runner.generated.reads import Reads
from pytest_agentsafety.runner.generated.values import USER, arguments_of
from pytest_agentsafety.session.adhoc import AdHocStage
from pytest_agentsafety.session.key import BorrowedKey


@dataclass(frozen=True)
class Brought:
    """`tools` as they were found, `ungated` of them did not pass the tool door; `why` there are none, in words.

    `ways` and `delegates` are what leads to tools of other agents, see `Discovered`.
    """

    tools: tuple[OwnTool, ...] = ()
    ungated: frozenset[str] = frozenset()
    why: str = ""
    ways: Mapping[str, str] = field(default_factory=dict)
    delegates: frozenset[str] = frozenset()

    @property
    def steps(self) -> dict[str, dict[str, Any]]:
        """What tools that only ask another agent are called with."""
        return {tool.name: arguments_of(tool, USER) for tool in self.tools if tool.name in self.delegates}

    @property
    def names(self) -> frozenset[str]:
        return frozenset(tool.name for tool in self.tools)

    def stage(self, inject: Mapping[str, str], *, live: frozenset[str], wrapped: frozenset[str]) -> AdHocStage:
        """Stand-ins for one run; `wrapped` tools have their own."""
        return AdHocStage(
            tools={tool.name: tool for tool in self.tools},
            reads=Reads(None),
            inject=inject,
            really_read=True,
            live=live,
            wrapped=wrapped,
            delegates=self.delegates,
        )


def bring(agent: AgentHandle, settings: Settings, policy: Policy) -> Brought:
    """Ask the agent. One that cannot be asked brings nothing that is known, and the run will say what it did."""
    try:
        with BorrowedKey():
            found = discover(agent, prices=default_prices(settings.prices), gateway=settings.gateway)
    except ConfigError as error:
        return Brought(why=f" ({error})")
    return Brought(
        own_tools(found.tools, policy, found.delegates),
        frozenset(spec.name for spec in found.tools) - found.gated,
        ways=found.ways,
        delegates=found.delegates,
    )
