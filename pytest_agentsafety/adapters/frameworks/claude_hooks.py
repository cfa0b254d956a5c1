"""Hooks between the CLI of the Claude Agent SDK, which runs tools in its own process, and the tool door.

A call is let through the door by `acall` as everywhere; its `run` does not run the tool, it lets the CLI do it: the
hook before the call returns once the door runs `run`, and the hook after the call gives `run` the result to return.
Where the door never runs it (a denial, a stand-in that plays the tool), the CLI is told not to, and what the door gave
is the reason.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Collection, Mapping
from typing import Any

from pytest_agentsafety.model.errors import StopRun
from pytest_agentsafety.model.messages import RenderedText
from pytest_agentsafety.protocols import ToolDoor

# Tools of the CLI that were seen to show the model what a hook put in a result's place. It keeps the original of what
# it cannot read, so that a changed result of any other ends the run.
_REPLACEABLE = frozenset({"Bash", "Read", "Edit", "Write"})


class ToolFailed(Exception):
    """The CLI's tool failed, or it was not run after all."""


class _Call:
    """A call that is with the CLI, or about to be."""

    def __init__(self, arguments: Mapping[str, Any]) -> None:
        loop = asyncio.get_running_loop()
        self.arguments = dict(arguments)
        self.admitted: asyncio.Future[dict[str, Any]] = loop.create_future()
        self.result: asyncio.Future[str] = loop.create_future()
        self.passing: asyncio.Future[Any]

    async def run(self, **given: Any) -> str:
        """In the tool's place: the CLI runs it, with these arguments."""
        self.admitted.set_result(given)
        return await self.result


class Hooks:
    """The hooks of one client. `own` are the in-process servers: their tools pass the door where they are run."""

    def __init__(self, door: ToolDoor, own: Collection[str]) -> None:
        self._door, self._own = door, own
        self._calls: dict[str, _Call] = {}

    def by_event(self) -> dict[str, Callable[..., Any]]:
        return {"PreToolUse": self.before, "PostToolUse": self.after, "PostToolUseFailure": self.failed}

    async def before(self, data: Mapping[str, Any], tool_use_id: str | None, _context: Any) -> dict[str, Any]:
        if self._is_own(data):
            return {}
        call = _Call(data.get("tool_input") or {})
        call.passing = asyncio.ensure_future(self._door.acall(str(data["tool_name"]), call.arguments, call.run))
        await asyncio.wait({call.passing, call.admitted}, return_when=asyncio.FIRST_COMPLETED)
        if not call.admitted.done():
            return await self._not_run(call)
        self._calls[_key(data, tool_use_id)] = call
        return {} if call.admitted.result() == call.arguments else _let(call.admitted.result())

    async def after(self, data: Mapping[str, Any], tool_use_id: str | None, _context: Any) -> dict[str, Any]:
        call = self._calls.pop(_key(data, tool_use_id), None)
        if call is None:
            return {}
        response = data.get("tool_response")
        text = RenderedText(_text(response), response if isinstance(response, dict | list) else None)
        call.result.set_result(text)
        try:
            shown = await call.passing
        except StopRun as stop:
            return _over(stop)
        if shown is text:
            return {}
        if not _replaceable(data):
            return _over(f"the result of {data.get('tool_name')} may not be shown, and cannot be replaced: {shown}")
        changed = _reshaped(response, str(shown), call.arguments)
        return {"hookSpecificOutput": {"hookEventName": "PostToolUse", "updatedToolOutput": changed}}

    async def failed(self, data: Mapping[str, Any], tool_use_id: str | None, _context: Any) -> dict[str, Any]:
        call = self._calls.pop(_key(data, tool_use_id), None)
        if call is None:
            return {}
        error = ToolFailed(str(data.get("error", "")))
        call.result.set_exception(error)
        try:
            shown: Any = await call.passing
        except ToolFailed as same:
            if same is error:
                return {}
            shown = same
        except (RuntimeError, StopRun) as other:
            shown = other
        return _over(f"the error of {data.get('tool_name')} may not be shown, and cannot be replaced: {shown}")

    async def close(self) -> None:
        """Calls that the CLI never reported on count as failed."""
        calls, self._calls = list(self._calls.values()), {}
        for call in calls:
            call.result.set_exception(ToolFailed("the CLI did not say what came of this call"))
        await asyncio.gather(*(call.passing for call in calls), return_exceptions=True)

    async def _not_run(self, call: _Call) -> dict[str, Any]:
        try:
            shown = await call.passing
        except StopRun as stop:
            return {**_deny(str(stop)), **_over(stop)}
        return _deny(shown if isinstance(shown, str) else json.dumps(shown, ensure_ascii=False, default=str))

    def _is_own(self, data: Mapping[str, Any]) -> bool:
        server = data.get("mcp_server")
        return isinstance(server, Mapping) and server.get("source") == "sdk" and server.get("name") in self._own


