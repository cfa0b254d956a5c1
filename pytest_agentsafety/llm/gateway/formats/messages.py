"""Anthropic Messages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pytest_agentsafety.llm.gateway.door_call import Call, Outcome
from pytest_agentsafety.llm.gateway.formats.base import Payload, Result
from pytest_agentsafety.llm.gateway.formats.messages_stream import MessagesStream
from pytest_agentsafety.llm.gateway.formats.specs import spec_of
from pytest_agentsafety.llm.gateway.memory import Memory, Prefix, Turn, said_key
from pytest_agentsafety.llm.gateway.upstream import ANTHROPIC
from pytest_agentsafety.llm.wire import encode_event, message_in
from pytest_agentsafety.model.messages import ToolSpec

_ERRORS = {400: "invalid_request_error", 401: "authentication_error", 403: "permission_error", 404: "not_found_error"}
_ERRORS |= {405: "invalid_request_error", 413: "request_too_large", 502: "api_error"}
_FREE = frozenset({"auto", "none"})
Item = Mapping[str, Any]


class MessagesFormat:
    """Implements `base.Format`. Items are messages."""

    name, provider = "messages", ANTHROPIC

    def error(self, status: int, message: str) -> dict[str, Any]:
        return {"type": "error", "error": {"type": _ERRORS.get(status, "api_error"), "message": message}}

    def error_event(self, status: int, message: str) -> bytes:
        return encode_event(self.error(status, message))

    def specs(self, payload: Payload) -> Iterator[ToolSpec]:
        for tool in _mappings(payload.get("tools")):
            if tool.get("type", "custom") == "custom":
                yield spec_of(tool.get("name"), tool.get("description"), tool.get("input_schema"))

    def prompt(self, payload: Payload) -> str:
        users = (m for m in _mappings(payload.get("messages")) if m.get("role") == "user")
        return next((text for text in map(_said, users) if text), "")

    def results(self, payload: Payload) -> list[Result]:
        found = []
        for message in _mappings(payload.get("messages")):
            for block in _of_type(message, "tool_result"):
                use_id, failed = str(block.get("tool_use_id")), bool(block.get("is_error"))
                found.append(Result(call_id=use_id, text=_text(block.get("content")), is_error=failed))
        return found

    # -- the conversation as it really is

    def woven(self, payload: Payload, shown: Mapping[str, str], memory: Memory) -> Payload:
        messages = payload.get("messages")
        if not isinstance(messages, list) or not (shown or memory.holds_turns):
            return payload
        woven, before = _Weaving(shown), Prefix()
        for message in messages:
            if not isinstance(message, dict):
                woven.messages.append(message)
            elif message.get("role") == "assistant":
                ids = [str(block.get("id")) for block in _of_type(message, "tool_use")]
                woven.assistant(message, memory.turn(ids=ids, said=said_key(before, _said(message))))
            else:
                woven.other(message)
            before.add(*_marks(message))
        woven.flush()
        return payload if not woven.changed else {**payload, "messages": woven.messages}

    def said_key(self, payload: Payload, reply: Payload, early: Sequence[Any]) -> str:
        before = Prefix()
        for message in payload.get("messages") or []:
            before.add(*_marks(message))
        return said_key(before, _said({"content": [*early, *reply["content"]]}))

    # -- the model's replies

    def calls(self, reply: Payload) -> list[Call]:
        return [call_of(block) for block in _of_type(reply, "tool_use")]

    def handed_out(self, reply: Payload, outcomes: Mapping[str, Outcome]) -> Payload:
        content = []
        for block in reply["content"]:
            outcome = outcomes.get(str(block.get("id"))) if block.get("type") == "tool_use" else None
            if outcome is None:
                content.append(block)
            elif outcome.kind == "handed":
                content.append({**block, "input": outcome.arguments})
        return {**reply, "content": content}

    def reply(self, content: bytes) -> Payload | None:
        return message_in(content)

    def exchange(self, reply: Payload, outcomes: Mapping[str, Outcome]) -> list[Item]:
        results = [_result(call_id, outcome) for call_id, outcome in outcomes.items()]
        return [{"role": "assistant", "content": reply["content"]}, {"role": "user", "content": results}]

    def continued(self, payload: Payload, items: Sequence[Item]) -> Payload:
        choice = payload.get("tool_choice")
        free = not isinstance(choice, Mapping) or choice.get("type") in _FREE
        more = {} if free else {"tool_choice": {"type": "auto"}}
        return {**payload, **more, "messages": [*payload["messages"], *items]}

    def turn(
        self, reply: Payload, outcomes: Mapping[str, Outcome], before: Sequence[Item], early: Sequence[Any]
    ) -> Turn | None:
        blocks = {str(block.get("id")): block for block in _of_type(reply, "tool_use")}
        hidden = {call_id: one for call_id, one in outcomes.items() if one.kind != "handed"}
        originals = {
            call_id: blocks[call_id]
            for call_id, one in outcomes.items()
            if one.kind == "handed" and one.arguments != blocks[call_id].get("input")
        }
        if not (before or hidden or originals):
            return None
        results = [_result(call_id, outcome) for call_id, outcome in hidden.items()]
        calls = [blocks[call_id] for call_id in hidden]
        return Turn(before=before, early=early, calls=calls, results=results, originals=originals)

    def stream(self, payload: Payload) -> MessagesStream:
        del payload
        return MessagesStream()


def call_of(block: Item) -> Call:
    """A `tool_use` block as the door is asked about it."""
    given = block.get("input")
    arguments = given if isinstance(given, Mapping) else {"input": given} if given else {}
    return Call(call_id=str(block.get("id")), name=str(block.get("name")), arguments=arguments)


class _Weaving:
    """The agent's messages with what it does not know of."""

    def __init__(self, shown: Mapping[str, str]) -> None:
        self._shown, self._carried = shown, list[Item]()
        self.messages: list[Any] = []
        self.changed = False

    def assistant(self, message: dict[str, Any], turn: Turn | None) -> None:
        self.flush()
        if turn is None:
            self.messages.append(message)
            return
        self.changed = True
        self.messages += turn.before
        content = _without(_blocks(message), turn.early)
        content = [turn.originals.get(str(block.get("id")), block) for block in content] + list(turn.calls)
        if content:
            self.messages.append({**message, "content": content})
        self._carried = list(turn.results)

    def other(self, message: dict[str, Any]) -> None:
        content = message.get("content")
        if self._shown and isinstance(content, list):
            replaced = [self._replaced(block) for block in content]
            if any(new is not old for new, old in zip(replaced, content, strict=True)):
                message, self.changed = {**message, "content": replaced}, True
        if self._carried and message.get("role") == "user":
            message = {**message, "content": [*self._carried, *_blocks(message)]}
            self._carried = []
        self.messages.append(message)

    def flush(self) -> None:
        """Results whose message never came get one of their own."""
        if self._carried:
            self.messages.append({"role": "user", "content": self._carried})
            self._carried = []

    def _replaced(self, block: Any) -> Any:
        if not isinstance(block, dict) or block.get("type") != "tool_result":
            return block
        text = self._shown.get(str(block.get("tool_use_id")))
        return block if text is None else {**block, "content": text}


