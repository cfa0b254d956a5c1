"""Which agent is under test."""

from __future__ import annotations

from typing import NoReturn

from pytest_agentsafety.adapters import AgentHandle, command_agent, describe_agent, load_agent
from pytest_agentsafety.config import Settings
from pytest_agentsafety.model.errors import ConfigError
from pytest_agentsafety.session.options import RunOptions

_REFERENCE = "pytest_agentsafety.catalog.reference_agent:build"


def unusable(agent_id: str, reason: str) -> AgentHandle:
    """An agent that makes each case an error which says why."""

    def refuse(tools: object) -> NoReturn:  # noqa: ARG001 - the shape of a factory
        raise ConfigError(reason)

    return AgentHandle(id=agent_id, shape="factory", target=refuse)


def chosen_agent(options: RunOptions, settings: Settings) -> AgentHandle:
    """An object given by the plugin wins, then the option, then the configuration, then the bundled agent."""
    if options.agent_object is not None:
        return describe_agent(options.agent_object, id="object", place="agent_object")
    if options.agent is not None:
        return load_agent(options.agent, place=f"{options.prefix}agent", root=options.start)
    if settings.command:
        return command_agent(settings.command, settings.root)
    if settings.agent is not None:
        return load_agent(settings.agent, place=f"{settings.path} agent", root=settings.root)
    handle = load_agent(_REFERENCE, place="bundled agent", root=options.start)
    return AgentHandle(id="reference", shape=handle.shape, target=handle.target, reference=True)
