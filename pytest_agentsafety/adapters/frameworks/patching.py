"""Replace a function of a framework, and put it back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from pytest_agentsafety.adapters.frameworks.base import Undo
from pytest_agentsafety.model.errors import ConfigError

_MARK = "_agentsafety_original"


def replaced(owner: Any, name: str, make: Callable[[Any], Any], *, package: str) -> Undo:
    """Put `make(original)` in the place of `owner.name`; returns what puts the original back.

    `package` is the distribution that has to have it. Raises ConfigError where it has not: tool calls that go
    somewhere else would pass no door.
    """
    found = vars(owner).get(name)
    if found is None:
        place = getattr(owner, "__qualname__", None) or owner.__name__
        raise ConfigError(
            f"this version of {package} has no {place}.{name}, where calls are let through the tool door: "
            f"install a version of {package} that the extra of pytest-agentsafety allows"
        )
    original = getattr(found, _MARK, None)
    if original is not None:  # ours already: another module has imported it from where we put it
        return lambda: _put_back(owner, name, found, original)
    of_class = isinstance(found, classmethod)
    made = make(found.__func__ if of_class else found)
    placed: Any = classmethod(made) if of_class else made
    setattr(placed, _MARK, found)
    setattr(owner, name, placed)
    return lambda: _put_back(owner, name, placed, found)


def _put_back(owner: Any, name: str, placed: Any, original: Any) -> None:
    """Somebody who patched over us later keeps their patch; ours below it passes on."""
    if vars(owner).get(name) is placed:
        setattr(owner, name, original)


def together(undos: Sequence[Undo]) -> Undo:
    """All of them, the last first."""

    def undo() -> None:
        for each in reversed(undos):
            each()

    return undo
