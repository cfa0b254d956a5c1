"""What tools of a framework say of themselves, read once for each tool."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pytest_agentsafety.model.messages import ToolSpec

_MOST = 2_048


class Specs:
    """`read(tool)`, once per object: a door that is told the same spec again need not read it again."""

    def __init__(self, read: Callable[[Any], ToolSpec]) -> None:
        self._read = read
        self._found: dict[int, tuple[Any, ToolSpec]] = {}  # the tool is kept, so that its id stays its own

    def __call__(self, tool: Any) -> ToolSpec:
        found = self._found.get(id(tool))
        if found is None or found[1].name != tool.name:
            if len(self._found) >= _MOST:
                self._found.clear()
            found = self._found[id(tool)] = (tool, self._read(tool))
        return found[1]
