from __future__ import annotations

import json

import pytest

from pytest_agentsafety.llm.calls import UnsupportedModelCall
from pytest_agentsafety.llm.dialects import dialect_of
from pytest_agentsafety.llm.dialects.base import DEFAULT_OUTPUT_TOKENS
from pytest_agentsafety.llm.dialects.chat_answers import is_usage_event
from pytest_agentsafety.model.messages import Usage

CHAT = dialect_of("chat")
TOOL = {"type": "function", "function": {"name": "read", "description": "Reads.", "parameters": {"type": "object"}}}
CUSTOM = {"type": "custom", "custom": {"name": "sql", "format": {"type": "text"}}}
MESSAGE = {
    "id": "msg_1a2b",
    "type": "message",
    "role": "assistant",
    "model": "gpt-4o",
    "content": [
        {"type": "text", "text": "Léts see. " * 60},
        {"type": "tool_use", "id": "toolu_9", "name": "read", "input": {"a": [1, {"b": "é"}], "long": "x" * 700}},
        {"type": "tool_use", "id": "toolu_8", "name": "sql", "input": {"input": "select 1"}},
    ],
    "stop_reason": "tool_use",
    "stop_sequence": None,
    "usage": {
        "input_tokens": 70,
        "output_tokens": 9,
        "cache_creation_input_tokens": 0,
        "cache_read_input_tokens": 30,
    },
}


def request(*messages, **more):
    return {"model": "gpt-4o", "messages": list(messages), **more}


def asked(*messages, **more):
    return CHAT.ask(request(*messages, **more))


def user(content="Hi"):
    return {"role": "user", "content": content}


def calling(*calls, **more):
    return {"role": "assistant", "content": None, "tool_calls": list(calls), **more}


def call(arguments, call_id="c1", name="read"):
    return {"id": call_id, "type": "function", "function": {"name": name, "arguments": arguments}}


def input_of(arguments):
    return asked(user(), calling(call(arguments))).payload["messages"][1]["content"][0]["input"]


