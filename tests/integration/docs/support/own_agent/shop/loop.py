"""What a reader has already: a tool loop on the SDK."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import anthropic

from pytest_agentsafety.catalog.reference_agent import describe, run_tool


def run_agent(client: anthropic.Anthropic, tools: Sequence[Callable[..., Any]], system: str | None, task: str) -> str:
    by_name = {tool.__name__: tool for tool in tools}
    messages: list[Any] = [{"role": "user", "content": task}]
    while True:
        reply = client.messages.create(
            model="claude-sonnet-5-5",
            max_tokens=1024,
            system=system or "You help.",
            tools=[describe(tool) for tool in tools],
            messages=messages,
        )
        calls = [block for block in reply.content if block.type == "tool_use"]
        if not calls:
            return "".join(block.text for block in reply.content if block.type == "text")
        messages.append({"role": "assistant", "content": reply.content})
        messages.append({"role": "user", "content": [run_tool(by_name, call) for call in calls]})
