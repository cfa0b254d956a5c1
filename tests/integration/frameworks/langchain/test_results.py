"""What tools return and are given: every shape reaches the door as the model sees it, and the agent as it was."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

import pytest

pytest.importorskip("langchain")

from langchain.tools import ToolRuntime
from langchain_core.messages import AIMessage, ToolMessage
from langchain_core.tools import BaseTool, InjectedToolCallId, StructuredTool, Tool, ToolException, tool
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.prebuilt import InjectedState, ToolNode
from langgraph.types import Command, interrupt
from pydantic import BaseModel, Field, field_validator

from pytest_agentsafety.model.decisions import GuardrailResult
from pytest_agentsafety.model.policy import Policy, ToolRule

SECRET = "the word is swordfish"


class Redactor:
    """Replaces the secret, or withholds all that holds it."""

    name = "redactor"
    stages = frozenset({"tool_result"})

    def __init__(self, action: Any = "redact") -> None:
        self.action = action

    def check(self, text: str, context: Any) -> GuardrailResult:
        if "swordfish" not in text:
            return GuardrailResult(guard=self.name, status="clean")
        redacted = text.replace("swordfish", "[gone]") if self.action == "redact" else None
        return GuardrailResult(
            guard=self.name, status="triggered", action=self.action, score=1.0, rule="fish", redacted=redacted
        )


def reads(*names: str) -> Policy:
    return Policy(tools={name: ToolRule(effect="read") for name in names})


def call(each: BaseTool, given: dict[str, Any], *, asynchronous: bool = False, state: Any = None) -> Any:
    """The tool's answer, by a ToolNode in a graph."""
    builder = StateGraph(MessagesState)
    builder.add_node("tools", ToolNode([each], handle_tool_errors=True))
    builder.add_edge(START, "tools")
    graph = builder.compile()
    asked = AIMessage("", tool_calls=[{"name": each.name, "args": given, "id": "call1", "type": "tool_call"}])
    ask = {"messages": [*(state or ()), asked]}
    found = asyncio.run(graph.ainvoke(ask)) if asynchronous else graph.invoke(ask)
    answer = found["messages"][-1]
    assert isinstance(answer, ToolMessage)
    assert (answer.tool_call_id, answer.name) == ("call1", each.name)
    return answer


@tool(response_format="content_and_artifact")
def two_parts(word: str) -> tuple[str, dict[str, Any]]:
    """Both."""
    return f"the word is {word}", {"raw": [1, 2]}


@tool
def a_dict(word: str) -> dict[str, Any]:
    """A dict."""
    return {"word": word, "n": 1}


@tool
def a_list(word: str) -> list[str]:
    """A list."""
    return [word, "b"]


@tool
def blocks(word: str) -> list[dict[str, Any]]:
    """Blocks."""
    return [{"type": "text", "text": f"the word is {word}"}]


@tool
def a_message(word: str, tool_call_id: Annotated[str, InjectedToolCallId]) -> ToolMessage:
    """A message."""
    return ToolMessage(f"the word is {word}", tool_call_id=tool_call_id, name="a_message", artifact={"raw": 1})


@tool
def a_command(word: str, tool_call_id: Annotated[str, InjectedToolCallId]) -> Command[Any]:
    """A command."""
    message = ToolMessage(f"the word is {word}", tool_call_id=tool_call_id, name="a_command")
    return Command(update={"messages": [message]})


@tool
def nothing(word: str) -> None:
    """None."""


SHAPES: list[tuple[Any, Any, Any]] = [
    (two_parts, "the word is ok", "the word is ok"),
    (a_dict, '{"word": "ok", "n": 1}', '{"word": "ok", "n": 1}'),
    (a_list, '["ok", "b"]', '["ok", "b"]'),
    (blocks, [{"type": "text", "text": "the word is ok"}], '[{"type": "text", "text": "the word is ok"}]'),
    (a_message, "the word is ok", "the word is ok"),
    (a_command, "the word is ok", "the word is ok"),
    (nothing, "null", ""),
]
IDS = [shape[0].name for shape in SHAPES]


