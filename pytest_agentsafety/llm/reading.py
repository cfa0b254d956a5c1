"""Read the requests of one conversation: of each only what the ones before did not hold.

An agent sends its instructions, its tools and all that was said before with every request. What is there byte for byte
as it was is not parsed again, and is the same object as before: who goes through a payload may skip what is identical
to what they saw last, and must leave it unchanged.

A body that was read is split into a head that ends where the list of messages begins, the messages, and a tail. JSON
between them does not depend on each other: where a new body has the same head and tail, and what stands between them
parses as a list, that list is all that is new.
"""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from pytest_agentsafety.llm.wire import fast_json, parse_json

_MOST = 4  # agents of one task that take turns
_SHORT = 2_048  # bytes that are parsed as quickly as they are compared
_LIST, _ROLE, _BETWEEN, _END = b'"messages":[', b'{"role":', b'},{"role":', b"}"
# So often a body is split in vain, or one that nothing like it follows, until it is given up.
_PATIENCE = 4
_new = tuple.__new__


class _Seen(NamedTuple):
    """A body that was read. `payload` is without its messages, which are `parts` as they stand in it."""

    head: bytes
    tail: bytes
    payload: dict[str, Any]
    parts: list[bytes]
    messages: list[Any]


class Reader:
    """Gives what `parse_json` does. Safe to use from several threads."""

    def __init__(self) -> None:
        self._seen: tuple[_Seen, ...] = ()
        # The last body that was read as a whole: worth splitting when another one comes.
        self._whole: tuple[bytes, Any] | None = None
        self._patience = _PATIENCE

    def read(self, body: bytes) -> Any:
        """The JSON value of `body`. Raises ValueError."""
        if len(body) < _SHORT:
            try:
                return fast_json(body)
            except ValueError:
                return parse_json(body)
        if self._whole is not None:
            self._split_whole(*self._whole)
        for seen in self._seen:
            if body.startswith(seen.head) and body.endswith(seen.tail):
                found = self._continued(body, seen)
                if found is not None:
                    return found
        payload = parse_json(body)
        if self._patience:
            self._whole = body, payload
        return payload

    def _continued(self, body: bytes, seen: _Seen) -> Any:
        """The payload of a body with the same head and tail; None where it cannot be told from its messages alone."""
        between = body[len(seen.head) : len(body) - len(seen.tail)]
        if not (between.startswith(_ROLE) and between.endswith(_END)):
            return None
        parts = between[len(_ROLE) : -len(_END)].split(_BETWEEN)
        same = 0
        for old, new in zip(seen.parts, parts, strict=False):
            if old != new:
                break
            same += 1
        messages = seen.messages[:same]
        if same < len(parts):
            try:
                fresh = parse_json(b"[" + _ROLE + _BETWEEN.join(parts[same:]) + _END + b"]")
            except ValueError:
                return None
            if len(fresh) != len(parts) - same:
                return None
            messages += fresh
        payload = seen.payload.copy()
        payload["messages"] = messages
        now = _new(_Seen, (seen.head, seen.tail, seen.payload, parts, messages))
        self._seen = (now,) if len(self._seen) == 1 else (now, *(one for one in self._seen if one is not seen))
        self._patience = _PATIENCE
        return payload

    def _split_whole(self, body: bytes, payload: Any) -> None:
        self._whole = None
        self._patience -= 1
        seen = _split(body, payload)
        if seen is not None:
            self._seen = (seen, *self._seen[: _MOST - 1])


def _split(body: bytes, payload: Any) -> _Seen | None:
    """Where head and tail are, if that can be told: only if they make, with an empty list, the same payload."""
    messages = payload.get("messages") if payload.__class__ is dict else None
    start = body.find(_LIST + _ROLE)
    if messages.__class__ is not list or start < 0:
        return None
    names = list(payload)
    behind = names[names.index("messages") + 1 :][:1]
    end = body.rfind(b"],%b:" % json.dumps(behind[0]).encode() if behind else b"]}")
    head, tail = body[: start + len(_LIST)], body[end:]
    if end < len(head):
        return None
    parts = _parts(body[len(head) : end])
    if parts is None or len(parts) != len(messages):
        return None
    return _checked(_Seen(head, tail, {**payload, "messages": []}, parts, messages), body)


def _checked(seen: _Seen, body: bytes) -> _Seen | None:
    try:
        rest = parse_json(seen.head + seen.tail)
        between = parse_json(b"[" + body[len(seen.head) : len(body) - len(seen.tail)] + b"]")
    except ValueError:
        return None
    same = rest == seen.payload and list(rest) == list(seen.payload) and between == seen.messages
    return seen if same and all(next(iter(message)) == "role" for message in seen.messages) else None


def _parts(between: bytes) -> list[bytes] | None:
    """Each message without the bytes that all begin and end with. A quote in a string is escaped: none is cut."""
    if not (between.startswith(_ROLE) and between.endswith(_END)):
        return None
    return between[len(_ROLE) : -len(_END)].split(_BETWEEN)
