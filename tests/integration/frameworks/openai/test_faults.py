"""What goes wrong upstream, through the real SDK: who tries again, how often, and what the agent gets."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from pytest_agentsafety import Gate
from pytest_agentsafety.llm import Fault, MessagesServer, Playbook, as_sdk_error, faulty, gullible
from pytest_agentsafety.llm.sdk_retries import stay_out
from pytest_agentsafety.model.errors import BudgetExceededError, CassetteMiss, MaxRetriesExceeded, StopRun
from pytest_agentsafety.model.policy import RetrySettings

from .conftest import PROMPT, TURNS, UNGUARDED, Talk, open_doors

openai = pytest.importorskip("openai")
EVER = range(1, 20)
TWICE = replace(UNGUARDED, retry=RetrySettings(max_retries=1))
ONCE = replace(UNGUARDED, retry=RetrySettings(max_retries=0))
asynchronously = pytest.mark.parametrize("asynchronous", [False, True], ids=["sync", "async"])


def serve(*faults: Fault | None, then: Fault | None = None):
    plan = {number: fault for number, fault in enumerate(faults, 1) if fault is not None}
    if then is not None:
        plan |= {number: then for number in EVER if number > len(faults)}
    return MessagesServer(faulty(gullible(Playbook(tasks={PROMPT: TURNS})), plan))


@asynchronously
def test_an_overload_that_goes_away_is_tried_again_by_us_alone(talk, play, waits, sdk_waits, asynchronous):
    with serve(Fault(kind="overloaded"), Fault(kind="rate_limit", retry_after=7)) as server:
        answer, task = play(talk, f"{server.url}/v1", asynchronous=asynchronous)
    assert answer == "It is done."
    assert (server.calls, sdk_waits, task.tally.retries) == (5, [], 2)
    assert waits[1] == 7


@asynchronously
def test_one_that_does_not_ends_in_a_stop(talk, play, waits, sdk_waits, asynchronous):
    with serve(then=Fault(kind="overloaded")) as server:
        error, _ = play(talk, f"{server.url}/v1", policy=TWICE, asynchronous=asynchronous)
    assert isinstance(error, MaxRetriesExceeded)
    assert (server.calls, sdk_waits) == (2, [])


@asynchronously
def test_a_lost_connection_is_the_sdks_own_error_and_no_more_is_tried(talk, play, waits, sdk_waits, asynchronous):
    with serve(then=Fault(kind="reset")) as server:
        error, _ = play(talk, f"{server.url}/v1", policy=TWICE, asynchronous=asynchronous)
    assert type(error) is openai.APIConnectionError
    assert (server.calls, sdk_waits) == (2, [])


@asynchronously
def test_a_time_out_too(talk, play, waits, sdk_waits, asynchronous):
    with serve(then=Fault(kind="hang")) as server:
        error, _ = play(talk, f"{server.url}/v1", policy=ONCE, asynchronous=asynchronous, sdk={"timeout": 0.3})
    assert type(error) is openai.APITimeoutError
    assert (server.calls, sdk_waits) == (1, [])


def test_a_stop_takes_no_time(play):
    """No wait is taken away here: what the SDK waited would show."""
    started = time.perf_counter()
    tight = replace(UNGUARDED, budget=replace(UNGUARDED.budget, max_cost_usd=0.001))
    for format_ in ("chat", "responses"):
        error, _ = play(Talk(format_, streaming=False), "http://127.0.0.1:9/v1", policy=tight)
        assert isinstance(error, StopRun)
        assert isinstance(error, openai.OpenAIError)
    assert time.perf_counter() - started < 2  # the SDK's two waits are at least 0.4 and 0.75 seconds, each time


def test_an_sdk_that_cannot_be_told_is_answered_with_the_same_error(play, waits, sdk_waits, monkeypatch):
    stay_out(False)
    monkeypatch.setattr("pytest_agentsafety.llm.sdk_retries._DECISIONS", ())
    with serve(then=Fault(kind="reset")) as server:
        error, _ = play(Talk("chat", streaming=False), f"{server.url}/v1", policy=ONCE)
    assert type(error) is openai.APIConnectionError
    assert (server.calls, len(sdk_waits)) == (1, 2)


def test_errors_of_others_are_retried_by_the_sdk_as_ever(client_for, sdk_waits):
    with serve(Fault(kind="reset"), Fault(kind="reset")) as server:
        talk = Talk("chat", streaming=False, history=[{"role": "user", "content": PROMPT}])
        assert talk.ask(client_for(f"{server.url}/v1")).choices[0].message.content == "Reading both."
    assert len(sdk_waits) == 2


def test_the_api_refuses_in_its_own_words(talk, play, log):
    with serve() as server:
        talk.result("call_unknown", "Who asked?")
        error, task = play(talk, f"{server.url}/v1")
    assert isinstance(error, openai.BadRequestError)
    assert "tool_result for call_unknown" in str(error)
    assert log.of("model_failed")[-1].message.startswith(
        "HTTP status 400: invalid_request_error: messages.0: tool_result"
    )
    assert task.tally.cost_usd == 0


@asynchronously
def test_a_stream_that_is_cut_costs_what_was_reserved(format_, play, log, waits, sdk_waits, asynchronous):
    with serve(then=Fault(kind="cut_stream")) as server:
        error, task = play(Talk(format_, streaming=True), f"{server.url}/v1", asynchronous=asynchronous)
    assert isinstance(error, openai.OpenAIError)
    assert not isinstance(error, StopRun)
    assert task.tally.cost_usd > 0.16  # 16,384 tokens of gpt-4o
    assert "cut" in str(log.of("model_failed")[-1]) or "incomplete" in str(log.of("model_failed")[-1])


def test_half_a_body_is_no_answer(format_, play, log):
    with serve(then=Fault(kind="bad_json")) as server, pytest.raises(ValueError, match="line 1 column"):
        play(Talk(format_, streaming=False), f"{server.url}/v1")
    assert "unreadable JSON" in log.of("model_failed")[-1].message
    assert log.of("charged")[-1].cost_usd > 0.16


def test_the_sdk_is_left_as_it_was():
    replay = openai._base_client._RequestBodyReplay
    original = replay.rewind
    with open_doors(Gate(UNGUARDED).open(PROMPT)):
        assert replay.rewind is not original
    assert replay.rewind is original


@pytest.mark.parametrize("stop", [BudgetExceededError("cost", 1.5, 1.0, unit=" USD"), CassetteMiss("not there")])
def test_a_stop_is_an_error_that_every_loaded_sdk_lets_through(stop):
    twin = as_sdk_error(stop)
    assert isinstance(twin, type(stop))
    assert isinstance(twin, openai.OpenAIError)
    assert not isinstance(twin, openai.APIError)
    assert (str(twin), vars(twin)) == (str(stop), vars(stop))