class TestRequests:
    def test_a_conversation_in_the_terms_of_the_messages_api(self):
        payload = asked(
            {"role": "system", "content": "Be brief."},
            {"role": "developer", "content": [{"type": "text", "text": "Be kind."}]},
            user([{"type": "text", "text": "One"}, {"type": "text", "text": "Two"}]),
            {**calling(call('{"x": 1}'), call("{}", "c2")), "content": "Reading."},
            {"role": "tool", "tool_call_id": "c1", "content": "first"},
            {"role": "tool", "tool_call_id": "c2", "content": [{"type": "text", "text": "second"}]},
            {"role": "system", "content": "Be quick."},
            {"role": "assistant", "content": None, "refusal": "I will not.", "reasoning_content": "Hm."},
            tools=[TOOL, CUSTOM],
            tool_choice="auto",
            max_completion_tokens=50,
            stream=False,
        ).payload
        assert payload == {
            "model": "gpt-4o",
            "max_tokens": 50,
            "system": [{"type": "text", "text": "Be brief."}, {"type": "text", "text": "Be kind."}],
            "messages": [
                {"role": "user", "content": [{"type": "text", "text": "One"}, {"type": "text", "text": "Two"}]},
                {
                    "role": "assistant",
                    "content": [
                        {"type": "text", "text": "Reading."},
                        {"type": "tool_use", "id": "c1", "name": "read", "input": {"x": 1}},
                        {"type": "tool_use", "id": "c2", "name": "read", "input": {}},
                    ],
                },
                {
                    "role": "user",
                    "content": [
                        {"type": "tool_result", "tool_use_id": "c1", "content": [{"type": "text", "text": "first"}]},
                        {"type": "tool_result", "tool_use_id": "c2", "content": [{"type": "text", "text": "second"}]},
                    ],
                },
                {"role": "system", "content": [{"type": "text", "text": "Be quick."}]},
                {
                    "role": "assistant",
                    "content": [
                        {"type": "thinking", "thinking": "Hm.", "signature": ""},
                        {"type": "text", "text": "I will not."},
                    ],
                },
            ],
            "tools": [
                {"name": "read", "description": "Reads.", "input_schema": {"type": "object"}},
                {
                    "name": "sql",
                    "input_schema": {
                        "type": "object",
                        "properties": {"input": {"type": "string"}},
                        "required": ["input"],
                    },
                },
            ],
            "tool_choice": "auto",
            "stream": False,
        }

    @pytest.mark.parametrize("empty", ["", None, "{}"])
    def test_a_call_without_arguments_has_none(self, empty):
        assert input_of(empty) == {}

    @pytest.mark.parametrize("text", ["{", "null", "[]", "5", '"x"', " ", "{}{}", "[" * 5000, '{"a": 1} trailing'])
    def test_arguments_that_are_no_object_stay_the_text_they_are(self, text):
        assert input_of(text) == text

    def test_a_lone_surrogate_in_arguments_is_read(self):
        assert input_of('{"a": "\\ud800"}') == {"a": "\ud800"}

    def test_a_call_of_a_custom_tool_has_its_text_as_the_argument_input(self):
        made = {"id": "c", "type": "custom", "custom": {"name": "sql", "input": '{"not": "parsed"}'}}
        (block,) = asked(user(), calling(made)).payload["messages"][1]["content"]
        assert (block["name"], block["input"]) == ("sql", {"input": '{"not": "parsed"}'})

    @pytest.mark.parametrize(
        ("given", "limit", "written"),
        [
            ({}, DEFAULT_OUTPUT_TOKENS, {"max_completion_tokens": DEFAULT_OUTPUT_TOKENS}),
            ({"max_tokens": None}, DEFAULT_OUTPUT_TOKENS, {"max_completion_tokens": DEFAULT_OUTPUT_TOKENS}),
            ({"model": "gpt-4"}, 4096, {"max_completion_tokens": 4096}),
            ({"model": "gpt-3.5-turbo-0125"}, 4096, {"max_completion_tokens": 4096}),
            ({"max_tokens": 7}, 7, {}),
            ({"max_completion_tokens": 8}, 8, {}),
            ({"max_tokens": 7, "max_completion_tokens": 8}, 8, {}),
            ({"max_tokens": "many"}, "many", {}),
            ({"max_tokens": True, "max_completion_tokens": 8}, True, {}),
        ],
    )
    def test_the_output_limit(self, given, limit, written):
        found = CHAT.ask({**request(user()), **given})
        assert (found.payload["max_tokens"], found.written) == (limit, written)

    @pytest.mark.parametrize(
        ("given", "written"),
        [
            ({"stream": True}, {"include_usage": True}),
            ({"stream": True, "stream_options": None}, {"include_usage": True}),
            (
                {"stream": True, "stream_options": {"include_obfuscation": False, "include_usage": False}},
                {"include_obfuscation": False, "include_usage": True},
            ),
            ({"stream": True, "stream_options": {"include_usage": True}}, None),
            ({"stream": False}, None),
        ],
    )
    def test_a_stream_is_asked_for_its_usage(self, given, written):
        raw = request(user(), max_tokens=5, **given)
        assert CHAT.ask(raw).written.get("stream_options") == written
        assert (CHAT.trimmer(raw) is None) == (written is None)

    @pytest.mark.parametrize(
        ("more", "reason"),
        [
            ({"n": 2}, "n is 2"),
            ({"functions": [{"name": "f"}]}, "'functions': functions are out of date"),
            ({"audio": {"voice": "x"}}, "audio has no token bound"),
            ({"web_search_options": {}}, "past the tool door"),
            ({"prediction": {"content": "x"}}, "charged besides"),
            ({"data_sources": [1]}, "'data_sources': it is not known to the budget"),
            ({"service_tier": "priority"}, "service_tier 'priority'"),
            ({"stream": True, "stream_options": 5}, "stream_options is 5"),
            ({"tools": [{"type": "web_search"}]}, "a tool of type 'web_search'"),
            ({"tools": [{"type": "function"}]}, "a tool of type 'function'"),
            ({"tools": ["x"]}, "tools is not a list of objects"),
            ({"tools": [{"type": "function", "function": {"name": "f", "remote": True}}]}, "the field 'remote'"),
            ({"messages": {"role": "user"}}, "messages is not a list of objects"),
            ({"messages": None}, "messages is not a list of objects"),
        ],
    )
    def test_what_cannot_be_told_or_bounded_is_refused(self, more, reason):
        with pytest.raises(UnsupportedModelCall, match=reason.replace("(", r"\(")):
            CHAT.ask({**request(user()), **more})

    @pytest.mark.parametrize(
        ("message", "reason"),
        [
            (user([{"type": "image_url", "image_url": {"url": "x"}}]), "content part of type 'image_url'"),
            (user([{"type": "input_audio", "input_audio": {}}]), "content part of type 'input_audio'"),
            (user([{"type": "file", "file": {"file_id": "f"}}]), "content part of type 'file'"),
            (user([{"type": "text"}]), "content part of type 'text'"),
            (user([{"type": ["text"]}]), "content part of type"),
            (user(5), "not a list of objects"),
            ({"role": "function", "name": "f", "content": "x"}, "the role 'function'"),
            ({"role": "critic", "content": "x"}, "the role 'critic'"),
            ({"role": "assistant", "function_call": {"name": "f", "arguments": "{}"}}, "the field 'function_call'"),
            ({"role": "assistant", "audio": {"id": "a"}}, "the field 'audio'"),
            (calling({"id": "c", "type": "mcp"}), "a tool call of type 'mcp'"),
            (calling(call({"x": 1})), "arguments of a call are {'x': 1}, not a string"),
            (calling({"id": "c", "type": "custom", "custom": {"name": "n", "input": {}}}), "not a string"),
        ],
    )
    def test_so_is_a_message(self, message, reason):
        with pytest.raises(UnsupportedModelCall) as caught:
            asked(user(), message)
        assert reason in str(caught.value)

    def test_hostile_names_are_made_harmless_in_the_refusal(self):
        with pytest.raises(UnsupportedModelCall) as caught:
            asked(user(), **{"\x1b[31m\u202e": 1})
        assert "\x1b" not in str(caught.value)

    def test_null_fields_of_the_sdks_own_messages_do_not_count(self):
        dumped = {"role": "assistant", "content": "x", "audio": None, "function_call": None, "annotations": []}
        assert asked(user(), dumped).payload["messages"][1]["content"] == [{"type": "text", "text": "x"}]

    @pytest.mark.parametrize("more", [{"n": 1}, {"n": None}, {"audio": None}, {"store": False}, {"seed": 5}])
    def test_saying_what_is_so_anyway_is_fine(self, more):
        assert asked(user(), **more).payload["messages"]

    def test_an_output_format_is_known_to_the_budget(self):
        assert asked(user(), response_format={"type": "json_object"}).payload["output_format"]


