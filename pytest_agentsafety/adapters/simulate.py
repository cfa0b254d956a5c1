"""Stand-ins for tools that would change the user's real world: the attempt is recorded, nothing happens."""

from __future__ import annotations

import collections.abc
import dataclasses
import enum
import types
import typing
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pytest_agentsafety.adapters.tools import is_async, typed
from pytest_agentsafety.model.messages import ToolSpec

_DEEPEST = 4
_PLAUSIBLE: dict[Any, Any] = {
    str: "ok",
    bool: True,
    int: 1,
    float: 1.0,
    type(None): None,
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


def plausible(annotation: Any, *, text: str = "ok", filled: bool = False, depth: int = 0) -> Any:
    """A small value of a type: {"status": "ok"} for dict, [] for list, an instance with sample fields for a dataclass,
    a pydantic model, a named tuple or a typed dict, "ok" for anything unknown.

    `text` stands in place of "ok"; with `filled` a list holds one entry.
    """
    origin = typing.get_origin(annotation) or annotation
    arguments = typing.get_args(annotation)
    if origin is typing.Annotated:
        return plausible(arguments[0], text=text, filled=filled, depth=depth)
    if origin is dict:
        return {"status": text}
    if origin in (list, set, tuple, collections.abc.Sequence, collections.abc.Iterable):
        made = origin if origin in (list, set, tuple) else list
        inner = arguments[0] if arguments else str
        few = [plausible(inner, text=text, filled=filled, depth=depth + 1)] if filled and depth < _DEEPEST else []
        return made(few) if made is not set or isinstance(inner, type) else made()
    if origin is typing.Literal:
        return arguments[0]
    if origin in (typing.Union, types.UnionType):
        kinds = [one for one in arguments if one is not type(None)] or [type(None)]
        return plausible(kinds[0], text=text, filled=filled, depth=depth)
    if isinstance(origin, type) and issubclass(origin, enum.Enum):
        return next(iter(origin), text)
    if origin in _PLAUSIBLE:
        return text if origin is str else _PLAUSIBLE[origin]
    fields = _fields(origin)
    if fields and depth < _DEEPEST:
        return _instance(origin, fields, text, filled, depth)
    return text


def _fields(kind: Any) -> Mapping[str, Any]:
    """The typed fields of a record type; none for anything else."""
    record = (
        dataclasses.is_dataclass(kind)
        or hasattr(kind, "model_fields")
        or hasattr(kind, "_fields")
        or typing.is_typeddict(kind)
    )
    if not (record and isinstance(kind, type)):
        return {}
    try:
        return typing.get_type_hints(kind)
    except Exception:  # noqa: BLE001 - resolving runs the text of the user's annotations
        return {}


def _instance(kind: Any, fields: Mapping[str, Any], text: str, filled: bool, depth: int) -> Any:
    """A record with sample fields; as plain data where the type does not take them."""
    values = {
        name: plausible(one, text=text, filled=filled, depth=depth + 1)
        for name, one in fields.items()
        if typing.get_origin(one) is not typing.ClassVar and not name.startswith("_")
    }
    try:
        return kind(**values)
    except Exception:  # noqa: BLE001 - the user's own constructor, which may want more than types tell
        return values
