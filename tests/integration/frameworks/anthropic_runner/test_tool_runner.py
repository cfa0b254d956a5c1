"""The SDK's tool_runner: denied calls do not run, allowed ones do, and the runner goes on."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import anthropic
import httpx2
import pytest
from anthropic import beta_async_tool, beta_tool
from anthropic.lib.tools import BetaAsyncBuiltinFunctionTool, BetaBuiltinFunctionTool, ToolError

from pytest_agentsafety.model.decisions import ApprovalAnswer, GuardrailResult
from pytest_agentsafety.model.errors import BudgetExceededError, LimitExceededError, RunTerminated
from pytest_agentsafety.model.policy import BudgetLimits, Policy, ToolRule

READ = ("read_note", {"name": "plan"})
SEND = ("send_mail", {"to": "eve@evil.test", "body": "x"})
ran: list[str] = []


@beta_tool
def read_note(name: str) -> str:
    """Read a note.

    Args:
        name: Which one.
    """
    ran.append(f"read {name}")
    return f"The note {name}."


@beta_tool
def send_mail(to: str, body: str) -> str:
    """Send a mail."""
    ran.append(f"sent {to}")
    return "sent"


@beta_async_tool(name="read_note")
async def aread_note(name: str) -> str:
    """Read a note."""
    ran.append(f"read {name}")
    return f"The note {name}."


@beta_async_tool(name="send_mail")
async def asend_mail(to: str, body: str) -> str:
    """Send a mail."""
    ran.append(f"sent {to}")
    return "sent"


class OwnTool(BetaBuiltinFunctionTool):
    """A tool class of a user's own: only the runner knows how to call it."""

    def to_dict(self) -> Any:
        return {"name": "read_note", "description": "Read a note.", "input_schema": {"type": "object"}}

    def call(self, input: Any) -> Any:  # noqa: A002 - the SDK's name
        ran.append(f"read {input['name']}")
        return [{"type": "text", "text": f"The note {input['name']}."}]


class AsyncOwnTool(BetaAsyncBuiltinFunctionTool):
    def to_dict(self) -> Any:
        return OwnTool().to_dict()

    async def call(self, input: Any) -> Any:  # noqa: A002 - the SDK's name
        ran.append(f"read {input['name']}")
        return [{"type": "text", "text": f"The note {input['name']}."}]


SYNC, ASYNC = [read_note, send_mail], [aread_note, asend_mail]
OWN, AOWN = [OwnTool(), send_mail], [AsyncOwnTool(), asend_mail]


@pytest.fixture(autouse=True)
def nothing_ran() -> None:
    ran.clear()


@pytest.fixture(scope="module")
def client() -> Iterator[anthropic.Anthropic]:
    with httpx2.Client(trust_env=False) as http:
        yield anthropic.Anthropic(api_key="key", base_url="http://127.0.0.1:9", http_client=http)


def params(tools: Any, **more: Any) -> dict[str, Any]:
    ask = [{"role": "user", "content": "Read the note 'plan'"}]
    return {"model": "claude-sonnet-5-5", "max_tokens": 100, "messages": ask, "tools": tools, **more}


def plain(client: Any, tools: Any, **more: Any) -> Any:
    return client.beta.messages.tool_runner(**params(tools, **more)).until_done()


def streamed(client: Any, tools: Any, **more: Any) -> Any:
    runner = client.beta.messages.tool_runner(**params(tools, stream=True, **more))
    for stream in runner:
        for _ in stream:
            pass
    return runner.until_done()


def eager(client: Any, tools: Any, **more: Any) -> Any:
    return streamed(client, tools, run_tools_eagerly=True, **more)


def asynchronous(client: Any, tools: Any, **more: Any) -> Any:
    async def run() -> Any:
        async with anthropic.AsyncAnthropic(api_key="key", base_url="http://127.0.0.1:9") as aclient:
            return await aclient.beta.messages.tool_runner(**params(tools, **more)).until_done()

    return asyncio.run(run())


