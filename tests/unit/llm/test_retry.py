from __future__ import annotations

from email.utils import formatdate

import pytest

from pytest_agentsafety.llm.retry import RequestRetries, RetryPlanner, is_retryable
from pytest_agentsafety.model.errors import MaxRetriesExceeded
from pytest_agentsafety.model.policy import RetrySettings

NOW = 1_800_000_000.0
RESET = ConnectionResetError("x")


class Clock:
    """Seconds that pass only when a test says so."""

    def __init__(self) -> None:
        self.at = 50.0

    def __call__(self) -> float:
        return self.at


def planner(max_retries: int = 3, base_delay: float = 1.0, **options) -> RetryPlanner:
    settings = RetrySettings(max_retries=max_retries, base_delay=base_delay)
    return RetryPlanner(settings, seed=7, now=lambda: NOW, **options)


def request(max_retries: int = 3, base_delay: float = 1.0, **options) -> RequestRetries:
    return planner(max_retries, base_delay, **options).request()


@pytest.mark.parametrize("status", [408, 409, 429, 500, 501, 502, 503, 504, 524, 529])
def test_these_may_go_away(status):
    assert is_retryable(status)


@pytest.mark.parametrize("status", [200, 301, 400, 401, 403, 404, 413, 422])
def test_these_will_not(status):
    assert not is_retryable(status)
    assert request().next_delay(status, None, {}) is None


def test_statuses_back_off_exponentially_with_jitter_upwards():
    plan = request(max_retries=5, base_delay=0.5)
    delays = [plan.next_delay(529, None, {}) for _ in range(5)]
    for delay, least in zip(delays, (0.5, 1, 2, 4, 8), strict=True):
        assert least <= delay <= least * 1.25
    assert len({delay / least for delay, least in zip(delays, (0.5, 1, 2, 4, 8), strict=True)}) == 5


def test_the_same_seed_gives_the_same_jitter():
    runs = [request(), request()]
    assert [runs[0].next_delay(500, None, {}) for _ in "ab"] == [runs[1].next_delay(500, None, {}) for _ in "ab"]


@pytest.mark.parametrize(
    ("headers", "delay"),
    [
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": "0.25"}, 0.25),
        ({"retry-after-ms": "1500", "retry-after": "9"}, 1.5),
        ({"retry-after": formatdate(NOW + 30, usegmt=True)}, 30.0),
    ],
)
def test_the_server_says_how_long(headers, delay):
    assert request().next_delay(429, None, headers) == delay


@pytest.mark.parametrize(
    "value", ["soon", "", "-5", "0", "nan", "inf", "1e999", formatdate(NOW - 30, usegmt=True), "Mon, 99 Xxx"]
)
def test_a_senseless_retry_after_is_ignored(value):
    assert 1 <= request().next_delay(429, None, {"retry-after": value}) <= 1.25


def test_the_servers_word_not_to_retry_is_obeyed():
    assert request().next_delay(529, None, {"x-should-retry": "false"}) is None


def test_transport_errors_wait_the_fixed_delay_then_stand():
    plan = request(max_retries=2, base_delay=0.5)
    assert [plan.next_delay(None, TimeoutError("x"), {}) for _ in range(3)] == [0.5, 0.5, None]
    assert plan.attempts == 3


@pytest.mark.parametrize("retries", [0, 1, 3])
def test_the_last_status_is_an_error_that_says_how_often(retries):
    plan = request(max_retries=retries)
    for _ in range(retries):
        assert plan.next_delay(503, None, {}) is not None
    with pytest.raises(MaxRetriesExceeded) as caught:
        plan.next_delay(503, None, {})
    assert (caught.value.attempts, caught.value.last) == (retries + 1, "HTTP status 503")


def test_failures_of_both_kinds_count_together():
    plan = request(max_retries=2)
    assert plan.next_delay(None, RESET, {}) == 1
    assert 2 <= plan.next_delay(529, None, {}) <= 2.5
    assert plan.next_delay(None, RESET, {}) is None


def test_a_single_request_has_one_attempt():
    assert planner().request(single=True).next_delay(None, RESET, {}) is None
    with pytest.raises(MaxRetriesExceeded, match="after 1 attempts"):
        planner().request(single=True).next_delay(529, None, {})


def test_huge_attempt_numbers_do_not_overflow():
    plan = request(max_retries=10**9, base_delay=1e-12, max_wait=1e300)
    plan.attempts = 10**6
    assert plan.next_delay(500, None, {}) < 1


class TestCapOnWaiting:
    def test_a_wait_over_the_cap_is_not_begun(self):
        with pytest.raises(MaxRetriesExceeded, match="3600 s more would pass the 120 s cap"):
            request().next_delay(429, None, {"retry-after": "3600"})

    def test_it_is_on_the_sum_of_one_request(self):
        plan = planner(max_retries=9, max_wait=10.0)
        first, second = plan.request(), plan.request()
        assert first.next_delay(429, None, {"retry-after": "6"}) == 6
        with pytest.raises(MaxRetriesExceeded, match="after 2 attempts"):
            first.next_delay(429, None, {"retry-after": "6"})
        assert first.waited == 6
        assert second.next_delay(429, None, {"retry-after": "6"}) == 6, "another request has a sum of its own"

    def test_transport_errors_stand_at_the_cap(self):
        assert request(base_delay=200.0).next_delay(None, RESET, {}) is None


class TestCapOnTotalTime:
    def test_attempts_count_too(self):
        clock = Clock()
        plan = request(max_retries=9, max_total=100.0, clock=clock)
        clock.at += 60
        assert plan.next_delay(429, None, {"retry-after": "30"}) == 30
        clock.at += 35
        with pytest.raises(MaxRetriesExceeded, match=r"after 2 attempts.*after 95 s would pass the 100 s cap on the"):
            plan.next_delay(429, None, {"retry-after": "5"})

    def test_a_transport_error_stands_then(self):
        clock = Clock()
        plan = request(max_total=100.0, clock=clock)
        clock.at += 99.5
        assert plan.next_delay(None, RESET, {}) is None

    def test_what_is_left_bounds_the_next_attempt(self):
        clock = Clock()
        plan = request(max_total=100.0, clock=clock)
        assert plan.seconds_left == 100
        clock.at += 60
        assert plan.seconds_left == 40
        clock.at += 60
        assert plan.seconds_left == 0.001

    def test_another_model_gets_attempts_but_no_more_time(self):
        clock = Clock()
        plan = request(max_retries=1, max_wait=10.0, max_total=100.0, clock=clock)
        assert plan.next_delay(429, None, {"retry-after": "8"}) == 8
        clock.at += 60
        moved = plan.elsewhere()
        assert (moved.attempts, moved.waited, moved.seconds_left) == (1, 8, 40)
        assert moved.next_delay(None, RESET, {}) == 1
        assert moved.next_delay(None, RESET, {}) is None
        assert plan.elsewhere(single=True).next_delay(None, RESET, {}) is None
