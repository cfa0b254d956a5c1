from __future__ import annotations

from email.utils import formatdate

import pytest

from pytest_agentsafety.llm.retry import RetryPlanner, is_retryable
from pytest_agentsafety.model.errors import MaxRetriesExceeded
from pytest_agentsafety.model.policy import RetrySettings

NOW = 1_800_000_000.0


def planner(max_retries: int = 3, base_delay: float = 1.0, **options) -> RetryPlanner:
    settings = RetrySettings(max_retries=max_retries, base_delay=base_delay)
    return RetryPlanner(settings, seed=7, now=lambda: NOW, **options)


@pytest.mark.parametrize("status", [408, 409, 429, 500, 501, 502, 503, 504, 524, 529])
def test_these_may_go_away(status):
    assert is_retryable(status)


@pytest.mark.parametrize("status", [200, 301, 400, 401, 403, 404, 413, 422])
def test_these_will_not(status):
    assert not is_retryable(status)
    assert planner().next_delay(1, status, None, {}) is None


def test_statuses_back_off_exponentially_with_jitter_upwards():
    plan = planner(max_retries=5, base_delay=0.5)
    delays = [plan.next_delay(attempt, 529, None, {}) for attempt in range(1, 6)]
    for delay, least in zip(delays, (0.5, 1, 2, 4, 8), strict=True):
        assert least <= delay <= least * 1.25
    assert len({delay / least for delay, least in zip(delays, (0.5, 1, 2, 4, 8), strict=True)}) == 5


def test_the_same_seed_gives_the_same_jitter():
    runs = [[planner().next_delay(n, 500, None, {}) for n in (1, 2)] for _ in range(2)]
    assert runs[0] == runs[1]


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
    assert planner().next_delay(1, 429, None, headers) == delay


@pytest.mark.parametrize(
    "value", ["soon", "", "-5", "0", "nan", "inf", "1e999", formatdate(NOW - 30, usegmt=True), "Mon, 99 Xxx"]
)
def test_a_senseless_retry_after_is_ignored(value):
    assert 1 <= planner().next_delay(1, 429, None, {"retry-after": value}) <= 1.25


def test_the_servers_word_not_to_retry_is_obeyed():
    assert planner().next_delay(1, 529, None, {"x-should-retry": "false"}) is None


def test_transport_errors_wait_the_fixed_delay_then_stand():
    plan = planner(max_retries=2, base_delay=0.5)
    delays = [plan.next_delay(attempt, None, TimeoutError("x"), {}) for attempt in (1, 2, 3)]
    assert delays == [0.5, 0.5, None]


@pytest.mark.parametrize("retries", [0, 1, 3])
def test_the_last_status_is_an_error_that_says_how_often(retries):
    plan = planner(max_retries=retries)
    for attempt in range(1, retries + 1):
        assert plan.next_delay(attempt, 503, None, {}) is not None
    with pytest.raises(MaxRetriesExceeded) as caught:
        plan.next_delay(retries + 1, 503, None, {})
    assert (caught.value.attempts, caught.value.last) == (retries + 1, "HTTP status 503")


def test_a_wait_over_the_cap_is_not_begun():
    with pytest.raises(MaxRetriesExceeded, match="3600 s more would pass the 120 s cap"):
        planner().next_delay(1, 429, None, {"retry-after": "3600"})


def test_the_cap_is_on_the_sum_of_one_request():
    plan = planner(max_retries=9, max_wait=10.0)
    assert plan.next_delay(1, 429, None, {"retry-after": "6"}) == 6
    with pytest.raises(MaxRetriesExceeded, match="after 2 attempts"):
        plan.next_delay(2, 429, None, {"retry-after": "6"})
    assert plan.waited == 6
    assert plan.next_delay(1, 429, None, {"retry-after": "6"}) == 6, "the next request starts anew"


def test_transport_errors_stand_at_the_cap():
    assert planner(base_delay=200.0).next_delay(1, None, OSError(), {}) is None


def test_huge_attempt_numbers_do_not_overflow():
    with pytest.raises(MaxRetriesExceeded):
        planner(max_retries=10**9).next_delay(10**6, 500, None, {})
