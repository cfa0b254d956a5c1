"""The real SDK is answered from the journal: at once, streamed and async, with the server gone."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anthropic
import httpx2
import pytest

from pytest_agentsafety.gate import Gate
from pytest_agentsafety.llm.scripted import Playbook, robust
from pytest_agentsafety.llm.server import MessagesServer
from pytest_agentsafety.model.messages import PlannedTurn
from pytest_agentsafety.model.policy import Policy

PROMPT = "Say something."
ASKED: dict[str, Any] = {
    "model": "claude-sonnet-5-5",
    "max_tokens": 100,
    "messages": [{"role": "user", "content": PROMPT}],
}


def at_once(url: str) -> str:
    with httpx2.Client(trust_env=False) as http:
        client = anthropic.Anthropic(base_url=url, api_key="key", http_client=http, max_retries=0)
        return client.messages.create(**ASKED).content[0].text


def streamed(url: str) -> str:
    with httpx2.Client(trust_env=False) as http:
        client = anthropic.Anthropic(base_url=url, api_key="key", http_client=http, max_retries=0)
        with client.messages.stream(**ASKED) as stream:
            return "".join(stream.text_stream)


def asynchronous(url: str) -> str:
    async def ask() -> str:
        async with httpx2.AsyncClient(trust_env=False) as http:
            client = anthropic.AsyncAnthropic(base_url=url, api_key="key", http_client=http, max_retries=0)
            return (await client.messages.create(**ASKED)).content[0].text

    return asyncio.run(ask())


@pytest.mark.parametrize("ask", [at_once, streamed, asynchronous])
@pytest.mark.parametrize("again", [at_once, streamed, asynchronous])
def test_a_reply_is_given_again_without_a_network(tmp_path: Path, ask: Callable[[str], str], again: Callable[..., str]):
    gate = Gate(Policy())
    with MessagesServer(robust(Playbook(tasks={PROMPT: [PlannedTurn(text="Something.")]}))) as server:
        url = server.url
        with gate.task(PROMPT, checkpoint=tmp_path / "journal") as first:
            assert ask(url) == "Something."
    with gate.task(PROMPT, checkpoint=tmp_path / "journal") as task:
        assert again(url) == "Something."
    assert task.tally.cost_usd == first.tally.cost_usd > 0
    assert task.state.budget.spent.tokens == first.state.budget.spent.tokens
    assert task.tally.retries == 0


def test_what_was_not_recorded_goes_to_the_network(tmp_path: Path):
    gate = Gate(Policy())
    with MessagesServer(robust(Playbook(tasks={PROMPT: [PlannedTurn(text="Something.")]}))) as server:
        for _ in range(2):
            with gate.task(PROMPT, checkpoint=tmp_path / "journal"):
                assert at_once(server.url) == "Something."
        with gate.task(PROMPT, checkpoint=tmp_path / "journal"):
            assert [at_once(server.url), streamed(server.url)] == ["Something.", "Something."]
    with gate.task(PROMPT, checkpoint=tmp_path / "journal"):
        assert [at_once(server.url), streamed(server.url)] == ["Something.", "Something."]
