"""What the agent was not shown of its own conversation, and what its results became."""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Generic, TypeVar

from pytest_agentsafety.llm.gateway.door_call import Checked, DoorCall

_MOST = 10_000
_MOST_PENDING = 512
Key = TypeVar("Key")
Value = TypeVar("Value")


@dataclass(frozen=True, kw_only=True)
class Turn:
    """One assistant turn as it really was, in the items of its format.

    `before` was said before the turn that the agent got; `early` are blocks of it that were streamed to the agent all
    the same. `calls` stood in the turn itself, `results` belong behind it. `originals` are calls whose arguments the
    agent got changed.
    """

    before: Sequence[Mapping[str, Any]] = ()
    early: Sequence[Mapping[str, Any]] = ()
    calls: Sequence[Mapping[str, Any]] = ()
    results: Sequence[Mapping[str, Any]] = ()
    originals: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


class Prefix:
    """A digest of a conversation so far, over what agents send back unchanged."""

    def __init__(self) -> None:
        self._hash = sha256()

    def add(self, *parts: str) -> None:
        for part in parts:
            raw = part.encode("utf-8", "surrogatepass")
            self._hash.update(b"%d:%s" % (len(raw), raw))
        self._hash.update(b".")

    @property
    def digest(self) -> str:
        return self._hash.hexdigest()


def words(text: str) -> str:
    """A text without its white space, which agents change."""
    return "".join(text.split())


class _Bounded(OrderedDict[Key, Value], Generic[Key, Value]):
    """Forgets what was set longest ago."""

    def __setitem__(self, key: Key, value: Value) -> None:
        super().__setitem__(key, value)
        self.move_to_end(key)
        if len(self) > _MOST:
            self.popitem(last=False)


class Memory:
    """Of one gateway, all conversations together: found by the ids of calls, or by the words said so far."""

    def __init__(self) -> None:
        self._turns: _Bounded[str, Turn] = _Bounded()
        self._waiting: OrderedDict[str, deque[DoorCall]] = OrderedDict()
        self._checked: _Bounded[tuple[str, str], asyncio.Future[Checked]] = _Bounded()
        self._changed: _Bounded[str, str] = _Bounded()

    @property
    def holds_turns(self) -> bool:
        return bool(self._turns)

    def keep(self, turn: Turn, *, ids: Sequence[str], said: str) -> None:
        """Found again by each of the ids of the calls the agent got, or without any by `said` (see `said_key`)."""
        for key in [f"id {one}" for one in ids] or [said]:
            self._turns[key] = turn

    def turn(self, *, ids: Sequence[str], said: str) -> Turn | None:
        for key in [f"id {one}" for one in ids] or [said]:
            if key in self._turns:
                return self._turns[key]
        return None

    def wait_for(self, call_id: str, call: DoorCall) -> None:
        """The agent was given this call."""
        self._waiting.setdefault(call_id, deque()).append(call)
        if len(self._waiting) > _MOST_PENDING:
            _, oldest = self._waiting.popitem(last=False)
            for one in oldest:
                one.drop(wait=0)

    async def checked(self, call_id: str, text: str, *, is_error: bool) -> str | None:
        """What goes on in place of a result, None where it goes on as it came. Raises a StopRun.

        A result is checked once. Agents send it again with every request, and may cut it short then; one that was
        changed here stays as it was changed.
        """
        key = (call_id, sha256(text.encode("utf-8", "surrogatepass")).hexdigest())
        waiting = self._waiting.get(call_id)
        if waiting:
            call = waiting.popleft()
            if not waiting:
                del self._waiting[call_id]
            self._checked[key] = asyncio.wrap_future(call.checked)
            call.deliver(text, is_error=is_error)
        found = self._checked.get(key)
        if found is None:
            return self._changed.get(call_id)
        done = await asyncio.shield(found)
        if done.changed:
            self._changed[call_id] = done.text
        return done.text if done.changed else None

    def close(self) -> None:
        """No more results will come; that is on record when this returns."""
        for calls in self._waiting.values():
            for call in calls:
                call.drop()
        self._waiting.clear()


def said_key(before: Prefix, text: str) -> str:
    return f"said {before.digest} {words(text)}"
