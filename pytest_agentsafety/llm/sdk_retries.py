"""Keep the SDK from trying again what has ended.

The verdict on a transport error is that the last one is raised again, and what the agent catches is the SDK's own
`APITimeoutError` or `APIConnectionError`. The SDK takes any error of these types for a reason to wait and try again,
whatever it derives from besides; for statuses a header tells it not to, for errors there is nothing like it. So its
decision itself is wrapped: an error that ended an exchange of ours is not retried, every other one is decided as
before. Where an SDK has no such method, its repetitions are answered with the same error, and nothing leaves.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextvars import ContextVar
from threading import Lock
from typing import Any

from pytest_agentsafety.protocols import ModelDoor

_METHOD = "_should_retry_exception"
_MARK = "_agentsafety_original"
_lock = Lock()
_on = False

# The error that ended an exchange: (door, body, error).
Failure = tuple[ModelDoor, bytes, BaseException]
# The last one of this context.
last_failure: ContextVar[Failure | None] = ContextVar("agentsafety_failure", default=None)


def stay_out(on: bool) -> None:
    """Switch the wrapping on or off; an SDK that is loaded later is wrapped at its first failure."""
    global _on
    with _lock:
        _on = on
        base = _base_client()
        if base is not None:
            _wrap(base) if on else _unwrap(base)


def note_failure(door: ModelDoor, body: bytes, error: BaseException) -> None:
    """`error` ends an exchange of this context for good."""
    last_failure.set((door, body, error))
    with _lock:
        base = _base_client()
        if _on and base is not None:
            _wrap(base)


def _base_client() -> Any:
    module = sys.modules.get("anthropic._base_client")
    base = getattr(module, "BaseClient", None)
    return base if callable(getattr(base, _METHOD, None)) else None


def _wrap(base: Any) -> None:
    original: Callable[..., Any] = getattr(base, _METHOD)
    if hasattr(original, _MARK):
        return

    def should_retry(self: Any, err: BaseException) -> Any:
        return (False, None) if _is_final(err) else original(self, err)

    setattr(should_retry, _MARK, original)
    setattr(base, _METHOD, should_retry)


def _unwrap(base: Any) -> None:
    original = getattr(getattr(base, _METHOD), _MARK, None)
    if original is not None:
        setattr(base, _METHOD, original)


def _is_final(err: BaseException) -> bool:
    failure = last_failure.get()
    return failure is not None and (err is failure[2] or err.__cause__ is failure[2])
