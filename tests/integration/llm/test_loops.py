"""One async client, run again in another event loop, over real connections that are kept alive."""

from __future__ import annotations

import asyncio

import anthropic
import pytest

from pytest_agentsafety import Gate
from pytest_agentsafety.gate.installing import install_doors
from pytest_agentsafety.llm import MessagesServer, Playbook, activate, gullible
from pytest_agentsafety.model.messages import PlannedTurn
from pytest_agentsafety.model.policy import Policy

BOOK = Playbook(tasks={"Say the end": [PlannedTurn(text="The end.")]})


@pytest.mark.parametrize("ended", [True, False], ids=["asyncio.run", "a loop that is left open"])
def test_a_client_that_is_kept_works_in_the_next_loop(ended: bool) -> None:
    task = Gate(Policy()).open("Say the end")
    undo = install_doors()
    loops = []
    try:
        with MessagesServer(gullible(BOOK)) as server, activate(task):
            client = anthropic.AsyncAnthropic(api_key="test", base_url=server.url, max_retries=0)

            async def ask() -> str:
                messages = [{"role": "user", "content": "Say the end"}]
                said = ""
                for _ in range(2):
                    answer = await client.messages.create(model="claude-haiku-5-5", max_tokens=9, messages=messages)
                    said += answer.content[0].text
                return said

            for _ in range(3):
                if ended:
                    assert asyncio.run(ask()) == "The end.The end."
                    continue
                loops.append(asyncio.new_event_loop())
                assert loops[-1].run_until_complete(ask()) == "The end.The end."
    finally:
        undo()
        task.close()
        for loop in loops:
            loop.run_until_complete(loop.shutdown_asyncgens())
            loop.close()
    assert task.tally.model_calls == 6
