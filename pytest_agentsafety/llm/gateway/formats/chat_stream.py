"""A streamed completion on its way to the agent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pytest_agentsafety.llm import sse
from pytest_agentsafety.llm.dialects import dialect_of
from pytest_agentsafety.llm.gateway.door_call import Outcome
from pytest_agentsafety.llm.gateway.formats.chat_calls import handed
from pytest_agentsafety.llm.wire import encode_json, parse_json

_DONE = b"[DONE]"
_HEAD = ("id", "object", "created", "model", "service_tier", "system_fingerprint")


class ChatStream:
    """Implements `base.ReplyStream`. From the first call on everything is held back, and the end always.

    `head` is that of the first reply's chunks: to the agent it is one completion.
    """

    def __init__(self, payload: Mapping[str, Any], *, head: Mapping[str, Any] | None = None) -> None:
        self._payload, self._head, self._first = payload, dict(head or {}), head is None
        self._raw = bytearray()
        self._held: list[tuple[bytes, Mapping[str, Any] | None]] = []
        self._said: list[str] = []
        self._calls: Sequence[Mapping[str, Any]] = ()

    def feed(self, event: bytes) -> list[bytes]:
        self._raw += event
        data = next(iter(sse.data_of(event)), None)
        if data is None:  # a comment
            return [event]
        if data.startswith(_DONE):
            self._held.append((event, None))
            return []
        try:
            chunk = sse.json_object(data, parse_json)
        except sse.StreamError:
            return [event]
        if chunk.get("error"):
            return [event]
        if not self._head:
            self._head = {name: chunk[name] for name in _HEAD if name in chunk}
        delta = _delta(chunk)
        if self._held or delta is None or delta.get("tool_calls") or chunk["choices"][0].get("finish_reason"):
            self._held.append((event, chunk))
            return []
        self._said.append(str(delta.get("content") or ""))
        return [event] if self._first else self._renamed(chunk)

    def reply(self) -> Mapping[str, Any] | None:
        dialect = dialect_of("chat")
        decoded = dialect.decode(bytes(self._raw), "text/event-stream")
        if decoded.message is None or not decoded.complete:
            return None
        reply: dict[str, Any] = parse_json(dialect.body(decoded.message, self._payload))
        calls = reply["choices"][0]["message"].get("tool_calls") or []
        made = [block for block in decoded.message["content"] if block["type"] == "tool_use"]
        for item, block in zip(calls, made, strict=True):
            item["id"] = block["id"]  # as the model wrote it
        self._calls = calls
        return reply

    def shown(self) -> Sequence[Mapping[str, Any]]:
        said = "".join(self._said)
        return [{"role": "assistant", "content": said}] if said else []

    def release(self, outcomes: Mapping[str, Outcome]) -> list[bytes]:
        kept = handed(self._calls, outcomes)
        if self._first and [*kept] == [*self._calls]:
            return [raw for raw, _ in self._held]
        calls = [self._chunk({"tool_calls": [{**item, "index": index}]}) for index, item in enumerate(kept)]
        released: list[bytes] = []
        for raw, chunk in self._held:
            ends = chunk is None or _delta(chunk) is None or chunk["choices"][0].get("finish_reason")
            if ends and calls:
                released += calls
                calls = []
            released += [raw] if chunk is None else self._renamed(chunk)
        return [*released, *calls]

    def follow(self) -> ChatStream:
        return ChatStream(self._payload, head=self._head)

    def _renamed(self, chunk: Mapping[str, Any]) -> list[bytes]:
        """A chunk as one of the agent's completion, without calls; nothing where nothing is left of it."""
        delta = _delta(chunk)
        if delta is None:
            return [_event({**chunk, **self._head})]
        without = ("tool_calls",) if self._first else ("tool_calls", "role", "refusal")
        kept = {name: value for name, value in delta.items() if name not in without}
        choice = {**chunk["choices"][0], "delta": kept}
        if not choice.get("finish_reason") and not any(kept.values()):
            return []
        return [_event({**chunk, **self._head, "choices": [choice]})]

    def _chunk(self, delta: Mapping[str, Any]) -> bytes:
        return _event({**self._head, "choices": [{"index": 0, "delta": delta, "finish_reason": None}]})


def _delta(chunk: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """None in the chunk that holds the usage."""
    choices = chunk.get("choices")
    if not isinstance(choices, list) or not choices or not isinstance(choices[0], dict):
        return None
    delta = choices[0].get("delta")
    return delta if isinstance(delta, dict) else {}


def _event(chunk: Mapping[str, Any]) -> bytes:
    return b"data: %s\n\n" % encode_json(chunk)
