"""The native backend: Linux, a bare Python, nothing else."""

from __future__ import annotations

import os
import socket
import subprocess
from typing import Any

from pytest_agentsafety.sandbox.exits import Exits, proxy_environment
from pytest_agentsafety.sandbox.filter import build_filter
from pytest_agentsafety.sandbox.launch import start
from pytest_agentsafety.sandbox.limits import Limits
from pytest_agentsafety.sandbox.paths import (
    Readable,
    authorities,
    program_folders,
    program_links,
    readable,
    scratch_parent,
)
from pytest_agentsafety.sandbox.result import SandboxResult
from pytest_agentsafety.sandbox.run import Ends, Needs, Program, SetupError, Supervision
from pytest_agentsafety.sandbox.uids import fresh_uid, may_trace, tasks_of

_DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom")


class NativeSandbox:
    """Runs code in a process that has given up everything it can.

    `namespaces` are required or left out, as told. `weak` accepts a process without filter or Landlock.
    """

    def __init__(self, *, namespaces: bool, weak: bool = False) -> None:
        self.namespaces, self.weak = namespaces, weak

    def run(self, program: Program, limits: Limits, workspace: Any = None, exits: Exits | None = None) -> SandboxResult:
        """Never raises for what the code does; a refused result says what is missing. A network needs `exits`."""
        try:
            if limits.network and exits is None:
                raise SetupError(("somebody who says where code with a network may go",))
            return self._run(program, limits, workspace, exits)
        except SetupError as error:
            return refused(error.lacks, error.layers)

    def _run(self, program: Program, limits: Limits, workspace: Any, exits: Exits | None) -> SandboxResult:
        config, needs = self.configuration(limits, wants_box=workspace is not None)
        ends, theirs = connections()
        process: subprocess.Popen[bytes] | None = None
        lifeline, channel, out, err = theirs
        try:
            arguments = (config, lifeline, channel, os.getpid())
            process = start("once", arguments, ends.lifeline, inherited=(lifeline, channel), out=out, err=err)
        except OSError as error:
            ends.close()
            raise SetupError((f"Python cannot be started: {error}",)) from None
        finally:
            for file in theirs:
                os.close(file)
        try:
            return self.supervised(Supervision(ends, limits, needs, exits=exits), config, workspace).run(program)
        finally:
            process.wait()

    def supervised(self, supervision: Supervision, config: dict[str, Any], workspace: Any) -> Supervision:
        if workspace is not None:
            supervision.take_in = lambda folder: workspace.take_in(folder, config["uid"])
            supervision.take_out = workspace.take_out
        if supervision.limits.network:
            supervision.environment = {**proxy_environment(), **authorities()[1]}
        return supervision

    def configuration(self, limits: Limits, *, wants_box: bool) -> tuple[dict[str, Any], Needs]:
        """What the child is told, and what the supervisor insists on. Raises SetupError for a foreign machine."""
        if limits.subprocesses and not self.namespaces:
            raise SetupError(("namespaces, without which the processes that code starts cannot all be ended",))
        code = build_filter(
            os.uname().machine, private_root=self.namespaces, processes=limits.subprocesses, network=limits.network
        )
        if code is None:
            raise SetupError((f"a filter for {os.uname().machine}: x86_64 and aarch64 are known",))
        places = readable()
        root = os.geteuid() == 0
        uid = fresh_uid() if root else None
        processes = limits.threads if root or self.namespaces else tasks_of(os.getuid()) + 3 * limits.threads
        config = {
            "namespaces": self.namespaces,
            "weak": self.weak,
            "uid": uid,
            # A process that may not be dumped shows nothing to a supervisor without CAP_SYS_PTRACE.
            "dumpable": not (root and may_trace()),
            "reads": [
                *places.reads,
                *(program_folders() if limits.subprocesses else ()),
                *(authorities()[0] if limits.network else ()),
            ],
            "links": places.links | (program_links() if limits.subprocesses else {}),
            "processes": limits.subprocesses,
            "memory": limits.memory_mb << 20,
            "sys_path": list(places.sys_path),
            "behind_doors": places.behind_doors() if uid is not None and not self.namespaces else [],
            "loud": code.loud,
            "quiet": code.quiet,
            "limits": limits.for_kernel(processes=processes),
            "disk": limits.disk_mb << 20,
            "files": limits.files,
            "scratch": scratch_parent(fresh=uid is not None),
            "wants_box": wants_box,
        }
        return config, Needs(
            _shown(places, authorities()[0] if limits.network else ()),
            namespaces=self.namespaces,
            uid=root,
            weak=self.weak,
            read_as=None if may_trace() else uid,
        )


def _shown(places: Readable, more: tuple[str, ...]) -> tuple[str, ...]:
    return (*places.reads, *places.links, *_DEVICES, *more)


def connections() -> tuple[Ends, tuple[int, int, int, int]]:
    """Our ends of a run's connections, and theirs: lifeline, channel, standard output, standard error."""
    lifeline, their_lifeline = socket.socketpair()
    channel, their_channel = socket.socketpair()
    out, their_out = os.pipe()
    err, their_err = os.pipe()
    return Ends(lifeline, channel, out, err), (their_lifeline.detach(), their_channel.detach(), their_out, their_err)


def refused(lacks: tuple[str, ...], layers: tuple[str, ...] = ()) -> SandboxResult:
    """Nothing ran."""
    text = f"running code is refused: {'; '.join(lacks)}"
    return SandboxResult(status="refused", stderr=text, reason=text, missing=lacks, backend="native", layers=layers)
