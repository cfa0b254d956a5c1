from __future__ import annotations

import json
from typing import Any

import anthropic
import httpx2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_agentsafety.llm import sse
from pytest_agentsafety.llm.wire import (
    Decoded,
    decode,
    encode_event,
    encode_json,
    encode_sse,
    message_in,
    parse_json,
    usage_of,
)
from pytest_agentsafety.model.messages import Usage

SSE = "text/event-stream; charset=utf-8"


def message(*content: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": "claude-opus-5-5",
        "content": list(content),
        "stop_reason": "end_turn",
        "stop_sequence": None,
        "usage": {"input_tokens": 12, "output_tokens": 34, "cache_read_input_tokens": 5},
        **changes,
    }


FULL = message(
    {"type": "thinking", "thinking": "Let me see. " * 60, "signature": "sig=="},
    {"type": "redacted_thinking", "data": "xyz"},
    {"type": "text", "text": 'Hél\nlo "you" \u2028 ' * 50},
    {"type": "text", "text": ""},
    {"type": "tool_use", "id": "toolu_1", "name": "send", "input": {"to": ["a"], "n": 1.5, "deep": {"x": None}}},
    {"type": "tool_use", "id": "toolu_2", "name": "now", "input": {}},
    stop_reason="tool_use",
)


def sdk_client(body: bytes, content_type: str) -> anthropic.Anthropic:
    def answer(_: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(200, headers={"content-type": content_type}, content=body)

    http = httpx2.Client(transport=httpx2.MockTransport(answer))
    return anthropic.Anthropic(api_key="k", base_url="http://model.test", http_client=http)


def given_by_sdk(answer: Any) -> dict[str, Any]:
    data = answer.to_dict()
    return {name: data[name] for name in ("id", "role", "model", "content", "stop_reason", "usage") if name in data}


ASK: dict[str, Any] = {"model": "m", "max_tokens": 9, "messages": [{"role": "user", "content": "x"}]}


class TestThroughTheSdk:
    """What we encode, the real SDK reads; and it reads what we read."""

    def test_json(self):
        answer = sdk_client(encode_json(FULL), "application/json").messages.create(**ASK)
        assert isinstance(answer, anthropic.types.Message)
        assert given_by_sdk(answer) == {name: FULL[name] for name in given_by_sdk(answer)}
        assert answer.content[4].input == FULL["content"][4]["input"]

    def test_sse(self):
        with sdk_client(encode_sse(FULL), SSE).messages.stream(**ASK) as stream:
            answer = stream.get_final_message()
        assert [block.type for block in answer.content] == [block["type"] for block in FULL["content"]]
        assert answer.content[0].thinking == FULL["content"][0]["thinking"]
        assert answer.content[0].signature == "sig=="
        assert answer.content[2].text == FULL["content"][2]["text"]
        assert [block.input for block in answer.content[4:]] == [block["input"] for block in FULL["content"][4:]]
        assert (answer.stop_reason, answer.usage.input_tokens, answer.usage.output_tokens) == ("tool_use", 12, 34)

    def test_text_streams_in_pieces(self):
        with sdk_client(encode_sse(message({"type": "text", "text": "abc" * 200})), SSE).messages.stream(
            **ASK
        ) as stream:
            pieces = list(stream.text_stream)
        assert len(pieces) == 3
        assert "".join(pieces) == "abc" * 200


class TestMessageIn:
    """The look at a whole body, which needs no headers."""

    def test_a_message(self):
        assert message_in(encode_json(FULL)) == FULL

    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"{",
            b"[]",
            b"null",
            b'"message"',
            b'{"type":"message"}',
            b'{"type":"message","content":{}}',
            b'{"type":"error","content":[]}',
            b"[" * 100_000,
            encode_sse(FULL),
            encode_json(FULL) + b"\n\n" + encode_sse(FULL),
        ],
    )
    def test_anything_else_is_for_decode_to_say(self, body):
        assert message_in(body) is None


class TestRoundTrip:
    @pytest.mark.parametrize(("encode", "kind"), [(encode_json, "application/json"), (encode_sse, SSE)])
    def test_nothing_is_lost(self, encode, kind):
        usage = Usage(input_tokens=12, output_tokens=34, cache_read_input_tokens=5)
        assert decode(encode(FULL), kind) == Decoded(message=FULL, usage=usage, complete=True)

    @settings(max_examples=60, deadline=None)
    @given(
        text=st.text(max_size=600),
        value=st.recursive(
            st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.text(max_size=20),
            lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
            max_leaves=8,
        ),
    )
    def test_whatever_the_text_and_the_arguments(self, text, value):
        original = message(
            {"type": "text", "text": text}, {"type": "tool_use", "id": "t", "name": "n", "input": {"value": value}}
        )
        assert decode(encode_sse(original), SSE).message == original
        assert decode(encode_json(original), "").message == original

    def test_lone_surrogates_do_not_stop_a_reply(self):
        sent = decode(encode_sse(message({"type": "text", "text": "a\ud800b"})), SSE)
        assert sent.message["content"][0]["text"] == "a?b"

    def test_line_ends_of_any_kind(self):
        body = encode_sse(FULL)
        for ending in (b"\r\n", b"\r"):
            assert decode(body.replace(b"\n", ending), SSE).message == FULL

    def test_citations_and_pings(self):
        events = list(sse.events_of(message({"type": "text", "text": "x", "citations": None})))
        events.insert(
            2, {"type": "content_block_delta", "index": 0, "delta": {"type": "citations_delta", "citation": 1}}
        )
        body = b": a comment\n\nevent: ping\ndata: nothing readable\n\n" + b"".join(map(encode_event, events))
        assert decode(body, SSE).message["content"] == [{"type": "text", "text": "x", "citations": [1]}]


