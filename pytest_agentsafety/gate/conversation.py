"""What is new in a request: agents send the whole conversation every time."""

from __future__ import annotations

import marshal
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pytest_agentsafety.model.messages import same_objects

# The format without references, which say how often an object is used.
_BY_VALUE = 2
# Up to this many messages are taken apart at once.
_FEW = 2


class Conversation:
    """Tracks one task's messages. A history that got shorter or changed its past is looked at anew."""

    def __init__(self) -> None:
        self._messages: Sequence[Mapping[str, Any]] = ()
        self._shapes: list[int] = []

    def new_messages(self, messages: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
        """The messages behind the longest prefix that was sent before (compared by role, ids and texts)."""
        old = self._messages
        unchanged = same_objects(old, messages) if old and messages and old[0] is messages[0] else 0
        if not unchanged and old and len(messages) > _FEW:  # only what is not the same letter by letter is taken apart
            unchanged = _same(_texts(old), _texts(messages))
        known, same, alike = self._shapes, unchanged, True
        shapes = known[:unchanged]
        for message in messages[unchanged:]:
            shape = _shape(message)
            shapes.append(shape)
            alike = alike and same < len(known) and known[same] == shape
            same += alike
        self._messages, self._shapes = messages, shapes
        return messages[same:]


def _same(old: Sequence[int], new: Sequence[int]) -> int:
    """How many stand at the start of both."""
    count = 0
    for first, second in zip(old, new, strict=False):
        if first != second:
            break
        count += 1
    return count


def _texts(messages: Sequence[Any]) -> list[int]:
    """A hash of each message, in every value and type; none where one of them is no plain data, or nested deeply."""
    try:
        return [hash(marshal.dumps(message, _BY_VALUE)) for message in messages]
    except ValueError:
        return []


def _shape(message: Mapping[str, Any]) -> int:
    content = message.get("content")
    if content.__class__ is str:  # what the walk below makes of it, at once: this runs for every message, every time
        return hash((str(message.get("role")), "text", "None", content))
    parts = [str(message.get("role"))]
    for block in blocks(message):
        parts += [str(block.get("type")), str(block.get("id") or block.get("tool_use_id")), *block_texts(block)]
        if "input" in block:
            parts.append(repr(block["input"]))
    return hash(tuple(parts))


def blocks(message: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """The content blocks of a message; a string counts as one text block."""
    content = message.get("content")
    if isinstance(content, str):
        return ({"type": "text", "text": content},)
    return [block for block in content if isinstance(block, dict)] if isinstance(content, list) else ()


_CALLS = frozenset({"tool_use", "tool_result"})


def may_hold_calls(content: Any) -> bool:
    """May a message's content that is no text hold a call of a tool, or the result of one? False: certainly not."""
    if content.__class__ is not list:
        return content is not None
    for block in content:
        if block.__class__ is not dict:
            return True
        kind = block.get("type")
        if kind.__class__ is not str or kind in _CALLS:
            return True
    return False


def block_texts(block: Mapping[str, Any]) -> Iterator[str]:
    """The texts in a text or tool_result block."""
    if isinstance(block.get("text"), str):
        yield block["text"]
    content = block.get("content")
    if isinstance(content, str):
        yield content
    elif isinstance(content, list):
        for inner in content:
            if isinstance(inner, dict) and isinstance(inner.get("text"), str):
                yield inner["text"]


def summary(message: Mapping[str, Any], limit: int = 400) -> dict[str, Any]:
    """A message for the transcript: tool results, recorded where they came in, are cut to `limit` characters."""
    content = message.get("content")
    if content.__class__ is str:
        return {"role": message.get("role"), "content": [{"type": "text", "text": content}]}
    short: list[dict[str, Any]] = []
    for block in blocks(message):
        if block.get("type") == "tool_result":
            text = "\n".join(block_texts(block))
            short.append(
                {
                    "type": "tool_result",
                    "tool_use_id": str(block.get("tool_use_id", "")),
                    "is_error": bool(block.get("is_error")),
                    "text": text[:limit],
                    "chars": len(text),
                }
            )
        else:
            short.append(dict(block))
    return {"role": message.get("role"), "content": short}
