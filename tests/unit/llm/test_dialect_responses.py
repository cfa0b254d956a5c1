from __future__ import annotations

import json

import pytest

from pytest_agentsafety.llm.calls import UnsupportedModelCall
from pytest_agentsafety.llm.dialects import dialect_of
from pytest_agentsafety.llm.dialects.base import DEFAULT_OUTPUT_TOKENS
from pytest_agentsafety.model.messages import Usage

from .test_dialect_chat import MESSAGE

RESPONSES = dialect_of("responses")
TOOL = {"type": "function", "name": "read", "description": "Reads.", "parameters": {"type": "object"}, "strict": True}
CUSTOM = {"type": "custom", "name": "sql"}
SECRET = {"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": "gAAA"}
STORED = {"type": "reasoning", "id": "rs_2", "summary": []}


def request(given="Hi", **more):
    return {"model": "gpt-5", "input": given, **more}


def asked(given="Hi", **more):
    return RESPONSES.ask(request(given, **more))


def call(arguments="{}", call_id="c1", **more):
    return {"type": "function_call", "call_id": call_id, "name": "read", "arguments": arguments, **more}


def output(text="x", call_id="c1", **more):
    return {"type": "function_call_output", "call_id": call_id, "output": text, **more}


def text(said):
    return [{"type": "text", "text": said}]


