"""A reply without calls is the answer of a turn: what the output guards make of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pytest_agentsafety.llm.dialects import Dialect, dialect_of
from pytest_agentsafety.llm.dialects.messages import MESSAGES
from pytest_agentsafety.llm.gateway.formats.base import Payload
from pytest_agentsafety.llm.wire import encode_json, parse_json

Check = Callable[[str], str]
"""The words of an answer as they may be shown. Raises a StopRun."""


@dataclass(frozen=True)
class Shown:
    """An answer that was changed: the reply in its format, and the same as a stream."""

    reply: Payload
    events: Sequence[bytes]


async def checked(name: str, check: Check, payload: Payload, reply: Payload, early: Sequence[Any]) -> Shown | None:
    """The answer to `payload` in the format `name` as the agent may have it; None where it stays as it came.

    `early` is what would be streamed to the agent of the replies before, so that it is read together with the answer.
    What stands around the words (annotations, probabilities of tokens) goes with them.
    """
    dialect: Dialect = MESSAGES if name == "messages" else dialect_of(name)
    message = dialect.decode(encode_json(reply), "application/json").message
    if message is None:
        return None
    said = "".join([*_words(early), *(str(block["text"]) for block in _texts(message))])
    if not said:
        return None
    shown = await asyncio.to_thread(check, said)
    if shown == said:
        return None
    kept = [block for block in message["content"] if block.get("type") != "text"]
    changed = {**message, "content": [*kept, {"type": "text", "text": shown}]}
    trimmer = dialect.trimmer(payload)
    events = [event if trimmer is None else trimmer.feed(event) for event in dialect.events(changed, payload)]
    return Shown(parse_json(dialect.body(changed, payload)), list(filter(None, events)))


def _texts(message: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    return (block for block in message["content"] if block.get("type") == "text")


def _words(items: Any) -> Iterator[str]:
    """The words of items of whatever format."""
    for item in items if isinstance(items, (list, tuple)) else ():
        for name in ("text", "content"):
            value = item.get(name) if isinstance(item, Mapping) else None
            if isinstance(value, str):
                yield value
            else:
                yield from _words(value)
