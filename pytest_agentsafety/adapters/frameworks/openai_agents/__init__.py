"""OpenAI Agents SDK: function tools, custom tools, handoffs, local tools, traces; its agents as callables."""

from pytest_agentsafety.adapters.frameworks.base import Framework
from pytest_agentsafety.adapters.frameworks.openai_agents.agents import entry, tools
from pytest_agentsafety.adapters.frameworks.openai_agents.answers import patch_rejections
from pytest_agentsafety.adapters.frameworks.openai_agents.calls import patch_execution, patch_tool
from pytest_agentsafety.adapters.frameworks.openai_agents.local import patch_local
from pytest_agentsafety.adapters.frameworks.openai_agents.tracing import patch_tracing
from pytest_agentsafety.adapters.frameworks.openai_agents.turns import patch_loop, patch_turns

OPENAI_AGENTS = Framework(
    name="openai-agents",
    patches={
        "agents.tool": patch_tool,
        "agents.run_internal.items": patch_rejections,
        "agents.run_internal.tool_execution": patch_execution,
        "agents.run_internal.tool_actions": patch_local,
        "agents.run_internal.turn_resolution": patch_turns,
        "agents.run_internal.run_loop": patch_loop,
        "agents.tracing.processors": patch_tracing,
    },
    entry=entry,
    tools=tools,
)

__all__ = ["OPENAI_AGENTS"]
