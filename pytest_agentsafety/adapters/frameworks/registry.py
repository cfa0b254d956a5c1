"""The frameworks there are adapters for."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from types import ModuleType
from typing import Any

from pytest_agentsafety.adapters.frameworks.anthropic_runner import ANTHROPIC_RUNNER
from pytest_agentsafety.adapters.frameworks.base import DoorGetter, Framework, Undo
from pytest_agentsafety.adapters.frameworks.claude_agent import CLAUDE_AGENT
from pytest_agentsafety.adapters.frameworks.delegating import asks_an_agent
from pytest_agentsafety.adapters.frameworks.langchain import LANGCHAIN
from pytest_agentsafety.adapters.frameworks.mcp import MCP
from pytest_agentsafety.adapters.frameworks.openai_agents import OPENAI_AGENTS
from pytest_agentsafety.adapters.frameworks.pydantic_ai import PYDANTIC_AI
from pytest_agentsafety.adapters.importing import when_imported
from pytest_agentsafety.model.messages import ToolSpec

FRAMEWORKS: tuple[Framework, ...] = (ANTHROPIC_RUNNER, LANGCHAIN, PYDANTIC_AI, OPENAI_AGENTS, CLAUDE_AGENT, MCP)

_lock = Lock()
_installed = 0
_ends: list[Undo] = []


def install_frameworks(door: DoorGetter) -> Undo:
    """Patch every framework that is loaded, or as soon as it is; returns what undoes it (once).

    Counted: the last undo takes the patches off. The door of the first caller counts for all.
    """
    global _installed
    with _lock:
        if _installed == 0:
            _install(door)
        _installed += 1
    done = False

    def undo() -> None:
        nonlocal done
        global _installed
        with _lock:
            if done:
                return
            done = True
            _installed -= 1
            if _installed == 0:
                _end()

    return undo


def _install(door: DoorGetter) -> None:
    """All or nothing: a framework of a version that cannot be patched leaves no other one patched."""
    try:
        for framework in FRAMEWORKS:
            for module, patch in framework.patches.items():
                _ends.append(_watched(module, patch, door))
    except BaseException:
        _end()
        raise


def _end() -> None:
    while _ends:
        _ends.pop()()


def _watched(name: str, patch: Callable[[ModuleType, DoorGetter], Undo], door: DoorGetter) -> Undo:
    undos: list[Undo] = []
    end = when_imported(name, lambda module: undos.append(patch(module, door)))

    def over() -> None:
        end()
        while undos:
            undos.pop()()

    return over


def entry_of(target: Any) -> Callable[[str], Any] | None:
    """A framework's agent object as a callable of the task; None for what no framework knows."""
    return next((entry for framework in FRAMEWORKS if (entry := framework.entry(target)) is not None), None)


def tools_in(target: Any) -> list[ToolSpec] | None:
    """The tools of a framework's agent object; None for what no framework knows."""
    found = next((tools for framework in FRAMEWORKS if (tools := framework.tools(target)) is not None), None)
    return None if found is None else list(found)


def only_delegates(tool: ToolSpec) -> bool:
    """Does this tool do nothing but let another agent of a framework go on?"""
    return asks_an_agent(tool.fn, _is_agent)


def _is_agent(value: Any) -> bool:
    """A chain of LangChain's is none: whatever function it is made of runs as it is asked."""
    return type(value).__module__.partition(".")[0] != "langchain_core" and entry_of(value) is not None
