"""What one run of code came to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

SandboxStatus = Literal["ok", "error", "timeout", "cpu_limit", "memory", "output_limit", "killed", "refused"]


@dataclass(frozen=True, kw_only=True)
class Violation:
    """A system call that was stopped, and the path or network address it was about where there is one."""

    syscall: str
    path: str | None = None


@dataclass(frozen=True, kw_only=True)
class SandboxResult:
    """A figure that was not measured is None, never 0: a refused run has none.

    `wall_s` and `cpu_s` in seconds, `max_rss_kb` in 1024 bytes. `reason` says in words why the run is not ok, where
    its output cannot; `missing` what a refused run lacked. `violations` is None where nobody could see them: in a
    refused run, and where the filter has nobody to ask. `changes` maps a file of the workspace to what became of it.
    """

    status: SandboxStatus
    exit_code: int | None = None
    signal: int | None = None
    stdout: str = ""
    stderr: str = ""
    truncated: bool = False
    wall_s: float | None = None
    cpu_s: float | None = None
    max_rss_kb: int | None = None
    backend: str | None = None
    layers: tuple[str, ...] = ()
    violations: tuple[Violation, ...] | None = None
    missing: tuple[str, ...] = ()
    reason: str | None = None
    changes: Mapping[str, str] | None = None

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)
