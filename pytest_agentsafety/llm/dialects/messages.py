"""The Messages API as a dialect among others, for a server that speaks them all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pytest_agentsafety.llm import sse, wire
from pytest_agentsafety.llm.api_rules import ERROR_TYPES
from pytest_agentsafety.llm.dialects.base import Asked, Message


class Messages:
    """Everything is as it stands."""

    decode = staticmethod(wire.decode)

    def ask(self, raw: Mapping[str, Any]) -> Asked:
        return Asked(payload=raw)

    def body(self, message: Message, raw: Mapping[str, Any]) -> bytes:
        return wire.encode_json(message)

    def events(self, message: Message, raw: Mapping[str, Any]) -> Iterator[bytes]:
        return (wire.encode_event(event) for event in sse.events_of(message))

    def trimmer(self, raw: Mapping[str, Any]) -> None:
        return None

    def error(self, status: int, message: str) -> Mapping[str, Any]:
        return {"type": "error", "error": {"type": ERROR_TYPES[status], "message": message}}


MESSAGES = Messages()