@pytest.mark.parametrize("asynchronous", [False, True])
@pytest.mark.parametrize(("each", "content", "at_the_door"), SHAPES, ids=IDS)
def test_a_result_that_nobody_minds_arrives_as_it_would_without_us(each, content, at_the_door, asynchronous, play):
    alone = call(each, {"word": "ok"}, asynchronous=asynchronous)
    assert alone.content == content
    with play(policy=reads(each.name), guardrails=[Redactor()]) as played:
        answer = call(each, {"word": "ok"}, asynchronous=asynchronous)
    assert (answer.content, answer.artifact, answer.status) == (content, alone.artifact, "success")
    assert [event.result for event in played.log.of("tool_returned")] == [at_the_door]
    assert played.calls == [(each.name, {"word": "ok"})]


@pytest.mark.parametrize("action", ["redact", "block"])
@pytest.mark.parametrize("each", [shape[0] for shape in SHAPES[:-1]], ids=IDS[:-1])
def test_a_result_that_a_guard_changed_arrives_as_text(each, action, play):
    with play(policy=reads(each.name), guardrails=[Redactor(action)]) as played:
        answer = call(each, {"word": "swordfish"})
    assert isinstance(answer.content, str)
    assert "swordfish" not in answer.content
    assert ("[gone]" if action == "redact" else "withheld by the redactor guard") in answer.content
    assert (answer.artifact, answer.status) == (None, "success")
    assert [event.result for event in played.log.of("tool_returned")] == [answer.content]


@pytest.mark.parametrize("each", [shape[0] for shape in SHAPES], ids=IDS)
def test_a_denial_takes_the_place_of_any_result(each, play):
    with play(policy=reads()):
        answer = call(each, {"word": "ok"})
    assert answer.content.startswith("This call is not allowed")
    assert (answer.artifact, answer.status) == (None, "error")


class TestInjected:
    def test_injected_arguments_reach_the_function_and_not_the_door(self, play):
        got: dict[str, Any] = {}

        @tool
        def look(
            word: str,
            runtime: ToolRuntime,
            messages: Annotated[list[Any], InjectedState("messages")],
            state: Annotated[dict[str, Any], InjectedState()],
            tool_call_id: Annotated[str, InjectedToolCallId],
        ) -> str:
            """Look."""
            got.update(word=word, runtime=runtime, messages=messages, state=state, id=tool_call_id)
            return "seen"

        with play(policy=reads("look")) as played:
            answer = call(look, {"word": "ok"}, state=[("user", "hello")])
        assert answer.content == "seen"
        assert played.calls == [("look", {"word": "ok"})]
        assert (got["word"], got["id"], got["runtime"].tool_call_id) == ("ok", "call1", "call1")
        assert [len(got["messages"]), len(got["state"]["messages"])] == [2, 2]

    def test_what_a_model_forges_for_them_never_arrives(self, play):
        got: list[Any] = []

        @tool
        def look(word: str, state: Annotated[dict[str, Any], InjectedState()]) -> str:
            """Look."""
            got.append(state)
            return "seen"

        with play(policy=reads("look")) as played:
            call(look, {"word": "ok", "state": {"admin": True}})
        assert played.calls == [("look", {"word": "ok"})]
        assert "admin" not in got[0]

    def test_a_json_schema_tool_with_a_runtime(self, play):
        def look(word: str, runtime: ToolRuntime) -> str:
            """Look."""
            return f"{word} {runtime.tool_call_id}"

        schema = {"type": "object", "title": "look", "properties": {"word": {"type": "string"}}, "required": ["word"]}
        each = StructuredTool.from_function(look, name="look", description="Look.", args_schema=schema)
        with play(policy=reads("look")) as played:
            assert call(each, {"word": "ok"}).content == "ok call1"
        assert played.calls == [("look", {"word": "ok"})]


class Shape(BaseModel):
    word: str = Field(description="a word")
    size: int = 3

    @field_validator("word")
    @classmethod
    def short(cls, value: str) -> str:
        if len(value) > 8:
            raise ValueError(f"{value} is too long")
        return value.upper()


