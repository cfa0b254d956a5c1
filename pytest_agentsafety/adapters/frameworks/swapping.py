"""Put something in the place of a framework's own function, and take it away again."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from types import ModuleType
from typing import Any

from pytest_agentsafety.adapters.frameworks.base import Undo


class NotGatedWarning(UserWarning):
    """A version of a framework runs its tools elsewhere than the ones we know."""


def swapped(module: ModuleType, path: str, make: Callable[[Any], Any]) -> Undo:
    """Set the method that `path` ("Class.method") names to `make(original)`; what somebody else put there since stays.

    Warns where there is no such method: calls of those tools pass no door, and a run that has any is UNGATED.
    """
    kind, _, name = path.partition(".")
    owner = getattr(module, kind, None)
    if owner is None or name not in vars(owner):
        message = f"this version of {module.__name__} has no {path}: its tool calls are not gated, runs will be UNGATED"
        warnings.warn(NotGatedWarning(message), stacklevel=2)
        return _nothing
    original = vars(owner)[name]
    replacement = make(original)
    setattr(owner, name, replacement)

    def undo() -> None:
        if vars(owner).get(name) is replacement:
            setattr(owner, name, original)

    return undo


def _nothing() -> None:
    """There is nothing to undo."""


def all_of(*undos: Undo) -> Undo:
    """One undo for several, the last first."""

    def undo() -> None:
        for each in reversed(undos):
            each()

    return undo
