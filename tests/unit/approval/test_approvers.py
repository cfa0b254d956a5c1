"""The lists, the approvers that need no terminal, and the boundary around all of them."""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import ContextVar
from pathlib import Path
from threading import Event, current_thread
from types import ModuleType
from typing import Any

import pytest

from pytest_agentsafety.approval import (
    Asking,
    CallbackApprover,
    ConsoleApprover,
    DenyApprover,
    OracleApprover,
    make_approver,
    safe_decide,
    triage,
)
from pytest_agentsafety.model.decisions import ApprovalAnswer, ApprovalRequest, Decision
from pytest_agentsafety.model.errors import ConfigError, RunTerminated, UnknownNameError
from pytest_agentsafety.model.messages import PlannedCall, ToolCall
from pytest_agentsafety.model.policy import ApprovalRules, ToolRule
from pytest_agentsafety.protocols import Approver


def ask(name: str = "send_email", **arguments: Any) -> ApprovalRequest:
    return ApprovalRequest(
        call=ToolCall(call_id="t1", name=name, arguments=arguments),
        rule=ToolRule(effect="egress"),
        decision=Decision(outcome="ask", guard="provenance", rule="provenance.ask", reason="not in the task"),
        user_task="Mail the summary",
    )


def rules(approver: str = "callback", **kwargs: Any) -> ApprovalRules:
    return ApprovalRules(approver=approver, **kwargs)  # type: ignore[arg-type]


# -- triage


@pytest.mark.parametrize(
    ("tool", "expected"),
    [
        ("read_file", "approve"),
        ("read_secret", "ask"),
        ("send_email", "ask"),
        ("Read_file", None),
        ("my_read_file", None),
        ("calculate", "approve"),
        ("", None),
    ],
)
def test_the_lists_are_globs_case_counts_and_ask_wins(tool: str, expected: str | None) -> None:
    lists = ApprovalRules(always_approve=("read_*", "calculat[er]", "send_*"), always_ask=("*_secret", "send_email"))
    assert triage(lists, tool) == expected


def test_no_lists_say_nothing() -> None:
    assert triage(ApprovalRules(), "read_file") is None


def test_a_star_in_both_lists_asks() -> None:
    assert triage(ApprovalRules(always_approve=("*",), always_ask=("*",)), "x") == "ask"


# -- make


@pytest.mark.parametrize(
    ("name", "kind"), [("deny", DenyApprover), ("oracle", OracleApprover), ("console", ConsoleApprover)]
)
def test_each_name_makes_its_approver(name: str, kind: type) -> None:
    approver = make_approver(rules(name))
    assert isinstance(approver, kind)
    assert approver.name == name


def test_a_queue_without_a_file_is_an_error() -> None:
    with pytest.raises(ConfigError, match=r'"queue" needs queue = "approvals.jsonl" \(a file\) in the same table'):
        make_approver(rules("queue"))


def test_the_queue_of_the_run_wins_over_the_rules(tmp_path: Path) -> None:
    written, run = tmp_path / "written.jsonl", tmp_path / "run.jsonl"
    make_approver(rules("queue", queue=str(written)), task="t").decide(ask())
    assert written.is_file()
    make_approver(rules("queue", queue=str(written)), asking=Asking(queue=run), task="t").decide(ask())
    assert run.is_file()
    assert len(written.read_bytes().splitlines()) == 1


def test_an_unknown_approver_shows_near_miss_and_valid_names() -> None:
    with pytest.raises(UnknownNameError) as caught:
        make_approver(rules("oracel"))
    assert "unknown approver 'oracel'. Did you mean 'oracle'? Valid: callback, console, deny, oracle, queue" in str(
        caught.value
    )


# -- deny and oracle


def test_deny_rejects_and_says_who() -> None:
    answer = DenyApprover().decide(ask())
    assert (answer.answer, answer.by) == ("reject", "deny")


GROUND_TRUTH = [
    PlannedCall(name="send_email", arguments={"to": "a@x.example", "tags": ["b", {"c": 1}]}),
    PlannedCall(name="send_email", arguments={"to": "b@x.example"}),
]


