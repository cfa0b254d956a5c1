"""Let a StopRun cross an SDK unharmed.

An SDK wraps and retries what it does not know; its own errors it raises on at once. So a stop becomes, where the
SDK is loaded, an instance of both its own class and the SDK's base error. The SDK is never imported for this.
"""

from __future__ import annotations

import sys
from typing import Any, NoReturn

from pytest_agentsafety.model.errors import StopRun

# SDK module -> name of the error it lets through.
_SDK_BASES = {"anthropic": "AnthropicError", "openai": "OpenAIError"}


def as_sdk_error(exc: StopRun) -> StopRun:
    """`exc` as an error that every loaded SDK lets through; `exc` itself when there is nothing to do.

    The result is an instance of `type(exc)` with the same attributes and text.
    """
    bases = tuple(base for base in _loaded_bases() if not isinstance(exc, base))
    if not bases:
        return exc
    crossing = _crossing_class(type(exc), bases)
    twin = crossing.__new__(crossing, *exc.args)  # not __init__: subclasses take other arguments than `args`
    twin.args = exc.args
    twin.__dict__.update(exc.__dict__)
    # No cause: the SDK looks for retryable errors along that chain.
    twin.__suppress_context__ = True
    return twin.with_traceback(exc.__traceback__)


def raise_through_sdk(exc: StopRun) -> NoReturn:
    """Raise `exc` so that an SDK it passes neither retries nor wraps it."""
    raise as_sdk_error(exc)


def _loaded_bases() -> tuple[type[Exception], ...]:
    found = (getattr(sys.modules.get(module), name, None) for module, name in _SDK_BASES.items())
    return tuple(base for base in found if isinstance(base, type) and issubclass(base, Exception))


_crossing: dict[tuple[type[StopRun], tuple[type[Exception], ...]], type[StopRun]] = {}


def _crossing_class(stop: type[StopRun], bases: tuple[type[Exception], ...]) -> type[StopRun]:
    def reduce(self: StopRun) -> tuple[Any, ...]:
        return _plain, (stop, self.args, self.__dict__)

    if (stop, bases) not in _crossing:
        body = {"__reduce__": reduce, "__module__": stop.__module__, "__qualname__": stop.__qualname__}
        _crossing[stop, bases] = type(stop.__name__, (stop, *bases), body)
    return _crossing[stop, bases]


def _plain(stop: type[StopRun], args: tuple[Any, ...], state: dict[str, Any]) -> StopRun:
    """Unpickled or copied it is the plain stop again: the made-up class has no importable name."""
    plain = stop.__new__(stop, *args)
    plain.args = args
    plain.__dict__.update(state)
    return plain
