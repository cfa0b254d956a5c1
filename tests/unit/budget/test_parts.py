"""Parts of a conversation that were looked at are not looked at again, and say the same."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_agentsafety.budget.bound import PartsReader, UnboundedRequestError, bound_of
from pytest_agentsafety.model.messages import ModelRequest

LONG = {"type": "text", "text": "x", "cache_control": {"type": "ephemeral", "ttl": "1h"}}
IMAGE = {"type": "image", "source": {}}
SHELL = {"type": "bash_20250124", "name": "bash"}


class Counter:
    def count(self, request: ModelRequest) -> int:
        return 7


def asked(messages: list[Any], **fields: Any) -> ModelRequest:
    payload = {"model": "m", "max_tokens": 5, "messages": messages, **fields}
    return ModelRequest(url="", path="", body=b"{" + b"x" * 99, payload=payload)


def said(*blocks: Any) -> dict[str, Any]:
    return {"role": "user", "content": list(blocks) or "x"}


TALKS = [
    [said(), said(), said(), said()],
    [said(), said(LONG), said(), said()],
    [said(IMAGE), said(), said(), said(LONG), said()],
    [said(), said({"type": "tool_result", "content": [IMAGE]}), said()],
]
FIELDS: list[dict[str, Any]] = [{}, {"tools": [SHELL, SHELL]}, {"system": [LONG]}, {"system": [IMAGE]}]


@pytest.mark.parametrize("talk", TALKS)
@pytest.mark.parametrize("fields", FIELDS)
def test_each_turn_has_the_bound_it_would_have_alone(talk: list[Any], fields: dict[str, Any]) -> None:
    parts, counter = PartsReader(may_count=True), Counter()
    for end in (1, 3, 4, 5, 3, 5):
        request = asked(talk[:end], **fields)
        assert bound_of(request, counter, parts) == bound_of(request, counter)


@pytest.mark.parametrize("kind", ["image", "mystery"])
def test_what_has_no_bound_is_refused_each_time(kind: str) -> None:
    parts = PartsReader(may_count=False)
    talk = [said(), said(), said()]
    bound_of(asked(talk), None, parts)
    bad = [*talk, said({"type": kind})]
    for _ in range(3):
        with pytest.raises(UnboundedRequestError, match=r"messages\[3\]"):
            bound_of(asked(bad), None, parts)
    with pytest.raises(UnboundedRequestError, match="tool"):
        bound_of(asked(talk, tools=[{"type": kind}]), None, parts)
    bound_of(asked(talk), None, parts)
