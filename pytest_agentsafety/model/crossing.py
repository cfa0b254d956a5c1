"""A StopRun as an error that somebody else's code lets through: its own class and theirs at once."""

from __future__ import annotations

from typing import Any

from pytest_agentsafety.model.errors import StopRun


def crossing(exc: StopRun, bases: tuple[type[Exception], ...]) -> StopRun:
    """`exc` as an instance of `bases` too; `exc` itself when it is one already.

    The result is an instance of `type(exc)` with the same attributes and text.
    """
    missing = tuple(base for base in bases if not isinstance(exc, base))
    if not missing:
        return exc
    made = _crossing_class(type(exc), missing)
    twin = made.__new__(made, *exc.args)  # not __init__: subclasses take other arguments than `args`
    twin.args = exc.args
    twin.__dict__.update(exc.__dict__)
    # No cause: an SDK looks for retryable errors along that chain.
    twin.__suppress_context__ = True
    return twin.with_traceback(exc.__traceback__)


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
