"""What in a project's source looks like an agent: an object of a framework, a factory, a function of the task."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pytest_agentsafety.adapters.finding.source import Function, Source, dotted

# Top-level packages through which models are asked.
SDKS = frozenset(
    (
        *("agents", "anthropic", "claude_agent_sdk", "deepagents", "litellm", "openai", "pydantic_ai"),
        *("langchain", "langchain_anthropic", "langchain_classic", "langchain_core", "langchain_openai"),
        *("langgraph", "langgraph_supervisor", "langgraph_swarm"),
    )
)
# What makes an agent, by the package it comes from.
_MAKERS = {
    "agents": {"Agent"},
    "claude_agent_sdk": {"ClaudeAgentOptions"},
    "deepagents": {"create_deep_agent"},
    "langchain": {"create_agent"},
    "langchain_classic": {"AgentExecutor"},
    "langgraph": {"create_react_agent"},
    "pydantic_ai": {"Agent"},
}
# What is an agent once it is compiled.
_GRAPHS = {
    "langgraph": {"MessageGraph", "StateGraph"},
    "langgraph_supervisor": {"create_supervisor"},
    "langgraph_swarm": {"create_swarm"},
}
_NO_AGENTS = ("tool", "command", "fixture")  # in a decorator's name


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """`reference` as `module:attr`, where it stands, what it is in words, and its dotted name in the source."""

    reference: str
    path: Path
    line: int
    kind: str
    name: str
    takes_task: bool = False


def candidates_in(source: Source, sources: Mapping[str, Source]) -> Iterator[Candidate]:
    """All of a file, whether or not its code leads to a model."""
    for name, node in source.functions.items():
        kind = _function(node)
        if kind and not name.startswith("_") and not _is_something_else(source, node):
            yield _candidate(source, name, node.lineno, kind, takes_task="task" in kind)
    for name, value in source.values.items():
        made = _framework(source, value) or _own_class(source, value, sources)
        if made:
            yield _candidate(source, name, value.lineno, made)


def _candidate(source: Source, name: str, line: int, kind: str, *, takes_task: bool = False) -> Candidate:
    return Candidate(
        reference=f"{source.module}:{name}",
        path=source.path,
        line=line,
        kind=kind,
        name=f"{source.module}.{name}",
        takes_task=takes_task,
    )


def _function(node: Function) -> str:
    """What the adapters would take it for, "" for no agent."""
    if not _returns(node):
        return ""
    every, needed = _parameters(node.args)
    if needed == ["task"]:
        return (
            "a coroutine function of the task" if isinstance(node, ast.AsyncFunctionDef) else "a function of the task"
        )
    if "tools" in every and needed in ([], ["tools"]) and isinstance(node, ast.FunctionDef):
        return "a factory that takes `tools`"
    return ""


def _parameters(given: ast.arguments) -> tuple[list[str], list[str]]:
    """The names of all parameters, and of those that must be given."""
    placed = [*given.posonlyargs, *given.args]
    needed = placed[: len(placed) - len(given.defaults)]
    needed += [one for one, default in zip(given.kwonlyargs, given.kw_defaults, strict=True) if default is None]
    return [one.arg for one in (*placed, *given.kwonlyargs)], [one.arg for one in needed]


def _returns(node: Function) -> bool:
    """Does it give something back? What only prints has no answer that could be judged."""
    waiting: list[ast.AST] = list(node.body)
    found = False
    while waiting:
        one = waiting.pop()
        if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            continue
        if isinstance(one, ast.Yield | ast.YieldFrom):
            return False
        nothing = isinstance(one, ast.Return) and isinstance(one.value, ast.Constant) and one.value.value is None
        found = found or (isinstance(one, ast.Return) and one.value is not None and not nothing)
        waiting += ast.iter_child_nodes(one)
    return found


def _is_something_else(source: Source, node: Function) -> bool:
    """Is it a tool, a command, a route: something that is called by others?"""
    for decorator in node.decorator_list:
        name = dotted(decorator.func if isinstance(decorator, ast.Call) else decorator)
        if name.partition(".")[0] in source.values or any(word in name.lower() for word in _NO_AGENTS):
            return True
    return False


def _framework(source: Source, value: ast.expr) -> str:
    name = source.called(value) if isinstance(value, ast.Call) else ""
    if _is_one_of(name, _MAKERS):
        return f"made by {name}"
    compiled = isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) and value.func.attr == "compile"
    return "a compiled graph" if compiled and _is_graph(source, value, set()) else ""


def _is_graph(source: Source, value: ast.expr, seen: set[str]) -> bool:
    """Does the chain of calls start at a graph, here or under a name that was given to one?"""
    root = dotted(value).partition(".")[0]
    if _is_one_of(_maker(source, value), _GRAPHS):
        return True
    if root in seen or root not in source.values:
        return False
    return _is_graph(source, source.values[root], seen | {root})


def _maker(source: Source, value: ast.AST) -> str:
    """Whom the innermost call of a chain calls: of `StateGraph(State).add_node(f).compile()` it is StateGraph."""
    found = ""
    while isinstance(value, ast.Call | ast.Attribute):
        if isinstance(value, ast.Call):
            found = source.called(value)
            value = value.func
        else:
            value = value.value
    return found


def _is_one_of(name: str, known: Mapping[str, set[str]]) -> bool:
    package, _, _ = name.partition(".")
    return name.rpartition(".")[2] in known.get(package, ())


def _own_class(source: Source, value: ast.expr, sources: Mapping[str, Source]) -> str:
    """An object of a class of the project's own that has `invoke` or `ainvoke`."""
    if not isinstance(value, ast.Call):
        return ""
    module, _, name = source.called(value).rpartition(".")
    made = sources[module].classes.get(name) if module in sources else None
    if made is None:
        return ""
    methods = {one.name for one in made.body if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)}
    return f"an object of {name} with `invoke`" if methods & {"invoke", "ainvoke"} else ""