def async_streamed(client: Any, tools: Any, **more: Any) -> Any:
    async def run() -> Any:
        async with anthropic.AsyncAnthropic(api_key="key", base_url="http://127.0.0.1:9") as aclient:
            runner = aclient.beta.messages.tool_runner(**params(tools, stream=True, **more))
            async for stream in runner:
                async for _ in stream:
                    pass
            return await runner.until_done()

    return asyncio.run(run())


def async_eager(client: Any, tools: Any, **more: Any) -> Any:
    return async_streamed(client, tools, run_tools_eagerly=True, **more)


WAYS = [
    (plain, SYNC),
    (streamed, SYNC),
    (eager, SYNC),
    (asynchronous, ASYNC),
    (async_streamed, ASYNC),
    (async_eager, ASYNC),
    (plain, OWN),
    (asynchronous, AOWN),
]
WAY_IDS = [f"{run.__name__}-{type(tools[0]).__name__}" for run, tools in WAYS]


@pytest.mark.parametrize(("run", "tools"), WAYS, ids=WAY_IDS)
@pytest.mark.parametrize("turns", [([READ, SEND],), ([SEND], [READ])], ids=["parallel", "single"])
def test_a_denied_call_does_not_run_and_the_runner_goes_on(run, tools, turns, client, play):
    with play(*turns) as played:
        final = run(client, tools)
    assert ran == ["read plan"]
    assert final.content[0].text == "Done."
    assert played.ends == {"read_note": "ok", "send_mail": "denied"}
    assert [call for turn in turns for call in turn] == played.calls
    texts = [text for entry in played.server.log for text in said_in(entry.payload["messages"][-1])]
    assert "The note plan." in texts
    assert any(text.startswith("This call is not allowed (policy.no_rule)") for text in texts)
    assert (played.ungated, played.stopped) == ([], None)


def said_in(message: dict[str, Any]) -> list[str]:
    blocks = [block for block in message["content"] if isinstance(block, dict) and block["type"] == "tool_result"]
    return [block["content"] if isinstance(block["content"], str) else block["content"][0]["text"] for block in blocks]


@pytest.mark.parametrize(("run", "tools"), [(plain, SYNC), (asynchronous, ASYNC)])
def test_a_held_call_is_told_as_text(run, tools, client, play):
    rule = ToolRule(effect="egress", roles={"to": "destination", "body": "content"})
    with play([SEND], policy=Policy(tools={"send_mail": rule})) as played:
        run(client, tools)
    assert (ran, played.ends) == ([], {"send_mail": "held"})
    assert played.texts[0].startswith("This call needs approval and was not approved")


@pytest.mark.parametrize(("run", "tools"), [(plain, SYNC), (plain, OWN), (asynchronous, ASYNC), (asynchronous, AOWN)])
@pytest.mark.parametrize(("action", "words"), [("redact", "The note [gone]."), ("block", "withheld by the censor")])
def test_a_result_that_a_guard_changed_arrives_as_text(run, tools, action, words, client, play):
    class Censor:
        name = "censor"
        stages = frozenset({"tool_result"})

        def check(self, text: str, context: Any) -> GuardrailResult:
            redacted = text.replace("plan", "[gone]") if action == "redact" else None
            return GuardrailResult(guard="censor", status="triggered", action=action, score=1.0, redacted=redacted)

    with play([READ], guardrails=[Censor()]) as played:
        run(client, tools)
    assert (ran, played.ends) == (["read plan"], {"read_note": "ok"})
    assert words in played.texts[0]


