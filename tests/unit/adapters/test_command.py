"""An agent that is a command: how it gets the task, what its answer is, how it fails, and that nothing outlives it."""

from __future__ import annotations

import contextvars
import os
import sys
import threading
import time
from pathlib import Path

import pytest

from pytest_agentsafety.adapters import call_agent, command_agent
from pytest_agentsafety.adapters.command import Child, CommandAgent, CommandFailed, child


def python(code: str, *arguments: str, folder: Path) -> CommandAgent:
    return CommandAgent([sys.executable, "-c", code, *arguments], folder)


def test_the_task_is_an_argument_or_the_input(tmp_path: Path) -> None:
    by_argument = python("import sys; print(sys.argv[1].upper())", "{task}", folder=tmp_path)
    assert by_argument("read it") == "READ IT"
    by_input = python("import sys; print(sys.stdin.read().upper())", folder=tmp_path)
    assert by_input("read it; $(rm -rf x)\nnow") == "READ IT; $(RM -RF X)\nNOW"


def test_a_task_is_never_read_by_a_shell(tmp_path: Path) -> None:
    agent = python("import sys; print(sys.argv[1])", "{task}", folder=tmp_path)
    assert agent("$(touch here); `touch here`") == "$(touch here); `touch here`"
    assert list(tmp_path.iterdir()) == []


def test_it_runs_in_its_folder_and_gets_the_variables(tmp_path: Path) -> None:
    agent = python("import os; print(os.getcwd(), os.environ['ANTHROPIC_BASE_URL'])", folder=tmp_path)
    context = contextvars.copy_context()
    context.run(child.set, Child({"ANTHROPIC_BASE_URL": "http://127.0.0.1:1/x"}))
    assert context.run(agent, "x") == f"{tmp_path.resolve()} http://127.0.0.1:1/x"


def test_a_failed_command_says_so(tmp_path: Path) -> None:
    code = "import sys; sys.stderr.write('no key\\x1b[2J'); sys.exit(3)"
    with pytest.raises(CommandFailed, match=r"ended with status 3: no key\\x1b\[2J"):
        python(code, folder=tmp_path)("x")
    with pytest.raises(CommandFailed, match="'no-such-program' cannot be started: No such file"):
        CommandAgent(["no-such-program"], tmp_path)("x")


def test_what_it_started_ends_with_the_case(tmp_path: Path) -> None:
    code = (
        "import os, subprocess, sys, time\n"
        "inner = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        "open('pids', 'w').write(f'{os.getpid()} {inner.pid}')\n"
        "time.sleep(600)"
    )
    given = Child({})
    context = contextvars.copy_context()
    context.run(child.set, given)
    failed: list[BaseException] = []

    def body() -> None:
        try:
            context.run(python(code, folder=tmp_path), "x")
        except CommandFailed as error:
            failed.append(error)

    thread = threading.Thread(target=body)
    thread.start()
    deadline = time.monotonic() + 30
    while not (tmp_path / "pids").exists() or not (tmp_path / "pids").read_text():
        assert time.monotonic() < deadline
        time.sleep(0.02)
    given.over.set()
    thread.join(30)
    assert not thread.is_alive()
    assert "status -9" in str(failed[0])
    for pid in map(int, (tmp_path / "pids").read_text().split()):
        _wait_until_gone(pid)


def _wait_until_gone(pid: int) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return
        if Path(f"/proc/{pid}/stat").exists() and ") Z " in Path(f"/proc/{pid}/stat").read_text():
            return
        time.sleep(0.05)
    raise AssertionError(f"process {pid} still runs")


def test_a_large_output_blocks_nothing(tmp_path: Path) -> None:
    code = "import sys; sys.stderr.write('e' * 500_000); print('a' * 500_000)"
    assert len(python(code, folder=tmp_path)("x")) == 500_000


def test_as_an_agent_it_is_outside(tmp_path: Path) -> None:
    handle = command_agent([sys.executable, "-c", "print('ok')"], tmp_path)
    assert handle.outside
    assert handle.id.startswith("command: ")
    assert call_agent(handle.make([], system=None), "x") == "ok"
