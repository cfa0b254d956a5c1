"""Rare ends of an exchange, on a mock transport: what the door learns, and that it learns it once."""

from __future__ import annotations

import asyncio
import gzip
import importlib.util
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anthropic
import httpx2
import pytest

from pytest_agentsafety.llm import activate
from pytest_agentsafety.llm.replies import message_of
from pytest_agentsafety.llm.wire import encode_json, encode_sse
from pytest_agentsafety.model.errors import MaxRetriesExceeded
from pytest_agentsafety.model.messages import ModelReply, ModelRequest, PlannedTurn, Usage
from pytest_agentsafety.model.policy import RetrySettings

ASK: dict[str, Any] = {"model": "m", "max_tokens": 9, "messages": [{"role": "user", "content": "x"}]}
MESSAGE = message_of(PlannedTurn(text="Hello there."), model="m", seed="1", request_bytes=40)
JSON = {"content-type": "application/json"}
SSE = {"content-type": "text/event-stream"}
Answer = Callable[[httpx2.Request], httpx2.Response]


class Chunks(httpx2.SyncByteStream, httpx2.AsyncByteStream):
    """A body that arrives byte by byte, and may break."""

    def __init__(self, body: bytes, error: Exception | None = None) -> None:
        self.body, self.error, self.closed = body, error, 0

    def __iter__(self):
        for at in range(len(self.body)):
            yield self.body[at : at + 1]
        if self.error:
            raise self.error

    async def __aiter__(self):
        for chunk in self:
            yield chunk

    def close(self) -> None:
        self.closed += 1

    async def aclose(self) -> None:
        self.closed += 1


@pytest.fixture
def sdk():
    """`sdk(answer)`: a client whose requests are answered by a function."""
    made: list[httpx2.Client] = []

    def make(answer: Answer, **options: Any) -> anthropic.Anthropic:
        made.append(httpx2.Client(transport=httpx2.MockTransport(answer)))
        return anthropic.Anthropic(api_key="k", base_url="http://model.test", http_client=made[-1], **options)

    yield make
    for http in made:
        http.close()


def streamed(body: bytes, headers: dict[str, str], error: Exception | None = None) -> tuple[Answer, Chunks]:
    chunks = Chunks(body, error)
    return lambda _: httpx2.Response(200, headers=headers, stream=chunks), chunks


def test_a_compressed_stream_is_read_as_the_agent_reads_it(sdk, door):
    answer, chunks = streamed(gzip.compress(encode_sse(MESSAGE)), {**SSE, "content-encoding": "gzip"})
    with activate(door), sdk(answer).messages.stream(**ASK) as stream:
        assert stream.get_final_text() == "Hello there."
    assert door.ends[0].message == MESSAGE
    assert chunks.closed == 1


def test_an_async_compressed_stream(door):
    async def talk(answer: Answer) -> str:
        async with httpx2.AsyncClient(transport=httpx2.MockTransport(answer)) as http:
            client = anthropic.AsyncAnthropic(api_key="k", base_url="http://model.test", http_client=http)
            async with client.messages.stream(**ASK) as stream:
                return await stream.get_final_text()

    answer, chunks = streamed(gzip.compress(encode_sse(MESSAGE)), {**SSE, "content-encoding": "gzip"})
    with activate(door):
        assert asyncio.run(talk(answer)) == "Hello there."
    assert door.ends[0].message == MESSAGE
    assert chunks.closed == 1


def test_a_stream_with_broken_compression_leaves_the_outcome_unknown(sdk, door):
    answer, _ = streamed(b"no gzip at all", {**SSE, "content-encoding": "gzip"})
    with activate(door), sdk(answer).messages.stream(**ASK) as stream, pytest.raises(httpx2.DecodingError):
        stream.get_final_text()
    assert isinstance(door.ends[0], httpx2.DecodingError)


def test_a_body_with_broken_compression_is_not_asked_for_again(sdk, door, sdk_waits):
    asked: list[int] = []

    def answer(_: httpx2.Request) -> httpx2.Response:
        asked.append(1)
        return httpx2.Response(200, headers={**JSON, "content-encoding": "gzip"}, stream=Chunks(b"no gzip at all"))

    with activate(door), pytest.raises(anthropic.APIConnectionError):
        sdk(answer, max_retries=2).messages.create(**ASK)
    assert len(asked) == 1
    assert isinstance(door.ends[0], httpx2.DecodingError)


def test_a_stream_closed_unread_leaves_the_outcome_unknown(sdk, door):
    answer, chunks = streamed(encode_sse(MESSAGE), SSE)
    with activate(door), sdk(answer).messages.with_streaming_response.create(**ASK, stream=True):
        pass
    assert "no message" in str(door.ends[0])
    assert chunks.closed == 1


def test_a_stream_read_but_cut_without_an_error_leaves_the_outcome_unknown(sdk, door):
    body = encode_sse(MESSAGE)
    answer, _ = streamed(body[: body.index(b"event: message_delta")], SSE)
    with activate(door), sdk(answer).messages.create(**ASK, stream=True) as stream:
        assert [event.type for event in stream][-1] == "content_block_stop"
    assert "before message_stop" in str(door.ends[0])


def test_usage_without_a_mark_is_the_models_own(sdk, door):
    with activate(door):
        sdk(lambda _: httpx2.Response(200, headers=JSON, content=encode_json(MESSAGE))).messages.create(**ASK)
    assert door.ends[0].usage == Usage(
        input_tokens=MESSAGE["usage"]["input_tokens"], output_tokens=MESSAGE["usage"]["output_tokens"]
    )


