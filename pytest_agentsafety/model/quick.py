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
    if hasattr(cls, "__post_init__"):
        raise TypeError(f"{cls.__name__} has a __post_init__, which a quick class would not call")
    given: dict[str, Any] = {"_missing": MISSING}
    parameters, lines = [], []
    for one in fields(cls):  # type: ignore[arg-type]  # a dataclass, or it raises
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
        lines.append(f"    values[{name!r}] = {value}")
    head = f"def __init__(self, *, {', '.join(parameters)}):" if parameters else "def __init__(self):"
    # As in `dataclasses` itself: the names are those of a class in this package, nothing foreign is in the text.
    exec("\n".join([head, "    values = self.__dict__", *lines]), given)  # noqa: S102
    made = given["__init__"]
    made.__qualname__, made.__module__ = f"{cls.__qualname__}.__init__", cls.__module__
    made.__annotations__ = dict(getattr(cls.__init__, "__annotations__", {}))
    cls.__init__ = made  # type: ignore[method-assign]
    return cls
