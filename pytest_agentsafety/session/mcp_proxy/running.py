"""Start the server, stand in between, and end with it."""

from __future__ import annotations

import json
import math
import os
import signal
import sys
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Lock, Thread
from types import FrameType
from typing import Any

from pytest_agentsafety.config import Settings
from pytest_agentsafety.gate import Gate
from pytest_agentsafety.guards import StageRunner, default_guardrails, mask
from pytest_agentsafety.model.events import Notice
from pytest_agentsafety.model.policy import Policy
from pytest_agentsafety.recorders import Evidence, open_output
from pytest_agentsafety.session.mcp_proxy.listing import ToolWatch
from pytest_agentsafety.session.mcp_proxy.process import GRACE_SECONDS, ServerProcess
from pytest_agentsafety.session.mcp_proxy.proxy import Proxy
from pytest_agentsafety.session.run_file import now

_CHUNK = 1 << 16
_NO_LIMIT = 2**53
_LOOK_SECONDS = 0.1


def run_proxy(
    settings: Settings,
    command: Sequence[str],
    *,
    task: str,
    output: Path | None,
    say: Callable[[str], None],
    trusted: Sequence[str] = (),
) -> int:
    """Proxy between our standard streams and `command` until one of the two ends; the server's exit status.

    `say` takes lines for the person, `trusted` names tools whose description the person read. Raises ConfigError where
    the server cannot be started or `output` not be used.
    """
    policy = lasting(settings)
    with _evidence(output, command) as evidence:
        gate = Gate(policy, sink=evidence, base=Path.cwd())
        opened = gate.open(task)

        def tell(message: str) -> None:
            say(message)
            opened.state.emit(Notice(task_id=opened.state.task_id, level="warning", message=message))

        injection = [guard for guard in default_guardrails(policy, root=settings.root) if guard.name == "injection"]
        server = ServerProcess(command)
        proxy = Proxy(opened, ToolWatch(StageRunner(injection), tell, trusted=trusted), server, _Output().write, tell)
        try:
            return _relay(proxy, server)
        finally:
            opened.close()


def lasting(settings: Settings) -> Policy:
    """The policy for a process that lives as long as its client: limits of a task count only where they are written."""
    budget = settings.policy.budget
    if "budget.max_seconds" not in settings.explicit:
        budget = replace(budget, max_seconds=math.inf)
    if "budget.max_tool_calls" not in settings.explicit:
        budget = replace(budget, max_tool_calls=_NO_LIMIT)
    return replace(settings.rooted_policy, budget=budget)


def _relay(proxy: Proxy, server: ServerProcess) -> int:
    """Two threads read; this one waits for the server to end, and ends it when it is told to."""
    deadline = math.inf

    def stop(number: int, _: FrameType | None) -> None:
        nonlocal deadline
        server.signal(number if deadline == math.inf else signal.SIGKILL)
        deadline = min(deadline, time.monotonic() + GRACE_SECONDS)

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    Thread(target=_from_client, args=(proxy, server), daemon=True).start()
    reader = Thread(target=_from_server, args=(proxy, server), daemon=True)
    reader.start()
    while not server.wait(_LOOK_SECONDS):
        if time.monotonic() > deadline:
            server.signal(signal.SIGKILL)
    reader.join(GRACE_SECONDS)  # what it wrote last
    proxy.server_gone()
    proxy.finish(GRACE_SECONDS)
    status = server.end()
    for number, handler in before.items():
        signal.signal(number, handler)
    return status


def _from_client(proxy: Proxy, server: ServerProcess) -> None:
    for line in _input_lines():
        proxy.from_client(line)
    proxy.finish(GRACE_SECONDS)
    server.close_input()
    server.end()


def _from_server(proxy: Proxy, server: ServerProcess) -> None:
    for line in server.lines():
        proxy.from_server(line)
    proxy.server_gone()


def _input_lines() -> Iterator[bytes]:
    """Our standard input, read past Python's buffer, whose lock would be held by a waiting thread when we end."""
    rest = b""
    parts: list[bytes] = []
    while chunk := os.read(sys.stdin.fileno(), _CHUNK):
        *whole, rest = chunk.split(b"\n")
        for line in whole:
            yield b"".join([*parts, line, b"\n"])
            parts = []
        parts.append(rest)
    if last := b"".join(parts):
        yield last


class _Output:
    """Our standard output. A client that is gone is no error: its end of our input says so too."""

    def __init__(self) -> None:
        self._lock = Lock()

    def write(self, line: bytes) -> None:
        view = memoryview(line)
        with self._lock:
            while view:
                try:
                    view = view[os.write(sys.stdout.fileno(), view) :]
                except OSError:
                    return


@contextmanager
def _evidence(output: Path | None, command: Sequence[str]) -> Iterator[Evidence | None]:
    """The evidence folder, and a `run.json` that anchors the audit log's end."""
    if output is None:
        yield None
        return
    folder = open_output(output)
    run: dict[str, Any] = {"schema": 1, "run_id": uuid.uuid4().hex[:12], "command": "mcp-proxy", "started": now()}
    run |= {"server": mask(" ".join(command)), "ended": None, "audit": None}
    began = time.monotonic()
    _write(folder, run)
    evidence = Evidence(folder, mask=mask)
    try:
        yield evidence
    finally:
        evidence.close()
        head = evidence.audit_head
        anchor = {"records": head["seq"], "head": head["hash"]}
        run |= {"ended": now(), "duration_s": time.monotonic() - began, "audit": anchor}
        _write(folder, run)


def _write(folder: Path, run: dict[str, Any]) -> None:
    (folder / "run.json").write_text(json.dumps(run, indent=2), encoding="utf-8")
