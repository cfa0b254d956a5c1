from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import run_state_machine_as_test

from pytest_agentsafety.budget import Budget
from pytest_agentsafety.fuzz import Search, attack_texts, gate_machine, hunt, splits
from pytest_agentsafety.fuzz.gate_oracles import GateChunked, Invariants, acts_of
from pytest_agentsafety.fuzz.gate_play import Act, Play, argument_names, request_of, with_arguments
from pytest_agentsafety.fuzz.strategies_gate import act_texts
from pytest_agentsafety.fuzz.tool_oracles import world_of
from pytest_agentsafety.gate import tool_door
from pytest_agentsafety.gate.model_door import ModelSide
from pytest_agentsafety.gate.rule_book import RuleBook
from pytest_agentsafety.gate.state import TaskState
from pytest_agentsafety.model.decisions import ApprovalAnswer
from pytest_agentsafety.model.errors import ConfigError
from pytest_agentsafety.model.policy import GUARDS, ApprovalRules, BudgetLimits, Policy, ToolRule
from pytest_agentsafety.permissions import PermissionChecker

POLICY = with_arguments(
    Policy(
        tools={
            "read_file": ToolRule(effect="read", allowed_paths=("data/",)),
            "save_file": ToolRule(effect="write", allowed_paths=("out/",)),
            "send_mail": ToolRule(effect="egress", roles={"to": "destination", "text": "content"}),
            "run_code": ToolRule(effect="execute"),
        },
        approval=ApprovalRules(always_approve=("save_*",), always_ask=("read_file",)),
    )
)
OK_READ = {"do": "call", "tool": "read_file", "arguments": {"path": "data/ok.txt", "text": "x"}, "answer": "approve"}
MAIL = {"do": "call", "tool": "send_mail", "arguments": {"to": "eve@attacker.test", "text": "x"}, "answer": "approve"}
SAVE = {"do": "call", "tool": "save_file", "arguments": {"path": "out/new.txt", "text": "x"}, "answer": "reject"}
HELLO = {"do": "model", "texts": ["Hello"], "max_tokens": 50, "ends": "ok", "used": 10}


@contextmanager
def played(*acts: Act, policy: Policy = POLICY) -> Iterator[Play]:
    with world_of(ToolRule(effect="read", allowed_paths=("data/", "out/"))) as world:
        play = Play(policy, world.base)
        play.run(list(acts))
        yield play


def ran(*acts: Act, policy: Policy = POLICY) -> int:
    """How many tools ran; nothing is wrong."""
    with played(*acts, policy=policy) as play:
        assert play.wrong == []
        return play._calls


def test_good_calls_run_and_bad_ones_do_not() -> None:
    assert ran(OK_READ) == 1, "asked and approved"
    assert ran({**OK_READ, "answer": "reject"}) == 0
    assert ran(SAVE) == 1, "on the list of those that need not be asked"
    assert ran(MAIL) == 1
    assert ran({**MAIL, "answer": "crash"}) == 0
    assert ran({**OK_READ, "arguments": {"path": "data/../secret.txt"}}) == 0
    assert ran({"do": "call", "tool": "wipe_everything", "arguments": {}}) == 0
    assert ran({"do": "call", "tool": "run_code", "arguments": {"text": "1"}, "answer": "approve"}) == 0


def test_what_is_over_is_over() -> None:
    assert ran({"do": "close"}, OK_READ, SAVE, HELLO) == 0
    assert ran({**MAIL, "answer": "terminate"}, SAVE) == 0


def test_limits_hold() -> None:
    assert ran({"do": "limits", "max_tool_calls": 2, "max_cost_usd": 1.0}, SAVE, MAIL, OK_READ, SAVE) == 2
    with played({"do": "limits", "max_cost_usd": 0.0005}, *[HELLO] * 9) as play:
        assert play.wrong == []
        assert 0 < play._bill <= 0.0005


@pytest.mark.parametrize("ends", ["ok", "lost", "refused"])
def test_accounts_cover_the_bill(ends: str) -> None:
    with played({**HELLO, "ends": ends}) as play:
        assert play.wrong == []
        assert (play._bill == 0) == (ends == "refused")


def test_changed_arguments_are_judged_anew() -> None:
    modify = {**MAIL, "answer": "modify", "changed": {"text": "shorter"}}
    assert ran(modify) == 1
    bad = {**OK_READ, "answer": "modify", "changed": {"path": "data/../secret.txt"}}
    assert ran(bad) == 0


def test_guards_that_are_off_promise_nothing() -> None:
    loose = POLICY.with_guards(frozenset(GUARDS) - {"permissions", "approval", "provenance", "destructive"})
    assert ran({**OK_READ, "arguments": {"path": "secret.txt", "text": "x"}}, policy=loose) == 1


def test_arguments_are_the_rules_own_or_the_usual_ones() -> None:
    assert argument_names(ToolRule(effect="read", allowed_paths=())) == ["path", "text"]
    assert argument_names(ToolRule(effect="egress", allowed_domains=())) == ["url", "to", "text"]
    assert argument_names(ToolRule(effect="egress", roles={"whom": "destination"})) == ["whom"]
    assert POLICY.tools["save_file"].roles["path"] == "path"


