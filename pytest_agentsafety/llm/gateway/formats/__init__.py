"""The formats the gateway speaks: one table, path -> format."""

from __future__ import annotations

from collections.abc import Mapping

from pytest_agentsafety.llm.calls import CallKind
from pytest_agentsafety.llm.gateway.formats.base import Format
from pytest_agentsafety.llm.gateway.formats.chat import ChatFormat
from pytest_agentsafety.llm.gateway.formats.messages import MessagesFormat
from pytest_agentsafety.llm.gateway.formats.responses import ResponsesFormat

_MESSAGES, _RESPONSES = MessagesFormat(), ResponsesFormat()

# POST to these paths, letter by letter; nothing else is taken.
ENDPOINTS: Mapping[str, tuple[Format, CallKind]] = {
    "/v1/messages": (_MESSAGES, "messages"),
    "/v1/messages/count_tokens": (_MESSAGES, "count_tokens"),
    "/v1/chat/completions": (ChatFormat(), "chat"),
    "/v1/responses": (_RESPONSES, "responses"),
    "/v1/responses/input_tokens": (_RESPONSES, "count_tokens"),
}


def format_of(path: str) -> Format:
    """The format in which a client at this path expects its errors."""
    return ENDPOINTS[path][0] if path in ENDPOINTS else _MESSAGES
