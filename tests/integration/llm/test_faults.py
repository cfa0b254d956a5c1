"""Every fault of the plan, on sync, async and streaming clients: how it ends, and after how many attempts."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

import anthropic
import httpx2
import pytest

from pytest_agentsafety.llm import Fault, MessagesServer, Playbook, activate, faulty, gullible
from pytest_agentsafety.llm.exchange import CutStream
from pytest_agentsafety.llm.sdk_retries import stay_out
from pytest_agentsafety.model.errors import MaxRetriesExceeded
from pytest_agentsafety.model.messages import ModelResponse, PlannedTurn, Usage
from pytest_agentsafety.model.policy import RetrySettings

ASK: dict[str, Any] = {"model": "m", "max_tokens": 100, "messages": [{"role": "user", "content": "Say hello"}]}
MODEL = gullible(Playbook(tasks={"Say hello": [PlannedTurn(text="Hello.")]}))
EVER = range(1, 100)
SHORT = 0.05  # seconds a client waits for a server that hangs


def serve(faults: Mapping[int, Fault]) -> MessagesServer:
    return MessagesServer(faulty(MODEL, faults))


Talk = Callable[..., str]


@pytest.fixture(params=["sync", "sync-stream", "async", "async-stream"])
def talk(request, client_for, async_client_for) -> Talk:
    """Ask once through one kind of client, and give the text of the answer."""
    streaming = request.param.endswith("stream")

    def sync(url: str, **options: Any) -> str:
        client = client_for(url, **options)
        if not streaming:
            return client.messages.create(**ASK).content[0].text
        with client.messages.stream(**ASK) as stream:
            return stream.get_final_text()

    async def later(url: str, **options: Any) -> str:
        async with async_client_for(url, **options) as client:
            if not streaming:
                return (await client.messages.create(**ASK)).content[0].text
            async with client.messages.stream(**ASK) as stream:
                return await stream.get_final_text()

    if request.param.startswith("sync"):
        return sync
    return lambda url, **options: asyncio.run(later(url, **options))


@pytest.mark.parametrize(("kind", "status"), [("rate_limit", 429), ("overloaded", 529), ("server_error", 500)])
def test_a_bad_status_is_tried_again_within_the_same_call(talk, door, waits, kind, status):
    with serve({1: Fault(kind=kind), 2: Fault(kind=kind)}) as server, activate(door):
        assert talk(server.url) == "Hello."
    assert door.failures == [status, status]
    assert [1 <= waits[0] <= 1.25, 2 <= waits[1] <= 2.5, len(waits)] == [True, True, 2]
    assert [end.status for end in door.ends] == [200]
    assert server.calls == 3


def test_the_servers_own_waiting_time_is_obeyed(talk, door, waits):
    with serve({1: Fault(kind="rate_limit", retry_after=7.5)}) as server, activate(door):
        assert talk(server.url) == "Hello."
    assert waits == [7.5]


@pytest.mark.parametrize(("kind", "status"), [("rate_limit", 429), ("overloaded", 529), ("server_error", 500)])
def test_a_status_that_stays_ends_the_run_and_the_sdk_adds_nothing(talk, door, waits, kind, status):
    with (
        serve(dict.fromkeys(EVER, Fault(kind=kind))) as server,
        activate(door),
        pytest.raises(MaxRetriesExceeded, match=f"after 4 attempts, last failure: HTTP status {status}") as caught,
    ):
        talk(server.url, max_retries=5)
    assert isinstance(caught.value, anthropic.AnthropicError)
    assert not isinstance(caught.value, anthropic.APIError)
    assert server.calls == 4
    (end,) = door.ends
    assert (end.status, end.message) == (status, None)
    assert end.usage == (Usage() if status == 429 else None)


def test_without_retries_of_ours_the_first_failure_ends_it(talk, make_door, waits):
    door = make_door(settings=RetrySettings(max_retries=0))
    with (
        serve(dict.fromkeys(EVER, Fault(kind="overloaded"))) as server,
        activate(door),
        pytest.raises(MaxRetriesExceeded, match="after 1 attempts"),
    ):
        talk(server.url)
    assert (server.calls, waits) == (1, [])


def test_a_reset_is_tried_again_after_the_base_delay(talk, door, waits):
    with serve({1: Fault(kind="reset")}) as server, activate(door):
        assert talk(server.url) == "Hello."
    assert waits == [1.0]
    assert len(door.failures) == 1
    assert [end.status for end in door.ends] == [200]


def test_a_reset_that_stays_is_raised_again_and_not_multiplied(talk, make_door, waits, all_sdk_waits):
    door = make_door(settings=RetrySettings(max_retries=2, base_delay=0.5))
    with (
        serve(dict.fromkeys(EVER, Fault(kind="reset"))) as server,
        activate(door),
        pytest.raises(anthropic.APIConnectionError) as caught,
    ):
        talk(server.url, max_retries=2)
    assert isinstance(caught.value.__cause__, httpx2.ReadError)
    assert (server.calls, waits) == (3, [0.5, 0.5])
    assert all_sdk_waits == []
    assert isinstance(door.ends[0], httpx2.ReadError)


def test_a_hanging_server_ends_in_a_time_out(talk, make_door, waits, all_sdk_waits):
    door = make_door(settings=RetrySettings(max_retries=1))
    with (
        serve(dict.fromkeys(EVER, Fault(kind="hang"))) as server,
        activate(door),
        pytest.raises(anthropic.APITimeoutError),
    ):
        talk(server.url, timeout=SHORT)
    assert door.failures == ["ReadTimeout", "ReadTimeout"]
    assert (server.calls, all_sdk_waits) == (2, [])
    assert isinstance(door.ends[0], httpx2.ReadTimeout)


def test_an_sdk_that_cannot_be_told_is_answered_with_the_same_error(
    client_for, make_door, waits, all_sdk_waits, monkeypatch
):
    """What an SDK without a separate decision does: it waits and repeats, and nothing leaves."""
    stay_out(False)
    monkeypatch.setattr("pytest_agentsafety.llm.sdk_retries._DECISIONS", ())
    door = make_door(settings=RetrySettings(max_retries=0))
    with (
        serve(dict.fromkeys(EVER, Fault(kind="reset"))) as server,
        activate(door),
        pytest.raises(anthropic.APIConnectionError),
    ):
        client_for(server.url, max_retries=2).messages.create(**ASK)
    assert (server.calls, len(all_sdk_waits), len(door.ends)) == (1, 2, 1)


def test_errors_of_others_are_retried_by_the_sdk_as_ever(client_for, make_door, all_sdk_waits):
    """The SDK's own retries stay for what passes no door, and are whole again when the patch is off."""
    with serve({1: Fault(kind="reset"), 2: Fault(kind="reset")}) as server:
        assert client_for(server.url, max_retries=2).messages.create(**ASK).content[0].text == "Hello."
    assert len(all_sdk_waits) == 2