def _without(blocks: list[Item], early: Sequence[Item]) -> list[Item]:
    """The blocks without those at their head that belong to an earlier turn, where they stand there unchanged."""
    head = blocks[: len(early)]
    same = len(head) == len(early) and all(_marks_of(a) == _marks_of(b) for a, b in zip(head, early, strict=True))
    return blocks[len(early) :] if same else blocks


def _result(call_id: str, outcome: Outcome) -> Item:
    failed = {"is_error": True} if outcome.is_error else {}
    return {"type": "tool_result", "tool_use_id": call_id, "content": outcome.text, **failed}


def _mappings(value: Any) -> Iterator[dict[str, Any]]:
    return (item for item in value if isinstance(item, dict)) if isinstance(value, list) else iter(())


def _blocks(message: Item) -> list[Any]:
    content = message.get("content")
    if isinstance(content, str):
        return [{"type": "text", "text": content}]
    return list(_mappings(content))


def _of_type(message: Item, kind: str) -> Iterator[dict[str, Any]]:
    return (block for block in _mappings(message.get("content")) if block.get("type") == kind)


def _text(content: Any) -> str:
    if isinstance(content, str):
        return content
    return "\n".join(str(block.get("text")) for block in _mappings(content) if block.get("type") == "text")


def _said(message: Item) -> str:
    return "".join(str(block.get("text") or "") for block in _blocks(message) if block.get("type") == "text")


def _marks(message: Any) -> list[str]:
    if not isinstance(message, dict):
        return []
    return [str(message.get("role")), *(mark for block in _blocks(message) for mark in _marks_of(block))]


def _marks_of(block: Item) -> list[str]:
    """What agents send back unchanged: kind, ids, words."""
    said = block.get("text") or block.get("thinking") or _text(block.get("content"))
    return [str(block.get("type")), str(block.get("id") or block.get("tool_use_id") or ""), str(said)]
