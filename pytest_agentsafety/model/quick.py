"""Frozen dataclasses that are made many times a call: the same class, made in half the time."""

from __future__ import annotations

from dataclasses import MISSING, fields
from typing import Any, TypeVar

_T = TypeVar("_T")


def quick(cls: type[_T]) -> type[_T]:
    """Give a frozen, keyword-only dataclass an `__init__` that fills its fields at once.

    The one of `dataclass` sets each field of a frozen class through `object.__setattr__`, which is most of the cost of
    an event. What can be seen from outside stays: names, defaults, order of the fields, frozen afterwards.
    """
    given, parameters, values = _fields_of(cls)
    lines = [f"    values[{name!r}] = {value}" for name, value in values.items()]
    head = f"def __init__(self, {parameters}):"
    made = _compiled("__init__", "\n".join([head, "    values = self.__dict__", *lines]), given)
    made.__qualname__, made.__module__ = f"{cls.__qualname__}.__init__", cls.__module__
    made.__annotations__ = dict(getattr(cls.__init__, "__annotations__", {}))
    cls.__init__ = made  # type: ignore[method-assign]
    return cls


def maker(cls: type[_T]) -> type[_T]:
    """What makes instances of a quick class, with the same arguments and without the way through `type.__call__`.

    It is a function, for those who make one at every call; to a type checker it is the class.
    """
    given, parameters, values = _fields_of(cls)
    items = ", ".join(f"{name!r}: {value}" for name, value in values.items())
    lines = (
        f"def make({parameters}):",
        "    made = new(cls)",
        f"    fill(made, '__dict__', {{{items}}})",
        "    return made",
    )
    given |= {"cls": cls, "new": object.__new__, "fill": object.__setattr__}
    made: type[_T] = _compiled("make", "\n".join(lines), given)
    return made


def _fields_of(cls: type[Any]) -> tuple[dict[str, Any], str, dict[str, str]]:
    """What the code of an `__init__` refers to, its parameters, and the value of each field."""
    if hasattr(cls, "__post_init__"):
        raise TypeError(f"{cls.__name__} has a __post_init__, which a quick class would not call")
    given: dict[str, Any] = {"_missing": MISSING}
    parameters, values = [], {}
    for one in fields(cls):
        value = name = one.name
        if one.default_factory is not MISSING:
            given[f"_make_{name}"] = one.default_factory
            value = f"_make_{name}() if {name} is _missing else {name}"
            parameters.append(f"{name}=_missing")
        elif one.default is not MISSING:
            given[f"_default_{name}"] = one.default
            parameters.append(f"{name}=_default_{name}")
        else:
            parameters.append(name)
        values[name] = value
    return given, ", ".join(["*", *parameters]) if parameters else "", values


def _compiled(name: str, source: str, given: dict[str, Any]) -> Any:
    # As in `dataclasses` itself: the names are those of a class in this package, nothing foreign is in the text.
    exec(source, given)  # noqa: S102
    return given[name]
