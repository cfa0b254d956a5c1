"""`Gate` as an application uses it."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from pytest_agentsafety.gate import DenialText, Gate
from pytest_agentsafety.llm import current
from pytest_agentsafety.model.errors import AgentSafetyError, RunTerminated

FRIEND = {"to": "anna@example.com", "body": "hello"}
BOB = {"to": "bob@example.com", "body": "hello"}


def by_name(gate: Gate, tools: list) -> dict:
    return {tool.__name__: tool for tool in gate.wrap(tools)}


def test_a_tool_works_inside_a_task_only(policy, tools, log):
    gate = Gate(policy, sink=log)
    guarded = by_name(gate, tools)
    with pytest.raises(AgentSafetyError, match=r"called outside a task: call it inside `with gate.task"):
        guarded["read_note"]("plan")
    with gate.task("Read the note plan"):
        assert guarded["read_note"]("plan").startswith("The note")
    with pytest.raises(AgentSafetyError, match="outside a task"):
        guarded["read_note"]("plan")
    assert log.kinds.count("ran read_note") == 1


def test_without_a_sink_the_decisions_are_the_same(policy, tools, log):
    gate = Gate(policy)
    guarded = by_name(gate, tools)
    with gate.task("Mail anna@example.com") as task:
        assert guarded["send_mail"](**FRIEND) == "sent to anna@example.com"
        assert isinstance(guarded["send_mail"](**BOB), DenialText)
        assert isinstance(guarded["run_code"](code="1"), DenialText)
    assert log.kinds == ["ran send_mail"]
    assert (task.tally.tool_calls, task.tally.held, task.tally.blocked_calls) == (3, 1, 2)


def test_the_tool_answers_to_the_task_that_is_active(policy, tools):
    gate = Gate(policy)
    send = by_name(gate, tools)["send_mail"]
    with gate.task("Mail anna@example.com") as first:
        assert send(**FRIEND) == "sent to anna@example.com"
        with gate.task("Mail bob@example.com") as second:
            assert isinstance(send(**FRIEND), DenialText)
            assert send(**BOB) == "sent to bob@example.com"
        assert isinstance(send(**BOB), DenialText)
    assert (len(first.tally.executed), len(second.tally.executed)) == (1, 1)


def test_two_tasks_in_two_threads_keep_apart(policy, tools):
    gate = Gate(policy)
    send = by_name(gate, tools)["send_mail"]
    both_open = threading.Barrier(2, timeout=30)
    results: dict[str, list[object]] = {}

    def work(name: str, mine: dict, other: dict) -> None:
        with gate.task(f"Mail {mine['to']}"):
            both_open.wait()
            results[name] = [send(**mine), send(**other)]
            both_open.wait()

    threads = [threading.Thread(target=work, args=args) for args in (("a", FRIEND, BOB), ("b", BOB, FRIEND))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert [type(result) for result in results["a"] + results["b"]] == [str, DenialText, str, DenialText]


def test_a_thread_that_outlives_its_task_is_refused(policy, tools, log):
    import contextvars

    gate = Gate(policy, sink=log)
    read = by_name(gate, tools)["read_note"]
    with gate.task("Read the note"):
        left_behind = contextvars.copy_context()
    with pytest.raises(RunTerminated, match="is over"):
        left_behind.run(read, "plan")
    assert log.kinds == []


def test_nothing_stays_behind(policy, tools):
    import httpx2

    before = httpx2.Client.send
    inside = []

    def crash() -> None:
        with Gate(policy).task("x"):
            inside.append(httpx2.Client.send)
            raise KeyError("the agent crashed")

    with pytest.raises(KeyError):
        crash()
    assert inside != [before]
    assert httpx2.Client.send is before
    assert current() is None


class TestAnswer:
    def test_clean_words_pass(self, open_task, log):
        assert open_task().task.check_answer("Bread.") == "Bread."
        (event,) = log.of("final_answer")
        assert (event.text, event.shown) == ("Bread.", "Bread.")

    def test_secrets_are_taken_out_and_noted(self, open_task, log):
        task = open_task().task
        shown = task.check_answer("The card is 4111 1111 1111 1111.")
        assert "4111" not in shown
        assert log.of("final_answer")[0].shown == shown
        assert [(stop.guard, stop.answer, stop.attacker) for stop in task.tally.stops] == [("pii", True, False)]

    def test_a_guard_that_crashes_holds_the_answer(self, open_task):
        class Crashing:
            name = "glass"
            stages = frozenset({"output"})

            def check(self, text: str, context: object) -> None:
                raise ZeroDivisionError

        task = open_task(guardrails=[Crashing()]).task
        assert task.check_answer("Bread.") == "[the answer was held by the glass guard (glass.crashed)]"


PRODUCTION = """
import sys

class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("pytest", "_pytest", "pandas", "hypothesis"):
            raise ModuleNotFoundError(f"{name} is not installed here", name=name)

sys.meta_path.insert(0, Refuse())
try:
    import pytest
except ModuleNotFoundError:
    pass
else:
    raise SystemExit("the hook does not work")

from pytest_agentsafety import Gate, Policy
from pytest_agentsafety.gate import DenialText
from pytest_agentsafety.model.policy import ToolRule

def read_note(name: str) -> str:
    return f"note {name}"

def send_mail(to: str, body: str) -> str:
    return "sent"

roles = {"to": "destination", "body": "content"}
rules = {"read_note": ToolRule(effect="read"), "send_mail": ToolRule(effect="egress", roles=roles)}
gate = Gate(Policy(tools=rules))
read, send = gate.wrap([read_note, send_mail])
with gate.task("Mail the note to anna@example.com") as task:
    assert read("plan") == "note plan"
    assert send(to="anna@example.com", body="x") == "sent"
    assert isinstance(send(to="eve@evil.test", body="x"), DenialText)
    assert task.check_answer("Done.") == "Done."
print("ok", sorted({name.split(".")[0] for name in sys.modules} & {"pytest", "_pytest", "pandas", "hypothesis"}))
"""


def test_an_application_needs_neither_pytest_nor_pandas_nor_hypothesis():
    root = Path(__file__).parents[3]
    done = subprocess.run([sys.executable, "-c", PRODUCTION], capture_output=True, text=True, cwd=root, check=False)
    assert (done.stdout, done.stderr) == ("ok []\n", "")