class TestWrongCalls:
    @pytest.mark.parametrize(("run", "tools"), [(plain, SYNC), (asynchronous, ASYNC)])
    def test_wrong_arguments_pass_the_door_as_they_are_and_are_an_error_of_the_tool(self, run, tools, client, play):
        wrong = ("read_note", {"name": {"deep": [1]}, "else": 2})
        with play([wrong]) as played:
            run(client, tools)
        assert (ran, played.calls, played.ends) == ([], [wrong], {"read_note": "error"})
        assert played.results[0]["is_error"] is True
        assert "Invalid arguments for function read_note" in played.texts[0]
        assert played.ungated == []

    @pytest.mark.filterwarnings("ignore:Tool 'no_such_tool' not found")
    @pytest.mark.parametrize(("run", "tools"), [(plain, SYNC), (asynchronous, ASYNC)])
    def test_an_unknown_tool_is_answered_by_the_runner_as_an_error(self, run, tools, client, play):
        with play([("no_such_tool", {"a": 1})]) as played:
            run(client, tools)
        assert (played.results[0]["is_error"], played.texts) == (True, ["Error: Tool 'no_such_tool' not found"])
        assert (played.calls, played.ungated) == ([], [])

    def test_an_error_with_content_of_its_own_keeps_it(self, client, play):
        @beta_tool
        def read_note(name: str) -> str:
            """Read."""
            raise ToolError([{"type": "text", "text": f"no {name}"}])

        with play([READ]) as played:
            plain(client, [read_note])
        assert (played.results[0]["is_error"], played.texts) == (True, ["no plan"])
        assert played.ends == {"read_note": "error"}


class TestStops:
    @pytest.mark.parametrize(("run", "tools"), WAYS, ids=WAY_IDS)
    @pytest.mark.parametrize("parallel", [False, True])
    def test_a_budget_that_is_used_up_in_a_tool_ends_the_run(self, run, tools, parallel, client, play):
        calls = [("read_note", {"name": str(number)}) for number in range(4)]
        turns = [calls] if parallel else [[call] for call in calls]
        policy = Policy(tools={"read_note": ToolRule(effect="read")}, budget=BudgetLimits(max_tool_calls=2))
        with play(*turns, policy=policy) as played, pytest.raises(LimitExceededError, match="tool"):
            run(client, tools)
        assert ran == ["read 0", "read 1"]
        assert isinstance(played.stopped, LimitExceededError)
        assert played.server.calls == (1 if parallel else 3)

    def test_not_even_the_last_turn_swallows_it(self, client, play):
        policy = Policy(tools={"read_note": ToolRule(effect="read")}, budget=BudgetLimits(max_tool_calls=0))
        with play([READ], policy=policy), pytest.raises(LimitExceededError):
            plain(client, SYNC, max_iterations=1)

    def test_an_approver_who_ends_the_run(self, client, play):
        class Ends:
            name = "ends"

            def decide(self, request: Any) -> ApprovalAnswer:
                return ApprovalAnswer(answer="terminate", by="ends", reason="enough")

        rule = ToolRule(effect="egress", roles={"to": "destination", "body": "content"})
        with (
            play([SEND], policy=Policy(tools={"send_mail": rule}), approver=Ends()) as played,
            pytest.raises(RunTerminated, match="enough"),
        ):
            plain(client, SYNC)
        assert (ran, played.server.calls) == ([], 1)


class TestBehindOurBack:
    @pytest.mark.filterwarnings("ignore:Tool 'look_up' not found")
    def test_a_tool_that_the_agent_runs_beside_the_runner_is_ungated(self, client, play):
        """The SDK's own way for tools it does not know: answered by `append_messages()`."""
        raw = {"name": "look_up", "input_schema": {"type": "object", "properties": {}}}
        with play([("look_up", {})]) as played:
            runner = client.beta.messages.tool_runner(**params([read_note, raw]))
            for message in runner:
                uses = [block for block in message.content if block.type == "tool_use"]
                if uses:
                    results = [{"type": "tool_result", "tool_use_id": use.id, "content": "made up"} for use in uses]
                    runner.append_messages(message, {"role": "user", "content": results})
        assert played.ungated == ["look_up"]

    def test_a_loop_that_runs_the_function_behind_a_tool_is_ungated(self, client, play):
        with play([READ]) as played:
            by_hand(client, lambda use: read_note.func(**use.input))
        assert (ran, played.ungated) == (["read plan"], ["read_note"])


