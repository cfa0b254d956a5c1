from __future__ import annotations

import contextlib
import pickle
import threading

import anthropic
import pytest

from pytest_agentsafety.llm.circuit import OVERLOAD, CircuitBreaker, CircuitOpenError
from pytest_agentsafety.llm.stops import as_sdk_error
from pytest_agentsafety.model.errors import MaxRetriesExceeded

HOST, MODEL = "api.example.test:8443", "m-1"


class Clock:
    def __init__(self) -> None:
        self.at = 1000.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def breaker(clock) -> CircuitBreaker:
    return CircuitBreaker(threshold=3, cool_down=30.0, clock=clock)


def fail(breaker: CircuitBreaker, times: int, status: int | None = 529, host: str = HOST, model: str = MODEL) -> None:
    for _ in range(times):
        breaker.admit(host, model).failed(status, None if status else TimeoutError("slow"))


def refused(breaker: CircuitBreaker) -> CircuitOpenError:
    with pytest.raises(CircuitOpenError) as caught:
        breaker.admit(HOST, MODEL)
    return caught.value


@pytest.mark.parametrize("status", [*sorted(OVERLOAD), None])
def test_failures_in_a_row_open_it(breaker, status):
    fail(breaker, 2, status)
    breaker.admit(HOST, MODEL)
    fail(breaker, 1, status)
    error = refused(breaker)
    assert (error.host, error.model, error.failures, error.closes_in) == (HOST, MODEL, 3, 30)
    assert error.last == (f"HTTP status {status}" if status else "TimeoutError")


def test_the_error_names_host_failures_and_when_it_closes(breaker, clock):
    fail(breaker, 3)
    clock.at += 12
    text = str(refused(breaker))
    assert (
        text
        == "api.example.test:8443 failed 3 times in a row for 'm-1' (last: HTTP status 529); the circuit closes in 18 s"
    )


def test_the_error_is_an_end_of_retries_and_crosses_the_sdk(breaker):
    fail(breaker, 3)
    error = refused(breaker)
    assert isinstance(error, MaxRetriesExceeded)
    assert (error.guard, error.attempts) == ("retry", 0)
    crossing = as_sdk_error(error)
    assert isinstance(crossing, CircuitOpenError)
    assert isinstance(crossing, anthropic.AnthropicError)
    assert (str(crossing), crossing.host) == (str(error), HOST)
    assert str(pickle.loads(pickle.dumps(crossing))) == str(error)


@pytest.mark.parametrize("status", [429, 408, 409])
def test_an_answer_in_between_begins_the_count_anew(breaker, status):
    fail(breaker, 2)
    breaker.admit(HOST, MODEL).failed(status, None)
    fail(breaker, 2)
    breaker.admit(HOST, MODEL)


def test_an_internal_error_neither_counts_nor_clears(breaker):
    fail(breaker, 2)
    fail(breaker, 5, 500)
    breaker.admit(HOST, MODEL)
    fail(breaker, 1)
    refused(breaker)


def test_hosts_and_models_are_apart(breaker):
    fail(breaker, 3)
    breaker.admit(HOST, "m-2")
    breaker.admit("other.test", MODEL)
    refused(breaker)


def test_the_probe_that_gets_through_closes_it(breaker, clock):
    fail(breaker, 3)
    clock.at += 30
    probe = breaker.admit(HOST, MODEL)
    assert probe.probe
    assert "waits for the outcome of one probe" in str(refused(breaker))
    probe.answered()
    probe.over()
    assert not breaker.admit(HOST, MODEL).probe
    fail(breaker, 2)
    breaker.admit(HOST, MODEL)


def test_the_probe_that_fails_opens_it_anew(breaker, clock):
    fail(breaker, 3)
    clock.at += 31
    probe = breaker.admit(HOST, MODEL)
    probe.failed(None, ConnectionError())
    probe.over()
    clock.at += 29
    error = refused(breaker)
    assert (error.failures, error.last, error.closes_in) == (4, "ConnectionError", 1)
    clock.at += 1
    assert breaker.admit(HOST, MODEL).probe


def test_a_probe_without_outcome_makes_room_for_the_next(breaker, clock):
    fail(breaker, 3)
    clock.at += 30
    breaker.admit(HOST, MODEL).over()
    assert breaker.admit(HOST, MODEL).probe


def test_a_probe_that_never_reports_loses_its_place(breaker, clock):
    fail(breaker, 3)
    clock.at += 30
    breaker.admit(HOST, MODEL)
    refused(breaker)
    clock.at += 30
    assert breaker.admit(HOST, MODEL).probe


def test_the_end_of_a_plain_request_changes_nothing(breaker):
    ticket = breaker.admit(HOST, MODEL)
    fail(breaker, 3)
    ticket.over()
    refused(breaker)


def test_many_threads_send_one_probe(breaker, clock):
    fail(breaker, 3)
    clock.at += 30
    start, probes = threading.Barrier(8), []

    def knock() -> None:
        start.wait()
        with contextlib.suppress(CircuitOpenError):
            probes.append(breaker.admit(HOST, MODEL))

    threads = [threading.Thread(target=knock) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(probes) == 1


def test_a_threshold_of_none_is_refused():
    with pytest.raises(ValueError, match="threshold must be 1 or more, got 0"):
        CircuitBreaker(threshold=0)
