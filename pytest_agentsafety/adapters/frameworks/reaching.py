"""What a function refers to by name: agents that are functions, and nodes of graphs, keep their tools in variables."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import CodeType
from typing import Any


def reachable(function: Any) -> Iterator[Any]:
    """The values of the globals and closure variables that a function's code names; of lists and dicts their items.

    Nothing for what has no code. Functions of the same module that it names are looked into as well, each once.
    """
    yield from _values(function, set())


def _values(function: Any, seen: set[int]) -> Iterator[Any]:
    function = getattr(function, "__func__", function)
    code = getattr(function, "__code__", None)
    if not isinstance(code, CodeType) or id(function) in seen:
        return
    seen.add(id(function))
    names, scope = set(_names(code)), function.__globals__
    found = [scope[name] for name in scope if name in names]
    for cell in function.__closure__ or ():
        try:
            found.append(cell.cell_contents)
        except ValueError:  # not assigned yet
            continue
    for value in found:
        if getattr(value, "__code__", None) is not None and getattr(value, "__globals__", None) is scope:
            yield from _values(value, seen)
        yield from _items(value)


def _names(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names(constant)


def _items(value: Any) -> Iterator[Any]:
    if type(value) is dict:
        yield from list(value.values())
    elif type(value) in (list, tuple, set, frozenset):
        yield from list(value)
    else:
        yield value


def only(kind: Callable[[Any], bool], function: Any) -> list[Any]:
    """What `function` refers to and `kind` accepts, each object once."""
    found = {id(value): value for value in reachable(function) if kind(value)}
    return list(found.values())
