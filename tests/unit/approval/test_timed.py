"""Somebody else's work with a time limit."""

from __future__ import annotations

from threading import Event

import pytest

from pytest_agentsafety.approval.timed import NoAnswerError, within


def test_what_comes_back_in_time_comes_back() -> None:
    assert within(10, lambda: 7) == 7
    assert within(10, lambda: None) is None


@pytest.mark.parametrize("error", [ValueError("no"), SystemExit(3), KeyboardInterrupt()])
def test_what_is_raised_is_raised_here(error: BaseException) -> None:
    def fail() -> None:
        raise error

    with pytest.raises(type(error)) as caught:
        within(10, fail)
    assert caught.value is error


def test_what_hangs_is_left_behind() -> None:
    release = Event()
    with pytest.raises(NoAnswerError, match=r"no answer within 0\.01 s"):
        within(0.01, lambda: release.wait(30))
    release.set()
