"""The gateway's parts without a socket: reading, splitting, remembering, weaving."""

from __future__ import annotations

import asyncio
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_agentsafety.llm.gateway.door_call import Call, DoorCall, Outcome
from pytest_agentsafety.llm.gateway.environment import LENT_KEY, child_environment
from pytest_agentsafety.llm.gateway.formats import ENDPOINTS
from pytest_agentsafety.llm.gateway.formats.messages import MessagesFormat
from pytest_agentsafety.llm.gateway.memory import Memory
from pytest_agentsafety.llm.gateway.reading import Refused, read_body, read_head
from pytest_agentsafety.llm.gateway.splitting import Splitter
from pytest_agentsafety.llm.gateway.upstream import Upstreams, forwarded, returned
from pytest_agentsafety.llm.sse import accumulate, events_of, parse_events
from pytest_agentsafety.llm.wire import encode_event, encode_sse, parse_json
from pytest_agentsafety.model.errors import ConfigError, RunTerminated

FORMAT = MessagesFormat()


def read(raw: bytes) -> bytes:
    async def reading() -> bytes:
        reader = asyncio.StreamReader(limit=2**16)
        reader.feed_data(raw)
        reader.feed_eof()
        return await read_body(reader, await read_head(reader))

    return asyncio.run(reading())


def test_bodies_are_read_to_their_length_and_in_chunks():
    assert read(b"POST /a HTTP/1.1\r\ncontent-length: 3\r\n\r\nabcd") == b"abc"
    assert read(
        b"POST /a HTTP/1.1\r\nTransfer-Encoding: Chunked\r\n\r\n3\r\nabc\r\nA\r\n0123456789\r\n0\r\n\r\n"
    ).endswith(b"9")
    assert read(b"GET /a HTTP/1.0\r\n\r\n") == b""


@pytest.mark.parametrize(
    "chunks",
    [
        b"3;x=1\r\nabc\r\n0\r\n\r\n",
        b"-3\r\nabc\r\n",
        b"0x3\r\nabc\r\n",
        b"3\r\nabcd\r\n",
        b"0\r\nx: y\r\n\r\n",
        b"fffffffff\r\n",
    ],
)
def test_chunks_that_can_be_read_in_two_ways_are_refused(chunks):
    with pytest.raises(Refused):
        read(b"POST /a HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n" + chunks)


@given(st.binary(max_size=200))
def test_no_bytes_make_the_reader_fail_otherwise(raw):
    for prefix in (b"", b"POST /a HTTP/1.1\r\n", b"POST /a HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n"):
        try:
            read(prefix + raw)
        except (Refused, asyncio.IncompleteReadError):
            continue


@settings(max_examples=60)
@given(
    st.lists(
        st.sampled_from([b"event: a\ndata: 1\n\n", b": ping\r\n\r\n", b"data: x\rdata: y\r\r", b"data: \n\n"]),
        max_size=6,
    ),
    st.lists(st.integers(0, 60), max_size=8),
)
def test_events_are_split_alike_however_they_come(events, cuts):
    whole = b"".join(events)
    places = sorted({0, len(whole), *(cut for cut in cuts if cut < len(whole))})
    splitter = Splitter()
    got = [event for a, b in pairwise(places) for event in splitter.feed(whole[a:b])]
    assert got == events


def message(*content: dict[str, Any]) -> dict[str, Any]:
    head = {"id": "m", "type": "message", "role": "assistant", "model": "x", "stop_reason": "tool_use"}
    return {**head, "stop_sequence": None, "content": list(content), "usage": {"input_tokens": 1, "output_tokens": 1}}


def use(number: int, **arguments: Any) -> dict[str, Any]:
    return {"type": "tool_use", "id": f"toolu_{number}", "name": "act", "input": arguments}


TEXT = {"type": "text", "text": "words"}
HANDED = Outcome(kind="handed", arguments={"a": 1})
DENIED = Outcome(kind="denied", arguments={}, text="no")


@pytest.mark.parametrize("pattern", ["H", "HD", "DH", "DHD", "HHD", "DDH"])
@pytest.mark.parametrize("after", [(), (TEXT,)])
def test_a_stream_without_the_denied_calls_is_the_reply_without_them(pattern, after):
    calls = [use(number, a=1) for number, _ in enumerate(pattern)]
    outcomes = {f"toolu_{n}": HANDED if kind == "H" else DENIED for n, kind in enumerate(pattern)}
    reply = message(TEXT, *calls, *after)
    stream = FORMAT.stream({})
    given_out = [piece for event in events_of(reply) for piece in stream.feed(encode_event(event))]
    assert b"tool_use" not in b"".join(given_out).replace(b'"stop_reason"', b"")
    assert stream.reply() == reply
    given_out += stream.release(outcomes)
    events = list(parse_events(b"".join(given_out), parse_json))
    assert accumulate(events, parse_json) == (FORMAT.handed_out(reply, outcomes), True)
    starts = [event["index"] for event in events if event["type"] == "content_block_start"]
    assert starts == list(range(len(starts)))
    if "D" not in pattern:
        assert b"".join(given_out) == encode_sse(reply)


def test_a_streams_second_part_goes_on_counting():
    first, denied = FORMAT.stream({}), message(TEXT, use(0))
    shown = [piece for event in events_of(denied) for piece in first.feed(encode_event(event))]
    assert first.reply() is not None
    second = first.follow()
    shown += [piece for event in events_of(message(TEXT)) for piece in second.feed(encode_event(event))]
    second.reply()
    shown += second.release({})
    whole, complete = accumulate(parse_events(b"".join(shown), parse_json), parse_json)
    assert complete
    assert whole is not None
    assert whole["content"] == [TEXT, TEXT]


