"""Agent objects of LangChain and LangGraph: how they are asked, what they answer, which tools they show."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType
from typing import Any, TypedDict

import pytest

pytest.importorskip("langchain")
pytest.importorskip("langchain_anthropic")

from langchain.agents import create_agent
from langchain.tools import ToolRuntime
from langchain_anthropic import ChatAnthropic
from langchain_core.messages import AIMessage, ToolMessage
from langchain_core.prompts import ChatPromptTemplate, MessagesPlaceholder, PromptTemplate
from langchain_core.runnables import RunnableLambda
from langchain_core.tools import BaseTool, StructuredTool, tool
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import END, START, MessagesState, StateGraph
from langgraph.prebuilt import ToolNode
from pydantic import BaseModel

from pytest_agentsafety.adapters import call_agent, describe_agent
from pytest_agentsafety.adapters.call import WrongAnswerType, answer_text
from pytest_agentsafety.adapters.frameworks import entry_of, tools_in
from pytest_agentsafety.adapters.toolbox import load_tools, tools_of_agent

TASK = "Read the note"


def read_note(name: str, size: int = 3) -> list[str]:
    """Read a note."""
    return [name] * size


async def afetch(url: str) -> str:
    """Fetch a page."""
    return url


class Sent(BaseModel):
    to: str


class Sender(BaseTool):
    name: str = "send"
    description: str = "Send."
    args_schema: Any = Sent

    def _run(self, to: str) -> str:
        return to


class Given(TypedDict):
    question: str


class State(Given, total=False):
    plan: str


READ, FETCH, SEND = tool(read_note), tool(afetch), Sender()
BY_NAME = {"read_note": READ}


def chat() -> ChatAnthropic:
    return ChatAnthropic(model="claude-sonnet-5-5", api_key="key", base_url="http://127.0.0.1:9", max_tokens=100)


def echo(state: MessagesState) -> Any:
    return {"messages": [AIMessage([{"type": "text", "text": f"heard {len(state['messages'])}"}])]}


def graph_of(*nodes: Any, state: Any = MessagesState, **options: Any) -> Any:
    builder = StateGraph(state)
    for number, node in enumerate(nodes):
        builder.add_node(str(number), node)
        builder.add_edge(START if number == 0 else str(number - 1), str(number))
    return builder.compile(**options)


def ask(target: Any) -> str:
    entry = entry_of(target)
    assert entry is not None
    return call_agent(entry, TASK)


class TestEntry:
    @pytest.mark.parametrize("tools", [[READ], [READ, FETCH]], ids=["sync", "one tool is async only"])
    def test_create_agent(self, tools, play):
        agent = create_agent(chat(), tools)
        call = [(tools[-1].name, {"name": "a"} if tools[-1] is READ else {"url": "http://a"})]
        with play(call, policy=None) as played:
            assert call_agent(describe_agent(agent, id="a", place="here").target, TASK) == "Done."
        assert played.server.log[0].payload["messages"][0] == {"role": "user", "content": TASK}
        assert len(played.calls) == 1

    def test_every_call_has_a_thread_of_its_own(self):
        graph = graph_of(echo, checkpointer=InMemorySaver())
        assert [ask(graph), ask(graph)] == ["heard 1", "heard 1"]

    def test_a_graph_with_an_async_node(self):
        async def aecho(state: MessagesState) -> Any:
            return echo(state)

        assert ask(graph_of(aecho)) == "heard 1"
        assert ask(graph_of(graph_of(aecho))) == "heard 1"

    def test_a_graph_with_settings_of_its_own(self):
        assert ask(graph_of(echo).with_config({"recursion_limit": 5, "tags": ["mine"]})) == "heard 1"

    def test_a_graph_of_one_text(self):
        builder = StateGraph(State, input_schema=Given)
        builder.add_node("plan", lambda state: {"plan": state["question"].upper()})
        builder.add_edge(START, "plan")
        builder.add_edge("plan", END)
        assert ask(builder.compile()) == TASK.upper()

    @pytest.mark.parametrize(
        "prompt",
        [
            ChatPromptTemplate.from_messages([("user", "{task}")]),
            ChatPromptTemplate.from_messages([("system", "Today is {today}."), ("user", "{input}")]),
            PromptTemplate.from_template("{anything}"),
            ChatPromptTemplate.from_messages([("system", "Be nice."), MessagesPlaceholder("messages")]),
        ],
        ids=["task", "input of two", "the only one", "messages"],
    )
    def test_a_chain_with_a_prompt(self, prompt, play):
        if "today" in prompt.input_variables:
            prompt = ChatPromptTemplate.from_messages([("user", "{input}"), MessagesPlaceholder("past", optional=True)])
        with play() as played:
            assert ask(prompt | chat()) == "Done."
        assert played.server.log[0].payload["messages"] == [{"role": "user", "content": TASK}]

    def test_a_chain_that_takes_a_text_is_asked_as_it_is(self, play):
        assert entry_of(chat()) is None
        with play():
            assert call_agent(describe_agent(chat(), id="a", place="here").target, TASK) == "Done."

    @pytest.mark.parametrize(
        "target",
        [
            ChatPromptTemplate.from_messages([("user", "{a} {b}")]),
            RunnableLambda(lambda text: text),
            READ,
            SEND,
            graph_of(lambda state: state, state=TypedDict("State", {"left": str, "right": str})),
            "text",
            None,
            print,
        ],
        ids=["two values", "lambda", "tool", "tool class", "graph of two texts", "str", "none", "function"],
    )
    def test_what_is_not_plain_is_left_alone(self, target):
        assert entry_of(target) is None


class TestAnswers:
    def test_blocks_and_silence(self):
        thought = {"type": "thinking", "thinking": "hm", "signature": "s"}
        assert answer_text({"messages": [AIMessage([thought, {"type": "text", "text": "a"}])]}) == "a"
        assert answer_text({"messages": [AIMessage([])]}) == ""
        assert answer_text({"messages": [AIMessage("")]}) == ""
        assert answer_text({"messages": [ToolMessage("said", tool_call_id="1")]}) == "said"
        with pytest.raises(WrongAnswerType):
            answer_text({"left": 1})


class TestTools:
    def test_of_create_agent(self):
        read, fetch, send = tools_in(create_agent(chat(), [READ, FETCH, SEND])) or ()
        assert (read.name, read.fn, read.description) == ("read_note", read_note, "Read a note.")
        assert read.input_schema["properties"]["size"] == {"default": 3, "title": "Size", "type": "integer"}
        assert (fetch.fn, send.fn) == (afetch, SEND._run)
        assert send.input_schema["required"] == ["to"]

    def test_injected_arguments_are_not_shown(self):
        def look(word: str, runtime: ToolRuntime) -> str:
            """Look."""
            return word

        (found,) = tools_in(graph_of(ToolNode([look]))) or ()
        assert list(found.input_schema["properties"]) == ["word"]

    def test_a_json_schema_is_shown_as_it_is(self):
        schema = {"type": "object", "title": "t", "properties": {"a": {"type": "string"}}}
        (found,) = tools_in(StructuredTool.from_function(read_note, description="T.", args_schema=schema)) or ()
        assert found.input_schema["properties"] == schema["properties"]

    def test_of_subgraphs_and_of_what_nodes_name(self):
        def by_hand(state: MessagesState) -> Any:
            """As LangGraph's quickstart writes its tool node."""
            return {"messages": [BY_NAME[call["name"]].invoke(call) for call in state["messages"][-1].tool_calls]}

        inner = graph_of(ToolNode([FETCH]))
        names = [spec.name for spec in tools_in(graph_of(by_hand, inner)) or ()]
        assert sorted(names) == ["afetch", "read_note"]

    def test_of_a_function_that_asks_an_agent(self):
        graph = create_agent(chat(), [READ])

        def agent(task: str) -> str:
            return str(graph.invoke({"messages": [("user", task)]})["messages"][-1].content)

        (found,) = tools_of_agent(describe_agent(agent, id="a", place="here"))
        assert found.fn is read_note

    def test_of_a_list_and_of_a_module(self, monkeypatch):
        shop = ModuleType("lc_shop")
        source = "from langchain_core.tools import tool\n@tool\ndef buy(sku: str) -> str:\n    'Buy.'\n    return sku\n"
        exec(source, shop.__dict__)
        shop.TOOLS = [READ, shop.buy, SEND]  # type: ignore[attr-defined]
        shop.READ = READ  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, "lc_shop", shop)
        monkeypatch.setattr(sys, "path", list(sys.path))
        found = {
            name: load_tools(name, place="here", root=Path("/")) for name in ("lc_shop:TOOLS", "lc_shop", "lc_shop:buy")
        }
        assert found["lc_shop:buy"] == found["lc_shop"]
        assert [spec.name for spec in found["lc_shop:TOOLS"]] == ["read_note", "buy", "send"]
        assert [(spec.name, spec.description) for spec in found["lc_shop"]] == [("buy", "Buy.")]

    def test_what_has_none(self):
        assert tools_in(graph_of(echo)) is None
        assert tools_in(lambda task: task) is None
        assert tools_in(chat()) is None

    def test_each_is_read_once(self):
        assert (tools_in(READ) or [0])[0] is (tools_in(READ) or [1])[0]