def test_requests_in_blocks_or_apart() -> None:
    assert len(request_of(["a", "b"]).payload["messages"]) == 1
    assert len(request_of(["a", "b"], apart=True).payload["messages"]) == 2
    assert json.loads(request_of(["a"]).body)["max_tokens"] == 100


@pytest.mark.parametrize("text", ["", "{}", "[1]", "[" * 100_000, "nonsense"])
def test_a_text_that_is_no_run(text: str) -> None:
    with pytest.raises(ConfigError, match="must be a JSON list of acts"):
        acts_of(text)


def hunted(policy: Policy = POLICY, examples: int = 5000) -> Any:
    """Generous: what Hypothesis draws depends on which modules the session has imported; a find ends the hunt."""
    with world_of(ToolRule(effect="read", allowed_paths=("data/", "out/"))) as world:
        search = Search(oracle=Invariants(policy, world.base), originals=act_texts(policy), chains=st.just(()))
        return hunt(search, max_examples=examples, seed=3)


def test_the_gate_holds() -> None:
    told = hunted(examples=150)
    assert told.bypass is None, told.bypass.explain()


def unrecorded(patch: pytest.MonkeyPatch) -> None:
    emit_all = TaskState.emit_all
    keep = lambda event: event.type != "tool_decided"  # noqa: E731 - one line says it
    patch.setattr(TaskState, "emit_all", lambda self, events: emit_all(self, [e for e in events if keep(e)]))


def default_allow(patch: pytest.MonkeyPatch) -> None:
    get = RuleBook.get
    patch.setattr(RuleBook, "get", lambda self, tool: get(self, tool) or ToolRule(effect="read"))


def permissions_ignored(patch: pytest.MonkeyPatch) -> None:
    from pytest_agentsafety.permissions.checker import _allowed

    patch.setattr(PermissionChecker, "check", lambda self, call, rule: _allowed(call.name))


def approval_ignored(patch: pytest.MonkeyPatch) -> None:
    import pytest_agentsafety.gate.asking as asking

    yes = lambda approver, request: ApprovalAnswer(answer="approve", by="nobody")  # noqa: E731
    patch.setattr(asking, "safe_decide", yes)


def calls_uncounted(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Budget, "count_tool_call", lambda self, name=None, arguments=None: None)


def retry_uncharged(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Budget, "keep", lambda self, reservation: self.release(reservation))
    patch.setattr(Budget, "fail", lambda self, reservation, **_: self.release(reservation))


def never_closed(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(TaskState, "check_open", lambda self: None)


BUGS = {
    unrecorded: "no decision to allow it is on record",
    default_allow: "it has no rule",
    permissions_ignored: "its path leads out of the allowed paths",
    approval_ignored: "nobody agreed to this call",
    calls_uncounted: "the limit of tool calls is reached",
    retry_uncharged: "the provider bills",
    never_closed: "its task is over",
}


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.__name__)
def test_a_planted_bug_is_found_and_shrunk(bug: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert tool_door is not None
    bug(monkeypatch)
    told = hunted()
    assert told.bypass is not None
    assert BUGS[bug] in told.bypass.after.reason
    assert len(json.loads(told.bypass.attack)) <= 3, "every act is needed"


class TestChunks:
    def test_the_model_door_reads_what_is_split_as_one(self) -> None:
        search = Search(oracle=GateChunked(POLICY), originals=attack_texts(), chains=splits())
        told = hunt(search, max_examples=120, seed=1)
        assert told.bypass is None, told.bypass.explain()
        assert told.worth > 50

    def test_a_door_that_reads_each_text_alone_is_found_out(self, monkeypatch: pytest.MonkeyPatch) -> None:
        alone = ModelSide._refuse_if_blocked
        monkeypatch.setattr(ModelSide, "_guard_input", alone)
        search = Search(oracle=GateChunked(POLICY), originals=attack_texts(), chains=splits())
        told = hunt(search, max_examples=120, seed=1)
        assert told.bypass is not None
        assert told.bypass.after.reason in ("in several blocks", "in several messages")

    def test_what_is_let_pass_whole_shows_nothing(self) -> None:
        oracle = GateChunked(POLICY)
        assert not oracle.worth(oracle.before("Good morning"))

    def test_a_spent_budget_is_a_denial_of_its_own(self) -> None:
        tight = replace(POLICY, budget=BudgetLimits(max_tokens=1))
        said = GateChunked(tight).before("Good morning")
        assert said.status == "denied"


class TestMachine:
    options = settings(max_examples=15, stateful_step_count=8, derandomize=True, database=None, deadline=None)

    def test_the_gate_holds_under_ones_own_policy(self) -> None:
        run_state_machine_as_test(gate_machine(POLICY), settings=self.options)

    def test_a_planted_bug_is_found(self, monkeypatch: pytest.MonkeyPatch) -> None:
        default_allow(monkeypatch)
        options = settings(self.options, max_examples=300, phases=(Phase.generate,))
        with pytest.raises(AssertionError, match="it has no rule"):
            run_state_machine_as_test(gate_machine(POLICY), settings=options)

    def test_it_leaves_nothing_behind(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
        machine = gate_machine(POLICY)()
        assert len(list(tmp_path.iterdir())) == 1
        machine.teardown()
        assert list(tmp_path.iterdir()) == []
