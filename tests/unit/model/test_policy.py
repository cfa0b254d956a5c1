"""The policy's hash: the same for the same rules, another for any other."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from pytest_agentsafety.model.policy import (
    CRITICAL_ROLES,
    GUARDS,
    ROLES,
    ApprovalRules,
    BudgetLimits,
    Policy,
    RetrySettings,
    ScopeRules,
    ToolRule,
)

BASE = Policy(tools={"read": ToolRule(effect="read"), "send": ToolRule(effect="egress")}, canaries=("c1", "c2"))


def test_equal_rules_have_equal_hashes_whatever_their_order() -> None:
    same = Policy(
        tools={"send": ToolRule(effect="egress"), "read": ToolRule(effect="read")},
        canaries=("c2", "c1"),
        guards=frozenset(reversed(GUARDS)),
    )
    assert same.sha256 == BASE.sha256
    assert len(BASE.sha256) == 64


@pytest.mark.parametrize(
    "change",
    [
        {"tools": {}},
        {"tools": {"read": ToolRule(effect="write"), "send": ToolRule(effect="egress")}},
        {"tools": {"read": ToolRule(effect="read", allowed_paths=("a",)), "send": ToolRule(effect="egress")}},
        {"tools": {"read": ToolRule(effect="read", roles={"p": "path"}), "send": ToolRule(effect="egress")}},
        {"approval": ApprovalRules(always_ask=("send",))},
        {"budget": BudgetLimits(max_cost_usd=2.0)},
        {"retry": RetrySettings(max_retries=9)},
        {"scope": ScopeRules(denied_topics=("x",))},
        {"provenance": "off"},
        {"guards": frozenset({"pii"})},
        {"canaries": ("c1",)},
    ],
)
def test_any_other_rule_gives_another_hash(change: dict[str, Any]) -> None:
    assert replace(BASE, **change).sha256 != BASE.sha256


def test_a_tool_without_paths_differs_from_one_with_none_allowed() -> None:
    free, none = ToolRule(effect="read"), ToolRule(effect="read", allowed_paths=())
    assert BASE.with_tools({"r": free}).sha256 != BASE.with_tools({"r": none}).sha256


def test_changed_copies_leave_the_first_alone() -> None:
    before = BASE.sha256
    tools: dict[str, ToolRule] = {}
    copy = BASE.with_tools(tools).with_guards(frozenset())
    tools["late"] = ToolRule(effect="pay")
    assert (dict(copy.tools), copy.guards) == ({}, frozenset())
    assert BASE.sha256 == before
    assert BASE.guards == frozenset(GUARDS)


@pytest.mark.parametrize(
    ("effect", "write"),
    [("read", False), ("write", True), ("egress", True), ("execute", True), ("pay", True), ("delete", True)],
)
def test_everything_but_a_read_is_a_write(effect: Any, write: bool) -> None:
    assert ToolRule(effect=effect).is_write is write


def test_critical_roles_are_roles() -> None:
    assert set(ROLES) - CRITICAL_ROLES == {"content", "time", "query", "flag", "other"}