def _key(data: Mapping[str, Any], tool_use_id: str | None) -> str:
    return str(tool_use_id or data.get("tool_use_id"))


def _deny(reason: str) -> dict[str, Any]:
    decision = {"permissionDecision": "deny", "permissionDecisionReason": reason}
    return {"hookSpecificOutput": {"hookEventName": "PreToolUse", **decision}}


def _let(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Somebody approved the call with other arguments. Else nothing is said: the user's own permissions count too."""
    decision = {"permissionDecision": "allow", "updatedInput": dict(arguments)}
    return {"hookSpecificOutput": {"hookEventName": "PreToolUse", **decision}}


def _over(why: object) -> dict[str, Any]:
    """The run ends here: the model is asked nothing more."""
    return {"continue_": False, "stopReason": str(why)}


def _text(response: Any) -> str:
    """A result as text: the words of its fields, a line each. Numbers beside them are counts of lines and bytes."""
    if isinstance(response, str):
        return response
    if isinstance(response, Mapping):
        return "\n".join(filter(None, (_text(value) for value in response.values())))
    if isinstance(response, list):
        return "\n".join(filter(None, map(_text, response)))
    return ""


def _replaceable(data: Mapping[str, Any]) -> bool:
    return data.get("tool_name") in _REPLACEABLE or isinstance(data.get("mcp_server"), Mapping)


def _reshaped(response: Any, shown: str, arguments: Mapping[str, Any]) -> Any:
    """A result of the same shape that says `shown` where it said most of its own, and nothing elsewhere."""
    if isinstance(response, str):
        return shown
    if isinstance(response, list) and all(isinstance(block, Mapping) for block in response):
        return [{"type": "text", "text": shown}]
    kept = {value for value in arguments.values() if isinstance(value, str)}
    # Rather not where a path stands: it is often longer than what is in the file, and not shown in its words' place.
    said = [(name, text) for name, text in _leaves(response) if name != "type"]
    words = [text for name, text in said if not name.lower().endswith("path")] or [text for _, text in said]
    longest = max([text for text in words if text not in kept] or words, key=len, default="")
    return _filled(response, longest, shown, kept)


def _filled(value: Any, longest: str, shown: str, kept: set[str], name: str = "") -> Any:
    if isinstance(value, str):
        if value == longest:
            return shown
        return value if name == "type" or value in kept else ""
    if isinstance(value, Mapping):
        return {key: _filled(inner, longest, shown, kept, key) for key, inner in value.items()}
    if isinstance(value, list):
        return [_filled(inner, longest, shown, kept, name) for inner in value]
    return value


def _leaves(value: Any, name: str = "") -> list[tuple[str, str]]:
    """Each text with the name of its field."""
    if isinstance(value, str):
        return [(name, value)]
    if isinstance(value, Mapping):
        return [leaf for key, inner in value.items() for leaf in _leaves(inner, str(key))]
    return [leaf for inner in value for leaf in _leaves(inner, name)] if isinstance(value, list) else []
