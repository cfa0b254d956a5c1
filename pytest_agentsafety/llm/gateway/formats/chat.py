"""OpenAI's Chat Completions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pytest_agentsafety.llm.dialects.chat_answers import call as block_of
from pytest_agentsafety.llm.gateway.door_call import Call, Outcome
from pytest_agentsafety.llm.gateway.formats.base import Payload
from pytest_agentsafety.llm.gateway.formats.chat_calls import handed, rewritten
from pytest_agentsafety.llm.gateway.formats.chat_stream import ChatStream
from pytest_agentsafety.llm.gateway.formats.messages import call_of
from pytest_agentsafety.llm.gateway.formats.translated import Item, Translated
from pytest_agentsafety.llm.gateway.memory import Memory, Prefix, Turn, said_key
from pytest_agentsafety.llm.wire import encode_json

_FREE = (None, "auto", "none")
_SENT_BACK = ("role", "content", "refusal", "tool_calls", "reasoning_content", "reasoning")


class ChatFormat(Translated):
    """Implements `base.Format`. Items are messages."""

    def __init__(self) -> None:
        super().__init__("chat")

    def error_event(self, status: int, message: str) -> bytes:
        return b"data: %s\n\n" % encode_json(self.error(status, message))

    def calls(self, reply: Payload) -> list[Call]:
        return [call_of(block_of(item, "the answer")) for item in _calls(_said(reply))]

    def handed_out(self, reply: Payload, outcomes: Mapping[str, Outcome]) -> Payload:
        return _with_said(reply, {**_said(reply), "tool_calls": handed(_calls(_said(reply)), outcomes)})

    def exchange(self, reply: Payload, outcomes: Mapping[str, Outcome]) -> list[Item]:
        said = {name: value for name, value in _said(reply).items() if name in _SENT_BACK and value}
        return [said, *(_result(call_id, outcome) for call_id, outcome in outcomes.items())]

    def continued(self, payload: Payload, items: Sequence[Item]) -> Payload:
        more = {} if payload.get("tool_choice") in _FREE else {"tool_choice": "auto"}
        return {**payload, **more, "messages": [*payload["messages"], *items]}

    def turn(
        self, reply: Payload, outcomes: Mapping[str, Outcome], before: Sequence[Item], early: Sequence[Any]
    ) -> Turn | None:
        calls = {str(item.get("id")): item for item in _calls(_said(reply))}
        hidden = {call_id: one for call_id, one in outcomes.items() if one.kind != "handed"}
        originals = {i: calls[i] for i, one in outcomes.items() if one.kind == "handed" and rewritten(calls[i], one)}
        if not (before or hidden or originals):
            return None
        results = [_result(call_id, outcome) for call_id, outcome in hidden.items()]
        hidden_calls = [calls[call_id] for call_id in hidden]
        return Turn(before=before, early=early, calls=hidden_calls, results=results, originals=originals)

    def said_key(self, payload: Payload, reply: Payload, early: Sequence[Any]) -> str:
        before = Prefix()
        for message in payload["messages"]:
            before.add(*_marks(message))
        return said_key(before, "".join(map(_text, early)) + _text(_said(reply)))

    def woven(self, payload: Payload, shown: Mapping[str, str], memory: Memory) -> Payload:
        messages = payload.get("messages")
        if not isinstance(messages, list) or not (shown or memory.holds_turns):
            return payload
        woven: list[Any] = []
        before = Prefix()
        for message in messages:
            woven += _as_it_was(message, before, shown, memory) if isinstance(message, dict) else [message]
            before.add(*_marks(message))
        same = len(woven) == len(messages) and all(a is b for a, b in zip(woven, messages, strict=True))
        return payload if same else {**payload, "messages": woven}

    def stream(self, payload: Payload) -> ChatStream:
        return ChatStream(payload)


def _as_it_was(message: dict[str, Any], before: Prefix, shown: Mapping[str, str], memory: Memory) -> list[Any]:
    if message.get("role") == "tool":
        text = shown.get(str(message.get("tool_call_id")))
        return [message if text is None else {**message, "content": text}]
    if message.get("role") != "assistant":
        return [message]
    ids = [str(item.get("id")) for item in _calls(message)]
    turn = memory.turn(ids=ids, said=said_key(before, _text(message)))
    if turn is None:
        return [message]
    calls = [turn.originals.get(str(item.get("id")), item) for item in _calls(message)] + list(turn.calls)
    said = _without(message, turn.early)
    if calls:
        said["tool_calls"] = calls
    return [*turn.before, *([said] if calls or said.get("content") else []), *turn.results]


def _without(message: dict[str, Any], early: Sequence[Item]) -> dict[str, Any]:
    """The message without the words at its head that belong to earlier turns."""
    head, content = "".join(map(_text, early)), message.get("content")
    if head and isinstance(content, str) and content.startswith(head):
        return {**message, "content": content[len(head) :] or None}
    return dict(message)


def _result(call_id: str, outcome: Outcome) -> Item:
    return {"role": "tool", "tool_call_id": call_id, "content": outcome.text}


def _said(reply: Payload) -> Item:
    said: Item = reply["choices"][0]["message"]
    return said


def _with_said(reply: Payload, said: Item) -> Payload:
    return {**reply, "choices": [{**reply["choices"][0], "message": said}]}


def _calls(message: Item) -> list[dict[str, Any]]:
    calls = message.get("tool_calls")
    return [item for item in calls if isinstance(item, dict)] if isinstance(calls, list) else []


def _text(message: Item) -> str:
    content = message.get("content")
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else []
    return "".join(str(part.get("text") or "") for part in parts if isinstance(part, dict))


def _marks(message: Any) -> list[str]:
    if not isinstance(message, dict):
        return []
    ids = [str(item.get("id")) for item in _calls(message)]
    return [str(message.get("role")), str(message.get("tool_call_id") or ""), *ids, _text(message).strip()]
