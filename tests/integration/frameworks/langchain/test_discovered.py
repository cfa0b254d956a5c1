"""Graphs whose agents work in turn, and agents that answer in a structure, are asked for their tools."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("langchain")
pytest.importorskip("langchain_anthropic")

from langchain.agents import create_agent
from langchain.agents.structured_output import ToolStrategy
from langchain.tools import tool
from langgraph.graph import END, START, MessagesState, StateGraph
from langgraph.prebuilt import ToolNode
from pydantic import BaseModel

from pytest_agentsafety.adapters import describe_agent
from pytest_agentsafety.runner.discover import discover

from .test_agents import chat


class Summary(BaseModel):
    text: str


@tool
def search(query: str) -> str:
    """Search the web."""
    raise AssertionError(query)


@tool
def save(title: str) -> str:
    """Save a report."""
    raise AssertionError(title)


def two_workers() -> Any:
    """A researcher, and when it only talks, a writer."""
    builder = StateGraph(MessagesState)
    for name, own, then in (("researcher", search, "writer"), ("writer", save, END)):
        model = chat().bind_tools([own])
        builder.add_node(name, lambda state, model=model: {"messages": [model.invoke(state["messages"])]})
        builder.add_node(f"{name}_tools", ToolNode([own]))
        builder.add_edge(f"{name}_tools", name)
        builder.add_conditional_edges(
            name,
            lambda state, name=name, then=then: f"{name}_tools" if state["messages"][-1].tool_calls else then,
        )
    builder.add_edge(START, "researcher")
    return builder.compile()


def test_the_tools_of_all_workers_are_found_and_tried() -> None:
    found = discover(describe_agent(two_workers(), id="mine", place="here"))
    assert {tool.name for tool in found.tools} == {"search", "save"}
    assert found.gated == {"search", "save"}


def test_the_tool_it_answers_by_is_no_tool_of_its_own() -> None:
    agent = create_agent(chat(), tools=[search], response_format=ToolStrategy(Summary))
    found = discover(describe_agent(agent, id="mine", place="here"))
    assert [spec.name for spec in found.tools] == ["search"]
    assert found.gated == {"search"}
