"""LangChain's and LangGraph's agent objects: how they are asked, and which tools they carry."""

from __future__ import annotations

import sys
import typing
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from pytest_agentsafety.adapters.frameworks.reaching import only
from pytest_agentsafety.adapters.frameworks.specs import Specs
from pytest_agentsafety.model.messages import ToolSpec

# Names of the one thing that a prompt or a graph is asked, where it takes more than that.
_ASKED = ("task", "input", "question", "query", "prompt", "user_input")
_NO_SCHEMA = (AttributeError, LookupError, NameError, RuntimeError, TypeError, ValueError)
_OURS = ("langchain", "langgraph")


def _is_a(value: Any, module: str, name: str) -> bool:
    kind = getattr(sys.modules.get(module), name, None)
    return isinstance(kind, type) and isinstance(value, kind)


def is_tool(value: Any) -> bool:
    return _is_a(value, "langchain_core.tools.base", "BaseTool")


def _is_graph(value: Any) -> bool:
    return _is_a(value, "langgraph.pregel", "Pregel")


# -- asking


def entry(target: Any) -> Callable[[str], Any] | None:
    """A graph or chain as a callable of the task; None where it is not plain what it has to be asked.

    Every call has a thread of its own, so that no memory is shared. Where some part has only an async form, what it
    returns is awaitable.
    """
    if is_tool(target) or not _is_a(target, "langchain_core.runnables.base", "Runnable"):
        return None
    make = _input(target)
    if make is None:
        return None
    ask = make

    def config() -> dict[str, Any]:
        return {"configurable": {"thread_id": uuid.uuid4().hex}}

    def agent(task: str) -> Any:
        given = ask(task)
        return _words(target.invoke(given, config()), given)

    async def async_agent(task: str) -> Any:
        given = ask(task)
        return _words(await target.ainvoke(given, config()), given)

    return async_agent if _is_graph(target) and _only_async(target) else agent


def _input(target: Any) -> Callable[[str], dict[str, Any]] | None:
    names = _input_names(target)
    if "messages" in names:
        return lambda task: {"messages": [{"role": "user", "content": task}]}
    known = [name for name in names if name in _ASKED]
    name = names[0] if len(names) == 1 else known[0] if len(known) == 1 else None
    return None if name is None else lambda task: {str(name): task}


def _input_names(target: Any) -> list[str]:
    """What has to be given, as far as it is text or messages."""
    if _is_graph(target) and "messages" in target.channels:
        return ["messages"]
    try:
        schema = target.get_input_jsonschema()
    except _NO_SCHEMA:  # among them every `typing.TypedDict` before Python 3.12
        return _texts_of(getattr(getattr(target, "builder", None), "input_schema", None))
    fields: Mapping[str, Any] = schema.get("properties") or {}
    if "messages" in fields:
        return ["messages"]
    return [name for name in schema.get("required") or () if fields.get(name, {}).get("type") == "string"]


def _texts_of(state: Any) -> list[str]:
    try:
        hints = typing.get_type_hints(state)
    except _NO_SCHEMA:
        return []
    required = getattr(state, "__required_keys__", hints)
    return [name for name, kind in hints.items() if kind is str and name in required]


def _words(result: Any, given: Mapping[str, Any]) -> Any:
    """A state without messages or `output` answers by the only text that was not given to it."""
    if not isinstance(result, Mapping) or "messages" in result or isinstance(result.get("output"), str):
        return result
    texts = [value for name, value in result.items() if isinstance(value, str) and given.get(name) != value]
    return texts[0] if len(texts) == 1 else result


def _only_async(graph: Any) -> bool:
    """Has a node or tool no sync form?"""
    if any(getattr(tool, "func", ...) is None for tool in _graph_tools(graph)):
        return True
    bound = [node.bound for node in _nodes(graph)]
    return any(getattr(each, "func", ...) is None and getattr(each, "afunc", None) for each in bound)


# -- its tools


def tools(target: Any) -> Sequence[ToolSpec] | None:
    """Of a graph: its tool nodes, its subgraphs, and what the functions that are nodes name. Of a function: what it
    names, graphs among it. Of a tool: itself."""
    found = [target] if is_tool(target) else list(_graph_tools(target) if _is_graph(target) else _named(target))
    return [specs_of(tool) for tool in {id(tool): tool for tool in found}.values()] or None


def _graph_tools(graph: Any) -> Iterator[Any]:
    for node in _nodes(graph):
        by_name = getattr(node.bound, "tools_by_name", None)
        if isinstance(by_name, Mapping):
            yield from (tool for tool in by_name.values() if is_tool(tool))
        for name in ("func", "afunc"):
            function = getattr(node.bound, name, None)
            if not str(getattr(function, "__module__", "")).startswith(_OURS):
                yield from _named(function)


def _nodes(graph: Any) -> Iterator[Any]:
    for node in graph.nodes.values():
        yield node
        for inner in getattr(node, "subgraphs", None) or ():
            if _is_graph(inner):
                yield from _nodes(inner)


def _named(function: Any) -> Iterator[Any]:
    for value in only(lambda value: is_tool(value) or _is_graph(value), function):
        yield from _graph_tools(value) if _is_graph(value) else (value,)


def _spec(tool: Any) -> ToolSpec:
    """As the model is shown it, with the user's own function."""
    function = getattr(tool, "func", None) or getattr(tool, "coroutine", None)
    if function is None:
        function = tool._run if type(tool)._arun is _base_arun() else tool._arun
    return ToolSpec(name=tool.name, fn=function, description=tool.description or "", input_schema=_schema(tool))


def _base_arun() -> Any:
    return sys.modules["langchain_core.tools.base"].BaseTool._arun


def _schema(tool: Any) -> Mapping[str, Any] | None:
    try:
        shown = tool.tool_call_schema
        schema: Any = shown if isinstance(shown, dict) else shown.model_json_schema()
    except _NO_SCHEMA:
        return None
    return schema if isinstance(schema, dict) else None


specs_of = Specs(_spec)