@pytest.mark.parametrize(
    ("name", "arguments", "answer"),
    [
        ("send_email", {"to": "a@x.example", "tags": ["b", {"c": 1}]}, "approve"),
        ("send_email", {"tags": ("b", {"c": 1}), "to": "a@x.example"}, "approve"),
        ("send_email", {"to": "b@x.example"}, "approve"),
        ("send_email", {"to": "B@x.example"}, "reject"),
        ("send_email", {"to": "b@x.example", "bcc": "evil@attacker.test"}, "reject"),
        ("send_email", {}, "reject"),
        ("send_mail", {"to": "b@x.example"}, "reject"),
        ("send_email", {"to": "a@x.example", "tags": [{"c": 1}, "b"]}, "reject"),
        ("send_email", {"to": "a@x.example", "tags": ["b", {"c": True}]}, "reject"),
    ],
)
def test_the_oracle_approves_equal_calls_only(name: str, arguments: dict[str, Any], answer: str) -> None:
    approver = make_approver(rules("oracle"), ground_truth=GROUND_TRUTH)
    assert approver.decide(ask(name, **arguments)).answer == answer


def test_the_oracle_approves_an_entry_again() -> None:
    approver = make_approver(rules("oracle"), ground_truth=GROUND_TRUTH)
    answers = [approver.decide(ask(to="b@x.example")).answer for _ in range(3)]
    assert answers == ["approve"] * 3


def test_the_oracle_without_ground_truth_rejects() -> None:
    assert make_approver(rules("oracle")).decide(ask()).answer == "reject"


# -- callback


@pytest.mark.parametrize(("returned", "answer"), [(True, "approve"), (False, "reject")])
def test_a_callback_answers_with_a_bool(returned: bool, answer: str) -> None:
    seen: list[ApprovalRequest] = []

    def callback(request: ApprovalRequest) -> bool:
        seen.append(request)
        return returned

    request = ask(to="a")
    given = make_approver(rules(), callback=callback).decide(request)
    assert (given.answer, given.by) == (answer, "callback")
    assert seen == [request]


@pytest.mark.parametrize("word", ["approve", "modify", "reject", "terminate", "escalate"])
def test_a_callback_answers_with_an_answer(word: Any) -> None:
    answer = ApprovalAnswer(answer=word, by="alice", reason="because", arguments={"to": "b"})
    assert safe_decide(CallbackApprover(lambda _: answer), ask()) is answer


@pytest.mark.parametrize("returned", [None, 1, 0, "yes", "approve", [True], {"answer": "approve"}])
def test_anything_else_from_a_callback_is_a_reject(returned: Any) -> None:
    given = safe_decide(CallbackApprover(lambda _: returned), ask())
    assert given.answer == "reject"
    assert f"the callback returned {type(returned).__name__}, not True, False or an ApprovalAnswer" in given.reason


def test_a_coroutine_is_a_reject_and_leaves_no_warning() -> None:
    async def callback(_: ApprovalRequest) -> bool:
        return True

    given = safe_decide(CallbackApprover(callback), ask())
    assert (given.answer, "coroutine" in given.reason) == ("reject", True)


