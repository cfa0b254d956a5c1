"""A stop ends the run: no handler of a graph makes a message of it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

pytest.importorskip("langchain")
pytest.importorskip("langchain_anthropic")

from langchain.agents import create_agent
from langchain.agents.middleware import ModelRetryMiddleware, ToolRetryMiddleware, wrap_tool_call
from langchain_anthropic import ChatAnthropic
from langchain_core.messages import ToolMessage
from langchain_core.tools import tool
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.prebuilt import ToolNode, tools_condition

from pytest_agentsafety.model.decisions import ApprovalAnswer
from pytest_agentsafety.model.errors import LimitExceededError, RunTerminated, StopRun
from pytest_agentsafety.model.policy import BudgetLimits, Policy, ToolRule

ASK = {"messages": [("user", "Read the notes")]}
ran: list[str] = []


@tool
def read_note(name: str) -> str:
    """Read a note."""
    ran.append(name)
    return "a note"


@tool
async def aread_note(name: str) -> str:
    """Read a note."""
    ran.append(name)
    return "a note"


def chat() -> ChatAnthropic:
    return ChatAnthropic(model="claude-sonnet-5-5", api_key="key", base_url="http://127.0.0.1:9", max_tokens=100)


def graph_that_handles_all(each: Any) -> Any:
    model = chat().bind_tools([each])
    builder = StateGraph(MessagesState)
    builder.add_node("model", lambda state: {"messages": [model.invoke(state["messages"])]})
    builder.add_node("tools", ToolNode([each], handle_tool_errors=True))
    builder.add_edge(START, "model")
    builder.add_conditional_edges("model", tools_condition)
    builder.add_edge("tools", "model")
    return builder.compile()


def agent_that_tries_again(each: Any) -> Any:
    waits: Any = {"initial_delay": 0.0, "max_retries": 3, "on_failure": "continue"}
    return create_agent(chat(), [each], middleware=[ToolRetryMiddleware(**waits), ModelRetryMiddleware(**waits)])


def agent_with_a_wrapper(each: Any) -> Any:
    @wrap_tool_call
    def soften(request: Any, handler: Any) -> Any:
        try:
            return handler(request)
        except Exception as error:
            return ToolMessage(f"failed: {error}", tool_call_id=request.tool_call["id"])

    return create_agent(chat(), [each], middleware=[soften])


def limited(**limits: Any) -> Policy:
    rules = {name: ToolRule(effect="read") for name in ("read_note", "aread_note")}
    return Policy(tools=rules, budget=BudgetLimits(**limits))


@pytest.fixture(autouse=True)
def nothing_ran() -> None:
    ran.clear()


@pytest.mark.parametrize("make", [graph_that_handles_all, agent_that_tries_again])
@pytest.mark.parametrize("parallel", [False, True])
@pytest.mark.parametrize("how", ["sync", "async", "async tool"])
def test_a_budget_that_is_used_up_in_a_tool(make: Any, parallel: bool, how: str, play: Any) -> None:
    each = aread_note if how == "async tool" else read_note
    calls = [(each.name, {"name": str(number)}) for number in range(4)]
    turns = [calls] if parallel else [[call] for call in calls]
    with play(*turns, policy=limited(max_tool_calls=2)) as played, pytest.raises(LimitExceededError, match="tool"):
        make(each).invoke(ASK) if how == "sync" else asyncio.run(make(each).ainvoke(ASK))
    assert len(ran) == 2
    assert isinstance(played.stopped, LimitExceededError)
    assert played.server.calls == (1 if parallel else 3)


def test_a_budget_that_is_used_up_at_the_model(play):
    with (
        play([("read_note", {"name": "a"})], policy=limited(max_tokens=1)) as played,
        pytest.raises(StopRun, match="token"),
    ):
        agent_that_tries_again(read_note).invoke(ASK)
    assert (ran, played.server.calls) == ([], 0)
    assert len(played.log.of("model_failed")) == 1  # the middleware did not try again


def test_an_approver_who_ends_the_run(play):
    class Ends:
        name = "ends"

        def decide(self, request: Any) -> ApprovalAnswer:
            return ApprovalAnswer(answer="terminate", by="ends", reason="enough")

    policy = replace(limited(), tools={"read_note": ToolRule(effect="delete", roles={"name": "identifier"})})
    with (
        play([("read_note", {"name": "eve"})], policy=policy, approver=Ends()) as played,
        pytest.raises(RunTerminated, match="enough"),
    ):
        graph_that_handles_all(read_note).invoke(ASK)
    assert (ran, played.server.calls) == ([], 1)
    assert isinstance(played.stopped, RunTerminated)


def test_what_an_agent_swallows_by_its_own_code_still_ends_the_run(play):
    calls = [[("read_note", {"name": str(number)})] for number in range(3)]
    with play(*calls, policy=limited(max_tool_calls=1)) as played, pytest.raises(LimitExceededError):
        agent_with_a_wrapper(read_note).invoke(ASK)
    assert len(ran) == 1
    assert isinstance(played.stopped, LimitExceededError)
    assert played.server.calls == 2  # the door to the model was closed
