"""A loopback server for agents in other processes: their model calls and tool calls pass the doors of a task."""

from pytest_agentsafety.llm.gateway.server import Gateway
from pytest_agentsafety.llm.gateway.serving import Opening
from pytest_agentsafety.llm.gateway.upstream import Upstreams

__all__ = ["Gateway", "Opening", "Upstreams"]
