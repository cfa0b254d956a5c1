"""From what was seen of a run to its result."""

from __future__ import annotations

import os
import signal
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from pytest_agentsafety.sandbox.limits import Limits
from pytest_agentsafety.sandbox.result import SandboxResult, SandboxStatus, Violation


@dataclass(frozen=True)
class Ending:
    """What the keeper saw: a wait status, CPU seconds in user and kernel, largest memory in KB, why it ended it."""

    status: int | None
    user_s: float | None
    system_s: float | None
    max_rss_kb: int | None
    why: str | None

    @classmethod
    def unknown(cls) -> Ending:
        """The keeper is gone and has said nothing."""
        return cls(None, None, None, None, "lost")

    @property
    def cpu_s(self) -> float | None:
        return None if self.user_s is None or self.system_s is None else self.user_s + self.system_s


class Streams:
    """Standard output and error, kept up to a limit on both together."""

    def __init__(self, limit: int) -> None:
        self._left = limit
        self._parts = (bytearray(), bytearray())
        self.full = False

    def take(self, error: bool, data: bytes) -> bool:
        """Keep what fits; False at the end of the stream."""
        self._parts[error].extend(data[: self._left])
        if len(data) > self._left:
            self.full = True
        self._left -= min(self._left, len(data))
        return bool(data)

    @property
    def out(self) -> str:
        return self._parts[0].decode("utf-8", "replace")

    @property
    def err(self) -> str:
        return self._parts[1].decode("utf-8", "replace")


def conclude(
    ending: Ending,
    streams: Streams,
    *,
    limits: Limits,
    ours: str | None,
    wall: float,
    layers: tuple[str, ...],
    violations: tuple[Violation, ...] | None,
    changes: Mapping[str, str] | None,
    backend: str = "native",
) -> SandboxResult:
    """`ours` is why the supervisor ended the run, None when it did not."""
    number = code = None
    if ending.status is not None:
        found = os.waitstatus_to_exitcode(ending.status)
        number, code = (-found, None) if found < 0 else (None, found)
    status, reason = _status(ending, streams, limits, ours, number, code)
    return SandboxResult(
        status=status,
        exit_code=code,
        signal=number,
        stdout=streams.out,
        stderr=streams.err,
        truncated=streams.full,
        wall_s=wall,
        cpu_s=ending.cpu_s,
        max_rss_kb=ending.max_rss_kb,
        backend=backend,
        layers=layers,
        violations=violations,
        reason=reason,
        changes=changes,
    )


def _status(
    ending: Ending, streams: Streams, limits: Limits, ours: str | None, number: int | None, code: int | None
) -> tuple[SandboxStatus, str | None]:
    if ours is not None:
        reasons = {
            "timeout": f"it ran longer than {limits.timeout:g} s",
            "output_limit": f"it wrote more than {limits.output_kb} KB to standard output and error",
        }
        return cast("SandboxStatus", ours), reasons[ours]
    if ending.why == "lost":
        return "killed", "its keeper was killed from outside"
    if ending.why == "disk":
        return "killed", f"it wrote more than {limits.disk_mb} MB or {limits.files} files"
    if ending.why == "memory":
        return "memory", f"its processes took more than {limits.memory_mb} MB together"
    if number is not None:
        over = number == signal.SIGKILL and ending.cpu_s is not None and ending.cpu_s >= limits.cpu
        if number == signal.SIGXCPU or over:
            return "cpu_limit", f"it used {limits.cpu} s of CPU"
        return "killed", f"ended by {_signal_name(number)}"
    if code == 0:
        return "ok", None
    if code == 1 and _out_of_memory(streams.err):
        return "memory", f"it asked for more than {limits.memory_mb} MB"
    return "error", None


def _out_of_memory(text: str) -> bool:
    """Does the traceback end in a MemoryError, or in a package's own kind of it?"""
    lines = text.rstrip().splitlines()
    return bool(lines) and lines[-1].partition(":")[0].rpartition(".")[2].endswith("MemoryError")


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
