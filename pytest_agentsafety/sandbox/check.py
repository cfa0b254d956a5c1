"""The self-test: every probe without the sandbox, and in it. What does not escape without it proves nothing."""

from __future__ import annotations

import os
import platform
import secrets
import socket
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal

from pytest_agentsafety.sandbox.docker import DockerSandbox
from pytest_agentsafety.sandbox.limits import Limits
from pytest_agentsafety.sandbox.native import NativeSandbox
from pytest_agentsafety.sandbox.paths import executable
from pytest_agentsafety.sandbox.probes import PRELUDE, PROBES, Probe
from pytest_agentsafety.sandbox.result import SandboxResult
from pytest_agentsafety.sandbox.run import Program
from pytest_agentsafety.sandbox.support import namespaces_work, why_no_namespaces
from pytest_agentsafety.sandbox.warm import WarmSandbox

SCHEMA = 1
_LIMITS = Limits(timeout=20.0, memory_mb=256, disk_mb=16, output_kb=256, files=400)
# Time is short for the probes of time alone: a busy machine must not end the others.
_SHORT = {"wall_clock": replace(_LIMITS, timeout=1.0), "cpu": replace(_LIMITS, cpu_seconds=1)}
_MARK = "ESCAPED"
_CONTAINERS = 4  # at once: much of their time is waiting

Outcome = Literal["stopped", "escaped", "known", "refused"]


@dataclass(frozen=True, kw_only=True)
class ProbeRow:
    """One probe: did it escape without the sandbox, and what became of it in each backend."""

    id: str
    kind: str
    control: bool
    outcomes: Mapping[str, Outcome]

    @property
    def void(self) -> bool:
        return not self.control

    @property
    def escapes(self) -> tuple[str, ...]:
        return tuple(name for name, outcome in self.outcomes.items() if outcome != "stopped" and outcome != "known")


@dataclass(frozen=True, kw_only=True)
class CheckReport:
    """`backends` maps each backend that was tried to its layers; `chosen` is the one that runs get here."""

    rows: tuple[ProbeRow, ...]
    backends: Mapping[str, Sequence[str]]
    chosen: str
    platform: str
    root: bool
    no_namespaces: str

    @property
    def escaped(self) -> tuple[ProbeRow, ...]:
        """Rows that are no proof of containment: an escape, or a run that was refused."""
        return tuple(row for row in self.rows if row.escapes)

    @property
    def void(self) -> tuple[ProbeRow, ...]:
        return tuple(row for row in self.rows if row.void)

    @property
    def holds(self) -> bool:
        return not self.escaped and len(self.void) < len(self.rows)

    def to_dict(self) -> dict[str, Any]:
        rows = [{**asdict(row), "void": row.void} for row in self.rows]
        counts = {"probes": len(rows), "escaped": len(self.escaped), "void": len(self.void)}
        more = {"holds": self.holds, "counts": counts, "rows": rows}
        return {"schema": SCHEMA, **{k: v for k, v in asdict(self).items() if k != "rows"}, **more}


def check(
    probes: Sequence[Probe] = PROBES, *, image: str | None = None, said: Callable[[ProbeRow], None] | None = None
) -> CheckReport:
    """Run the probes on this machine, in seconds; with an `image` in docker too. `said` gets each row in its time."""
    names = ["native", "native+namespaces"] if namespaces_work() else ["native"]
    rows: list[ProbeRow] = []
    layers: dict[str, Sequence[str]] = {}
    with ExitStack() as stack:
        facts = stack.enter_context(_prey())
        boxes = {name: stack.enter_context(WarmSandbox(namespaces=name != "native")) for name in names}
        aside = {} if image is None else _in_docker(probes, facts, image, stack)
        for probe in probes:
            control, results = _tried(probe, facts, boxes)
            if probe.id in aside:
                results["docker"] = aside[probe.id].result()
            outcomes = {name: _outcome(probe, result) for name, result in results.items()}
            for name, result in results.items():
                layers.setdefault(name, result.layers)
            rows.append(ProbeRow(id=probe.id, kind=probe.kind, control=control, outcomes=outcomes))
            if said is not None:
                said(rows[-1])
    return CheckReport(
        rows=tuple(rows), backends=layers, chosen=names[-1], platform=platform.platform(), root=os.geteuid() == 0,
        no_namespaces=why_no_namespaces(),
    )  # fmt: skip


def _in_docker(
    probes: Sequence[Probe], facts: Mapping[str, Any], image: str, stack: ExitStack
) -> dict[str, Future[SandboxResult]]:
    """All of them beside the others, some at once: a container sees nothing of what was made for an escape to hit."""
    pool = stack.enter_context(ThreadPoolExecutor(_CONTAINERS))
    box = DockerSandbox(image)
    return {one.id: pool.submit(box.run, _program(one, facts), _SHORT.get(one.id, _LIMITS)) for one in probes}


