"""The real server as a process group that does not outlive us, however we end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from threading import Lock

from pytest_agentsafety.model.errors import ConfigError

# Waits until its standard input ends, which it does when we do, even by kill -9; then ends the group.
_WATCHER = """
import os, signal, sys
try:
    while os.read(0, 1): pass
finally:
    try: os.killpg(int(sys.argv[1]), signal.SIGKILL)
    except OSError: pass
"""
GRACE_SECONDS = 5.0


class ServerProcess:
    """Starts `command`; raises ConfigError where that cannot be. Its standard error is ours."""

    def __init__(self, command: Sequence[str]) -> None:
        try:
            self._process = subprocess.Popen(  # noqa: S603 - the user's own command
                list(command), stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
            )
        except OSError as error:
            raise ConfigError(f"cannot start the MCP server {command[0]!r}: {error.strerror}") from None
        watcher = [sys.executable, "-I", "-S", "-c", _WATCHER, str(self._process.pid)]
        self._watcher = subprocess.Popen(  # noqa: S603 - our own interpreter
            watcher, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, start_new_session=True
        )
        self._lock = Lock()

    def lines(self) -> Iterator[bytes]:
        """What the server writes, until it writes no more."""
        assert self._process.stdout is not None
        yield from self._process.stdout

    def write(self, line: bytes) -> None:
        """To a server that is gone, nothing is written."""
        stdin = self._process.stdin
        assert stdin is not None
        with self._lock, suppress(OSError, ValueError):
            stdin.write(line)
            stdin.flush()

    def close_input(self) -> None:
        """Tell the server that there will be no more."""
        assert self._process.stdin is not None
        with self._lock, suppress(OSError):
            self._process.stdin.close()

    def signal(self, number: int) -> None:
        with suppress(OSError):
            os.killpg(self._process.pid, number)

    def wait(self, seconds: float | None = None) -> bool:
        """Did the server end within `seconds`?"""
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def end(self) -> int:
        """End whatever is left of the group; the server's exit status as a shell says it (128 + signal)."""
        if not self.wait(GRACE_SECONDS):
            self.signal(signal.SIGTERM)
            self.wait(GRACE_SECONDS)
        assert self._watcher.stdin is not None
        self._watcher.stdin.close()  # the watcher ends the rest of the group
        self._watcher.wait()
        code = self._process.wait()
        return 128 - code if code < 0 else code