class Own(BaseTool):
    """A tool that is a class."""

    name: str = "own"
    description: str = "Own."
    args_schema: Any = Shape

    def _run(self, word: str, size: int, run_manager: Any = None) -> str:
        return f"{word}{size}{run_manager is not None}"


class TestSchemas:
    def test_the_door_sees_what_the_model_wrote_and_the_function_what_the_schema_made_of_it(self, play):
        each = StructuredTool.from_function(
            lambda word, size: f"{word}{size}", name="shaped", description="A.", args_schema=Shape
        )
        with play(policy=reads("shaped")) as played:
            assert call(each, {"word": "ok"}).content == "OK3"
        assert played.calls == [("shaped", {"word": "ok"})]

    @pytest.mark.parametrize("asynchronous", [False, True])
    def test_a_tool_class_of_ones_own(self, asynchronous, play):
        with play(policy=reads("own")) as played:
            assert call(Own(), {"word": "ok"}, asynchronous=asynchronous).content == "OK3True"
        assert played.calls == [("own", {"word": "ok"})]

    def test_a_tool_of_one_text(self, play):
        each = Tool("ask", lambda text: text[::-1], "Ask.")
        with play(policy=reads("ask")) as played:
            assert each.invoke("abc") == "cba"
            assert call(each, {"__arg1": "abc"}).content == "cba"
        assert played.calls == [("ask", {"tool_input": "abc"}), ("ask", {"__arg1": "abc"})]

    def test_a_tool_without_parameters(self, play):
        @tool
        def now() -> str:
            """Now."""
            return "noon"

        with play(policy=reads("now")) as played:
            assert call(now, {}).content == "noon"
            assert now.invoke({}) == "noon"
        assert played.calls == [("now", {}), ("now", {})]

    def test_wrong_arguments_whose_text_a_guard_changed_are_still_a_tool_error(self, play):
        with play(policy=reads("own"), guardrails=[Redactor()]) as played:
            answer = call(Own(), {"word": "swordfish-and-more"})
        assert answer.status == "error"
        assert "[gone]" in played.log.of("tool_returned")[0].result
        assert "[gone]-and-more is too long" in answer.content


class TestErrors:
    def test_a_tool_exception_is_handled_as_the_tool_says(self, play):
        def broken(word: str) -> str:
            raise ToolException(f"no {word}")

        each = StructuredTool.from_function(broken, description="A.", handle_tool_error=True)
        with play(policy=reads("broken"), guardrails=[Redactor()]) as played:
            assert [call(each, {"word": word}).content for word in ("ok", "swordfish")] == [
                "no ok",
                "ToolException: no [gone]",
            ]
        assert played.ends == {"broken": "error"}

    def test_any_other_error_is_the_graphs(self, play):
        @tool
        def broken(word: str) -> str:
            """Break."""
            raise KeyError(word)

        with play(policy=reads("broken")) as played:
            answer = call(broken, {"word": "ok"})
            with pytest.raises(KeyError):
                broken.invoke({"word": "ok"})
        assert (answer.status, played.ends) == ("error", {"broken": "error"})


@pytest.mark.parametrize("question", ["go on?", "swordfish?"])
def test_a_tool_may_interrupt_its_graph_and_go_on(question, play):
    @tool
    def asks(word: str) -> str:
        """Ask."""
        return f"{word} {interrupt(question)}"

    builder = StateGraph(MessagesState)
    builder.add_node("tools", ToolNode([asks], handle_tool_errors=True))
    builder.add_edge(START, "tools")
    graph, config = builder.compile(checkpointer=InMemorySaver()), {"configurable": {"thread_id": "1"}}
    asked = AIMessage("", tool_calls=[{"name": "asks", "args": {"word": "ok"}, "id": "call1", "type": "tool_call"}])
    with play(policy=reads("asks"), guardrails=[Redactor()]) as played:
        first = graph.invoke({"messages": [asked]}, config)
        last = graph.invoke(Command(resume="yes"), config)
    assert first["__interrupt__"][0].value == question
    assert last["messages"][-1].content == "ok yes"
    assert played.calls == [("asks", {"word": "ok"})] * 2
    assert played.stopped is None