class TestBadBodies:
    @pytest.mark.parametrize("body", [b"", b"{", b'{"type": "mess', b"\xff", b"[" * 100_000])
    def test_unreadable_json(self, body):
        found = decode(body, "application/json")
        assert (found.message, found.usage, found.complete) == (None, None, False)
        assert found.error.startswith("unreadable JSON")

    @pytest.mark.parametrize(
        "body", [b"[]", b"null", b'"x"', b"{}", b'{"type":"message"}', b'{"type":"message","content":"x"}']
    )
    def test_json_that_is_no_message(self, body):
        found = decode(body, "application/json")
        assert found.message is None
        assert "not a message" in found.error

    def test_an_error_of_the_api(self):
        body = b'{"type":"error","error":{"type":"overloaded_error","message":"later"}}'
        assert decode(body, "application/json").error == "overloaded_error: later"
        assert decode(b'{"type":"error","error":5}', "").error == "error without details"

    @pytest.mark.parametrize("keep", [0.1, 0.5, 0.9, 0.99])
    def test_a_cut_stream_is_incomplete_and_has_no_usage(self, keep):
        body = encode_sse(FULL)
        found = decode(body[: int(len(body) * keep)], SSE)
        assert (found.complete, found.usage) == (False, None)
        assert found.error

    def test_every_cut_of_a_stream_is_incomplete(self):
        body = encode_sse(message({"type": "tool_use", "id": "t", "name": "n", "input": {"a": "b"}}))
        assert [at for at in range(len(body)) if decode(body[:at], SSE).complete] == []

    @pytest.mark.parametrize(
        "events",
        [
            [],
            [{"type": "message_stop"}],
            [{"type": "message_start"}],
            [{"type": "message_start", "message": 5}],
            [{"type": "message_start", "message": {}}, {"type": "content_block_start"}],
            [{"type": "message_start", "message": {}}, {"type": "content_block_delta", "index": 0, "delta": {}}],
            [
                {"type": "message_start", "message": {}},
                {"type": "content_block_start", "content_block": {"type": "text", "text": ""}},
                {"type": "content_block_delta", "index": -1, "delta": {"type": "text_delta", "text": "x"}},
            ],
            [{"type": "message_start", "message": {}}, {"type": "message_delta", "delta": 5}],
            [{"type": "error", "error": {"type": "api_error", "message": "no"}}],
        ],
    )
    def test_senseless_events_are_an_error(self, events):
        found = decode(b"".join(map(encode_event, events)), SSE)
        assert (found.message, found.complete) == (None, False)
        assert found.error

    def test_unreadable_tool_input_in_a_stopped_stream(self):
        events = list(sse.events_of(message({"type": "tool_use", "id": "t", "name": "n", "input": {}})))
        events[2]["delta"]["partial_json"] = '{"half": '
        assert decode(b"".join(map(encode_event, events)), SSE).error.startswith("unreadable tool input")

    @pytest.mark.parametrize("data", [b"data: {\n\n", b"data: [1]\n\n", b"event: x\ndata: 5\n\n"])
    def test_event_data_that_is_no_object(self, data):
        assert decode(data, SSE).error

    def test_content_after_message_stop_is_not_hidden(self):
        events = list(sse.events_of(message({"type": "text", "text": "x"})))
        late = {"type": "content_block_start", "index": 1, "content_block": {"type": "text", "text": "late"}}
        assert len(decode(b"".join(map(encode_event, [*events, late])), SSE).message["content"]) == 2


class TestUsage:
    def test_missing_cache_counts_are_zero(self):
        assert usage_of(
            {"usage": {"input_tokens": 1, "output_tokens": 2, "cache_creation_input_tokens": None}}
        ) == Usage(input_tokens=1, output_tokens=2)

    @pytest.mark.parametrize(
        "usage",
        [
            None,
            5,
            {},
            {"input_tokens": 1},
            {"input_tokens": -1, "output_tokens": 2},
            {"input_tokens": 1.5, "output_tokens": 2},
            {"input_tokens": True, "output_tokens": 2},
            {"input_tokens": "1", "output_tokens": 2},
            {"input_tokens": 1, "output_tokens": 10**15},
            {"input_tokens": 1, "output_tokens": 2, "cache_read_input_tokens": -5},
        ],
    )
    def test_senseless_counts_are_unknown(self, usage):
        assert usage_of({"usage": usage}) is None


def test_what_the_sdks_parser_takes_we_read_too():
    body = b'{"a": "\\ud800"}'
    assert parse_json(body) == json.loads(body)
