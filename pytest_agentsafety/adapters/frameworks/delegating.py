"""Tools that do nothing but let another agent go on: its body asks an agent, or returns a graph's command.

A harness plays every tool, and behind one that is played no worker is reached. Such a tool may really run, since what
its worker does passes the doors, but only where its code shows that it does nothing beside: every call in it is looked
at, and one that is not understood makes it a tool like any other.
"""

from __future__ import annotations

import ast
import builtins
import dataclasses
import inspect
import sys
import textwrap
from collections.abc import Callable, Iterator, Mapping
from types import ModuleType
from typing import Any

_FRAMEWORKS = frozenset({"agents", "langchain", "langchain_core", "langgraph", "pydantic_ai", "claude_agent_sdk"})
_PLAIN_MODULES = frozenset({"json", "textwrap", "typing", "uuid", "dataclasses"})


def _words(text: str) -> list[str]:
    return text.split()


_BUILTINS = frozenset(
    _words(
        "all any bool dict enumerate float frozenset int isinstance len list max min next print range repr reversed "
        "round set sorted str sum tuple type zip ValueError RuntimeError TypeError KeyError"
    )
)
# What a framework's agent is asked by.
_ASKING = frozenset(
    _words("run run_sync run_stream run_streamed iter invoke ainvoke stream astream query receive_response")
)
# Methods of texts, records, messages and results, none of which reaches anything outside.
_READING = frozenset(
    _words(
        "get items keys values format strip lstrip rstrip join split splitlines lower upper title replace startswith "
        "endswith removeprefix removesuffix append extend copy model_dump model_dump_json usage all_messages "
        "new_messages get_output stream_text final_output_as text count index"
    )
)


def asking(**_: Any) -> str:
    """Stands for the function of a tool that a framework made of an agent."""
    raise NotImplementedError("this tool is run by its framework")


vars(asking)["asks_an_agent"] = True


def asks_an_agent(function: Any, is_agent: Callable[[Any], bool]) -> bool:
    """Does this tool's function only let an agent go on? `is_agent` tells the agent objects of the frameworks."""
    if getattr(function, "asks_an_agent", False) is True:
        return True
    try:
        return _Body(function, is_agent, set()).only_asks()
    except (AttributeError, OSError, SyntaxError, TypeError, ValueError):  # no source, or none that stands alone
        return False


