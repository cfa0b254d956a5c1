"""One run from the supervisor's side: start it, look at its layers, give it the code, watch, collect."""

from __future__ import annotations

import os
import select
import socket
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pytest_agentsafety.model.errors import AgentSafetyError
from pytest_agentsafety.sandbox.child import wire
from pytest_agentsafety.sandbox.child.scratch import FOLDERS
from pytest_agentsafety.sandbox.exits import Exits
from pytest_agentsafety.sandbox.layers import missing
from pytest_agentsafety.sandbox.limits import Limits
from pytest_agentsafety.sandbox.notify import Notifier
from pytest_agentsafety.sandbox.outcome import Ending, Streams, conclude
from pytest_agentsafety.sandbox.proxy import Proxy
from pytest_agentsafety.sandbox.result import SandboxResult, Violation

SETUP_SECONDS = 30.0
_KILL, _GO = b"K", b"G"


class SetupError(Exception):
    """The run cannot have what it needs; `lacks` says what, and how to get it."""

    def __init__(self, lacks: tuple[str, ...], layers: tuple[str, ...] = ()) -> None:
        super().__init__("; ".join(lacks))
        self.lacks, self.layers = lacks, layers


@dataclass(frozen=True)
class Ends:
    """The supervisor's ends of a run: lifeline to its keeper, channel to its process, its output."""

    lifeline: socket.socket
    channel: socket.socket
    out: int
    err: int

    def finish(self) -> None:
        """Let the keeper go, wait until it has, and close."""
        self.channel.close()
        try:
            self.lifeline.shutdown(socket.SHUT_WR)
            self.lifeline.settimeout(SETUP_SECONDS)
            while self.lifeline.recv(4096):
                continue
        except OSError:
            pass  # it has ended before, or hangs: closing is all that is left to do
        self.close()

    def close(self) -> None:
        self.lifeline.close()
        self.channel.close()
        os.close(self.out)
        os.close(self.err)


@dataclass(frozen=True)
class Program:
    """Python source, the name it goes by in tracebacks, and what it finds in sys.argv behind that."""

    code: str
    filename: str = "<sandbox>"
    arguments: tuple[str, ...] = ()


@dataclass
class Needs:
    """What must be there before the code is sent, and what it may read."""

    readable: tuple[str, ...]
    namespaces: bool
    uid: bool
    weak: bool = False
    read_as: int | None = None  # the process's uid, where its memory can be read in that name alone


