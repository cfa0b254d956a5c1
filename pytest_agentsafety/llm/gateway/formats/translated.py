"""What OpenAI's two formats share: they are read through their dialects."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from pytest_agentsafety.llm.calls import UnsupportedModelCall
from pytest_agentsafety.llm.dialects import dialect_of
from pytest_agentsafety.llm.gateway.door_call import Outcome
from pytest_agentsafety.llm.gateway.formats.base import Payload, Result
from pytest_agentsafety.llm.gateway.formats.messages import MessagesFormat
from pytest_agentsafety.llm.gateway.upstream import OPENAI
from pytest_agentsafety.llm.wire import parse_json
from pytest_agentsafety.model.messages import ToolSpec

_IN_MESSAGES = MessagesFormat()
Item = Mapping[str, Any]


class Translated:
    """The reading half of `base.Format`. What the dialect refuses holds nothing here: the model door refuses it."""

    provider = OPENAI

    def __init__(self, name: str) -> None:
        self.name = name

    def error(self, status: int, message: str) -> dict[str, Any]:
        return dict(dialect_of(self.name).error(status, message))

    def specs(self, payload: Payload) -> Iterator[ToolSpec]:
        return _IN_MESSAGES.specs(self._told(payload))

    def prompt(self, payload: Payload) -> str:
        return _IN_MESSAGES.prompt(self._told(payload))

    def results(self, payload: Payload) -> list[Result]:
        return _IN_MESSAGES.results(self._told(payload))

    def reply(self, content: bytes) -> Payload | None:
        if dialect_of(self.name).decode(content, "application/json").message is None:
            return None
        value: Payload = parse_json(content)
        return value

    def _told(self, payload: Payload) -> Payload:
        try:
            return dialect_of(self.name).ask(payload).payload
        except (UnsupportedModelCall, RecursionError, TypeError, ValueError):
            return {}


def changed(item: Item, field: str, outcome: Outcome) -> bool:
    """Does the door want other arguments than a function's call has in `field`?"""
    try:
        asked = parse_json(str(item.get(field) or "{}").encode("utf-8", "surrogatepass"))
    except ValueError:
        return True
    return bool(asked != outcome.arguments)


def as_text(arguments: Mapping[str, Any]) -> str:
    return json.dumps(arguments, ensure_ascii=False)
