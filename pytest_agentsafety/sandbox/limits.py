"""What a run may use."""

from __future__ import annotations

import math
from dataclasses import dataclass

from pytest_agentsafety.model.policy import ToolRule


@dataclass(frozen=True, kw_only=True)
class Limits:
    """`timeout` in wall seconds, `cpu_seconds` of CPU over all threads (None: a second more than the timeout).

    `memory_mb` bounds the address space, `disk_mb` and `files` what the run may have written at any time, `output_kb`
    standard output and error together, `threads` how many there may be at once. With `subprocesses` code may start
    processes: `threads` and `memory_mb` then bound all of them together, `cpu_seconds` each. With `network` it may
    reach a proxy, and nothing else. mb and kb are powers of 1024.
    """

    timeout: float = 30.0
    cpu_seconds: int | None = None
    memory_mb: int = 512
    disk_mb: int = 64
    output_kb: int = 1024
    files: int = 8192
    threads: int = 64
    subprocesses: bool = False
    network: bool = False

    @classmethod
    def of(cls, rule: ToolRule) -> Limits:
        """The limits that a rule sets."""
        return cls(
            timeout=rule.timeout,
            cpu_seconds=rule.cpu_seconds,
            memory_mb=rule.memory_mb,
            disk_mb=rule.disk_mb,
            output_kb=rule.output_kb,
            subprocesses=rule.allow_subprocess,
            network=not rule.no_network,
        )

    @property
    def cpu(self) -> int:
        """Whole seconds of CPU, as the kernel counts them."""
        return math.ceil(self.timeout) + 1 if self.cpu_seconds is None else self.cpu_seconds

    def for_kernel(self, *, processes: int) -> dict[str, int]:
        """By the names of the `resource` module. `processes` is the limit on the user's processes and threads."""
        return {
            "RLIMIT_AS": self.memory_mb << 20,
            "RLIMIT_CPU": self.cpu,
            "RLIMIT_FSIZE": self.disk_mb << 20,
            "RLIMIT_CORE": 0,
            "RLIMIT_NOFILE": 256,
            "RLIMIT_NPROC": processes,
            "RLIMIT_MEMLOCK": 0,
            "RLIMIT_MSGQUEUE": 0,
            "RLIMIT_SIGPENDING": 256,
            "RLIMIT_STACK": 8 << 20,
        }
