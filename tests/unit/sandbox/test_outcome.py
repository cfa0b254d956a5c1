"""From what was seen to a status."""

from __future__ import annotations

import signal
from typing import Any

import pytest

from pytest_agentsafety.sandbox.limits import Limits
from pytest_agentsafety.sandbox.outcome import Ending, Streams, conclude

LIMITS = Limits(timeout=5, cpu_seconds=3, memory_mb=64, disk_mb=8, output_kb=1)


def concluded(
    status: int | None, *, cpu: float = 0.1, why: str | None = None, ours: str | None = None, err: str = ""
) -> Any:
    streams = Streams(1024)
    streams.take(True, err.encode())
    ending = Ending.unknown() if status is None else Ending(status, cpu / 2, cpu / 2, 9000, why)
    return conclude(
        ending, streams, limits=LIMITS, ours=ours, wall=1.5, layers=("a",), violations=(), changes=None
    )  # fmt: skip


def exited(code: int) -> int:
    return code << 8


@pytest.mark.parametrize(
    ("found", "status", "code", "number"),
    [
        (concluded(exited(0)), "ok", 0, None),
        (concluded(exited(1)), "error", 1, None),
        (concluded(exited(255)), "error", 255, None),
        (concluded(exited(1), err="Traceback\nMemoryError\n"), "memory", 1, None),
        (concluded(exited(1), err="a.b._ArrayMemoryError: Unable to allocate"), "memory", 1, None),
        (concluded(exited(2), err="MemoryError"), "error", 2, None),
        (concluded(exited(0), err="MemoryError"), "ok", 0, None),
        (concluded(exited(1), err="MemoryError\nValueError: x"), "error", 1, None),
        (concluded(exited(1), err="NotAMemoryErrorReally: x"), "error", 1, None),
        (concluded(signal.SIGKILL), "killed", None, 9),
        (concluded(signal.SIGSEGV), "killed", None, 11),
        (concluded(signal.SIGXCPU, cpu=3.0), "cpu_limit", None, 24),
        (concluded(signal.SIGKILL, cpu=3.9), "cpu_limit", None, 9),
        (concluded(signal.SIGTERM, cpu=3.9), "killed", None, 15),
        (concluded(signal.SIGKILL, ours="timeout"), "timeout", None, 9),
        (concluded(exited(0), ours="timeout"), "timeout", 0, None),
        (concluded(signal.SIGKILL, ours="output_limit"), "output_limit", None, 9),
        (concluded(signal.SIGKILL, why="disk"), "killed", None, 9),
        (concluded(None), "killed", None, None),
    ],
)
def test_statuses(found: Any, status: str, code: int | None, number: int | None) -> None:
    assert (found.status, found.exit_code, found.signal) == (status, code, number)
    assert (found.reason is None) == (status in ("ok", "error"))


def test_figures_are_passed_on_and_unknown_ones_stay_unknown() -> None:
    found = concluded(exited(0), cpu=0.4)
    assert (found.cpu_s, found.max_rss_kb, found.wall_s, found.layers) == (0.4, 9000, 1.5, ("a",))
    lost = concluded(None)
    assert (lost.cpu_s, lost.max_rss_kb, lost.wall_s) == (None, None, 1.5)
    assert "killed from outside" in (lost.reason or "")


def test_a_signal_without_a_name() -> None:
    assert concluded(50).reason == "ended by signal 50"


def test_streams_share_one_limit() -> None:
    streams = Streams(10)
    assert streams.take(False, b"1234567")
    assert not streams.full
    assert streams.take(True, b"abc")
    assert not streams.full
    assert streams.take(False, b"8")
    assert streams.full
    assert (streams.out, streams.err) == ("1234567", "abc")
    assert not streams.take(True, b"")


def test_text_that_is_cut_inside_a_character() -> None:
    streams = Streams(4)
    streams.take(False, "aä€".encode())
    assert streams.out == "aä\ufffd"
