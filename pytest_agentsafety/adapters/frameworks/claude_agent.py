"""The Claude Agent SDK, whose agent runs in a process of its own (the CLI).

In-process MCP tools are run here, by `SdkMcpBridge`, and pass the door there. The CLI's own tools (Bash, Read, ...) and
those of MCP servers that it connects to itself are asked about by hooks, see `claude_hooks`. Its model requests are led
to the task's model door by the environment (`TaskGate.child_env`).
"""

from __future__ import annotations

import asyncio
import os
import re
import sys
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import wraps
from types import ModuleType
from typing import Any

from pytest_agentsafety.adapters import mcp_wire
from pytest_agentsafety.adapters.frameworks.base import DoorGetter, Framework, Undo
from pytest_agentsafety.adapters.frameworks.claude_hooks import Hooks
from pytest_agentsafety.adapters.frameworks.reaching import only
from pytest_agentsafety.adapters.passing import athrough
from pytest_agentsafety.model.messages import ToolSpec
from pytest_agentsafety.protocols import ToolDoor

_BRIDGE = "claude_agent_sdk._internal.sdk_mcp_bridge"
_ODD = re.compile(r"[^A-Za-z0-9_-]")
# Set where neither the user's environment nor the options say: no traffic beside the agent's work, none of the beta
# features whose cost has no bound, and at most so many tokens per reply (the CLI's own default of 128,000 is more than
# a whole task may have).
_CALM = {
    "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
    "CLAUDE_CODE_DISABLE_EXPERIMENTAL_BETAS": "1",
    "CLAUDE_CODE_MAX_OUTPUT_TOKENS": "8192",
}
# Ways to a model that pass no door.
_ELSEWHERE = ("CLAUDE_CODE_USE_BEDROCK", "CLAUDE_CODE_USE_VERTEX", "CLAUDE_CODE_USE_FOUNDRY")


def shown_name(server: str, tool: str) -> str:
    """What the CLI calls a tool of an MCP server when it talks to the model."""
    return f"mcp__{_ODD.sub('_', server)}__{_ODD.sub('_', tool)}"


# -- in-process tools


def _patch_bridge(module: ModuleType, door: DoorGetter) -> Undo:
    bridge = module.SdkMcpBridge
    original = bridge.handle

    @wraps(original)
    async def handle(self: Any, message: dict[str, Any]) -> dict[str, Any] | None:
        active = door()
        if active is None or message.get("method") not in ("tools/call", "tools/list"):
            return await _plain(original, self, message)
        if message["method"] == "tools/list":
            return _listed(active, self.name, await _plain(original, self, message))
        return await _called(active, original, self, message)

    bridge.handle = handle

    def undo() -> None:
        bridge.handle = original

    return undo


async def _plain(original: Callable[..., Any], bridge: Any, message: dict[str, Any]) -> dict[str, Any] | None:
    answer: dict[str, Any] | None = await original(bridge, message)
    return answer


def _listed(door: ToolDoor, server: str, answer: dict[str, Any] | None) -> dict[str, Any] | None:
    door.learn(_specs(server, answer))
    return answer


def _specs(server: str, answer: Mapping[str, Any] | None) -> list[ToolSpec]:
    tools = ((answer or {}).get("result") or {}).get("tools") or ()
    return [mcp_wire.spec_of(tool, name=shown_name(server, str(tool.get("name", "")))) for tool in tools]


async def _called(
    door: ToolDoor, original: Callable[..., Any], bridge: Any, message: dict[str, Any]
) -> dict[str, Any] | None:
    params = message.get("params") or {}
    name = shown_name(bridge.name, str(params.get("name", "")))
    got: list[tuple[dict[str, Any] | None, Mapping[str, Any], str]] = []

    async def run(**given: Any) -> str:
        answer = await _plain(original, bridge, {**message, "params": {**params, "arguments": given}})
        result = (answer or {}).get("result")
        plain = result if isinstance(result, dict) else {"error": (answer or {}).get("error")}
        text = mcp_wire.rendered(plain)
        got.append((answer, plain, text))
        return text

    shown = await athrough(door, name, params.get("arguments") or {}, run)
    identity = {"jsonrpc": "2.0", "id": message.get("id")}
    if not got:
        return {**identity, "result": mcp_wire.replaced(shown)}
    answer, plain, text = got[-1]
    return answer if shown is text else {**identity, "result": mcp_wire.settled(shown, text, plain)}


# -- the options of every client


def guarded(options: Any, door: ToolDoor, hook_matcher: Any) -> tuple[Any, Hooks]:
    """The user's options with our hooks in front of theirs and the way to the model door in the environment."""
    servers = options.mcp_servers if isinstance(options.mcp_servers, dict) else {}
    own = {name for name, server in servers.items() if isinstance(server, dict) and server.get("type") == "sdk"}
    hooks = Hooks(door, own)
    merged = {event: list(matchers) for event, matchers in (options.hooks or {}).items()}
    for event, hook in hooks.by_event().items():
        merged[event] = [_matcher(hook_matcher, hook), *merged.get(event, ())]
    return replace(options, hooks=merged, env=_environment(options.env, door)), hooks