class TestAnswers:
    @pytest.mark.parametrize("streaming", [False, True])
    def test_what_is_written_is_read_the_same(self, streaming):
        raw = request(user(), tools=[TOOL, CUSTOM])
        if streaming:
            found = CHAT.decode(b"".join(CHAT.events(MESSAGE, raw)), "text/event-stream; charset=utf-8")
        else:
            found = CHAT.decode(CHAT.body(MESSAGE, raw), "application/json")
        assert (found.error, found.complete) == (None, True)
        ids = ["call_9", "call_8"]
        content = [MESSAGE["content"][0]] + [
            {**block, "id": new} for block, new in zip(MESSAGE["content"][1:], ids, strict=True)
        ]
        assert found.message == {**MESSAGE, "id": "chatcmpl-1a2b", "content": content}
        assert found.usage == Usage(input_tokens=70, output_tokens=9, cache_read_input_tokens=30)

    def test_cached_tokens_are_not_counted_twice(self):
        usage = {
            "prompt_tokens": 100,
            "completion_tokens": 5,
            "prompt_tokens_details": {"cached_tokens": 60, "cache_write_tokens": 10},
        }
        body = json.dumps({"choices": [{"message": {"content": "x"}, "finish_reason": "stop"}], "usage": usage})
        assert CHAT.decode(body.encode(), "application/json").usage == Usage(
            input_tokens=30, output_tokens=5, cache_read_input_tokens=60, cache_creation_input_tokens=10
        )

    @pytest.mark.parametrize(
        "usage", [None, 5, {}, {"prompt_tokens": "many", "completion_tokens": 1}, {"prompt_tokens": 1}]
    )
    def test_a_usage_that_is_none_is_unknown(self, usage):
        body = json.dumps({"choices": [{"message": {"content": "x"}}], "usage": usage}).encode()
        found = CHAT.decode(body, "application/json")
        assert (found.usage, found.complete, found.message["content"][0]["text"]) == (None, True, "x")

    @pytest.mark.parametrize(("finish", "stop"), [("length", "max_tokens"), ("content_filter", "refusal")])
    def test_how_it_ended(self, finish, stop):
        body = CHAT.body({**MESSAGE, "stop_reason": stop}, request(user()))
        assert json.loads(body)["choices"][0]["finish_reason"] == finish
        assert CHAT.decode(body, "application/json").message["stop_reason"] == stop

    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"[]",
            b"{}",
            b'{"choices": []}',
            b'{"choices": 5}',
            b'{"choices": [{"message": {"tool_calls": [5]}}]}',
            b'{"choices": [{"message": {"tool_calls": [{"type": "odd"}]}}]}',
            b'{"choices": [{"message": {"content": "a"}}, {"message": {"content": "b"}}]}',
            b'{"choices": [{"message": {"function_call": {"name": "f"}}}]}',
            b'{"error": {"type": "overloaded", "message": "later"}}',
            b"[" * 100_000,
        ],
    )
    def test_what_is_no_completion_is_an_error(self, body):
        found = CHAT.decode(body, "application/json")
        assert found.message is None
        assert found.error

    @pytest.mark.parametrize(
        "data",
        [
            b"data: 5\n\n",
            b'data: {"choices": 5}\n\n',
            b'data: {"choices": [5]}\n\n',
            b'data: {"choices": [{"delta": {"tool_calls": [{"index": 0, "function": 5}]}}]}\n\n',
            b'data: {"error": {"type": "server_error", "message": "broke"}}\n\n',
            b": ping\n\n",
            b"",
        ],
    )
    def test_a_stream_that_makes_no_sense_is_not_complete(self, data):
        found = CHAT.decode(data, "text/event-stream")
        assert not found.complete
        assert found.error

    def test_a_cut_stream_is_not_complete(self):
        events = list(CHAT.events(MESSAGE, request(user())))
        assert not CHAT.decode(b"".join(events[:-3]), "text/event-stream").complete
        assert CHAT.decode(b"".join(events[:-2]), "text/event-stream").usage is None

    def test_pieces_without_an_index_belong_to_the_last_call(self):
        deltas = [
            {"id": "a", "function": {"name": "read", "arguments": '{"x"'}},
            {"function": {"arguments": ": 1}"}},
            {"id": "b", "function": {"name": "read", "arguments": "{}"}},
        ]
        chunks = [{"choices": [{"delta": {"tool_calls": [delta]}}]} for delta in deltas]
        stream = b"".join(b"data: %s\n\n" % json.dumps(chunk).encode() for chunk in chunks) + b"data: [DONE]\n\n"
        content = CHAT.decode(stream, "text/event-stream").message["content"]
        assert [(block["id"], block["input"]) for block in content] == [("a", {"x": 1}), ("b", {})]

    def test_only_the_chunk_with_nothing_but_usage_is_one(self):
        events = list(CHAT.events(MESSAGE, request(user())))
        assert [is_usage_event(event) for event in events].count(True) == 1
        assert is_usage_event(events[-2])
        for other in (b'data: {"choices": [], "usage": null}\n\n', b'data: {"usage": x}\n\n', b'data: "usage"\n\n'):
            assert not is_usage_event(other)