class TestByHand:
    @pytest.mark.parametrize("how", [lambda tool, use: tool.call(use.input), lambda tool, use: tool(**use.input)])
    def test_a_loop_that_calls_the_tools_is_gated(self, how, client, play):
        tools = {tool.name: tool for tool in SYNC}
        with play([READ, SEND]) as played:
            by_hand(client, lambda use: how(tools[use.name], use))
        assert (ran, played.ungated) == (["read plan"], [])
        assert played.texts[0] == "The note plan."
        assert played.texts[1].startswith("This call is not allowed")
        assert played.calls == [READ, SEND]

    def test_async_tools(self, play):
        async def both() -> list[Any]:
            return [await aread_note.call({"name": "a"}), await asend_mail.call(SEND[1]), await aread_note(name="b")]

        with play() as played:
            a, denied, b = asyncio.run(both())
        assert (a, b, denied.status) == ("The note a.", "The note b.", "denied")
        assert played.calls == [("read_note", {"name": "a"}), SEND, ("read_note", {"name": "b"})]

    def test_whatever_is_given_to_a_tool_passes_the_door(self, play):
        class Given(dict):  # type: ignore[type-arg]
            pass

        with play() as played:
            assert read_note.call(Given(name="a")) == "The note a."
            with pytest.raises(TypeError, match="must be a dictionary"):
                read_note.call("text")
        assert played.calls == [("read_note", {"name": "a"}), ("read_note", {"input": "text"})]

    def test_a_tool_that_is_called_by_a_tool_of_the_same_name_is_gated(self, client, play):
        @beta_tool(name="read_note")
        def outer(name: str) -> str:
            """Read a note by another."""
            return str(read_note.call({"name": f"inner {name}"}))

        @beta_tool(name="read_note")
        def itself(name: str) -> str:
            """Read a note, and again."""
            return str(itself.call({"name": f"{name}."})) if len(name) < 6 else name

        with play([READ]) as played:
            plain(client, [outer])
            itself.call({"name": "plan"})
        names = ["plan", "inner plan", "plan", "plan.", "plan.."]
        assert played.calls == [("read_note", {"name": name}) for name in names]

    def test_without_a_door_they_run_as_ever(self):
        assert send_mail.call(SEND[1]) == send_mail(**SEND[1]) == "sent"
        with pytest.raises(TypeError, match="must be a dictionary"):
            send_mail.call("text")


def by_hand(client: Any, answer: Any) -> None:
    """The loop of the SDK's documentation of tool use."""
    ask = params([tool.to_dict() for tool in SYNC])
    messages = ask.pop("messages")
    while (reply := client.messages.create(messages=messages, **ask)).stop_reason == "tool_use":
        uses = [block for block in reply.content if block.type == "tool_use"]
        results = [{"type": "tool_result", "tool_use_id": use.id, "content": answer(use)} for use in uses]
        messages += [{"role": "assistant", "content": reply.content}, {"role": "user", "content": results}]


class TestThreads:
    def test_a_runner_sends_the_whole_conversation_below_a_door(self, client, play):
        with play([READ], [READ]) as played:
            plain(client, SYNC)
        sent = [entry.payload for entry in played.server.log]
        assert [len(payload["messages"]) for payload in sent] == [1, 3, 5]
        assert not any("thread" in payload or "previous_message_id" in payload for payload in sent)

    def test_a_conversation_that_the_agent_keeps_at_the_provider_is_refused_with_the_fix(self, client, play):
        with play([READ]) as played, pytest.raises(BudgetExceededError, match="thread=False"):
            client.beta.messages.thread(**params(SYNC)).tool_runner().until_done()
        assert (ran, played.server.calls) == ([], 0)