def conversation(*content: Any) -> dict[str, Any]:
    roles = ("user", "assistant")
    return {"messages": [{"role": roles[n % 2], "content": one} for n, one in enumerate(content)]}


def test_a_request_that_hides_nothing_is_the_very_same_object():
    payload = conversation("hi", [use(1)], [{"type": "tool_result", "tool_use_id": "toolu_1", "content": "x"}])
    memory = Memory()
    assert FORMAT.woven(payload, {}, memory) is payload
    turn = FORMAT.turn(message(use(9, a=1)), {"toolu_9": HANDED}, [{"role": "assistant", "content": "x"}], [])
    assert turn is not None
    memory.keep(turn, ids=["toolu_9"], said="")
    assert FORMAT.woven(payload, {}, memory) is payload


def test_words_said_in_another_conversation_bring_nothing_in():
    memory, reply = Memory(), message({"type": "text", "text": "Done."})
    before = FORMAT.exchange(message(use(1)), {"toolu_1": DENIED})
    turn = FORMAT.turn(reply, {}, before, [])
    assert turn is not None
    memory.keep(turn, ids=[], said=FORMAT.said_key(conversation("mine"), reply, []))
    assert len(FORMAT.woven(conversation("mine", "Done.", "go on"), {}, memory)["messages"]) == 5
    assert len(FORMAT.woven(conversation("yours", "Done.", "go on"), {}, memory)["messages"]) == 3


class Door:
    """A tool door that answers with `text`, after it let the tool run or not."""

    def __init__(self, text: Any, *, runs: bool) -> None:
        self.text, self.runs = text, runs

    def call(self, name: str, arguments: Any, run: Any) -> Any:
        result = run(**arguments) if self.runs else None
        if isinstance(self.text, Exception):
            raise self.text
        return result if self.text is None else self.text


@pytest.mark.parametrize(
    ("door", "kind"),
    [
        (Door("played", runs=False), "answered"),
        (Door({"a": 1}, runs=False), "answered"),
        (Door(None, runs=True), "handed"),
    ],
)
def test_what_did_not_run_the_tool_and_is_no_denial_is_an_answer(door, kind):
    call = DoorCall(door, Call(call_id="1", name="act", arguments={"a": 1})).start()
    assert call.decided.result(5).kind == kind
    call.drop()


def test_a_stop_at_the_result_is_a_stop():
    call = DoorCall(Door(RunTerminated("over"), runs=True), Call(call_id="1", name="act", arguments={})).start()
    assert call.decided.result(5).kind == "handed"
    call.deliver("x", is_error=False)
    with pytest.raises(RunTerminated):
        call.checked.result(5)


def test_a_result_that_was_changed_stays_changed_however_it_comes_again():
    async def run() -> list[str | None]:
        memory = Memory()
        memory.wait_for("1", DoorCall(Door("clean", runs=True), Call(call_id="1", name="act", arguments={})).start())
        return [await memory.checked("1", text, is_error=False) for text in ("dirty", "dirty", "dir")]

    assert asyncio.run(run()) == ["clean", "clean", "clean"]


def test_a_failed_tool_is_an_error_at_the_door_and_passes_as_it_came():
    async def run() -> str | None:
        memory = Memory()
        memory.wait_for("1", DoorCall(Door(None, runs=True), Call(call_id="1", name="act", arguments={})).start())
        return await memory.checked("1", "it broke", is_error=True)

    assert asyncio.run(run()) is None


def test_the_environment_of_a_child():
    env = child_environment(
        "http://127.0.0.1:1/t", lend_keys=True, environment={"NO_PROXY": "a.test", "OPENAI_API_KEY": "k"}
    )
    assert env["ANTHROPIC_BASE_URL"] == "http://127.0.0.1:1/t"
    assert env["OPENAI_BASE_URL"] == "http://127.0.0.1:1/t/v1"
    assert env["NO_PROXY"] == "a.test,127.0.0.1,localhost"
    assert (env["ANTHROPIC_API_KEY"], "OPENAI_API_KEY" in env) == (LENT_KEY, False)
    assert "ANTHROPIC_API_KEY" not in child_environment("x", lend_keys=False, environment={})


def test_where_requests_go():
    ours = Upstreams.of({"ANTHROPIC_BASE_URL": "https://a.test/prefix/"})
    assert ours.url("anthropic", "/v1/messages", "beta=true") == "https://a.test/prefix/v1/messages?beta=true"
    assert ours.url("openai", "/v1/responses", "") == "https://api.openai.com/v1/responses"
    assert Upstreams.of({}, url="http://b.test").url("openai", "/v1/responses", "") == "http://b.test/v1/responses"
    with pytest.raises(ConfigError, match="OPENAI_BASE_URL"):
        Upstreams.of({"OPENAI_BASE_URL": "nonsense"})
    with pytest.raises(ConfigError, match="does not exist"):
        Upstreams.of({"SSL_CERT_FILE": "/no/such/file"})


def test_headers_of_one_hop_stay_behind():
    sent = {"x-api-key": "k", "host": "h", "connection": "x-mine", "x-mine": "1", "content-length": "3", "te": "x"}
    assert forwarded(sent) == {"x-api-key": "k"}
    assert returned({"Request-Id": "1", "Transfer-Encoding": "chunked", "Content-Encoding": "gzip"}) == {
        "request-id": "1"
    }


@pytest.mark.parametrize("path", sorted(ENDPOINTS))
def test_each_format_has_its_errors(path):
    spoken, _ = ENDPOINTS[path]
    assert spoken.error(403, "stopped")["error"]["message"] == "stopped"
    assert b"stopped" in spoken.error_event(403, "stopped")
