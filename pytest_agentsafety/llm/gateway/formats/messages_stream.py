"""A streamed Messages reply on its way to the agent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pytest_agentsafety.llm import sse
from pytest_agentsafety.llm.gateway.door_call import Outcome
from pytest_agentsafety.llm.wire import encode_event, parse_json

_END = frozenset({"message_delta", "message_stop"})


class MessagesStream:
    """Implements `base.ReplyStream`. From the first call on everything is held back, and the end always.

    `offset` is how many blocks the agent got of the replies before.
    """

    def __init__(self, *, offset: int = 0, first: bool = True) -> None:
        self._offset, self._first = offset, first
        self._events: list[sse.Event] = []
        self._held: list[tuple[bytes, sse.Event]] = []
        self._shown = 0
        self._message: Mapping[str, Any] | None = None

    def feed(self, event: bytes) -> list[bytes]:
        try:
            parsed = next(iter(sse.parse_events(event, parse_json)), None)
        except sse.StreamError:
            return [event]  # the reply will be found broken; the agent may see by what
        if parsed is None:  # a ping or a comment
            return [event]
        self._events.append(parsed)
        kind = parsed.get("type")
        if kind == "message_start":
            return [event] if self._first else []
        if kind == "error":
            return [event]
        if self._held or kind in _END or _opens_call(parsed):
            self._held.append((event, parsed))
            return []
        self._shown += kind == "content_block_start"
        return [self._numbered(event, parsed, self._offset)]

    def reply(self) -> Mapping[str, Any] | None:
        try:
            message, complete = sse.accumulate(self._events, parse_json)
        except sse.StreamError:
            return None
        self._message = message if complete else None
        return self._message

    def shown(self) -> Sequence[Mapping[str, Any]]:
        return [] if self._message is None else self._message["content"][: self._shown]

    def release(self, outcomes: Mapping[str, Outcome]) -> list[bytes]:
        released = list[bytes]()
        gone: set[int] = set()
        rewritten: set[int] = set()
        for raw, event in self._held:
            index = event.get("index")
            if not isinstance(index, int):
                released.append(raw)
                continue
            block = event.get("content_block")
            if isinstance(block, dict) and block.get("type") == "tool_use":
                outcome = outcomes.get(str(block.get("id")))
                if outcome is not None and outcome.kind != "handed":
                    gone.add(index)
                elif outcome is not None and outcome.arguments != self._input(index):
                    rewritten.add(index)
                    at = index + self._offset - len(gone)
                    whole = {**block, "input": outcome.arguments}
                    released += [encode_event(one) for one in sse.block_events(at, whole)]
            if index not in gone and index not in rewritten:
                released.append(self._numbered(raw, event, self._offset - len(gone)))
        return released

    def follow(self) -> MessagesStream:
        return MessagesStream(offset=self._offset + self._shown, first=False)

    def _input(self, index: int) -> Any:
        content = [] if self._message is None else self._message["content"]
        return content[index].get("input") if index < len(content) else None

    @staticmethod
    def _numbered(raw: bytes, event: sse.Event, shift: int) -> bytes:
        """The event as it came, or with the number its block has in the agent's answer."""
        index = event.get("index")
        return raw if not shift or not isinstance(index, int) else encode_event({**event, "index": index + shift})


def _opens_call(event: sse.Event) -> bool:
    block = event.get("content_block")
    return event.get("type") == "content_block_start" and isinstance(block, dict) and block.get("type") == "tool_use"
