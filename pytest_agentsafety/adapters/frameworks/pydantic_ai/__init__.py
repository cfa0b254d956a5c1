"""Pydantic AI: function tools, output functions, what it answers itself; its agents as callables."""

from pytest_agentsafety.adapters.frameworks.base import Framework
from pytest_agentsafety.adapters.frameworks.pydantic_ai.agents import entry, tools
from pytest_agentsafety.adapters.frameworks.pydantic_ai.answers import patch_answers
from pytest_agentsafety.adapters.frameworks.pydantic_ai.calls import patch_calls

PYDANTIC_AI = Framework(
    name="pydantic-ai",
    patches={"pydantic_ai.tool_manager": patch_calls, "pydantic_ai._tool_execution": patch_answers},
    entry=entry,
    tools=tools,
)

__all__ = ["PYDANTIC_AI"]