def test_return_direct_ends_with_the_result_or_the_denial(play):
    from langchain.agents import create_agent
    from langchain_anthropic import ChatAnthropic

    @tool(return_direct=True)
    def final(word: str) -> str:
        """Final."""
        return f"final {word}"

    model = ChatAnthropic(model="claude-sonnet-5-5", api_key="key", base_url="http://127.0.0.1:9", max_tokens=100)
    agent = create_agent(model, tools=[final])
    for policy, words in ((reads("final"), "final ok"), (reads(), "This call is not allowed")):
        with play([("final", {"word": "ok"})], policy=policy) as played:
            state = agent.invoke({"messages": [("user", "go")]})
        assert state["messages"][-1].text.startswith(words)
        assert played.server.calls == 1


def test_a_tool_wrapped_by_hand_passes_the_door_once(play):
    from pytest_agentsafety.adapters import gated
    from pytest_agentsafety.model.messages import ToolSpec

    def note(word: str) -> str:
        """Note."""
        return f"note {word}"

    with play(policy=reads("note")) as played:
        wrapped = gated(ToolSpec(name="note", fn=note), lambda: played.task)
        assert call(tool(wrapped), {"word": "ok"}).content == "note ok"
        assert wrapped(word="two") == "note two"
    assert played.calls == [("note", {"word": "ok"}), ("note", {"word": "two"})]


def test_a_tool_that_is_called_by_a_tool_of_the_same_name_is_gated(play):
    @tool("note")
    def inner(word: str) -> str:
        """Inner."""
        return f"inner {word}"

    @tool("note")
    def outer(word: str) -> str:
        """Outer."""
        return str(inner.invoke({"word": word.upper()}))

    with play(policy=reads("note")) as played:
        assert call(outer, {"word": "ok"}).content == "inner OK"
    assert played.calls == [("note", {"word": "ok"}), ("note", {"word": "OK"})]


def test_callbacks_see_the_call_as_without_us(play):
    from langchain_core.callbacks import BaseCallbackHandler

    class Seen(BaseCallbackHandler):
        def __init__(self) -> None:
            self.seen: list[Any] = []

        def on_tool_start(self, serialized: Any, input_str: str, **more: Any) -> None:
            self.seen.append((serialized["name"], more["inputs"]))

        def on_tool_end(self, output: Any, **more: Any) -> None:
            self.seen.append(output)

    alone, below = Seen(), Seen()
    a_dict.invoke({"word": "ok"}, {"callbacks": [alone]})
    with play(policy=reads("a_dict")):
        a_dict.invoke({"word": "ok"}, {"callbacks": [below]})
    assert below.seen == alone.seen == [("a_dict", {"word": "ok"}), {"word": "ok", "n": 1}]


class Stage:
    """The harness: nothing runs, a value of its own stands in."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def cast(self, call: Any, run: Any, *, effect: str, attacker: bool, asynchronous: bool) -> Any:
        async def later(**_: Any) -> Any:
            return self.value

        return later if asynchronous else lambda **_: self.value


@pytest.mark.parametrize("asynchronous", [False, True])
@pytest.mark.parametrize("each", [shape[0] for shape in SHAPES], ids=IDS)
@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("in its place", "in its place"),
        ({"a": 1}, '{"a": 1}'),
        (None, "null"),
        ((), []),
        (("text", {"raw": 1}), None),
        (ToolMessage("said", tool_call_id="call1"), "said"),
    ],
)
def test_a_stand_in_of_any_type_takes_the_place_of_the_tool(each, value, shown, asynchronous, play):
    with play(policy=reads(each.name), stage=Stage(value)) as played:
        if isinstance(value, ToolMessage):
            value.name = each.name
        answer = call(each, {"word": "ok"}, asynchronous=asynchronous)
    if value != ("text", {"raw": 1}):
        assert answer.content == shown
    else:
        assert "text" in str(answer.content)
        assert answer.artifact == ({"raw": 1} if each is two_parts else None)
    assert played.ends == {each.name: "ok"}