def _matcher(hook_matcher: Any, hook: Callable[..., Any]) -> Any:
    """A hook for all tools; one that fails blocks, where this version of the SDK can say so."""
    fields = getattr(hook_matcher, "__dataclass_fields__", {})
    blocking = {"on_failure": "block"} if "on_failure" in fields else {}
    return hook_matcher(hooks=[hook], timeout=_PATIENCE_SECONDS, **blocking)


_PATIENCE_SECONDS = 86_400.0  # somebody may have to be asked


def _environment(given: Mapping[str, str], door: ToolDoor) -> dict[str, str]:
    lead = getattr(door, "child_env", None)
    calm = {name: value for name, value in _CALM.items() if name not in os.environ}
    return {**calm, **given, **({} if lead is None else lead(given)), **dict.fromkeys(_ELSEWHERE, "")}


def _patch_query(module: ModuleType, door: DoorGetter) -> Undo:
    """`query()`: one run, over when its messages are."""
    client = module.InternalClient
    original = client.process_query

    @wraps(original)
    async def process_query(self: Any, prompt: Any, options: Any, transport: Any = None) -> AsyncIterator[Any]:
        active = door()
        if active is None:
            async for message in original(self, prompt=prompt, options=options, transport=transport):
                yield message
            return
        changed, hooks = guarded(options, active, _sdk().HookMatcher)
        messages = original(self, prompt=prompt, options=changed, transport=transport)
        try:
            async for message in messages:
                yield message
        finally:
            await messages.aclose()
            await hooks.close()

    client.process_query = process_query

    def undo() -> None:
        client.process_query = original

    return undo


def _patch_client(module: ModuleType, door: DoorGetter) -> Undo:
    """`ClaudeSDKClient`: its options count when it connects."""
    client = module.ClaudeSDKClient
    connect, disconnect = client.connect, client.disconnect

    @wraps(connect)
    async def connect_guarded(self: Any, *args: Any, **kwargs: Any) -> Any:
        active = door()
        if active is None:
            return await connect(self, *args, **kwargs)
        given = self.options
        self.options, self._agentsafety_hooks = guarded(given, active, _sdk().HookMatcher)
        try:
            return await connect(self, *args, **kwargs)
        finally:
            self.options = given

    @wraps(disconnect)
    async def disconnect_guarded(self: Any) -> Any:
        try:
            return await disconnect(self)
        finally:
            hooks = self.__dict__.pop("_agentsafety_hooks", None)
            if hooks is not None:
                await hooks.close()

    client.connect, client.disconnect = connect_guarded, disconnect_guarded

    def undo() -> None:
        client.connect, client.disconnect = connect, disconnect

    return undo


# -- an options object as the agent


def _is_options(target: Any) -> bool:
    kind = type(target)
    return kind.__name__ == "ClaudeAgentOptions" and kind.__module__.partition(".")[0] == "claude_agent_sdk"


def _sdk() -> Any:
    return sys.modules["claude_agent_sdk"]


def _entry(target: Any) -> Callable[[str], Any] | None:
    if not _is_options(target):
        return None

    async def run(task: str) -> str:
        """The text of the run's result."""
        answer = ""
        async for message in _sdk().query(prompt=task, options=target):
            if type(message).__name__ == "ResultMessage":
                answer = message.result or ""
        return answer

    return run


def _tools(target: Any) -> Sequence[ToolSpec] | None:
    """The in-process tools of options, or of those that a function names. Those of the CLI, and of servers it connects
    to itself, only it knows."""
    options = [target] if _is_options(target) else only(_is_options, target)
    if not options:
        return None
    servers = {
        name: server for one in options if isinstance(one.mcp_servers, dict) for name, server in one.mcp_servers.items()
    }
    own = {name: server for name, server in servers.items() if isinstance(server, dict) and server.get("type") == "sdk"}
    with ThreadPoolExecutor(1) as aside:  # an event loop may be running here
        return aside.submit(lambda: asyncio.run(_asked(own))).result() if own else []


async def _asked(servers: Mapping[str, Any]) -> list[ToolSpec]:
    """What in-process servers answer to `tools/list`."""
    bridge_of = sys.modules[_BRIDGE].SdkMcpBridge
    specs: list[ToolSpec] = []
    hello = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "agentsafety", "version": "1"}}
    for name, server in servers.items():
        bridge = bridge_of(name, server["instance"])
        try:
            await bridge.handle({"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": hello})
            await bridge.handle({"jsonrpc": "2.0", "method": "notifications/initialized"})
            specs += _specs(name, await bridge.handle({"jsonrpc": "2.0", "id": 1, "method": "tools/list"}))
        finally:
            await bridge.aclose()
    return specs


CLAUDE_AGENT = Framework(
    name="claude-agent-sdk",
    patches={
        _BRIDGE: _patch_bridge,
        "claude_agent_sdk._internal.client": _patch_query,
        "claude_agent_sdk.client": _patch_client,
    },
    entry=_entry,
    tools=_tools,
)
