"""Put something in the place of a framework's own function, and take it away again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pytest_agentsafety.adapters.frameworks.base import Undo


def swapped(owner: Any, name: str, make: Callable[[Any], Any]) -> Undo:
    """Set `owner.name` to `make(original)`. What undoes it leaves alone what somebody else put there since."""
    original = vars(owner)[name]
    replacement = make(original)
    setattr(owner, name, replacement)

    def undo() -> None:
        if vars(owner).get(name) is replacement:
            setattr(owner, name, original)

    return undo


def all_of(*undos: Undo) -> Undo:
    """One undo for several, the last first."""

    def undo() -> None:
        for each in reversed(undos):
            each()

    return undo
