"""Adapters: the tools of agent frameworks behind the tool door, the agent's own code unchanged."""

from pytest_agentsafety.adapters.frameworks.base import DoorGetter, Framework
from pytest_agentsafety.adapters.frameworks.registry import FRAMEWORKS, entry_of, install_frameworks, tools_in

__all__ = ["FRAMEWORKS", "DoorGetter", "Framework", "entry_of", "install_frameworks", "tools_in"]
