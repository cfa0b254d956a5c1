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
from pytest_agentsafety.sandbox.exits import Exits
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
        self._kept = _Kept(tuple(imports))
        weakref.finalize(self, self._kept.end)

    def close(self) -> None:
        self._kept.end()

    def __enter__(self) -> WarmSandbox:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _run(self, program: Program, limits: Limits, workspace: Any, exits: Exits | None) -> SandboxResult:
        """Take the process that was made ready during the run before, if it has these limits, and make the next."""
        key = (limits, workspace is not None)
        with self._kept.lock:
            ready = self._kept.take(key) or self._forked(*key)
            self._kept.spare = self._forked(*key)
        try:
            supervision = Supervision(ready.ends, limits, ready.needs, exits=exits)
            return self.supervised(supervision, ready.config, workspace).run(program)
        except SetupError:
            with self._kept.lock:
                self._kept.drop_spare()  # it would fail alike
            raise

    def _forked(self, limits: Limits, wants_box: bool) -> _Ready:
        config, needs = self.configuration(limits, wants_box=wants_box)
        ends, theirs = connections()
        try:
            self._kept.ask(config, theirs)
        except BaseException:
            ends.close()
            raise
        finally:
            for file in theirs:
                os.close(file)
        return _Ready((limits, wants_box), config, needs, ends)


@dataclass(frozen=True)
class _Ready:
    """A process that has given up everything and waits for its code."""

    key: tuple[Limits, bool]
    config: dict[str, Any]
    needs: Needs
    ends: Ends


class _Kept:
    """What outlives a run: the template, and the process that is ready for the next one.

    In a fork of the process that made them they are only let go: they belong to the parent.
    """

    def __init__(self, imports: tuple[str, ...]) -> None:
        self.lock = threading.RLock()
        self.spare: _Ready | None = None
        self._imports = imports
        self._template: _Template | None = None

    def take(self, key: tuple[Limits, bool]) -> _Ready | None:
        """The spare process if it fits; one that does not is ended."""
        found, usable = self.spare, self._template is not None and self._template.ours
        if found is not None and found.key == key and usable:
            self.spare = None
            return found
        self.drop_spare()
        return None

    def drop_spare(self) -> None:
        if self.spare is not None:
            if self._template is not None and self._template.ours:
                self.spare.ends.finish()
            else:
                self.spare.ends.close()
            self.spare = None

    def ask(self, config: dict[str, Any], files: tuple[int, ...]) -> None:
        """Have a keeper forked. Raises SetupError; a template that died in the meantime is replaced once."""
        for _ in range(2):
            if self._template is None or not self._template.ours:
                self._end_template()
                self._template = _Template(self._imports)
            try:
                wire.send(self._template.door, config, files)
            except OSError:
                self._end_template()
            else:
                return
        raise SetupError(("the fork server dies as soon as it is started",))

    def end(self) -> None:
        with self.lock:
            self.drop_spare()
            self._end_template()

    def _end_template(self) -> None:
        if self._template is not None:
            self._template.end()
            self._template = None


class _Template:
    """The warm interpreter. Raises SetupError when it cannot be started or an import fails."""

    def __init__(self, imports: tuple[str, ...]) -> None:
        self.door, theirs = socket.socketpair()
        self._owner = os.getpid()
        try:
            arguments = (theirs.fileno(), list(imports), list(readable().sys_path), self._owner)
            self._process = start(
                "serve", arguments, self.door, inherited=(theirs.fileno(),),
                out=subprocess.DEVNULL, err=subprocess.DEVNULL,
            )  # fmt: skip
        except OSError as error:
            self.door.close()
            raise SetupError((f"Python cannot be started: {error}",)) from None
        finally:
            theirs.close()
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
    def ours(self) -> bool:
        """False in a fork of the process that started it."""
        return self._owner == os.getpid()

    def end(self) -> None:
        self.door.close()
        if self.ours:
            self._process.wait()
        else:
            self._process.returncode = 0  # not our child: nothing to wait for, and nothing to warn of
