"""Find the user's agent, tell its shape, call it, and put its tools behind the door."""

from pytest_agentsafety.adapters.agent import AgentHandle, command_agent, describe_agent, load_agent
from pytest_agentsafety.adapters.call import call_agent
from pytest_agentsafety.adapters.simulate import is_simulated, simulated
from pytest_agentsafety.adapters.tools import as_spec, gated

__all__ = [
    "AgentHandle",
    "as_spec",
    "call_agent",
    "command_agent",
    "describe_agent",
    "gated",
    "is_simulated",
    "load_agent",
    "simulated",
]