def test_the_sdk_is_left_as_it_was():
    method = anthropic._base_client.BaseClient._should_retry_exception
    assert hasattr(method, "_agentsafety_original")
    stay_out(False)
    assert anthropic._base_client.BaseClient._should_retry_exception is method._agentsafety_original
    stay_out(True)


def test_the_same_request_made_again_by_the_agent_is_admitted_again(client_for, make_door, waits, all_sdk_waits):
    door = make_door(settings=RetrySettings(max_retries=0))
    with serve({1: Fault(kind="reset")}) as server, activate(door):
        client = client_for(server.url)
        with pytest.raises(anthropic.APIConnectionError):
            client.messages.create(**ASK)
        assert client.messages.create(**ASK).content[0].text == "Hello."
    assert len(door.ends) == 2
    assert all_sdk_waits == []


def test_half_a_json_body_is_a_finished_call_without_message(client_for, door):
    with serve({1: Fault(kind="bad_json")}) as server, activate(door):
        raw = client_for(server.url).messages.with_raw_response.create(**ASK)
    assert raw.text().startswith('{"id":"msg_')
    (end,) = door.ends
    assert isinstance(end, ModelResponse)
    assert (end.status, end.message, end.usage) == (200, None, None)
    assert end.error.startswith("unreadable JSON")


def test_a_cut_stream_leaves_the_outcome_unknown(client_for, door):
    with serve({1: Fault(kind="cut_stream")}) as server, activate(door):
        with client_for(server.url).messages.stream(**ASK) as stream, pytest.raises(httpx2.RemoteProtocolError):
            stream.get_final_text()
        assert isinstance(door.ends[0], httpx2.RemoteProtocolError)
        assert server.calls == 1


def test_a_cut_async_stream_leaves_the_outcome_unknown(async_client_for, door):
    async def talk(url: str) -> None:
        async with async_client_for(url) as client, client.messages.stream(**ASK) as stream:
            with pytest.raises(httpx2.RemoteProtocolError):
                await stream.get_final_text()

    with serve({1: Fault(kind="cut_stream")}) as server, activate(door):
        asyncio.run(talk(server.url))
    assert isinstance(door.ends[0], httpx2.RemoteProtocolError)
    assert server.calls == 1


def test_a_cut_body_is_tried_again(client_for, door, waits):
    with serve({1: Fault(kind="cut_stream")}) as server, activate(door):
        assert client_for(server.url).messages.create(**ASK).content[0].text == "Hello."
    assert waits == [1.0]


def test_a_stream_with_an_error_in_it_leaves_the_outcome_unknown(door):
    events = (
        b'event: message_start\ndata: {"type":"message_start","message":{"type":"message","content":[]}}\n\n'
        b'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"later"}}\n\n'
    )
    transport = httpx2.MockTransport(
        lambda _: httpx2.Response(200, headers={"content-type": "text/event-stream"}, stream=httpx2.ByteStream(events))
    )
    with httpx2.Client(transport=transport) as http, activate(door):
        client = anthropic.Anthropic(api_key="k", base_url="http://model.test", http_client=http)
        with pytest.raises(anthropic.APIStatusError, match="later"), client.messages.stream(**ASK) as stream:
            stream.get_final_text()
    (end,) = door.ends
    assert isinstance(end, CutStream)
    assert "overloaded_error: later" in str(end)


def test_a_cancelled_call_abandons_its_pass(async_client_for, door):
    async def talk(url: str) -> None:
        async with async_client_for(url) as client:
            task = asyncio.create_task(client.messages.create(**ASK))
            while not door.passes:
                await asyncio.sleep(0)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

    with serve({1: Fault(kind="hang")}) as server, activate(door):
        asyncio.run(talk(server.url))
    assert isinstance(door.ends[0], asyncio.CancelledError)