class TestRequests:
    def test_a_text_is_what_the_user_says(self):
        payload = asked("Hello", instructions="Be brief.").payload
        assert payload["messages"] == [{"role": "user", "content": text("Hello")}]
        assert payload["system"] == text("Be brief.")

    def test_items_of_one_side_are_one_message(self):
        asked_for = asked(
            [
                {"role": "developer", "content": "Be kind."},
                {"role": "user", "content": [{"type": "input_text", "text": "Hi"}]},
                SECRET,
                {
                    "type": "message",
                    "id": "msg_1",
                    "status": "completed",
                    "role": "assistant",
                    "phase": "commentary",
                    "content": [
                        {"type": "output_text", "text": "Reading.", "annotations": []},
                        {"type": "refusal", "refusal": "Not that."},
                    ],
                },
                call('{"x": 1}', id="fc_1", status="completed", caller={"type": "direct"}),
                {"type": "custom_tool_call", "call_id": "c2", "name": "sql", "input": "select 1"},
                output("first", id="fco", status="completed"),
                {
                    "type": "custom_tool_call_output",
                    "call_id": "c2",
                    "output": [{"type": "input_text", "text": "second"}],
                },
                {"type": "message", "role": "system", "content": "Be quick."},
            ],
            instructions="Be brief.",
        )
        payload = asked_for.payload
        assert payload["system"] == text("Be brief.") + text("Be kind.")
        assert payload["messages"] == [
            {"role": "user", "content": text("Hi")},
            {
                "role": "assistant",
                "content": [
                    {"type": "redacted_thinking", "data": json.dumps(SECRET, sort_keys=True, separators=(",", ":"))},
                    *text("Reading."),
                    *text("Not that."),
                    {"type": "tool_use", "id": "c1", "name": "read", "input": {"x": 1}},
                    {"type": "tool_use", "id": "c2", "name": "sql", "input": {"input": "select 1"}},
                ],
            },
            {
                "role": "user",
                "content": [
                    {"type": "tool_result", "tool_use_id": "c1", "content": text("first")},
                    {"type": "tool_result", "tool_use_id": "c2", "content": text("second")},
                ],
            },
            {"role": "system", "content": text("Be quick.")},
        ]
        assert asked_for.unseen_tokens == 0

    def test_thoughts_that_are_kept_at_the_provider_count_at_their_most(self):
        assert asked([STORED, SECRET, STORED], max_output_tokens=100).unseen_tokens == 200
        assert asked([STORED]).unseen_tokens == DEFAULT_OUTPUT_TOKENS

    def test_the_output_limit(self):
        assert asked().written == {"max_output_tokens": DEFAULT_OUTPUT_TOKENS}
        assert (asked(max_output_tokens=9).payload["max_tokens"], asked(max_output_tokens=9).written) == (9, {})
        assert RESPONSES.trimmer(request(stream=True)) is None

    def test_tools_and_output_format(self):
        payload = asked(tools=[{**TOOL, "allowed_callers": ["direct"]}, CUSTOM], text={"verbosity": "low"}).payload
        assert payload["tools"][0] == {"name": "read", "description": "Reads.", "input_schema": {"type": "object"}}
        assert payload["tools"][1]["input_schema"]["required"] == ["input"]
        assert payload["output_format"] == {"verbosity": "low"}

    @pytest.mark.parametrize(
        ("more", "reason"),
        [
            ({"previous_response_id": "resp_1"}, "'previous_response_id': what it stands for is stored"),
            ({"conversation": "conv_1"}, "'conversation': what it stands for is stored"),
            ({"prompt": {"id": "pmpt_1"}}, "'prompt': what it stands for is stored"),
            ({"background": True}, "'background': the answer would be fetched later"),
            ({"context_management": [{"type": "compaction"}]}, "a model, which is charged besides"),
            ({"novelty": 1}, "'novelty': it is not known to the budget"),
            ({"service_tier": "fast"}, "service_tier 'fast'"),
            ({"tools": [{**TOOL, "async": True}]}, "the field 'async'"),
            ({"tools": [{**TOOL, "allowed_callers": ["programmatic"]}]}, "by programs that run at the provider"),
            *(
                ({"tools": [{"type": kind}]}, f"a tool of type '{kind}', which would run past the tool door")
                for kind in (
                    "apply_patch",
                    "code_interpreter",
                    "computer_use_preview",
                    "file_search",
                    "image_generation",
                    "local_shell",
                    "mcp",
                    "namespace",
                    "programmatic_tool_calling",
                    "shell",
                    "tool_search",
                    "web_search",
                )
            ),
        ],
    )
    def test_what_cannot_be_told_or_bounded_is_refused(self, more, reason):
        with pytest.raises(UnsupportedModelCall) as caught:
            asked(**more)
        assert reason in str(caught.value)

    @pytest.mark.parametrize("more", [{"previous_response_id": None}, {"background": False}, {"conversation": None}])
    def test_saying_that_it_is_not_wanted_is_fine(self, more):
        assert asked(**more).payload["messages"]

    @pytest.mark.parametrize(
        ("item", "reason"),
        [
            (
                {"role": "user", "content": [{"type": "input_image", "file_id": "f"}]},
                "a content part of type 'input_image'",
            ),
            (
                {"role": "user", "content": [{"type": "input_file", "file_id": "f"}]},
                "a content part of type 'input_file'",
            ),
            (output([{"type": "input_image", "image_url": "x"}]), "a content part of type 'input_image'"),
            ({"role": "critic", "content": "x"}, "the role 'critic'"),
            ({"role": "user", "content": "x", "attachments": [1]}, "the field 'attachments'"),
            (call(namespace="files"), "the field 'namespace'"),
            (call(caller={"type": "program", "caller_id": "p"}), "the field 'caller'"),
            *(
                ({"type": kind, "id": "x"}, f"an item of type '{kind}'")
                for kind in (
                    "additional_tools",
                    "apply_patch_call",
                    "compaction",
                    "computer_call_output",
                    "item_reference",
                    "mcp_call",
                    "program",
                    "shell_call_output",
                    "web_search_call",
                )
            ),
        ],
    )
    def test_so_is_an_item(self, item, reason):
        with pytest.raises(UnsupportedModelCall) as caught:
            asked([item])
        assert f"input[0] has {reason}" in str(caught.value) or f"input[0] is {reason}" in str(caught.value)

    @pytest.mark.parametrize("given", [5, ["x"], {"role": "user"}])
    def test_an_input_of_another_kind_is_refused(self, given):
        with pytest.raises(UnsupportedModelCall, match="input is not a list of objects"):
            asked(given)


