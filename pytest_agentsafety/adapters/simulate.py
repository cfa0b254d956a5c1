"""Stand-ins for tools that would change the user's real world: the attempt is recorded, nothing happens."""

from __future__ import annotations

import types
import typing
from dataclasses import replace
from typing import Any

from pytest_agentsafety.adapters.tools import is_async, typed
from pytest_agentsafety.model.messages import ToolSpec

_PLAUSIBLE: dict[Any, Any] = {
    str: "ok",
    bool: True,
    int: 1,
    float: 1.0,
    type(None): None,
    tuple: (),
}


def simulated(spec: ToolSpec) -> ToolSpec:
    """The same tool, which does nothing and returns a plausible value of its return type ("ok" where there is none)."""
    signature, annotations = typed(spec.fn)
    kind = return_type(spec.fn)

    if is_async(spec.fn):

        async def nothing_async(**_: Any) -> Any:
            return plausible(kind)

        stand_in: Any = nothing_async
    else:

        def nothing(**_: Any) -> Any:
            return plausible(kind)

        stand_in = nothing
    stand_in.is_simulated = True
    stand_in.__name__ = spec.name
    stand_in.__doc__ = spec.fn.__doc__
    stand_in.__annotations__ = annotations
    stand_in.__signature__ = signature
    return replace(spec, fn=stand_in)


def is_simulated(fn: Any) -> bool:
    """Is this a stand-in? Also of one that was wrapped since."""
    return getattr(fn, "is_simulated", False) is True


def return_type(fn: Any) -> Any:
    """What a function says it returns; text where it says nothing."""
    try:
        return typing.get_type_hints(fn).get("return", str)
    except (NameError, TypeError, AttributeError):
        return str


def plausible(annotation: Any) -> Any:
    """A small value of a type: {} for dict, [] for list, "ok" for anything unknown."""
    origin = typing.get_origin(annotation) or annotation
    if origin is dict:
        return {"status": "ok"}
    if origin in (list, set):
        return origin()
    if origin is typing.Literal:
        return typing.get_args(annotation)[0]
    if origin in (typing.Union, types.UnionType):
        return plausible(typing.get_args(annotation)[0])
    return _PLAUSIBLE.get(origin, "ok")
