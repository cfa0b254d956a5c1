"""What a server says of its tools is its own text: read, compared with what it said before, and guarded."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from threading import Lock
from typing import Any

from pytest_agentsafety.adapters import mcp_wire
from pytest_agentsafety.guards import StageRunner
from pytest_agentsafety.model.canonical import digest
from pytest_agentsafety.model.decisions import Decision, GuardContext
from pytest_agentsafety.model.messages import ToolSpec

# Descriptions tell a model what to do anyway ("use look_up first"): only what the guard is sure of counts. Of 1,893
# tools of public servers 57 trigger it at all, and 6 (0.3 %) as surely as this.
_SURE = 0.7
# What a model, or a person who approves a call, is shown of a tool.
_TOLD = ("description", "title", "inputSchema", "outputSchema", "annotations")


class ToolWatch:
    """Knows which tools may be shown and called. A tool that was withheld once stays so until the proxy ends.

    `guard` runs the injection guard over a description, but for the tools `trusted` by name; `say` tells the person and
    the audit log.
    """

    def __init__(self, guard: StageRunner, say: Callable[[str], None], *, trusted: Sequence[str] = ()) -> None:
        self._guard, self._say, self._trusted = guard, say, frozenset(trusted)
        self._said: dict[str, str] = {}
        self._withheld: dict[str, Decision] = {}
        self._lock = Lock()

    def withheld(self, name: str) -> Decision | None:
        """Why a tool may not be called, None where nothing is known against it."""
        return self._withheld.get(name)

    def look_at(self, tools: Sequence[Any]) -> tuple[list[Any], list[ToolSpec]]:
        """The tools of a listing that may be shown, and their specs. What is no tool is left out."""
        with self._lock:
            named = [tool for tool in tools if isinstance(tool, Mapping) and isinstance(tool.get("name"), str)]
            for tool in named:
                self._judge(str(tool["name"]), tool)
            shown = [tool for tool in named if tool["name"] not in self._withheld]
        return shown, [mcp_wire.spec_of(tool) for tool in shown]

    def _judge(self, name: str, tool: Mapping[str, Any]) -> None:
        told = {part: tool[part] for part in _TOLD if part in tool}
        now = digest(told)
        before = self._said.setdefault(name, now)
        if name in self._withheld:
            return
        if before != now:
            self._withhold(
                name, "mcp.changed", "the server changed what it says of this tool since it was first listed"
            )
            return
        if name in self._trusted:
            return
        found = self._guard.run("tool_result", f"{name}\n{_texts(told)}", _context(name)).decisive
        if found is not None and (found.status == "crashed" or found.score >= _SURE):
            reason = f"what the server says of this tool is an injection ({found.rule})"
            self._withhold(name, "mcp.poisoned", f"{reason}; if you read it and it is none: --trust-tool {name}")

    def _withhold(self, name: str, rule: str, reason: str) -> None:
        self._withheld[name] = Decision(outcome="denied", guard="injection", rule=rule, reason=reason)
        self._say(f"tool {name!r} is withheld ({rule}): {reason}")


def _context(name: str) -> GuardContext:
    return GuardContext(stage="tool_result", source=f"the description of {name}", task="")


def _texts(value: Any) -> str:
    """All words in what a server says of a tool, the names of parameters included, a line each."""
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        return "\n".join(f"{name}\n{_texts(inner)}" for name, inner in value.items())
    if isinstance(value, list):
        return "\n".join(map(_texts, value))
    return ""
