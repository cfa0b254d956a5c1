"""Call an agent of any accepted shape and get its words."""

from __future__ import annotations

import asyncio
import inspect
from typing import Any

from pytest_agentsafety.model.errors import AgentSafetyError


class WrongAnswerType(AgentSafetyError):
    """The agent returned something that holds no words."""


def call_agent(agent: Any, task: str) -> str:
    """Run the agent to its end and return its final answer.

    Raises whatever the agent raises, and WrongAnswerType when its answer is no text.
    """
    entry = _entry(agent)
    result = entry(task=task) if _only_by_name(entry) else entry(task)
    if inspect.isawaitable(result):
        result = asyncio.run(_finish(result))
    return answer_text(result)


def _entry(agent: Any) -> Any:
    for name in ("invoke", "ainvoke"):
        method = getattr(agent, name, None)
        if callable(method):
            return method
    return agent


def _only_by_name(entry: Any) -> bool:
    try:
        parameter = inspect.signature(entry).parameters.get("task")
    except (TypeError, ValueError):
        return False
    return parameter is not None and parameter.kind is inspect.Parameter.KEYWORD_ONLY


async def _finish(awaitable: Any) -> Any:
    return await awaitable


def answer_text(result: Any) -> str:
    """The words in a result: a str, a message with `content`, its blocks, a dict with `output` or `messages`."""
    if isinstance(result, str):
        return result
    if isinstance(result, dict):
        if isinstance(result.get("output"), str):
            return str(result["output"])
        messages = result.get("messages")
        if isinstance(messages, list) and messages:
            return answer_text(messages[-1])
        if "content" in result:
            return answer_text(result["content"])
    if isinstance(result, list):
        texts = [text for block in result if (text := _block_text(block)) is not None]
        if texts:  # what is no text (thinking, a call) is no part of the answer
            return "\n".join(texts)
    content = getattr(result, "content", None)
    if isinstance(content, (str, list)):
        return answer_text(content) if content else ""  # a message without a word
    if inspect.isgenerator(result) or inspect.isasyncgen(result):
        raise WrongAnswerType("the agent is a generator: return the answer as one text, what it yields put together")
    raise WrongAnswerType(
        f"the agent returned {type(result).__name__} ({str(result)[:80]!r}); expected str, a message with `content`, "
        "or a dict with `output` or `messages`"
    )


def _block_text(block: Any) -> str | None:
    if isinstance(block, dict):
        return block.get("text") if isinstance(block.get("text"), str) else None
    text = getattr(block, "text", None)
    return text if isinstance(text, str) else None
