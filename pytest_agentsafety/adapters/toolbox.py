"""Find the tools themselves, without an agent's run: a list, a module's functions, what an agent carries."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from pytest_agentsafety.adapters.agent import AgentHandle, import_attribute
from pytest_agentsafety.adapters.frameworks import tools_in
from pytest_agentsafety.adapters.tools import as_spec
from pytest_agentsafety.model.errors import ConfigError
from pytest_agentsafety.model.messages import ToolSpec

_ACCEPTED = (
    "Accepted: a list of functions, a function, a module whose public functions are the tools, or an MCP server "
    "(StdioServerParameters, a FastMCP server or client)."
)


def load_tools(reference: str, *, place: str, root: Path) -> list[ToolSpec]:
    """The tools that `module:attr`, or a module alone, names. Raises ConfigError or UnknownNameError."""
    module, _, attribute = reference.partition(":")
    if not module or (":" in reference and not attribute):
        raise ConfigError(f"{place}: tools {reference!r} must be written as module:attr or as a module, shop.tools")
    target = import_attribute(reference, place=place, root=root)
    return _read(target, f"{place}: {reference}")


def tools_of_agent(agent: AgentHandle) -> list[ToolSpec]:
    """The tools an agent shows: those of a framework that it carries or names, its attribute `tools`, or the default
    of its factory's parameter `tools`; else none."""
    found = tools_in(agent.target if agent.own is None else agent.own)
    if found is not None:
        return found
    shown = getattr(agent.target, "tools", None)
    if shown is None and agent.shape == "factory":
        default = inspect.signature(agent.target).parameters["tools"].default
        shown = None if default is inspect.Parameter.empty else default
    return [] if shown is None else _read(shown, f"tools of agent {agent.id!r}")


def _read(target: Any, place: str) -> list[ToolSpec]:
    servers = tools_in(target)  # a server that is not asked through an agent
    if servers is not None:
        found: Iterable[Any] = servers
    elif isinstance(target, ModuleType):
        found = _functions(target)
    elif isinstance(target, Mapping):
        found = target.values()
    elif isinstance(target, list | tuple | set | frozenset):
        found = target
    elif (callable(target) and not inspect.isclass(target)) or _own(target):
        found = [target]
    else:
        raise ConfigError(f"{place}: a {type(target).__name__} holds no tools. {_ACCEPTED}")
    specs: dict[str, ToolSpec] = {}
    for spec in (spec for tool in found for spec in _own(tool) or [as_spec(tool)]):
        if specs.setdefault(spec.name, spec) is not spec:
            raise ConfigError(f"{place}: two tools are called {spec.name!r}")
    if not specs:
        raise ConfigError(f"{place}: there are no tools in it. {_ACCEPTED}")
    return list(specs.values())


def _defines(module: ModuleType, value: Any) -> bool:
    if inspect.isfunction(value):
        return value.__module__ == module.__name__
    return all(getattr(spec.fn, "__module__", None) == module.__name__ for spec in _own(value) or ())


def _own(tool: Any) -> list[ToolSpec] | None:
    """A framework's tool, which has a name and a schema of its own; a plain function is none."""
    return None if inspect.isfunction(tool) or inspect.isclass(tool) else tools_in(tool)


def _functions(module: ModuleType) -> list[Any]:
    """The public functions and framework tools that a module defines itself; what `__all__` names, if it has one."""
    chosen = getattr(module, "__all__", None)
    return [
        value
        for name, value in vars(module).items()
        if (inspect.isfunction(value) or _own(value))
        and (name in chosen if chosen is not None else not name.startswith("_") and _defines(module, value))
    ]