class _Body:
    """A function's source, with what the names in it stand for."""

    def __init__(self, target: Any, is_agent: Callable[[Any], bool], seen: set[Any]) -> None:
        function: Any = inspect.unwrap(getattr(target, "__func__", target))
        self._code = function.__code__
        self._is_agent, self._seen = is_agent, seen | {self._code}
        (tree,) = ast.parse(textwrap.dedent(inspect.getsource(function))).body
        if not isinstance(tree, (ast.FunctionDef, ast.AsyncFunctionDef)):
            raise TypeError("not a function's source")
        closure = inspect.getclosurevars(function)
        self._scope = {**vars(builtins), **function.__globals__, **closure.nonlocals}
        self._nodes = [node for statement in tree.body for node in ast.walk(statement)]
        arguments = (*tree.args.posonlyargs, *tree.args.args, *tree.args.kwonlyargs)
        self._parameters = {one.arg for one in arguments}
        self._made: set[str] = set()
        self.asks = False

    def only_asks(self) -> bool:
        return self.is_harmless() and self.asks

    def is_harmless(self) -> bool:
        """Is every step in it one that we know?"""
        self._made = set(self._agents_made())
        for node in self._nodes:
            if isinstance(node, (ast.Import, ast.ImportFrom, ast.Global, ast.Nonlocal, ast.Delete, ast.ClassDef)):
                return False
            if isinstance(node, (ast.Attribute, ast.Subscript)) and not isinstance(node.ctx, ast.Load):
                return False
            if isinstance(node, ast.Call) and not self._knows(node.func):
                return False
        return True

    def _agents_made(self) -> Iterator[str]:
        """Names of agents and clients that the function makes itself."""
        for node in self._nodes:
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
                maker = self._value(node.value.func)
                if _module_of(maker) in _FRAMEWORKS:
                    yield from (target.id for target in node.targets if isinstance(target, ast.Name))

    def _knows(self, called: ast.expr) -> bool:
        value = self._value(called)
        if value is not _UNKNOWN:
            return self._allows(value)
        if not isinstance(called, ast.Attribute):
            return False
        owner = self._value(called.value)
        if owner is not _UNKNOWN:
            return self._asks(called.attr) if self._is_agent(owner) else _is_plain(owner) and called.attr in _READING
        if isinstance(called.value, ast.Name) and called.value.id in self._made:
            return self._asks(called.attr)
        return called.attr in _READING and not self._is_deep_in_a_parameter(called.value)

    def _asks(self, method: str) -> bool:
        self.asks = self.asks or method in _ASKING
        return method in _ASKING | _READING

    def _allows(self, value: Any) -> bool:
        """A thing known by its value, which is called."""
        owner = getattr(value, "__self__", None)
        if owner is not None and not isinstance(owner, (type, ModuleType)):
            name = str(getattr(value, "__name__", ""))
            return self._asks(name) if self._is_agent(owner) else _is_plain(owner) and name in _READING
        if _module_of(value) in _FRAMEWORKS:
            runs = getattr(value, "__name__", "") in _ASKING
            self.asks = self.asks or runs or getattr(value, "__name__", "") == "Command"
            return True
        if getattr(builtins, str(getattr(value, "__name__", "")), None) is value:
            return getattr(value, "__name__", "") in _BUILTINS
        if _module_of(value) in _PLAIN_MODULES or _is_record(value):
            return True
        return self._is_harmless_helper(value)

    def _is_harmless_helper(self, value: Any) -> bool:
        code = getattr(value, "__code__", None)
        if code is None or value.__module__ != self._scope.get("__name__"):
            return False
        if code in self._seen:
            return True
        helper = _Body(value, self._is_agent, self._seen)
        harmless = helper.is_harmless()
        self.asks = self.asks or helper.asks
        return harmless

    def _value(self, node: ast.expr) -> Any:
        """What a name, or a name's attribute, stands for; `_UNKNOWN` for what exists only while the function runs."""
        if isinstance(node, ast.Name):
            local = node.id in self._parameters or node.id in self._code.co_varnames
            return _UNKNOWN if local else self._scope.get(node.id, _UNKNOWN)
        if isinstance(node, ast.Attribute):
            owner = self._value(node.value)
            return _UNKNOWN if owner is _UNKNOWN else _attribute(owner, node.attr)
        return _UNKNOWN

    def _is_deep_in_a_parameter(self, node: ast.expr) -> bool:
        """`ctx.deps.client`: what came with a parameter and may be anything, unlike the text or state that it is."""
        depth = 0
        while isinstance(node, (ast.Attribute, ast.Subscript)):
            depth += isinstance(node, ast.Attribute)
            node = node.value
        return isinstance(node, ast.Name) and node.id in self._parameters and depth > 0


_UNKNOWN: Any = type("Unknown", (), {})()


def _attribute(owner: Any, name: str) -> Any:
    """Without running anything: what a property gives is not known."""
    found = inspect.getattr_static(owner, name, _UNKNOWN)
    return _UNKNOWN if found is _UNKNOWN or isinstance(found, property) else getattr(owner, name, _UNKNOWN)


def _module_of(value: Any) -> str:
    return str(getattr(value, "__module__", None) or "").partition(".")[0]


def _is_plain(value: Any) -> bool:
    return isinstance(value, (str, int, float, bool, list, tuple, dict, Mapping))


def _is_record(value: Any) -> bool:
    """A class of plain data."""
    if not isinstance(value, type):
        return False
    base = getattr(sys.modules.get("pydantic"), "BaseModel", None)
    return dataclasses.is_dataclass(value) or (isinstance(base, type) and issubclass(value, base))
