"""An agent in a process of its own, in any language: a command that is given the task and prints its answer."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread
from typing import IO

from pytest_agentsafety.model.errors import AgentSafetyError
from pytest_agentsafety.model.safe_text import one_line

TASK = "{task}"
_LOOK_SECONDS = 0.1
_MOST_OUTPUT = 4 * 1024 * 1024
_SHOWN = 400
_PIECE = 65_536


@dataclass(frozen=True)
class Child:
    """What a process started for the case gets: variables over ours, and when it has to end."""

    env: Mapping[str, str]
    over: Event = field(default_factory=Event)


# Set by the harness around the agent's thread.
child: ContextVar[Child | None] = ContextVar("agentsafety_child", default=None)


class CommandFailed(AgentSafetyError):
    """The command could not be started, or did not exit with 0."""


class CommandAgent:
    """`command` is run afresh for each task in `folder`; `{task}` in an argument is the task, else it is its input."""

    def __init__(self, command: Sequence[str], folder: Path) -> None:
        self.command, self.folder = tuple(command), folder

    def __call__(self, task: str) -> str:
        """What the command printed. Raises CommandFailed. The whole process group ends with the case."""
        given = child.get()
        by_argument = any(TASK in part for part in self.command)
        command = [part.replace(TASK, task) for part in self.command]
        try:
            process = subprocess.Popen(  # noqa: S603 - the configured command, without a shell
                command,
                cwd=self.folder,
                env={**os.environ, **(given.env if given else {})},
                stdin=subprocess.DEVNULL if by_argument else subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,
            )
        except OSError as error:
            raise CommandFailed(f"command {command[0]!r} cannot be started: {error.strerror}") from error
        out, err = _output(process, None if by_argument else task, given.over if given else Event())
        if process.returncode != 0:
            told = one_line(err.decode("utf-8", "replace")[-_SHOWN:], _SHOWN) or "nothing on its standard error"
            raise CommandFailed(f"command {command[0]!r} ended with status {process.returncode}: {told}")
        return out.decode("utf-8", "replace").strip()


def _output(process: subprocess.Popen[bytes], task: str | None, over: Event) -> tuple[bytes, bytes]:
    """Both outputs to their end; nobody waits longer than the case, and what the command started ends with it."""
    readers = [_Reader(process.stdout), _Reader(process.stderr)]
    if task is not None and process.stdin is not None:
        with suppress(OSError):
            process.stdin.write(task.encode())
        with suppress(OSError):
            process.stdin.close()
    while process.poll() is None and not over.wait(_LOOK_SECONDS):
        pass
    for reader in readers:  # what it started may still hold the other end
        reader.join(_LOOK_SECONDS)
    _end(process)
    for reader in readers:
        reader.join()
    return readers[0].text, readers[1].text


class _Reader(Thread):
    """Reads a stream to its end, and keeps what stands first in it."""

    def __init__(self, stream: IO[bytes] | None) -> None:
        super().__init__(daemon=True)
        self._stream, self.text = stream, b""
        self.start()

    def run(self) -> None:
        if self._stream is None:
            return
        with suppress(OSError, ValueError), self._stream as stream:
            while part := stream.read1(_PIECE):  # type: ignore[attr-defined]
                self.text += part[: _MOST_OUTPUT - len(self.text)]


def _end(process: subprocess.Popen[bytes]) -> None:
    """The command and what it started."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
