"""LangChain's tools, and with them LangGraph's nodes and `create_agent`: all run a tool by its `run` or `arun`."""

from __future__ import annotations

import functools
from collections.abc import Callable
from types import ModuleType
from typing import Any

from pytest_agentsafety.adapters.frameworks.base import DoorGetter, Framework, Undo
from pytest_agentsafety.adapters.frameworks.langchain_agents import entry, specs_of, tools
from pytest_agentsafety.adapters.frameworks.langchain_call import Call
from pytest_agentsafety.adapters.frameworks.swapping import all_of, swapped
from pytest_agentsafety.adapters.passing import answering, athrough, through
from pytest_agentsafety.protocols import ToolDoor


class _Gated:
    """Stands for a tool while LangChain runs it. LangChain reads the arguments and then runs the tool; here it finds
    nothing to read, and reading them is part of the run behind the door. So callbacks, error handlers and the
    message that a result becomes are LangChain's own, and a call with wrong arguments has passed the door.
    """

    def __init__(self, tool: Any, run: Callable[..., Any], arun: Callable[..., Any]) -> None:
        self._tool, self._run, self._arun = tool, run, arun

    @property  # type: ignore[misc]  # LangChain looks there for what the tool has of its own
    def __class__(self) -> Any:
        return type(self._tool)

    def _to_args_and_kwargs(self, *_: Any, **__: Any) -> tuple[tuple[()], dict[str, Any]]:
        return (), {}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._tool, name)


def _gated(module: ModuleType, tool: Any, tool_input: Any, call_id: str | None, door: ToolDoor) -> _Gated:
    door.learn([specs_of(tool)])
    call = Call(module, tool, tool_input, call_id)

    # By `wraps` they have the tool's own signature, by which LangChain decides what to give to it (`extra`).
    @functools.wraps(tool._run)
    def run(*_: Any, **extra: Any) -> Any:
        def own(**given: Any) -> Any:
            with call.running():
                args, kwargs = call.parsed(given)
                return call.seen(tool._run(*args, **{**kwargs, **extra}))

        with call.errors(), answering(call_id):
            return call.answer(through(door, tool.name, call.arguments, own))

    @functools.wraps(tool._arun)
    async def arun(*_: Any, **extra: Any) -> Any:
        async def own(**given: Any) -> Any:
            with call.running():
                args, kwargs = call.parsed(given)
                return call.seen(await tool._arun(*args, **{**kwargs, **extra}))

        with call.errors(), answering(call_id):
            return call.answer(await athrough(door, tool.name, call.arguments, own))

    return _Gated(tool, run, arun)


def _patch(module: ModuleType, door: DoorGetter) -> Undo:
    def gated(tool: Any, tool_input: Any, options: dict[str, Any]) -> Any:
        active = door()
        if active is None:
            return tool
        return _gated(module, tool, tool_input, options.get("tool_call_id"), active)

    def make_run(original: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(original)
        def run(self: Any, tool_input: Any, *args: Any, **kwargs: Any) -> Any:
            return original(gated(self, tool_input, kwargs), tool_input, *args, **kwargs)

        return run

    def make_arun(original: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(original)
        async def arun(self: Any, tool_input: Any, *args: Any, **kwargs: Any) -> Any:
            return await original(gated(self, tool_input, kwargs), tool_input, *args, **kwargs)

        return arun

    return all_of(swapped(module, "BaseTool.run", make_run), swapped(module, "BaseTool.arun", make_arun))


def _patch_structured(module: ModuleType, door: DoorGetter) -> Undo:
    """What LangChain reads a structured answer from: a call of a tool that runs nothing."""

    def make_parse(original: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(original)
        def parse(self: Any, tool_args: dict[str, Any]) -> Any:
            active = door()
            if active is not None:
                active.answers_by([self.tool.name])
            return original(self, tool_args)

        return parse

    return swapped(module, "OutputToolBinding.parse", make_parse)


LANGCHAIN = Framework(
    name="langchain",
    patches={
        "langchain_core.tools.base": _patch,
        "langchain.agents.structured_output": _patch_structured,
    },
    entry=entry,
    tools=tools,
)
