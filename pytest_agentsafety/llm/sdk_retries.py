"""Keep the SDKs from trying again what has ended.

The verdict on a transport error is that the last one is raised again, and what the agent catches is the SDK's own
`APITimeoutError` or `APIConnectionError`. An SDK takes any error of these types for a reason to wait and try again,
whatever it derives from besides; for statuses a header tells it not to, for errors there is nothing like it. So its
decision itself is wrapped: an error that ended an exchange of ours is not retried, every other one is decided as
before. Where an SDK has no such method, its repetitions are answered with the same error, and nothing leaves.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextvars import ContextVar
from threading import Lock
from typing import Any, NamedTuple

from pytest_agentsafety.protocols import ModelDoor

_MARK = "_agentsafety_original"
_lock = Lock()
_on = False


class _Decision(NamedTuple):
    """A method that decides about another attempt, made out of the SDK's own one by `make`."""

    module: str
    owner: str
    method: str
    make: Callable[[Callable[..., Any]], Callable[..., Any]]


# The error that ended an exchange: (door, body, error).
Failure = tuple[ModelDoor, bytes, BaseException]
# The last one of this context.
last_failure: ContextVar[Failure | None] = ContextVar("agentsafety_failure", default=None)


def _should_retry_exception(original: Callable[..., Any]) -> Callable[..., Any]:
    def should_retry(self: Any, err: BaseException) -> Any:
        return (False, None) if _is_final(err) else original(self, err)

    return should_retry


def _rewind(original: Callable[..., Any]) -> Callable[..., Any]:
    """Asked, while the error is handled, whether the body can be sent once more."""

    def rewind(self: Any) -> Any:
        return False if _is_final(sys.exception()) else original(self)

    return rewind


_DECISIONS = (
    _Decision("anthropic._base_client", "BaseClient", "_should_retry_exception", _should_retry_exception),
    _Decision("openai._base_client", "_RequestBodyReplay", "rewind", _rewind),
)


def stay_out(on: bool) -> None:
    """Switch the wrapping on or off; an SDK that is loaded later is wrapped at its first failure."""
    global _on
    with _lock:
        _on = on
        for decision in _DECISIONS:
            _wrap(decision) if on else _unwrap(decision)


def note_failure(door: ModelDoor, body: bytes, error: BaseException) -> None:
    """`error` ends an exchange of this context for good."""
    last_failure.set((door, body, error))
    with _lock:
        for decision in _DECISIONS if _on else ():
            _wrap(decision)


def _found(decision: _Decision) -> tuple[Any, Callable[..., Any] | None]:
    """Class and method, None where the SDK is not loaded or has another form."""
    owner = getattr(sys.modules.get(decision.module), decision.owner, None)
    method = getattr(owner, decision.method, None)
    return owner, method if callable(method) else None


def _wrap(decision: _Decision) -> None:
    owner, original = _found(decision)
    if original is not None and not hasattr(original, _MARK):
        wrapped = decision.make(original)
        setattr(wrapped, _MARK, original)
        setattr(owner, decision.method, wrapped)


def _unwrap(decision: _Decision) -> None:
    owner, wrapped = _found(decision)
    original = getattr(wrapped, _MARK, None)
    if original is not None:
        setattr(owner, decision.method, original)


def _is_final(err: BaseException | None) -> bool:
    failure = last_failure.get()
    return failure is not None and err is not None and (err is failure[2] or err.__cause__ is failure[2])