def test_an_error_of_any_other_kind_ends_the_pass_and_is_not_repeated(sdk, door, sdk_waits):
    asked: list[int] = []

    def answer(_: httpx2.Request) -> httpx2.Response:
        asked.append(1)
        raise ValueError("a transport of the user's own broke")

    with activate(door), pytest.raises(anthropic.APIConnectionError):
        sdk(answer, max_retries=2).messages.create(**ASK)
    assert len(asked) == 1
    assert isinstance(door.ends[0], ValueError)


def test_an_interrupt_while_waiting_ends_the_pass(sdk, door, monkeypatch):
    def interrupted(_: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("pytest_agentsafety.llm.patch.sleep", interrupted)
    with activate(door), pytest.raises(KeyboardInterrupt):
        sdk(lambda _: httpx2.Response(529, headers=JSON, content=b"{}")).messages.create(**ASK)
    assert isinstance(door.ends[0], KeyboardInterrupt)


@pytest.mark.parametrize("status", [500, 529])
def test_an_outcome_that_stands_is_not_retried_by_the_sdk(sdk, door, waits, sdk_waits, status):
    """The API itself says that trying again is of no use."""
    asked: list[int] = []

    def answer(_: httpx2.Request) -> httpx2.Response:
        asked.append(1)
        return httpx2.Response(status, headers={**JSON, "x-should-retry": "false"}, content=b"{}")

    with activate(door), pytest.raises(anthropic.InternalServerError):
        sdk(answer, max_retries=2).messages.create(**ASK)
    assert (len(asked), waits, sdk_waits) == (1, [], [])
    assert (door.ends[0].status, door.ends[0].usage) == (status, None)


class Recorded:
    """A pass that replays: its `reply` moves on with each attempt."""

    def __init__(self, *statuses: int) -> None:
        self.replies = [
            ModelReply(message=MESSAGE) if status == 200 else ModelReply(raw=b"{}", headers=JSON, status=status)
            for status in statuses
        ]
        self.waits = [1.0, 2.0]
        self.ends: list[Any] = []

    @property
    def reply(self) -> ModelReply:
        return self.replies.pop(0)

    def retry(self, *, status: int | None, error: BaseException | None, headers: Any) -> float:
        if not self.waits:
            raise MaxRetriesExceeded(3, f"HTTP status {status}")
        return self.waits.pop(0)

    def finish(self, response: Any) -> None:
        self.ends.append(response.status)

    def abandon(self, error: BaseException) -> None:
        self.ends.append(error)


class RecordedDoor:
    def __init__(self, made: Recorded) -> None:
        self.made = made

    def admit(self, request: ModelRequest) -> Recorded:
        return self.made


def test_recorded_failures_are_retried_as_they_were(sdk, waits):
    made = Recorded(429, 529, 200)
    with activate(RecordedDoor(made)):
        message = sdk(lambda _: pytest.fail("a socket was opened")).messages.create(**ASK)
    assert message.content[0].text == "Hello there."
    assert (waits, made.ends) == ([1.0, 2.0], [200])


def test_recorded_failures_that_stay_end_the_run(sdk, waits):
    made = Recorded(429, 429, 429)
    with activate(RecordedDoor(made)), pytest.raises(MaxRetriesExceeded):
        sdk(lambda _: pytest.fail("a socket was opened")).messages.create(**ASK)
    assert made.ends == [429]


def test_many_async_calls_at_once_keep_their_own_passes(make_door):
    door = make_door(settings=RetrySettings(max_retries=0))

    def answer(request: httpx2.Request) -> httpx2.Response:
        reply = message_of(PlannedTurn(text=request.headers["x-name"]), model="m", seed="1", request_bytes=1)
        return httpx2.Response(200, headers=JSON, content=encode_json(reply))

    async def talk() -> list[str]:
        async with httpx2.AsyncClient(transport=httpx2.MockTransport(answer)) as http:
            client = anthropic.AsyncAnthropic(api_key="k", base_url="http://model.test", http_client=http)
            calls = (client.messages.create(**ASK, extra_headers={"x-name": str(n)}) for n in range(20))
            return [message.content[0].text for message in await asyncio.gather(*calls)]

    with activate(door):
        assert asyncio.run(talk()) == [str(n) for n in range(20)]
    assert sorted(int(end.message["content"][0]["text"]) for end in door.ends) == list(range(20))


def test_the_older_httpx_is_gated_too_where_it_is_imported(tmp_path: Path):
    """The two share their interface: a copy of httpx2 under the name httpx is a second library of that shape."""
    spec = importlib.util.find_spec("httpx2")
    assert spec is not None
    assert spec.origin is not None
    shutil.copytree(Path(spec.origin).parent, tmp_path / "httpx", ignore=shutil.ignore_patterns("__pycache__"))
    code = """
import httpx, httpx2
from pytest_agentsafety.llm import activate, install
from pytest_agentsafety.model.messages import ModelReply
assert httpx.Client is not httpx2.Client
class Pass:
    reply = ModelReply(message={"type": "message", "content": [], "usage": {"input_tokens": 1, "output_tokens": 2}})
    ends = []
    def finish(self, response):
        self.ends.append(response.usage.output_tokens)
class Door:
    def admit(self, request):
        return Pass()
original = httpx.Client.send
undo = install()
with activate(Door()), httpx.Client(trust_env=False) as http:
    reply = http.post("http://127.0.0.1:9/v1/messages", json={"model": "m", "stream": True})
assert isinstance(reply, httpx.Response) and b"message_stop" in reply.content
assert Pass.ends == [2]
undo()
assert httpx.Client.send is original
"""
    path = ":".join([str(tmp_path), *filter(None, sys.path)])
    subprocess.run([sys.executable, "-c", code], check=True, env={"PYTHONPATH": path})
