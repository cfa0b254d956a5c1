"""Calls that the SDK answers without running anything, and how a call's arguments are read."""

from __future__ import annotations

import json
from functools import partial
from types import ModuleType
from typing import Any

from pytest_agentsafety.adapters.frameworks.base import DoorGetter, Undo
from pytest_agentsafety.adapters.frameworks.patching import replaced

PACKAGE = "openai-agents"


def arguments_of(text: str | None) -> dict[str, Any] | str:
    """The arguments that a model wrote; the text itself where it is no JSON object."""
    if not text:
        return {}
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return value if isinstance(value, dict) else text


def tell(door: DoorGetter, tool_call: Any) -> None:
    """Tell the door of a function call that the SDK answers itself."""
    active = door()
    name = getattr(tool_call, "name", None)
    if active is not None and isinstance(name, str):
        active.answered(name, arguments_of(getattr(tool_call, "arguments", None)))


def patch_rejections(module: ModuleType, door: DoorGetter) -> Undo:
    """What answers a call that a person rejected."""
    return replaced(module, "function_rejection_item", partial(_rejecting, door), package=PACKAGE)


def _rejecting(door: DoorGetter, original: Any) -> Any:
    def function_rejection_item(agent: Any, tool_call: Any, **options: Any) -> Any:
        tell(door, tool_call)
        return original(agent, tool_call, **options)

    return function_rejection_item
