"""Tools that the SDK brings: the memory tool and toolsets."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import anthropic
import pytest
from anthropic.lib.tools._beta_builtin_memory_tool import (
    BetaAsyncLocalFilesystemMemoryTool,
    BetaLocalFilesystemMemoryTool,
)
from anthropic.lib.tools._toolsets._runnable import BetaAsyncRunnableToolset, BetaRunnableToolset
from anthropic.types.beta import BetaToolUseBlock

from pytest_agentsafety.model.errors import LimitExceededError
from pytest_agentsafety.model.policy import BudgetLimits, Policy, ToolRule

CREATE = ("memory", {"command": "create", "path": "/memories/a.txt", "file_text": "tea"})
VIEW = ("memory", {"command": "view", "path": "/memories"})
OPEN = Policy(tools={"memory": ToolRule(effect="read")})
ASK: dict[str, Any] = {
    "model": "claude-sonnet-5-5",
    "max_tokens": 100,
    "messages": [{"role": "user", "content": "Remember tea"}],
}


@pytest.mark.parametrize("asynchronous", [False, True])
@pytest.mark.parametrize("allowed", [False, True])
def test_the_memory_tool_is_gated(asynchronous, allowed, tmp_path, play):
    async def arun() -> None:
        memory = BetaAsyncLocalFilesystemMemoryTool(base_path=str(tmp_path))
        async with anthropic.AsyncAnthropic(api_key="key", base_url="http://127.0.0.1:9") as client:
            await client.beta.messages.tool_runner(**ASK, tools=[memory]).until_done()

    def run() -> None:
        memory = BetaLocalFilesystemMemoryTool(base_path=str(tmp_path))
        with anthropic.Anthropic(api_key="key", base_url="http://127.0.0.1:9") as client:
            client.beta.messages.tool_runner(**ASK, tools=[memory]).until_done()

    with play([CREATE], [VIEW], policy=OPEN if allowed else Policy(tools={})) as played:
        asyncio.run(arun()) if asynchronous else run()
    assert played.calls == [CREATE, VIEW]
    assert [path.name for path in tmp_path.rglob("*.txt")] == (["a.txt"] if allowed else [])
    assert ("a.txt" in played.texts[0]) is allowed
    assert (played.ungated, played.stopped) == ([], None)


def test_the_memory_tool_by_hand_is_gated(tmp_path, play):
    memory = BetaLocalFilesystemMemoryTool(base_path=str(tmp_path))
    with play(policy=Policy(tools={})) as played:
        assert memory.call(CREATE[1]).status == "denied"
    assert played.calls == [CREATE]
    assert not list(tmp_path.rglob("*.txt"))


ran: list[Any] = []


class Browser(BetaRunnableToolset):
    toolset_name = "browser"

    def to_dict(self) -> Any:
        return {"type": "browser_toolset_20260801"}

    def call(self, context: Any, name: str, input: Mapping[str, object]) -> Any:  # noqa: A002
        ran.append((name, dict(input)))
        return f"at {input['url']}"


class AsyncBrowser(BetaAsyncRunnableToolset):
    toolset_name = "browser"

    def to_dict(self) -> Any:
        return {"type": "browser_toolset_20260801"}

    async def call(self, context: Any, name: str, input: Mapping[str, object]) -> Any:  # noqa: A002
        ran.append((name, dict(input)))
        return f"at {input['url']}"


def member(toolset: Any, name: str) -> Any:
    use = BetaToolUseBlock(id="1", name=name, input={"url": "x"}, type="tool_use", toolset_name="browser")
    result = toolset.tool_result(use)
    return asyncio.run(result) if asyncio.iscoroutine(result) else result


@pytest.mark.parametrize("make", [Browser, AsyncBrowser])
class TestToolsets:
    @pytest.fixture(autouse=True)
    def nothing_ran(self) -> None:
        ran.clear()

    def test_each_member_is_a_call(self, make, play):
        with play(policy=Policy(tools={"navigate": ToolRule(effect="read")})) as played:
            good, bad = member(make(), "navigate"), member(make(), "type")
        assert good == {"type": "tool_result", "tool_use_id": "1", "toolset_name": "browser", "content": "at x"}
        assert bad["content"].startswith("This call is not allowed")
        assert ran == [("navigate", {"url": "x"})]
        assert played.ends == {"navigate": "ok", "type": "denied"}

    def test_a_stop_gets_through(self, make, play):
        rules = {"navigate": ToolRule(effect="read")}
        with (
            play(policy=Policy(tools=rules, budget=BudgetLimits(max_tool_calls=0))),
            pytest.raises(LimitExceededError),
        ):
            member(make(), "navigate")
        assert ran == []

    def test_without_a_door_it_runs_as_ever(self, make):
        assert member(make(), "type")["content"] == "at x"