def _tried(
    probe: Probe, facts: Mapping[str, Any], boxes: Mapping[str, NativeSandbox]
) -> tuple[bool, dict[str, SandboxResult]]:
    """One probe without the sandbox and in each backend; those that only wait or count do so side by side."""
    program, limits = _program(probe, facts), _SHORT.get(probe.id, _LIMITS)

    def boxed(box: NativeSandbox) -> SandboxResult:
        _set_up(facts)
        return box.run(program, limits)

    _set_up(facts)
    if probe.id not in _SHORT:
        return _control(program), {name: boxed(box) for name, box in boxes.items()}
    with ThreadPoolExecutor() as pool:
        control = pool.submit(_control, program)
        waiting = {name: pool.submit(boxed, box) for name, box in boxes.items()}
        return control.result(), {name: one.result() for name, one in waiting.items()}


def _outcome(probe: Probe, result: SandboxResult) -> Outcome:
    if result.status == "refused":
        return "refused"
    if _MARK not in result.stdout:
        return "stopped"
    hidden = any(layer == "private_root" for layer in result.layers)
    return "known" if probe.metadata and not hidden else "escaped"


def _program(probe: Probe, facts: Mapping[str, Any]) -> Program:
    body = "\n".join(f"    {line}" for line in probe.code.splitlines())
    return Program(
        f"{PRELUDE}\nF = {dict(facts)!r}\ntry:\n{body}\nexcept (OSError, MemoryError, RuntimeError, ValueError): pass\n"
    )


def _control(program: Program) -> bool:
    """Does it escape where nothing holds it?"""
    with tempfile.TemporaryDirectory(prefix="agentsafety-control-") as folder:
        try:
            command = [executable(), "-I", "-S", "-c", program.code]
            done = subprocess.run(  # noqa: S603 - our own probes
                command, cwd=folder, capture_output=True, timeout=20, check=False, close_fds=False
            )
        except subprocess.TimeoutExpired as late:
            return _MARK.encode() in (late.stdout or b"")
    return _MARK.encode() in done.stdout


def _set_up(facts: Mapping[str, Any]) -> None:
    """What an escape may have taken or left. Open to everybody, so that no mode of a file does the sandbox's work."""
    outside = Path(facts["outside"])
    for name in ("new", "planted", "planted_link", "s"):
        (outside / name).unlink(missing_ok=True)
    if (outside / "made").is_dir():
        (outside / "made").rmdir()
    for name in ("canary", "log", "spare"):
        (outside / name).write_text(facts["token"], encoding="ascii")
        (outside / name).chmod(0o666)


@contextmanager
def _prey() -> Iterator[dict[str, Any]]:
    """Files, sockets, an environment variable, a descriptor and a process to be got at; all of it ends afterwards."""
    token, name = secrets.token_hex(12), f"agentsafety-{secrets.token_hex(6)}"
    with ExitStack() as stack:
        outside = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="agentsafety-outside-")))
        outside.chmod(0o777)
        facts: dict[str, Any] = {
            "token": token, "name": name, "outside": str(outside), "timeout": _SHORT["wall_clock"].timeout,
            "cpu": _SHORT["cpu"].cpu, "memory_mb": _LIMITS.memory_mb, "disk_mb": _LIMITS.disk_mb,
            "files": _LIMITS.files, "output_kb": _LIMITS.output_kb,
        }  # fmt: skip
        _set_up(facts)
        facts["tcp"] = stack.enter_context(_answering(socket.AF_INET, ("127.0.0.1", 0)))[1]
        stack.enter_context(_answering(socket.AF_UNIX, str(outside / "u")))
        stack.enter_context(_answering(socket.AF_UNIX, f"\0{name}"))
        facts["udp"] = stack.enter_context(_bound(socket.AF_INET, ("127.0.0.1", 0)))[1]
        stack.enter_context(_bound(socket.AF_UNIX, str(outside / "d")))
        for path in ("u", "d"):
            (outside / path).chmod(0o777)
        os.environ["AGENTSAFETY_CANARY"] = token
        stack.callback(os.environ.pop, "AGENTSAFETY_CANARY", None)
        victim = subprocess.Popen([executable(), "-I", "-S", "-c", "import time; time.sleep(600)"])  # noqa: S603
        stack.callback(victim.wait)
        stack.callback(victim.kill)
        facts["victim"] = victim.pid
        file = os.open(outside / "canary", os.O_RDONLY)
        stack.callback(os.close, file)
        os.set_inheritable(file, True)
        yield facts


@contextmanager
def _answering(family: int, address: Any) -> Iterator[Any]:
    """A listener that sends a byte to whoever connects."""
    with socket.socket(family) as listener:
        listener.bind(address)
        listener.listen(16)

        def answer() -> None:
            while True:
                try:
                    one, _ = listener.accept()
                except OSError:
                    return
                with one:
                    try:
                        one.sendall(b"x")
                    except OSError:
                        continue

        threading.Thread(target=answer, daemon=True).start()
        yield listener.getsockname()
        listener.shutdown(socket.SHUT_RDWR)


@contextmanager
def _bound(family: int, address: Any) -> Iterator[Any]:
    with socket.socket(family, socket.SOCK_DGRAM) as receiver:
        receiver.bind(address)
        yield receiver.getsockname()
