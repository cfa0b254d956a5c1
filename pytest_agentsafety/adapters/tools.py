"""Put a typed function behind the tool door without changing what an agent sees of it."""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable
from types import FunctionType
from typing import Any

from pytest_agentsafety.adapters.passing import is_passing
from pytest_agentsafety.model.errors import ConfigError
from pytest_agentsafety.model.messages import ToolSpec
from pytest_agentsafety.protocols import ToolDoor


def as_spec(tool: Any) -> ToolSpec:
    """Read a tool: a ToolSpec as it is, a function by its name and docstring. Raises ConfigError for anything else."""
    if isinstance(tool, ToolSpec):
        return tool
    name = getattr(tool, "__name__", None)
    if not callable(tool) or inspect.isclass(tool) or not isinstance(name, str) or name == "<lambda>":
        raise ConfigError(f"cannot use {tool!r} as a tool: expected a named function with typed parameters")
    if inspect.isasyncgenfunction(tool):
        raise ConfigError(f"cannot use {name} as a tool: what an async generator yields cannot be checked as a whole")
    return ToolSpec(name=name, fn=tool, description=inspect.getdoc(tool) or "")


def gated(spec: ToolSpec, door: Callable[[], ToolDoor]) -> Callable[..., Any]:
    """The tool as a function of the same name, signature and docstring whose calls go through `door()`.

    The original is not reachable from it: no `__wrapped__`.
    """
    fn = spec.fn
    signature, annotations = typed(fn)
    wrapper: Callable[..., Any]

    if is_async(fn):

        async def asynchronous(*args: Any, **kwargs: Any) -> Any:
            named = _named(signature, args, kwargs)
            if is_passing(spec.name, named):
                return await fn(*args, **kwargs)
            return await door().acall(spec.name, named, fn)

        wrapper = asynchronous
    else:

        def synchronous(*args: Any, **kwargs: Any) -> Any:
            named = _named(signature, args, kwargs)
            if is_passing(spec.name, named):
                return fn(*args, **kwargs)
            return door().call(spec.name, named, fn)

        wrapper = synchronous

    wrapper.__name__ = wrapper.__qualname__ = spec.name
    wrapper.__doc__ = spec.description or fn.__doc__
    wrapper.__module__ = getattr(fn, "__module__", __name__)
    wrapper.__annotations__ = annotations
    wrapper.__signature__ = signature  # type: ignore[union-attr]
    return wrapper


def is_async(fn: Callable[..., Any]) -> bool:
    """Does calling it give a coroutine? Also true of an object with an async `__call__`."""
    if fn.__class__ is FunctionType:
        return inspect.iscoroutinefunction(fn)
    return inspect.iscoroutinefunction(fn) or inspect.iscoroutinefunction(getattr(fn, "__call__", None))  # noqa: B004


def typed(fn: Callable[..., Any]) -> tuple[inspect.Signature, dict[str, Any]]:
    """Signature and annotations; those written as strings are resolved in the module that wrote them."""
    annotations = dict(getattr(fn, "__annotations__", {}))
    if not any(isinstance(annotation, str) for annotation in annotations.values()):
        return _signature(fn), annotations
    try:
        return inspect.signature(fn, eval_str=True), typing.get_type_hints(fn, include_extras=True)
    except (NameError, TypeError, AttributeError):
        return inspect.signature(fn), annotations


def _signature(fn: Callable[..., Any]) -> inspect.Signature:
    """A function that carries its signature has it at once: a harness wraps the same tools for every case."""
    carried = fn.__dict__.get("__signature__") if fn.__class__ is FunctionType else None
    return carried if carried.__class__ is inspect.Signature else inspect.signature(fn)


def _named(signature: inspect.Signature, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
    if not args:
        return kwargs
    named: dict[str, Any] = {}
    for name, value in signature.bind_partial(*args, **kwargs).arguments.items():
        kind = signature.parameters[name].kind
        if kind is inspect.Parameter.VAR_POSITIONAL:
            raise TypeError(f"arguments of a guarded tool have names: {len(value)} of this call have none")
        named |= value if kind is inspect.Parameter.VAR_KEYWORD else {name: value}
    return named
