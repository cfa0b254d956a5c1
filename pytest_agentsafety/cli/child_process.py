"""Run a command as if it had been started without us: its terminal, its signals, its exit status."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from types import FrameType

from pytest_agentsafety.model.errors import ConfigError

_FORWARDED = ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2")
_SIGNALLED = 128


def run_command(command: Sequence[str], env: Mapping[str, str]) -> int:
    """The exit status of `command`, which runs with `env` over this process's variables; 128 + n after signal n.

    Signals that reach this process go on to it. Raises ConfigError for a command that cannot be started.
    """
    forwarding = _Forwarding()
    with forwarding.installed():
        try:
            process = subprocess.Popen(command, env={**os.environ, **env})  # noqa: S603 - the user's own command
        except OSError as error:
            raise ConfigError(f"{command[0]}: cannot be started: {error.strerror}") from None
        forwarding.to(process)
        status = process.wait()
    return status if status >= 0 else _SIGNALLED - status


class _Forwarding:
    """Passes signals on. What comes before there is a process is passed on when there is one."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._early: list[int] = []
        self._interrupted = False

    @contextmanager
    def installed(self) -> Iterator[None]:
        numbers = [getattr(signal, name) for name in _FORWARDED if hasattr(signal, name)]
        before = {number: signal.signal(number, self._pass) for number in numbers}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def to(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        for number in self._early:
            process.send_signal(number)

    def _pass(self, number: int, _: FrameType | None) -> None:
        keys = number in (signal.SIGINT, getattr(signal, "SIGQUIT", None))
        if keys and not self._interrupted and _is_in_front():
            self._interrupted = True  # the terminal told the whole group; who asks again means the command
            return
        if self._process is None:
            self._early.append(number)
            return
        with suppress(ProcessLookupError):
            self._process.send_signal(number)


def _is_in_front() -> bool:
    """Does a key pressed at the terminal reach our whole process group?"""
    try:
        terminal = os.open("/dev/tty", os.O_RDONLY | os.O_NOCTTY)
    except (OSError, AttributeError):
        return False
    try:
        return os.tcgetpgrp(terminal) == os.getpgrp()
    except OSError:
        return False
    finally:
        os.close(terminal)
