"""Put both doors into the process: the HTTP clients, and the places where frameworks execute tools."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pytest_agentsafety.adapters.frameworks import install_frameworks
from pytest_agentsafety.llm import current, install
from pytest_agentsafety.protocols import ToolDoor


def install_doors() -> Callable[[], None]:
    """Patch clients and frameworks, those that are imported later included; returns what undoes it (once)."""
    undo_clients = install()
    try:
        undo_frameworks = install_frameworks(active_tool_door)
    except BaseException:
        undo_clients()
        raise

    def undo() -> None:
        undo_frameworks()
        undo_clients()

    return undo


def active_tool_door() -> ToolDoor | None:
    """The tool door of the task that is active here and now."""
    door: Any = current()
    return door if door is not None and hasattr(door, "call") else None
