"""Our answers against the SDK's own types and stream parsers; what the agent sees, and what upstream sees."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from pytest_agentsafety import Gate
from pytest_agentsafety.llm import HijackedModel, MessagesServer, Playbook, gullible
from pytest_agentsafety.llm.calls import UnsupportedModelCall
from pytest_agentsafety.llm.dialects import dialect_of
from pytest_agentsafety.llm.sse import data_of
from pytest_agentsafety.llm.wire import parse_json
from pytest_agentsafety.model.messages import PlannedCall, PlannedTurn
from pytest_agentsafety.model.policy import ModelRoutes

from .conftest import LIST, MODEL, PROMPT, READ, SCHEMAS, TURNS, UNGUARDED, Talk, open_doors, read_note

openai = pytest.importorskip("openai")
pydantic = pytest.importorskip("pydantic")

from openai.types.chat import ChatCompletion, ChatCompletionChunk  # noqa: E402
from openai.types.responses import Response, ResponseStreamEvent  # noqa: E402

USER = [{"role": "user", "content": PROMPT}]
FUNCTION = {"type": "function", "name": "read", "parameters": {"type": "object"}}
SQL = {"type": "custom", "name": "sql"}
MESSAGE: dict[str, Any] = {
    "id": "msg_1a2b",
    "type": "message",
    "role": "assistant",
    "model": MODEL,
    "content": [
        {"type": "text", "text": "Let us see. " * 50},
        {"type": "tool_use", "id": "toolu_9", "name": "read", "input": {"a": [1, {"b": "é"}]}},
    ],
    "stop_reason": "tool_use",
    "stop_sequence": None,
    "usage": {"input_tokens": 7, "output_tokens": 9, "cache_creation_input_tokens": 0, "cache_read_input_tokens": 3},
}
STOPS = ["tool_use", "end_turn", "max_tokens", "refusal"]


def answered_calls(format_: str, arguments: str, call_id: str) -> list[Any]:
    """A conversation in which one call was answered."""
    if format_ == "chat":
        call = {"id": call_id, "type": "function", "function": {"name": "read_note", "arguments": arguments}}
        result = {"role": "tool", "tool_call_id": call_id, "content": "x"}
        return [*USER, {"role": "assistant", "tool_calls": [call]}, result]
    call = {"type": "function_call", "call_id": call_id, "name": "read_note", "arguments": arguments}
    return [*USER, call, {"type": "function_call_output", "call_id": call_id, "output": "x"}]


def strictly(model: Any, value: Any) -> Any:
    """Validated, with no field that the SDK does not know."""
    made = pydantic.TypeAdapter(model).validate_python(value, strict=True)
    assert not _unknown(made), _unknown(made)
    return made


def _unknown(made: Any) -> list[str]:
    if isinstance(made, list):
        return [name for item in made for name in _unknown(item)]
    if not isinstance(made, pydantic.BaseModel):
        return []
    inner = [name for field in type(made).model_fields for name in _unknown(getattr(made, field))]
    return [*(made.model_extra or {}), *inner]


@pytest.mark.parametrize("stop", STOPS)
def test_a_completion_is_one_to_the_sdk(stop):
    made = parse_json(dialect_of("chat").body({**MESSAGE, "stop_reason": stop}, {"messages": USER}))
    completion = strictly(ChatCompletion, made)
    assert completion.choices[0].message.tool_calls[0].function.arguments == '{"a": [1, {"b": "é"}]}'


@pytest.mark.parametrize("stop", STOPS)
def test_every_chunk_is_one_to_the_sdk(stop):
    events = b"".join(dialect_of("chat").events({**MESSAGE, "stop_reason": stop}, {"messages": USER}))
    *chunks, done = data_of(events)
    assert done == b"[DONE]"
    for chunk in chunks:
        strictly(ChatCompletionChunk, parse_json(chunk))


@pytest.mark.parametrize("stop", STOPS)
@pytest.mark.parametrize("more", [{}, {"tools": [FUNCTION, SQL], "reasoning": {"effort": "low"}, "temperature": 0.5}])
def test_a_response_is_one_to_the_sdk(stop, more):
    made = parse_json(dialect_of("responses").body({**MESSAGE, "stop_reason": stop}, {"input": PROMPT, **more}))
    response = strictly(Response, made)
    assert [item.type for item in response.output] == ["message", "function_call"]


@pytest.mark.parametrize("stop", STOPS)
def test_every_event_is_one_to_the_sdk(stop):
    raw = {"input": PROMPT, "tools": [FUNCTION, SQL]}
    content = [
        *MESSAGE["content"],
        {"type": "tool_use", "id": "toolu_8", "name": "sql", "input": {"input": "select 1"}},
    ]
    events = dialect_of("responses").events({**MESSAGE, "content": content, "stop_reason": stop}, raw)
    for data in data_of(b"".join(events)):
        strictly(ResponseStreamEvent, parse_json(data))


@pytest.mark.parametrize("model", ["server", "hijacked"])
@pytest.mark.parametrize("asks", [False, True])
def test_only_who_asks_for_the_usage_of_a_stream_sees_it(server, client_for, model, asks):
    options = {"stream_options": {"include_usage": True}} if asks else {}
    responder = HijackedModel([PlannedTurn(text="Hi.")], None, lambda: False) if model == "hijacked" else None
    gate = Gate(UNGUARDED)
    task = gate.open(PROMPT, responder=responder)
    with open_doors(task):
        client = client_for(f"{server.url}/v1")
        chunks = list(client.chat.completions.create(model=MODEL, messages=USER, stream=True, **options))
    assert [bool(chunk.choices) for chunk in chunks].count(False) == asks
    assert (chunks[-1].usage is not None) == asks
    assert task.tally.output_tokens > 0
    assert task.tally.cost_usd < 0.01, "what was used, not what was reserved"
    if model == "server":
        assert server.log[0].payload["stream_options"] == {"include_usage": True}


def test_a_compressed_stream_is_not_asked_for_where_something_is_taken_out(client_for):
    model = gullible(Playbook(tasks={PROMPT: TURNS}))
    with MessagesServer(model, compress=True) as server, open_doors(Gate(UNGUARDED).open(PROMPT)):
        completions = client_for(f"{server.url}/v1").chat.completions
        list(completions.create(model=MODEL, messages=USER, stream=True))
        completions.create(model=MODEL, messages=USER)
    assert [request.headers["accept-encoding"] == "identity" for request in server.log] == [True, False]


@pytest.mark.parametrize("streaming", [False, True])
def test_custom_tools_are_called_with_free_text(format_, client_for, streaming):
    plan = [PlannedTurn(calls=(PlannedCall(name="sql", arguments={"input": "select 'é'"}),))]
    task = Gate(UNGUARDED).open(PROMPT, responder=HijackedModel(plan, None, lambda: False))
    with open_doors(task):
        client = client_for("http://127.0.0.1:9/v1")
        if format_ == "chat":
            tools: Any = [{"type": "custom", "custom": {"name": "sql"}}]
            if streaming:
                made = list(client.chat.completions.create(model=MODEL, messages=USER, tools=tools, stream=True))
                pieces = [piece for chunk in made for piece in chunk.choices[0].delta.tool_calls or ()]
                called, text = pieces[0].custom["name"], "".join(piece.custom.get("input", "") for piece in pieces)
            else:
                (call,) = (
                    client.chat.completions.create(model=MODEL, messages=USER, tools=tools)
                    .choices[0]
                    .message.tool_calls
                )
                called, text = call.custom.name, call.custom.input
        else:
            options: Any = {"model": MODEL, "input": PROMPT, "tools": [SQL]}
            if streaming:
                with client.responses.stream(**options) as stream:
                    (item,) = stream.get_final_response().output
            else:
                (item,) = client.responses.create(**options).output
            called, text = item.name, item.input
    assert (called, text) == ("sql", "select 'é'")


def test_a_custom_call_passes_as_its_argument_input(format_, client_for):
    def sql(input: str) -> str:  # noqa: A002 - what stands for a custom tool's text
        """Ask a database."""
        return "1 row"

    plan = [PlannedTurn(calls=(PlannedCall(name="sql", arguments={"input": "select 1"}),)), PlannedTurn(text="Done.")]
    gate = Gate(UNGUARDED)
    (gated,) = gate.wrap([sql])
    task = gate.open(PROMPT, responder=HijackedModel(plan, None, lambda: False))
    with open_doors(task):
        client = client_for("http://127.0.0.1:9/v1")
        if format_ == "chat":
            tools: Any = [{"type": "custom", "custom": {"name": "sql"}}]
            said = client.chat.completions.create(model=MODEL, messages=USER, tools=tools).choices[0].message
            result = gated(input=said.tool_calls[0].custom.input)
            history = [*USER, said, {"role": "tool", "tool_call_id": said.tool_calls[0].id, "content": result}]
            client.chat.completions.create(model=MODEL, messages=history, tools=tools)
        else:
            (item,) = client.responses.create(model=MODEL, input=PROMPT, tools=[SQL]).output
            output = {"type": "custom_tool_call_output", "call_id": item.call_id, "output": gated(input=item.input)}
            client.responses.create(model=MODEL, input=[*USER, item, output], tools=[SQL])
    assert task.tally.ungated == []
    assert task.tally.executed == [plan[0].calls[0]]


@pytest.mark.parametrize("arguments", ["{", "null", '["plan"]', '{"name": "list"}'])
def test_a_result_whose_call_did_not_pass_is_ungated(format_, server, client_for, arguments):
    """The call that did pass has other arguments; what cannot be read is not taken for a call without any."""
    gate = Gate(UNGUARDED)
    (gated,) = gate.wrap([read_note])
    task = gate.open(PROMPT, responder=HijackedModel([], None, lambda: False))
    with open_doors(task):
        gated(name="plan")
        client = client_for("http://127.0.0.1:9/v1")
        Talk(format_, streaming=False, history=answered_calls(format_, arguments, "c1")).ask(client)
    assert task.tally.ungated == ["read_note"]


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"tools": [{"type": "web_search"}]}, "a tool of type 'web_search', which would run past the tool door"),
        ({"previous_response_id": "resp_1"}, "'previous_response_id': what it stands for is stored"),
        ({"background": True}, "the answer would be fetched later"),
    ],
)
def test_what_is_refused_ends_the_task_though_the_agent_swallows_it(server, client_for, options, reason):
    task = Gate(UNGUARDED).open(PROMPT)
    with open_doors(task):
        client = client_for(f"{server.url}/v1")
        with pytest.raises(UnsupportedModelCall, match="was not sent") as caught:
            client.responses.create(model=MODEL, input=PROMPT, **options)
        assert reason in str(caught.value)
        with pytest.raises(openai.OpenAIError, match="was not sent"):
            client.responses.create(model=MODEL, input=PROMPT)
    assert server.log == []


@pytest.mark.parametrize("model", ["server", "hijacked"])
def test_a_token_count_passes_the_door_and_costs_nothing(server, client_for, model):
    responder = HijackedModel([PlannedTurn(text="Hi.")], None, lambda: False) if model == "hijacked" else None
    task = Gate(UNGUARDED).open(PROMPT, responder=responder)
    with open_doors(task):
        client = client_for(f"{server.url}/v1")
        assert client.responses.input_tokens.count(model=MODEL, input=PROMPT).input_tokens > 1
        client.responses.create(model=MODEL, input=PROMPT)
    assert task.tally.model_calls == 1
    assert len(server.log) == (0 if model == "hijacked" else 2)


def test_azure(server):
    client = openai.AzureOpenAI(azure_endpoint=server.url, api_version="2024-10-21", api_key="key")
    task = Gate(UNGUARDED).open(PROMPT)
    with open_doors(task):
        message = client.chat.completions.create(model=MODEL, messages=USER).choices[0].message
        said = client.responses.create(model=MODEL, input=PROMPT)
    client.close()
    assert message.content == said.output_text == "Reading both."
    assert [request.path for request in server.log] == [
        f"/openai/deployments/{MODEL}/chat/completions",
        "/openai/responses",
    ]
    assert task.tally.model_ids == [MODEL]


def test_a_route_to_another_model_changes_only_the_model(format_, server, client_for):
    policy = replace(UNGUARDED, models=ModelRoutes(simple="gpt-4o-mini"))
    task = Gate(policy, router=lambda request: "simple").open(PROMPT)
    with open_doors(task):
        Talk(format_, streaming=False, history=list(USER)).ask(client_for(f"{server.url}/v1"))
    sent = server.log[0].payload
    assert sent["model"] == "gpt-4o-mini"
    assert task.tally.routes[0]["used"] == "gpt-4o-mini"
    assert len(sent["tools"]) == len(SCHEMAS)
    limit = "max_completion_tokens" if format_ == "chat" else "max_output_tokens"
    assert sent[limit] == 16_384


def test_a_deployment_keeps_its_model(server, client_for):
    task = Gate(UNGUARDED, router=lambda request: "simple").open(PROMPT)
    with open_doors(task):
        client_for(f"{server.url}/openai/deployments/{MODEL}").chat.completions.create(model=MODEL, messages=USER)
    assert server.log[0].payload["model"] == MODEL


def test_reading_the_raw_response_is_possible(server, client_for):
    with open_doors(Gate(UNGUARDED).open(PROMPT)):
        raw = client_for(f"{server.url}/v1").chat.completions.with_raw_response.create(model=MODEL, messages=USER)
    assert json.loads(raw.text)["object"] == "chat.completion"
    names = [call.function.name for call in raw.parse().choices[0].message.tool_calls]
    assert names == [READ.name, LIST.name]
