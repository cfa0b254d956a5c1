"""MCP clients: every `tools/call` that leaves this process passes the tool door.

The place is `ClientSession` of the `mcp` package, which `mcp.Client`, FastMCP's client and the frameworks' own MCP
tools all send through. A call made inside a framework's tool that has passed the door under the name the model uses
is not asked about again; any other passes under the server's own name for the tool, or under the one that a group of
servers gave it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar
from dataclasses import replace
from functools import wraps
from importlib import import_module
from types import ModuleType
from typing import Any
from weakref import WeakKeyDictionary

from pytest_agentsafety.adapters import mcp_wire
from pytest_agentsafety.adapters.frameworks.base import DoorGetter, Framework, Undo
from pytest_agentsafety.adapters.passing import athrough, is_passing_remote
from pytest_agentsafety.model.messages import ToolSpec
from pytest_agentsafety.protocols import ToolDoor

# The name a group of servers gave the tool that is called in this context, "" outside of one.
_alias: ContextVar[str] = ContextVar("agentsafety_mcp_alias", default="")
# The session whose call was looked at and is being sent in this context. Not a plain mark: an in-memory transport takes
# the context along to the server, whose own calls of other servers have to be looked at.
_sending: ContextVar[Any] = ContextVar("agentsafety_mcp_sending", default=None)


class SessionPatch:
    """The methods of one `ClientSession` class, with the door in between. `put` puts them in place."""

    def __init__(self, module: ModuleType, door: DoorGetter) -> None:
        self._session, self._types, self._door = module.ClientSession, module.types, door
        self._call, self._send = self._session.call_tool, self._session.send_request
        # What servers said of their tools, by session: a listing may be older than the task.
        self._specs: WeakKeyDictionary[Any, dict[str, ToolSpec]] = WeakKeyDictionary()

    def put(self) -> Undo:
        patch = self

        @wraps(self._call)
        async def call_tool(
            session: Any, name: str, arguments: dict[str, Any] | None = None, *a: Any, **kw: Any
        ) -> Any:
            async def send(given: dict[str, Any] | None) -> Any:
                return await patch._call(session, name, given, *a, **kw)

            return await patch._gated(session, name, arguments, send)

        @wraps(self._send)
        async def send_request(session: Any, request: Any, *a: Any, **kw: Any) -> Any:
            return await patch._sent(session, request, *a, **kw)

        self._session.call_tool, self._session.send_request = call_tool, send_request
        return self._take_off

    def _take_off(self) -> None:
        self._session.call_tool, self._session.send_request = self._call, self._send

    async def _sent(self, session: Any, request: Any, *a: Any, **kw: Any) -> Any:
        """A request of any kind: a call made past `call_tool` is gated here, a listing is read."""
        plain = getattr(request, "root", request)  # mcp 1.x puts requests into a wrapper
        method = getattr(plain, "method", "")
        if method != "tools/call" or _sending.get() is session:
            result = await self._send(session, request, *a, **kw)
            if method == "tools/list":
                self._learn(session, result)
            return result

        async def send(given: dict[str, Any] | None) -> Any:
            params = plain.params.model_copy(update={"arguments": given})
            changed = plain.model_copy(update={"params": params})
            return await self._send(session, changed if plain is request else type(request)(changed), *a, **kw)

        return await self._gated(session, plain.params.name, plain.params.arguments, send)

    def _learn(self, session: Any, listing: Any) -> None:
        specs = self._specs.setdefault(session, {})
        for tool in getattr(listing, "tools", ()):
            spec = mcp_wire.spec_of(_plain(tool))
            if specs.get(spec.name) != spec:  # the same one again is not read again
                specs[spec.name] = spec
        door = self._door()
        if door is not None:
            door.learn([specs[tool.name] for tool in getattr(listing, "tools", ())])

    async def _gated(
        self,
        session: Any,
        name: str,
        arguments: dict[str, Any] | None,
        send: Callable[[dict[str, Any] | None], Awaitable[Any]],
    ) -> Any:
        door = self._door()
        if door is None or is_passing_remote(name, arguments or {}):
            return await _marked(session, send, arguments)
        shown = _alias.get() or name
        known = self._specs.get(session, {}).get(name)
        if known is not None:
            door.learn([known if shown == name else replace(known, name=shown)])
        schema = None if known is None else known.output_schema
        return await self._through(door, session, shown, arguments, send, schema)

    async def _through(
        self,
        door: ToolDoor,
        session: Any,
        name: str,
        arguments: dict[str, Any] | None,
        send: Callable[[dict[str, Any] | None], Awaitable[Any]],
        schema: Mapping[str, Any] | None,
    ) -> Any:
        got: list[tuple[Any, Mapping[str, Any], str]] = []

        async def run(**given: Any) -> str:
            result = await _marked(session, send, given if given or arguments is not None else None)
            plain = _plain(result)
            text = mcp_wire.rendered(plain)
            got.append((result, plain, text))
            return text

        shown = await athrough(door, name, arguments or {}, run)
        if not got:
            return self._result(mcp_wire.replaced(shown, schema=schema))
        result, plain, text = got[-1]
        settled = mcp_wire.settled(shown, text, plain, schema=schema)
        return result if settled is plain else self._result(settled)

    def _result(self, plain: Mapping[str, Any]) -> Any:
        return self._types.CallToolResult.model_validate(plain)


async def _marked(
    session: Any, send: Callable[[dict[str, Any] | None], Awaitable[Any]], arguments: dict[str, Any] | None
) -> Any:
    tokens = _sending.set(session), _alias.set("")
    try:
        return await send(arguments)
    finally:
        _sending.reset(tokens[0])
        _alias.reset(tokens[1])


def _plain(model: Any) -> dict[str, Any]:
    """A model of the SDK as the JSON object it was on the wire."""
    plain: dict[str, Any] = model.model_dump(by_alias=True, mode="json", exclude_none=True)
    return plain


def _patch_sessions(module: ModuleType, door: DoorGetter) -> Undo:
    return SessionPatch(module, door).put()


def _group_patch(group: str, *methods: str) -> Callable[[ModuleType, DoorGetter], Undo]:
    """For a class that calls the tools of several servers under names of its own."""

    def patch(module: ModuleType, _door: DoorGetter) -> Undo:
        owner = getattr(module, group)
        originals = {method: getattr(owner, method) for method in methods if hasattr(owner, method)}
        for method, original in originals.items():
            setattr(owner, method, _named(original))

        def undo() -> None:
            for method, original in originals.items():
                setattr(owner, method, original)

        return undo

    return patch


def _named(original: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(original)
    async def call(self: Any, name: str, *args: Any, **kwargs: Any) -> Any:
        token = _alias.set(name)
        try:
            return await original(self, name, *args, **kwargs)
        finally:
            _alias.reset(token)

    return call


def _tools(target: Any) -> Sequence[ToolSpec] | None:
    """The tools of a server: `StdioServerParameters` of the SDK, a server or client of FastMCP. It is started."""
    place = (type(target).__module__.partition(".")[0], type(target).__name__)
    ask = {("mcp", "StdioServerParameters"): _of_stdio, ("fastmcp", "FastMCP"): _of_fastmcp}.get(place)
    ask = _of_fastmcp if place == ("fastmcp", "Client") else ask
    if ask is None:
        return None
    with ThreadPoolExecutor(1) as aside:  # an event loop may be running here
        tools = aside.submit(lambda: asyncio.run(ask(target))).result()
    return [mcp_wire.spec_of(_plain(tool)) for tool in tools]


async def _of_stdio(parameters: Any) -> list[Any]:
    transport, session = import_module("mcp.client.stdio"), import_module("mcp.client.session")
    async with transport.stdio_client(parameters) as streams, session.ClientSession(*streams) as opened:
        await opened.initialize()
        tools: list[Any] = []
        cursor = None
        while True:
            listed = await opened.list_tools(params=_page(opened, cursor))
            tools += listed.tools
            cursor = getattr(listed, "next_cursor", None)
            if cursor is None:
                return tools


def _page(session: Any, cursor: str | None) -> Any:
    types = import_module(type(session).__module__).types
    return None if cursor is None else types.PaginatedRequestParams(cursor=cursor)


async def _of_fastmcp(target: Any) -> list[Any]:
    fastmcp = import_module("fastmcp")
    client = target if isinstance(target, fastmcp.Client) else fastmcp.Client(target)
    async with client:
        return list(await client.list_tools())


MCP = Framework(
    name="mcp",
    tools=_tools,
    patches={
        "mcp.client.session": _patch_sessions,
        "mcp.client.session_group": _group_patch("ClientSessionGroup", "call_tool"),
        "fastmcp.client.group": _group_patch("ClientGroup", "call_tool", "call_tool_mcp"),
    },
)