class TestAnswers:
    @pytest.mark.parametrize("streaming", [False, True])
    def test_what_is_written_is_read_the_same(self, streaming):
        raw = request(tools=[TOOL, CUSTOM])
        thought = {"type": "redacted_thinking", "data": json.dumps(SECRET, sort_keys=True, separators=(",", ":"))}
        message = {**MESSAGE, "content": [thought, *MESSAGE["content"]]}
        if streaming:
            found = RESPONSES.decode(b"".join(RESPONSES.events(message, raw)), "text/event-stream")
        else:
            found = RESPONSES.decode(RESPONSES.body(message, raw), "application/json")
        assert (found.error, found.complete) == (None, True)
        ids = {"toolu_9": "call_9", "toolu_8": "call_8"}
        content = [{**b, "id": ids[b["id"]]} if "id" in b else b for b in message["content"]]
        assert found.message == {**MESSAGE, "id": "resp_1a2b", "content": content}
        assert found.usage == Usage(input_tokens=70, output_tokens=9, cache_read_input_tokens=30)

    @pytest.mark.parametrize("streaming", [False, True])
    def test_an_answer_that_was_cut_short_says_so(self, streaming):
        message = {**MESSAGE, "stop_reason": "max_tokens"}
        if streaming:
            body = b"".join(RESPONSES.events(message, request()))
            assert b"event: response.incomplete" in body
            found = RESPONSES.decode(body, "text/event-stream")
        else:
            body = RESPONSES.body(message, request())
            assert json.loads(body)["incomplete_details"] == {"reason": "max_output_tokens"}
            found = RESPONSES.decode(body, "application/json")
        assert (found.message["stop_reason"], found.complete) == ("max_tokens", True)

    def test_a_stream_without_its_last_event_is_not_complete(self):
        *events, _ = RESPONSES.events(MESSAGE, request())
        found = RESPONSES.decode(b"".join(events), "text/event-stream")
        assert (found.complete, found.error) == (False, "the stream was cut off before its end")

    def test_items_of_a_stream_whose_last_event_has_none(self):
        events = []
        for event in RESPONSES.events(MESSAGE, request()):
            name, data = event.split(b"\n")[:2]
            value = json.loads(data.removeprefix(b"data: "))
            if value["type"] == "response.completed":
                value["response"]["output"] = []
            events.append(b"%s\ndata: %s\n\n" % (name, json.dumps(value).encode()))
        content = RESPONSES.decode(b"".join(events), "text/event-stream").message["content"]
        assert [block["type"] for block in content] == ["text", "tool_use", "tool_use"]

    @pytest.mark.parametrize(
        ("body", "error"),
        [
            (b"{}", "not a response"),
            (b"5", "not a response but int"),
            (b'{"output": 5}', "not a response"),
            (b'{"output": [{"type": "web_search_call"}]}', "an item of type 'web_search_call'"),
            (b'{"status": "queued", "output": []}', "the response is 'queued'"),
            (b'{"status": "failed", "error": {"code": "server_error", "message": "broke"}}', "broke"),
            (b"x", "unreadable JSON"),
        ],
    )
    def test_what_is_no_response_is_an_error(self, body, error):
        found = RESPONSES.decode(body, "application/json")
        assert found.message is None
        assert error in found.error

    def test_a_failed_response_costs_what_it_says(self):
        body = {"status": "failed", "error": {"message": "x"}, "usage": {"input_tokens": 5, "output_tokens": 2}}
        assert RESPONSES.decode(json.dumps(body).encode(), "application/json").usage == Usage(
            input_tokens=5, output_tokens=2
        )

    @pytest.mark.parametrize("data", [b'event: error\ndata: {"type": "error", "message": "broke"}\n\n', b"data: 5\n\n"])
    def test_an_error_in_the_stream_is_one(self, data):
        found = RESPONSES.decode(data, "text/event-stream")
        assert (found.complete, found.message) == (False, None)
