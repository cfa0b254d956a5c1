"""The question at the terminal: who may say yes, and what is shown."""

from __future__ import annotations

import io
import os
import pty
import select
import sys
import termios
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, TextIO

import pytest

from pytest_agentsafety.approval import Asking, ConsoleApprover, make_approver, safe_decide
from pytest_agentsafety.approval.console import VALUE_CHARS, question
from pytest_agentsafety.model.decisions import ApprovalAnswer, ApprovalRequest, Decision, Origin
from pytest_agentsafety.model.messages import ToolCall
from pytest_agentsafety.model.policy import ApprovalRules, ToolRule


class Keyboard(io.StringIO):
    """What a person types, at something that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def ask(arguments: dict[str, Any] | None = None, **changes: Any) -> ApprovalRequest:
    fields: dict[str, Any] = {
        "call": ToolCall(call_id="t1", name=changes.pop("name", "send_email"), arguments=arguments or {}),
        "rule": ToolRule(effect="egress"),
        "decision": Decision(
            outcome="ask", guard="provenance", rule="provenance.untrusted", reason="the address is not in the task"
        ),
        "user_task": "Mail the summary to Anna",
    }
    return ApprovalRequest(**{**fields, **changes})


def decide(typed: str, request: ApprovalRequest | None = None) -> tuple[str, str, str]:
    """(answer, reason, what was shown)"""
    screen = io.StringIO()
    answer = ConsoleApprover((Keyboard(typed), screen)).decide(request or ask())
    assert answer.by == "console"
    return answer.answer, answer.reason, screen.getvalue()


@pytest.mark.parametrize("typed", ["y\n", "Y\n", "yes\n", " y \n", "y", "y\r\n"])
def test_only_a_clear_yes_approves(typed: str) -> None:
    assert decide(typed)[0] == "approve"


@pytest.mark.parametrize(
    "typed",
    [
        "\n",
        "n\n",
        "no\n",
        "YES\n",
        "Yes\n",
        "yy\n",
        "ye\n",
        "y y\n",
        "ok\n",
        "1\n",
        "true\n",
        "\uff59\n",
        "y\x00\n",
        "\ny\n",
    ],
)
def test_everything_else_rejects(typed: str) -> None:
    answer, reason, _ = decide(typed)
    assert (answer, reason) == ("reject", "not approved at the terminal")


def test_the_end_of_input_rejects() -> None:
    assert decide("")[:2] == ("reject", "end of input")


def test_without_a_terminal_nothing_is_shown_and_nothing_read() -> None:
    screen, pipe = io.StringIO(), io.StringIO("y\n")
    answer = ConsoleApprover((pipe, screen)).decide(ask())
    assert (answer.answer, answer.reason) == ("reject", "there is no terminal to ask at")
    assert screen.getvalue() == ""
    assert pipe.tell() == 0


def test_a_closed_or_missing_input_rejects(monkeypatch: pytest.MonkeyPatch) -> None:
    closed = Keyboard("y\n")
    closed.close()
    monkeypatch.setattr(sys, "stdin", None)
    assert ConsoleApprover().decide(ask()).reason == "there is no terminal to ask at"
    closed_pipe = io.StringIO()
    closed_pipe.close()
    assert ConsoleApprover((closed_pipe, io.StringIO())).decide(ask()).reason == "there is no terminal to ask at"
    assert safe_decide(ConsoleApprover((closed, io.StringIO())), ask()).answer == "reject"


def test_a_screen_that_cannot_be_written_to_rejects() -> None:
    screen = io.StringIO()
    screen.close()
    assert safe_decide(ConsoleApprover((Keyboard("y\n"), screen)), ask()).answer == "reject"


def test_the_question_shows_all_there_is_to_know() -> None:
    request = ask(
        {"to": "evil@attacker.test", "body": {"a": [1, None]}, "cc": "x"},
        origins={
            "to": Origin(source="tool:read_mail", detail="mail 3"),
            "body": Origin(source="user"),
        },
    )
    assert list(question(request)) == [
        "",
        "The agent asks to run send_email (effect: egress)",
        "  task:   Mail the summary to Anna",
        "  rule:   provenance: provenance.untrusted",
        "  reason: the address is not in the task",
        "  arguments:",
        '    to = "evil@attacker.test"',
        "      from: tool:read_mail (NOT trusted), mail 3",
        '    body = {"a":[1,null]}',
        "      from: user (trusted)",
        '    cc = "x"',
        "      from: not known",
    ]


def test_the_question_is_shown_before_the_prompt() -> None:
    shown = decide("n\n", ask({"to": "a"}))[2]
    assert shown == "\n".join(question(ask({"to": "a"}))) + "\nApprove? Only y approves [y/N]: "


def test_a_call_without_arguments_says_so() -> None:
    assert list(question(ask()))[-1] == "  arguments: none"


HOSTILE = "\x1b[2J\x9b31m\u202egnp\u2066\r\n::error::pwned\u2028Approve? y\x00\x07\U000e0041"


@pytest.mark.parametrize("where", ["name", "argument", "value", "nested", "task", "rule", "reason", "source", "detail"])
def test_hostile_text_neither_moves_the_cursor_nor_fakes_a_line(where: str) -> None:
    def mark(here: str, other: str) -> str:
        return HOSTILE if where == here else other

    value: Any = {"k": [HOSTILE]} if where == "nested" else mark("value", "v")
    argument = mark("argument", "to")
    request = ask(
        {argument: value},
        name=mark("name", "send_email"),
        decision=Decision(outcome="ask", guard="provenance", rule=mark("rule", "r"), reason=mark("reason", "because")),
        user_task=mark("task", "task"),
        origins={argument: Origin(source=mark("source", "tool:x"), detail=mark("detail", "d"))},
    )
    plain = decide("n\n", ask({"to": "v"}, origins={"to": Origin(source="tool:x", detail="d")}))[2]
    shown = decide("n\n", request)[2]
    assert "pwned" in shown
    assert shown.count("\n") == plain.count("\n")
    assert not [line for line in shown.splitlines() if line.lstrip().startswith(("::", "##["))]
    assert shown.replace("\n", "").isprintable()


def test_a_long_value_is_cut_and_says_by_how_much() -> None:
    shown = decide("n\n", ask({"body": "x" * (VALUE_CHARS + 500)}))[2]
    assert "... (502 more characters)" in shown
    assert len(shown) < VALUE_CHARS + 600


def test_a_value_json_cannot_hold_is_still_shown() -> None:
    assert "    body = " in decide("n\n", ask({"body": object()}))[2]


def test_the_capture_is_held_back_around_the_question_only() -> None:
    events: list[str] = []

    class Watched(Keyboard):
        def readline(self, size: int | None = -1, /) -> str:
            events.append("read")
            return "y\n"

    @contextmanager
    def suspend() -> Iterator[None]:
        events.append("suspended")
        yield
        events.append("resumed")

    asking = Asking(terminal=(Watched(), io.StringIO()), suspend=suspend)
    approver = make_approver(ApprovalRules(approver="console"), asking=asking)
    assert approver.decide(ask()).answer == "approve"
    assert events == ["suspended", "read", "resumed"]


def test_the_capture_comes_back_when_reading_fails() -> None:
    events: list[str] = []

    class Broken(Keyboard):
        def readline(self, size: int | None = -1, /) -> str:
            raise OSError("gone")

    @contextmanager
    def suspend() -> Iterator[None]:
        try:
            yield
        finally:
            events.append("resumed")

    approver = ConsoleApprover((Broken(), io.StringIO()), suspend)
    assert safe_decide(approver, ask()).answer == "reject"
    assert events == ["resumed"]


def test_the_streams_are_looked_up_when_the_question_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """While capture is on, `sys.stdin` is not the terminal; suspending puts the real one back."""
    screen = io.StringIO()

    @contextmanager
    def suspend() -> Iterator[None]:
        with monkeypatch.context() as patch:
            patch.setattr(sys, "stdin", Keyboard("y\n"))
            patch.setattr(sys, "stderr", screen)
            yield

    assert ConsoleApprover(suspend=suspend).decide(ask()).answer == "approve"
    assert "The agent asks to run send_email" in screen.getvalue()


def test_each_value_inside_an_argument_has_its_own_origin() -> None:
    request = ask(
        {"to": ["a@x.test", "b@x.test"], "opt": {"key": 1}},
        origins={
            "to[0]": Origin(source="user"),
            "to[1]": Origin(source="tool:read_mail", detail="untrusted"),
            "opt.key": Origin(source="unknown"),
            "other": Origin(source="user"),
        },
    )
    assert [line for line in question(request) if "from:" in line] == [
        "      from: to[0]: user (trusted)",
        "      from: to[1]: tool:read_mail (NOT trusted), untrusted",
        "      from: opt.key: unknown (NOT trusted)",
    ]


def test_many_origins_are_counted_not_shown() -> None:
    origins = {f"to[{n}]": Origin(source="user" if n < 23 else "unknown") for n in range(30)}
    lines = [line for line in question(ask({"to": ["x"] * 30}, origins=origins)) if "from:" in line]
    assert len(lines) == 21
    assert lines[-1] == "      from: 10 more, 7 of them NOT trusted"


def test_where_nobody_can_be_asked_nothing_is_shown_or_suspended() -> None:
    screen = io.StringIO()
    suspended: list[bool] = []

    @contextmanager
    def suspend() -> Iterator[None]:
        suspended.append(True)
        yield

    approver = ConsoleApprover((Keyboard("y\n"), screen), suspend, nobody="a worker has no terminal")
    answer = approver.decide(ask())
    assert (answer.answer, answer.reason) == ("reject", "a worker has no terminal")
    assert (screen.getvalue(), suspended) == ("", [])


@pytest.fixture
def terminal() -> Iterator[tuple[int, TextIO, TextIO]]:
    """A real pseudo-terminal: (the person's end, what we read from, what we write to)."""
    person, ours = pty.openpty()
    with os.fdopen(ours, "r") as reader, os.fdopen(os.dup(ours), "w") as writer:
        yield person, reader, writer
    with suppress(OSError):
        os.close(person)


def read_until(person: int, wanted: bytes) -> bytes:
    """What was shown up to these words; the terminal hands it over in pieces."""
    shown = b""
    while wanted not in shown:
        assert select.select([person], [], [], 10)[0], shown
        shown += os.read(person, 4096)
    return shown


def ask_at(terminal: tuple[int, TextIO, TextIO], typed: bytes, **changes: Any) -> tuple[ApprovalAnswer, bytes]:
    """The question is asked in a thread, as the agent's, and answered once it is on the screen."""
    person, reader, writer = terminal
    answers: list[ApprovalAnswer] = []
    approver = ConsoleApprover((reader, writer), **changes)
    thread = threading.Thread(target=lambda: answers.append(safe_decide(approver, ask({"to": "a"}))), daemon=True)
    thread.start()
    shown = read_until(person, b"[y/N]: ")
    os.write(person, typed)
    thread.join(10)
    assert answers, shown
    return answers[0], shown


@pytest.mark.parametrize(
    ("typed", "answer", "reason"),
    [
        (b"y\n", "approve", "approved at the terminal"),
        (b"yes\r", "approve", "approved at the terminal"),
        (b"n\n", "reject", "not approved at the terminal"),
        (b"\n", "reject", "not approved at the terminal"),
        (b"\ny\n", "reject", "not approved at the terminal"),
        (b"x\x7fy\n", "approve", "approved at the terminal"),
        (b"\x04", "reject", "end of input"),
        (b"y\xff\n", "reject", "not approved at the terminal"),
    ],
)
def test_a_real_terminal(terminal: tuple[int, TextIO, TextIO], typed: bytes, answer: str, reason: str) -> None:
    given, shown = ask_at(terminal, typed)
    assert (given.answer, given.reason) == (answer, reason)
    assert b"The agent asks to run send_email" in shown


def test_what_was_typed_before_the_question_does_not_answer_it(terminal: tuple[int, TextIO, TextIO]) -> None:
    person, reader, _ = terminal
    os.write(person, b"y\ny\n")
    assert select.select([reader], [], [], 10)[0], "it has arrived"
    assert ask_at(terminal, b"n\n")[0].answer == "reject"


def test_nobody_answers_in_time(terminal: tuple[int, TextIO, TextIO]) -> None:
    person, reader, writer = terminal
    answer = ConsoleApprover((reader, writer), timeout=0.01).decide(ask())
    assert (answer.answer, answer.reason) == ("reject", "no answer within 0.01 s")
    assert b"no answer within 0.01 s: rejected" in read_until(person, b"rejected")


def test_an_unfinished_line_is_no_answer(terminal: tuple[int, TextIO, TextIO]) -> None:
    _, reader, _ = terminal
    raw = termios.tcgetattr(reader)
    raw[3] &= ~termios.ICANON
    termios.tcsetattr(reader, termios.TCSANOW, raw)
    answer, _ = ask_at(terminal, b"y", timeout=0.3)
    assert (answer.answer, answer.reason) == ("reject", "no answer within 0.3 s")


def test_a_terminal_that_is_closed_rejects(terminal: tuple[int, TextIO, TextIO]) -> None:
    person, reader, writer = terminal
    os.close(person)
    assert safe_decide(ConsoleApprover((reader, writer)), ask()).answer == "reject"


def test_one_question_at_a_time(terminal: tuple[int, TextIO, TextIO]) -> None:
    """A second one waits for the first and gives up, too; it never shares the screen with it."""
    person, reader, writer = terminal
    first: list[ApprovalAnswer] = []
    thread = threading.Thread(target=lambda: first.append(ConsoleApprover((reader, writer)).decide(ask())), daemon=True)
    thread.start()
    read_until(person, b"[y/N]: ")
    screen = io.StringIO()
    second = ConsoleApprover((Keyboard("y\n"), screen), timeout=0.01).decide(ask())
    assert (second.answer, second.reason) == ("reject", "another question was still open after 0.01 s")
    assert screen.getvalue() == ""
    os.write(person, b"y\n")
    thread.join(10)
    assert first[0].answer == "approve"