@dataclass
class Supervision:
    """Watches over one run. `take_in` and `take_out` get the folder descriptor of the box."""

    ends: Ends
    limits: Limits
    needs: Needs
    layers: tuple[str, ...] = ()
    take_in: Callable[[int], None] | None = None
    take_out: Callable[[int], Any] | None = None
    exits: Exits | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    _proxy: Proxy | None = None
    _ours: str | None = None
    _notifier: Notifier | None = None
    _box: int | None = None
    _deadline: float = 0.0
    _open: set[int] = field(default_factory=set)

    def run(self, program: Program) -> SandboxResult:
        """Raises SetupError when the run must be refused."""
        try:
            self._prepare()
            started = time.monotonic()
            self._deadline = started + self.limits.timeout
            given = (program.code, program.filename, list(program.arguments), dict(self.environment))
            wire.send(self.ends.channel, given)
            self.ends.lifeline.send(_GO)
            streams = Streams(self.limits.output_kb << 10)
            ending = self._watch(streams)
            wall = time.monotonic() - started
            changes = self.take_out(self._box) if self.take_out is not None and self._box is not None else None
        except (BrokenPipeError, ConnectionResetError):
            raise SetupError(("the sandbox's own process died before it could run anything",)) from None
        finally:
            self._release()
        return conclude(
            ending, streams, limits=self.limits, ours=self._ours, wall=wall, layers=self.layers,
            violations=self._violations(), changes=changes,
        )  # fmt: skip

    def _violations(self) -> tuple[Violation, ...] | None:
        """What the filter and the proxy refused; None where the filter has told nobody."""
        if self._notifier is None:
            return None
        return (*self._notifier.violations, *(() if self._proxy is None else self._proxy.violations))

    # -- before the code

    def _prepare(self) -> None:
        if self.take_in is not None:
            message, files = self._receive(self.ends.lifeline)
            if message[0] != "box":
                raise SetupError((str(message[1]),))
            self._box = files[0]
            try:
                self.take_in(self._box)
            except (AgentSafetyError, OSError) as error:
                raise SetupError((f"the workspace cannot be copied in: {error}",)) from None
        message, files = self._first_word()
        if message[0] != "ready":
            raise SetupError(
                (str(message[-1]),), tuple(message[1]) if message[0] == "failed" and len(message) > 2 else ()
            )
        self.layers = tuple(message[1])
        if files:
            inside = tuple(f"{message[3]}/{name}" for name in FOLDERS)
            self._notifier = Notifier(files[0], inside=inside, readable=self.needs.readable, uid=self.needs.read_as)
        lacks = missing(
            self.layers, namespaces=self.needs.namespaces, uid=self.needs.uid, weak=self.needs.weak,
            network=self.limits.network,
        )  # fmt: skip
        if lacks:
            raise SetupError(lacks, self.layers)
        if self._notifier is not None and self.limits.network:
            assert self.exits is not None  # looked at before anything was started
            self._proxy = Proxy(self.exits, self.limits.timeout)
            self._notifier.to_proxy(self._proxy)

    def _first_word(self) -> tuple[Any, list[int]]:
        """The process's own report, or the keeper's when it did not come so far."""
        ready, _, _ = select.select([self.ends.channel, self.ends.lifeline], [], [], SETUP_SECONDS)
        if self.ends.channel in ready:
            found = wire.receive(self.ends.channel)
            if found is not None:
                return found
        return self._receive(self.ends.lifeline)

    def _receive(self, channel: socket.socket) -> tuple[Any, list[int]]:
        ready, _, _ = select.select([channel], [], [], SETUP_SECONDS)
        found = wire.receive(channel) if ready else None
        if found is None:
            raise SetupError((f"the sandbox could not be started: {self._last_words()}",))
        return found

    def _last_words(self) -> str:
        ready, _, _ = select.select([self.ends.err], [], [], 0.2)
        text = os.read(self.ends.err, 4000).decode("utf-8", "replace").strip() if ready else ""
        return text.splitlines()[-1] if text else "no answer"

    # -- while it runs

    def _watch(self, streams: Streams) -> Ending:
        ends = self.ends
        poll = select.poll()
        for file in (ends.out, ends.err, ends.lifeline.fileno()):
            poll.register(file, select.POLLIN)
        if self._notifier is not None:
            poll.register(self._notifier.listener, select.POLLIN)
        ending: Ending | None = None
        waiting = {ends.out, ends.err, ends.lifeline.fileno()}
        while waiting:
            for file, event in poll.poll(self._patience()):
                if self._notifier is not None and file == self._notifier.listener:
                    if not event & select.POLLIN or not self._notifier.serve():
                        poll.unregister(file)
                    continue
                if file == ends.lifeline.fileno():
                    found = wire.receive(ends.lifeline)
                    ending = Ending(*found[0][1:]) if found is not None and found[0][0] == "exit" else Ending.unknown()  # type: ignore[index]
                    done = True
                else:
                    done = not streams.take(file == ends.err, os.read(file, 1 << 16))
                    if streams.full:
                        self._kill("output_limit")
                if done:
                    poll.unregister(file)
                    waiting.discard(file)
            if time.monotonic() >= self._deadline:
                self._kill("timeout")
        return ending or Ending.unknown()

    def _patience(self) -> float | None:
        """Milliseconds until the deadline; nothing more to wait for once the keeper has been told."""
        return None if self._ours is not None else max(0.0, self._deadline - time.monotonic()) * 1000 + 1

    def _kill(self, why: str) -> None:
        if self._ours is None:
            self._ours = why
            try:
                self.ends.lifeline.send(_KILL)
            except OSError:
                return  # it has ended by itself

    def _release(self) -> None:
        """The keeper cleans up and ends; when this returns nothing is left of the run."""
        for file in (self._box, None if self._notifier is None else self._notifier.listener):
            if file is not None:
                os.close(file)
        self._box = None
        if self._proxy is not None:
            self._proxy.close()
        self.ends.finish()
