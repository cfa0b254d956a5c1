"""The patch, the real SDK and the scripted server over a real socket."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import anthropic
import httpx2
import pytest

from pytest_agentsafety.llm import HijackedModel, MessagesServer, Playbook, activate, gullible, install
from pytest_agentsafety.model.errors import BudgetExceededError, StopRun
from pytest_agentsafety.model.messages import ModelReply, ModelRequest, ModelResponse, PlannedCall, PlannedTurn, Usage

ASK: dict[str, Any] = {
    "model": "claude-opus-5-5",
    "max_tokens": 100,
    "messages": [{"role": "user", "content": "Read the note"}],
}
CALL = PlannedCall(name="read_file", arguments={"path": "note.txt", "when": {"day": 3, "tags": ["a", "é"]}})
BOOK = Playbook(
    tasks={"Read the note": [PlannedTurn(text="Reading.", calls=(CALL,)), PlannedTurn(text="It is short.")]}
)
NOWHERE = "http://127.0.0.1:9"


class Says:
    """A responder with one fixed answer."""

    def __init__(self, reply: ModelReply) -> None:
        self.reply = reply

    def respond(self, request: ModelRequest) -> ModelReply:
        return self.reply


def one_turn() -> HijackedModel:
    return HijackedModel([PlannedTurn(text="Hello.")], None, lambda: False)


@pytest.fixture
def server():
    with MessagesServer(gullible(BOOK)) as running:
        yield running


def check_turn(message: Any) -> None:
    assert message.content[0].text == "Reading."
    assert (message.content[1].name, message.content[1].input) == ("read_file", CALL.arguments)
    assert message.stop_reason == "tool_use"


class TestUpstream:
    def test_a_plain_call_is_admitted_and_settled_with_its_usage(self, server, door, client_for):
        with activate(door):
            message = client_for(server.url).messages.create(**ASK)
        check_turn(message)
        (end,) = door.ends
        assert (end.status, end.error, end.recorded_ms) == (200, None, None)
        assert end.message["content"][1]["input"] == CALL.arguments
        assert end.usage == Usage(
            input_tokens=message.usage.input_tokens, output_tokens=message.usage.output_tokens, estimated=True
        )
        assert end.latency_ms > 0
        request = door.requests[0]
        assert (request.path, request.model, request.stream) == ("/v1/messages", "claude-opus-5-5", False)
        assert request.payload["messages"] == ASK["messages"]

    def test_a_stream_is_settled_when_it_ends(self, server, door, client_for):
        with activate(door), client_for(server.url).messages.stream(**ASK) as stream:
            assert door.passes[0].ends == []
            check_turn(stream.get_final_message())
        (end,) = door.ends
        assert end.message["content"][1]["input"] == CALL.arguments
        assert end.usage.output_tokens > 0
        assert door.requests[0].stream

    def test_async_plain_and_stream(self, server, door, async_client_for):
        async def talk() -> None:
            async with async_client_for(server.url) as client:
                check_turn(await client.messages.create(**ASK))
                async with client.messages.stream(**ASK) as stream:
                    check_turn(await stream.get_final_message())

        with activate(door):
            asyncio.run(talk())
        assert [end.message["stop_reason"] for end in door.ends] == ["tool_use", "tool_use"]

    @pytest.mark.parametrize("streaming", [False, True])
    def test_compressed_answers_are_read(self, door, client_for, streaming):
        with MessagesServer(gullible(BOOK), compress=True) as server, activate(door):
            client = client_for(server.url)
            with client.messages.with_streaming_response.create(**ASK) as response:
                assert response.headers["content-encoding"] == "gzip"
                response.read() if streaming else check_turn(response.parse())
        assert door.ends[0].message["content"][0]["text"] == "Reading."

    def test_a_stream_the_agent_leaves_early_has_an_unknown_outcome(self, server, door, client_for):
        with activate(door), client_for(server.url).messages.create(**ASK, stream=True) as stream:
            next(stream)
        assert "cut off" in str(door.ends[0])

    def test_a_token_count_passes_the_door_and_costs_nothing(self, server, door, client_for):
        with activate(door):
            count = client_for(server.url).messages.count_tokens(model="m", messages=ASK["messages"])
        assert count.input_tokens > 1
        assert door.ends[0] == ModelResponse(
            status=200, message=None, usage=Usage(), latency_ms=door.ends[0].latency_ms
        )

    def test_an_api_error_reaches_the_agent_once(self, server, door, client_for):
        with activate(door), pytest.raises(anthropic.BadRequestError, match="messages: at least one"):
            client_for(server.url).messages.create(model="m", max_tokens=5, messages=[])
        assert (door.ends[0].status, door.ends[0].usage) == (400, Usage())
        assert "invalid_request_error" in door.ends[0].error
        assert server.calls == 1

    def test_the_door_can_send_a_request_elsewhere(self, server, make_door, client_for):
        door = make_door(upstream=server.url)
        with activate(door):
            check_turn(client_for("https://api.example.test").messages.create(**ASK))
        assert server.log[0].headers["host"] == server.url.removeprefix("http://")

    def test_async_requests_can_be_sent_elsewhere_too(self, server, make_door, async_client_for):
        async def talk() -> None:
            async with async_client_for("https://api.example.test") as client:
                check_turn(await client.messages.create(**ASK))

        with activate(make_door(upstream=server.url)):
            asyncio.run(talk())
        assert server.calls == 1

    def test_a_plain_thread_pool_does_not_slip_past(self, server, door, client_for):
        client = client_for(server.url)
        with activate(door), ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda _: client.messages.create(**ASK), range(3)))
        assert len(door.ends) == 3

    def test_what_is_no_model_call_is_left_alone(self, server, door):
        with activate(door), httpx2.Client(trust_env=False) as http:
            assert http.post(f"{server.url}/orders", json={"a": 1}).status_code == 404
            assert http.get(f"{server.url}/v1/messages").status_code == 405
            assert http.post(f"{server.url}/survey/responses", json={"answer": 1}).status_code == 404
        assert door.requests == []

    def test_without_a_door_nothing_changes(self, server, client_for):
        check_turn(client_for(server.url).messages.create(**ASK))


class TestOffline:
    def test_a_reply_spares_the_network(self, make_door, client_for):
        door = make_door(responder=one_turn())
        with activate(door):
            message = client_for(NOWHERE).messages.create(**ASK)
        assert message.content[0].text == "Hello."
        assert door.ends[0].usage.estimated
        assert door.ends[0].message["content"] == [{"type": "text", "text": "Hello."}]

    def test_a_streamed_request_gets_a_streamed_reply(self, make_door, client_for):
        with (
            activate(make_door(responder=one_turn())) as door,
            client_for(NOWHERE).messages.stream(**ASK) as stream,
        ):
            assert "".join(stream.text_stream) == "Hello."
            assert stream.get_final_message().usage.output_tokens > 0
        assert door.ends[0].message["stop_reason"] == "end_turn"

    def test_async_replies(self, make_door, async_client_for):
        async def talk() -> list[str]:
            async with async_client_for(NOWHERE) as client:
                plain = await client.messages.create(**ASK)
                async with client.messages.stream(**ASK) as stream:
                    return [plain.content[0].text, await stream.get_final_text()]

        with activate(make_door(responder=one_turn())) as door:
            assert asyncio.run(talk()) == ["Hello.", "Hello."]
        assert len(door.ends) == 2

    def test_a_token_count_opens_no_socket_and_does_not_move_the_script(self, make_door, client_for):
        with activate(make_door(responder=one_turn())):
            client = client_for(NOWHERE)
            assert client.messages.count_tokens(model="m", messages=ASK["messages"]).input_tokens > 1
            assert client.messages.create(**ASK).content[0].text == "Hello."

    def test_recorded_bytes_are_given_back_with_their_duration(self, make_door, client_for):
        body = (
            b'{"id":"msg_1","type":"message","role":"assistant","model":"m","content":[],'
            b'"stop_reason":"end_turn","usage":{"input_tokens":7,"output_tokens":2,"cache_read_input_tokens":5}}'
        )
        headers = {"Content-Type": "application/json", "Transfer-Encoding": "chunked", "Request-Id": "req_1"}
        door = make_door(responder=Says(ModelReply(raw=body, headers=headers, recorded_ms=1500.0)))
        with activate(door):
            raw = client_for(NOWHERE).messages.with_raw_response.create(**ASK)
        assert raw.elapsed.total_seconds() == 1.5
        assert raw.headers["request-id"] == "req_1"
        assert (door.ends[0].recorded_ms, door.ends[0].usage) == (
            1500.0,
            Usage(input_tokens=7, output_tokens=2, cache_read_input_tokens=5),
        )


STOP = BudgetExceededError("cost", 1.5, 1.0, unit=" USD")


class TestStops:
    """A stop ends the call at its first attempt, as itself and never as an outage."""

    def check(self, error: BaseException, door: Any, sdk_waits: list[float]) -> None:
        assert isinstance(error, BudgetExceededError)
        assert isinstance(error, anthropic.AnthropicError)
        assert not isinstance(error, anthropic.APIError)
        assert (error.kind, error.value, error.limit, str(error)) == ("cost", 1.5, 1.0, str(STOP))
        assert len(door.requests) == 1
        assert sdk_waits == []

    @pytest.mark.parametrize("streaming", [False, True])
    def test_sync(self, make_door, client_for, sdk_waits, streaming):
        door = make_door(stop=STOP)
        with activate(door), pytest.raises(BudgetExceededError) as caught:
            client_for(NOWHERE).messages.create(**ASK, stream=streaming)
        self.check(caught.value, door, sdk_waits)

    @pytest.mark.parametrize("streaming", [False, True])
    def test_async(self, make_door, async_client_for, sdk_waits, streaming):
        async def talk() -> None:
            async with async_client_for(NOWHERE) as client:
                await client.messages.create(**ASK, stream=streaming)

        door = make_door(stop=STOP)
        with activate(door), pytest.raises(BudgetExceededError) as caught:
            asyncio.run(talk())
        self.check(caught.value, door, sdk_waits)

    def test_the_stream_helper(self, make_door, client_for, sdk_waits):
        door = make_door(stop=STOP)
        with (
            activate(door),
            pytest.raises(BudgetExceededError) as caught,
            client_for(NOWHERE).messages.stream(**ASK),
        ):
            pass
        self.check(caught.value, door, sdk_waits)

    def test_a_stop_at_settlement_plain(self, server, make_door, client_for, sdk_waits):
        door = make_door(stop_at_finish=STOP)
        with activate(door), pytest.raises(BudgetExceededError) as caught:
            client_for(server.url).messages.create(**ASK)
        self.check(caught.value, door, sdk_waits)
        assert isinstance(door.ends[0], ModelResponse)

    def test_a_stop_at_settlement_streamed(self, server, make_door, client_for, sdk_waits):
        door = make_door(stop_at_finish=STOP)
        with (
            activate(door),
            pytest.raises(BudgetExceededError) as caught,
            client_for(server.url).messages.stream(**ASK) as stream,
        ):
            stream.get_final_message()
        self.check(caught.value, door, sdk_waits)

    def test_a_stop_from_the_replying_side_abandons_the_pass(self, make_door, client_for, sdk_waits):
        class Refusing:
            ended: BaseException | None = None

            @property
            def reply(self) -> ModelReply | None:
                raise STOP

            def abandon(self, error: BaseException) -> None:
                self.ended = error

        class RefusingDoor:
            requests: list[ModelRequest] = []  # noqa: RUF012
            made = Refusing()

            def admit(self, request: ModelRequest) -> Refusing:
                self.requests.append(request)
                return self.made

        with activate(RefusingDoor()) as door, pytest.raises(BudgetExceededError) as caught:
            client_for(NOWHERE).messages.create(**ASK)
        self.check(caught.value, door, sdk_waits)
        assert door.made.ended is STOP

    @pytest.mark.parametrize(
        ("path", "body"),
        [
            ("/v1/completions", {"model": "m", "prompt": "x"}),
            ("/v1/responses/compact", {"model": "m", "input": "x"}),
            ("/v1beta/models/m:generateContent", {}),
            ("/v1/messages/batches", {"requests": []}),
        ],
    )
    def test_another_providers_call_is_refused_unsent(self, server, door, path, body):
        with activate(door), httpx2.Client(trust_env=False) as http, pytest.raises(StopRun, match="not supported"):
            http.post(server.url + path, json=body)
        assert server.log == []
        assert door.requests == []

    @pytest.mark.parametrize("body", [b"", b"{", b"[1]", b"\xff\xfe"])
    def test_a_body_the_door_cannot_read_is_refused_unsent(self, server, door, body):
        with activate(door), httpx2.Client(trust_env=False) as http, pytest.raises(StopRun, match="JSON object"):
            http.post(f"{server.url}/v1/messages", content=body)
        assert server.log == []


class TestInstall:
    def test_it_is_counted_and_undone(self):
        gated = httpx2.Client.send
        undo = install()
        assert httpx2.Client.send is gated
        undo()
        undo()
        assert httpx2.Client.send is gated, "the fixture's own install still holds"

    def test_a_foreign_patch_between_two_of_ours_admits_once(self, monkeypatch, door, server, client_for):
        gated = httpx2.Client.send
        seen = []

        def spy(self, request, **options):
            seen.append(request.url.path)
            return gated(self, request, **options)

        monkeypatch.setattr(httpx2.Client, "send", spy)
        undo = install()
        assert httpx2.Client.send is not spy, "a foreign patch may bypass ours, so ours goes on top again"
        client = client_for(server.url)
        with activate(door):
            check_turn(client.messages.create(**ASK))
            check_turn(client.messages.create(**ASK))
        assert seen == ["/v1/messages"] * 2
        assert len(door.ends) == 2
        undo()
