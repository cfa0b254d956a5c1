"""What an agent itself wrote, where the model door sends a body of its own in place of it."""

from __future__ import annotations

from contextvars import ContextVar

_last: ContextVar[tuple[bytes, bytes] | None] = ContextVar("agentsafety_own_body", default=None)


def sent_instead(own: bytes, sent: bytes) -> None:
    """`sent` leaves from here next, in place of the agent's `own` body."""
    _last.set((own, sent))


def own_body(sent: bytes) -> bytes:
    """The body that `sent`, the last request from here, was made of; `sent` where nothing was changed in it."""
    last = _last.get()
    return last[0] if last is not None and last[1] == sent else sent
