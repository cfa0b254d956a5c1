"""`allow_subprocess`: processes of its own, bounded together, ended together."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pytest_agentsafety.sandbox.limits import Limits
from pytest_agentsafety.sandbox.native import NativeSandbox
from pytest_agentsafety.sandbox.result import SandboxResult
from pytest_agentsafety.sandbox.run import Program
from pytest_agentsafety.sandbox.warm import WarmSandbox
from pytest_agentsafety.sandbox.workspace import Workspace
from tests.integration.sandbox.conftest import box


@pytest.fixture(scope="module", params=["one-shot+namespaces", "warm+namespaces"])
def sandbox(request: pytest.FixtureRequest) -> Iterator[NativeSandbox]:
    made = box(request.param)
    yield made
    if isinstance(made, WarmSandbox):
        made.close()


def run(sandbox: NativeSandbox, code: str, workspace: Path | None = None, **limits: Any) -> SandboxResult:
    given = Limits(**{"timeout": 60.0, "subprocesses": True, **limits})
    return sandbox.run(Program(code), given, None if workspace is None else Workspace(workspace))


def test_programs_run(sandbox: NativeSandbox) -> None:
    code = """
import subprocess, sys
print(subprocess.run(["sh", "-c", "echo $((6 * 7)); ls / | tr '\\n' ' '; pwd"], capture_output=True, text=True).stdout)
print(subprocess.run([sys.executable, "-c", "print('a child')"], capture_output=True, text=True).stdout)
"""
    result = run(sandbox, code)
    assert result.status == "ok", result
    assert "42\n" in result.stdout
    assert "/box/files" in result.stdout
    assert "a child" in result.stdout
    assert "home" not in result.stdout


def test_forks_and_pipes(sandbox: NativeSandbox) -> None:
    code = """
import multiprocessing
context = multiprocessing.get_context("fork")
ours, theirs = context.Pipe()
process = context.Process(target=lambda: theirs.send(sum(range(10))))
process.start(); print(ours.recv()); process.join(); print(process.exitcode)
"""
    assert run(sandbox, code).stdout == "45\n0\n"


def test_a_child_that_is_ended_by_its_parent(sandbox: NativeSandbox) -> None:
    code = "import subprocess\np = subprocess.Popen(['sleep', '60']); p.terminate(); print(p.wait())"
    assert run(sandbox, code).stdout == "-15\n"


def test_memory_is_bounded_for_all_together(sandbox: NativeSandbox) -> None:
    code = """
import os, time
for _ in range(6):
    if os.fork() == 0:
        kept = b"x" * (100 << 20); time.sleep(20); os._exit(0)
time.sleep(20); print("all of it")
"""
    result = run(sandbox, code, memory_mb=256)
    assert (result.status, result.stdout) == ("memory", "")
    assert result.reason == "its processes took more than 256 MB together"


def test_memory_within_the_bound_is_left_alone(sandbox: NativeSandbox) -> None:
    code = """
import os
for _ in range(2):
    if os.fork() == 0:
        kept = b"x" * (60 << 20); os._exit(0)
print(os.wait()[1], os.wait()[1])
"""
    assert run(sandbox, code, memory_mb=300).stdout == "0 0\n"


def test_a_fork_bomb_ends_at_its_number(sandbox: NativeSandbox) -> None:
    code = """
import os, time
children = 0
try:
    while True:
        if os.fork() == 0:
            time.sleep(30); os._exit(0)
        children += 1
except OSError: print(children)
"""
    result = run(sandbox, code, threads=40)
    assert result.status == "ok", result
    assert 20 <= int(result.stdout) <= 40


def test_a_daemon_ends_with_the_code(sandbox: NativeSandbox) -> None:
    code = """
import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        time.sleep(120)
    os._exit(0)
print("gone")
"""
    before = time.monotonic()
    assert run(sandbox, code).stdout == "gone\n"
    assert time.monotonic() - before < 60, "nobody waits for the daemon"


def test_a_timeout_ends_grandchildren(sandbox: NativeSandbox) -> None:
    code = "import subprocess; subprocess.run(['sh', '-c', 'sleep 100 & sleep 100 & wait'])"
    result = run(sandbox, code, timeout=1.5)
    assert (result.status, result.signal) == ("timeout", 9)


def test_the_figures_are_those_of_all(sandbox: NativeSandbox) -> None:
    busy = "import time\nwhile time.process_time() < 0.4: pass"
    code = f"import subprocess, sys\nfor _ in range(2): subprocess.run([sys.executable, '-I', '-S', '-c', {busy!r}])"
    result = run(sandbox, code)
    assert result.cpu_s is not None
    assert result.cpu_s > 0.7


@pytest.mark.parametrize(
    "program",
    [
        "cat /etc/passwd", "ls /home", "echo x > /usr/bin/planted", "echo x > /etc/planted", "mount -t tmpfs x /box",
        "exec 3<>/dev/tcp/127.0.0.1/22", "kill -9 1", "cat /proc/1/environ", "su -c id", "unshare -r true",
    ],
)  # fmt: skip
def test_programs_are_held_as_the_code_is(sandbox: NativeSandbox, program: str) -> None:
    code = f"import subprocess\nprint(subprocess.run(['bash', '-c', {program!r}], capture_output=True).returncode != 0)"
    assert run(sandbox, code).stdout == "True\n"


def test_files_that_children_write_come_out(sandbox: NativeSandbox, tmp_path: Path) -> None:
    result = run(sandbox, "import subprocess; subprocess.run(['sh', '-c', 'echo made > by_a_child'])", tmp_path)
    assert result.status == "ok"
    assert (tmp_path / "by_a_child").read_text() == "made\n"


def test_without_namespaces_it_is_a_refusal() -> None:
    result = NativeSandbox(namespaces=False).run(Program("print(1)"), Limits(subprocesses=True))
    assert (result.status, result.stdout) == ("refused", "")
    assert "namespaces" in result.missing[0]
    assert sys.platform == "linux"