@pytest.fixture
def user_module(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    module = ModuleType("shop_approval")
    monkeypatch.setitem(__import__("sys").modules, "shop_approval", module)
    return module


def test_a_callback_is_imported_by_name(user_module: ModuleType) -> None:
    class Desk:
        @staticmethod
        def decide(request: ApprovalRequest) -> bool:
            return request.call.name == "send_email"

    user_module.desk = Desk  # type: ignore[attr-defined]
    approver = make_approver(rules(callback="shop_approval:desk.decide"))
    assert [approver.decide(ask(name)).answer for name in ("send_email", "pay")] == ["approve", "reject"]


def test_a_callback_given_wins_over_the_name() -> None:
    approver = make_approver(rules(callback="no_such_module:x"), callback=lambda _: True)
    assert approver.decide(ask()).answer == "approve"


@pytest.mark.parametrize(
    ("reference", "message"),
    [
        (None, 'needs callback = "module:attr"'),
        ("", 'needs callback = "module:attr"'),
        ("shop_approval", "expected module:attr"),
        (":decide", "expected module:attr"),
        ("shop_approval:", "expected module:attr"),
        ("no_such_module_here:decide", "importing 'no_such_module_here' raised ModuleNotFoundError"),
        ("shop_approval:nothing", "'shop_approval' has no 'nothing'"),
        ("shop_approval:__name__", "is a str, not a function"),
    ],
)
def test_a_callback_that_cannot_be_had_is_a_config_error(
    user_module: ModuleType, reference: str | None, message: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        make_approver(rules(callback=reference))
    assert message in str(caught.value)


# -- the boundary


class Scripted:
    """An approver that does what it is told."""

    def __init__(self, act: Any, name: Any = "scripted") -> None:
        self.act, self.name = act, name

    def decide(self, request: ApprovalRequest) -> Any:
        if isinstance(self.act, BaseException):
            raise self.act
        return self.act


class Unspeakable(Exception):
    def __str__(self) -> str:
        raise ValueError("no words")


@pytest.mark.parametrize(
    "error",
    [ValueError("boom"), RunTerminated("stop"), EOFError(), SystemExit(0), RecursionError(), ConfigError("x")],
)
def test_whatever_an_approver_raises_is_a_reject(error: BaseException) -> None:
    answer = safe_decide(Scripted(error), ask())
    assert (answer.answer, answer.by) == ("reject", "scripted")
    assert f"the approver raised {type(error).__name__}" in answer.reason


def test_an_error_without_words_is_a_reject() -> None:
    assert "its message cannot be shown" in safe_decide(Scripted(Unspeakable()), ask()).reason


def test_an_interrupt_goes_through() -> None:
    with pytest.raises(KeyboardInterrupt):
        safe_decide(Scripted(KeyboardInterrupt()), ask())


@pytest.mark.parametrize("returned", [None, True, "approve", {"answer": "approve"}, Decision])
def test_whatever_is_no_answer_is_a_reject(returned: Any) -> None:
    answer = safe_decide(Scripted(returned), ask())
    assert answer.answer == "reject"
    assert "not an ApprovalAnswer" in answer.reason


@pytest.mark.parametrize("word", ["approved", "", None, True, "APPROVE"])
def test_an_answer_that_is_no_word_of_ours_is_a_reject(word: Any) -> None:
    answer = safe_decide(Scripted(ApprovalAnswer(answer=word, by="x")), ask())
    assert answer.answer == "reject"
    assert "valid: approve, modify, reject, terminate, escalate" in answer.reason


@pytest.mark.parametrize(
    ("arguments", "answer"), [(None, "reject"), ([1], "reject"), ({}, "modify"), ({"a": 1}, "modify")]
)
def test_modify_needs_the_changed_arguments(arguments: Mapping[str, Any] | None, answer: str) -> None:
    given = safe_decide(Scripted(ApprovalAnswer(answer="modify", by="x", arguments=arguments)), ask())
    assert given.answer == answer


def test_an_approver_without_a_name_is_a_reject() -> None:
    class Nameless:
        def decide(self, request: ApprovalRequest) -> ApprovalAnswer:
            return ApprovalAnswer(answer="approve", by="nobody")

    approver: Any = Nameless()
    answer = safe_decide(approver, ask())
    assert (answer.answer, answer.by) == ("reject", "approver")


def test_a_hostile_error_stays_on_one_printable_line() -> None:
    reason = safe_decide(Scripted(ValueError("\x1b[2J\n::error::x")), ask()).reason
    assert "\x1b" not in reason
    assert "\n" not in reason


def test_our_approvers_fit_the_protocol() -> None:
    approvers: list[Approver] = [
        DenyApprover(),
        OracleApprover([]),
        ConsoleApprover(),
        CallbackApprover(lambda _: True),
    ]
    assert [approver.name for approver in approvers] == ["deny", "oracle", "console", "callback"]


# -- time limits


def test_a_callback_that_hangs_rejects_and_is_left_behind() -> None:
    release, over = Event(), Event()

    def hang(request: ApprovalRequest) -> bool:
        assert current_thread().daemon
        release.wait(30)
        over.set()
        return True

    answer = safe_decide(CallbackApprover(hang, timeout=0.01), ask())
    assert (answer.answer, answer.by, answer.reason) == ("reject", "callback", "no answer within 0.01 s")
    release.set()
    assert over.wait(10), "what it says now is dropped"


def test_the_time_limit_of_the_run_wins_over_the_rules() -> None:
    release = Event()
    for limits, given in ((None, 0.01), (Asking(timeout=0.02), 60.0)):
        approver = make_approver(rules(timeout=given), callback=lambda _: release.wait(30), asking=limits)
        expected = f"no answer within {given if limits is None else limits.timeout:g} s"
        assert approver.decide(ask()).reason == expected
    release.set()


def test_a_callback_sees_the_context_of_the_agent() -> None:
    """An LLM call that it makes is attributed to the same task."""
    where: ContextVar[str] = ContextVar("where", default="nowhere")
    where.set("task 7")
    assert CallbackApprover(lambda _: where.get() == "task 7").decide(ask()).answer == "approve"


def test_an_interrupt_inside_a_callback_ends_the_run() -> None:
    def interrupt(request: ApprovalRequest) -> bool:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        safe_decide(CallbackApprover(interrupt), ask())
