"""The fork server: an interpreter that is kept warm, and forked for each run."""

from __future__ import annotations

import os
import socket
import subprocess
import threading
import weakref
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pytest_agentsafety.sandbox.child import wire
from pytest_agentsafety.sandbox.launch import start
from pytest_agentsafety.sandbox.limits import Limits
from pytest_agentsafety.sandbox.native import NativeSandbox, connections
from pytest_agentsafety.sandbox.paths import readable
from pytest_agentsafety.sandbox.result import SandboxResult
from pytest_agentsafety.sandbox.run import SETUP_SECONDS, Ends, Needs, Program, SetupError, Supervision


class WarmSandbox(NativeSandbox):
    """As `NativeSandbox`, without the start of an interpreter: every run is a fork of one that has `imports` loaded.

    A run has the same layers, and ids, folders and random numbers of its own; the seed of string hashes and the
    layout of the address space it shares with the others. The process for the next run is made ready, layers and all,
    while the one before runs. Started at the first run, ended by `close`, by the end of this process, or when the
    object is dropped. Runs may go on at the same time.
    """

    def __init__(self, *, namespaces: bool, weak: bool = False, imports: Sequence[str] = ()) -> None:
        super().__init__(namespaces=namespaces, weak=weak)
        self._imports = list(imports)
        self._lock = threading.Lock()
        self._template: _Template | None = None
        self._spare: _Ready | None = None

    def close(self) -> None:
        with self._lock:
            self._drop_spare()
            if self._template is not None:
                self._template.end()
                self._template = None

    def __enter__(self) -> WarmSandbox:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _run(self, program: Program, limits: Limits, workspace: Any) -> SandboxResult:
        """Take the process that was made ready during the run before, if it has these limits, and make the next."""
        key = (limits, workspace is not None)
        with self._lock:
            spare, self._spare = self._spare, None
            if spare is not None and (spare.key != key or self._template is None or not self._template.usable):
                spare.ends.finish()
                spare = None
            ready = spare or self._forked(*key)
            self._spare = self._forked(*key)
        try:
            return self.supervised(Supervision(ready.ends, limits, ready.needs), ready.config, workspace).run(program)
        except SetupError:
            with self._lock:
                self._drop_spare()  # it would fail alike
            raise

    def _drop_spare(self) -> None:
        if self._spare is not None:
            self._spare.ends.finish()
            self._spare = None

    def _forked(self, limits: Limits, wants_box: bool) -> _Ready:
        config, needs = self.configuration(limits, wants_box=wants_box)
        ends, theirs = connections()
        try:
            self._ask(config, theirs)
        except BaseException:
            ends.close()
            raise
        finally:
            for file in theirs:
                os.close(file)
        return _Ready((limits, wants_box), config, needs, ends)

    def _ask(self, config: dict[str, Any], files: tuple[int, ...]) -> None:
        for _ in range(2):  # a template that died in the meantime is replaced once
            if self._template is None or not self._template.usable:
                self._template = _Template(self._imports)
            try:
                wire.send(self._template.door, config, files)
            except OSError:
                self._template.end()
                self._template = None
            else:
                return
        raise SetupError(("the fork server dies as soon as it is started",))


@dataclass(frozen=True)
class _Ready:
    """A process that has given up everything and waits for its code."""

    key: tuple[Limits, bool]
    config: dict[str, Any]
    needs: Needs
    ends: Ends


class _Template:
    """The warm interpreter. Raises SetupError when it cannot be started or an import fails."""

    def __init__(self, imports: list[str]) -> None:
        self.door, theirs = socket.socketpair()
        self._owner = os.getpid()
        try:
            path = list(readable().sys_path)
            arguments = (theirs.fileno(), imports, path, self._owner)
            self._process = start(
                "serve", arguments, self.door, inherited=(theirs.fileno(),),
                out=subprocess.DEVNULL, err=subprocess.DEVNULL,
            )  # fmt: skip
        except OSError as error:
            self.door.close()
            raise SetupError((f"Python cannot be started: {error}",)) from None
        finally:
            theirs.close()
        self._finalizer = weakref.finalize(self, _end, self.door, self._process, self._owner)
        self._greet()

    def _greet(self) -> None:
        self.door.settimeout(SETUP_SECONDS)
        try:
            found = wire.receive(self.door)
        except OSError:
            found = None
        message: Any = ("failed", "no answer") if found is None else found[0]
        if message[0] != "warm":
            self.end()
            raise SetupError((f"the fork server could not start: {message[1]}",))
        self.door.settimeout(None)

    @property
    def usable(self) -> bool:
        """False in a fork of this process: its parent's template watches the parent."""
        return self._owner == os.getpid()

    def end(self) -> None:
        self._finalizer()


def _end(door: socket.socket, process: subprocess.Popen[bytes], owner: int) -> None:
    door.close()
    if owner == os.getpid():
        process.wait()
