"""What an adapter for an agent framework is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from pytest_agentsafety.model.messages import ToolSpec
from pytest_agentsafety.protocols import ToolDoor

DoorGetter = Callable[[], ToolDoor | None]
"""The tool door of the task that is active here and now, None when there is none."""

Undo = Callable[[], None]


@dataclass(frozen=True, kw_only=True)
class Framework:
    """How tool calls of one framework get to the tool door, and how its agents are called.

    `patches` maps a module to what is done to it as soon as it is imported: the framework's one place where a tool
    call is executed is wrapped so that it goes through the door that the getter gives (None: as if we were not
    there); what undoes it is returned. `entry` makes a callable of the task out of an agent object of the framework,
    None for anything else; it may return an awaitable. `tools` are the tools such an object carries, None for
    anything else. Neither may import the framework: an object of it exists only where it is loaded.
    """

    name: str
    patches: dict[str, Callable[[ModuleType, DoorGetter], Undo]]
    entry: Callable[[Any], Callable[[str], Any] | None] = lambda _: None
    tools: Callable[[Any], Sequence[ToolSpec] | None] = lambda _: None
