"""The suite `generated`: attacks on an agent's own tools, made from what the tools say of themselves."""

from pytest_agentsafety.runner.generated.suite import GeneratedSuite, generate
from pytest_agentsafety.runner.generated.tools import OwnTool, as_delegate, own_tools

__all__ = ["GeneratedSuite", "OwnTool", "as_delegate", "generate", "own_tools"]
