"""The policy's hash: recordings carry it, so fields that came later may not change it while they are unset."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from pytest_agentsafety.catalog.folder_suite import FolderSuite
from pytest_agentsafety.model.policy import ApprovalRules, BudgetLimits, Policy, RunLimits, ToolRule

ROOT = Path(__file__).parents[3]
CASSETTES = ROOT / "fixtures" / "cassettes" / "inbox"

# As they were before `run_budget` and `max_identical_calls` came.
OF_THE_DEFAULTS = "cb4a6a890a2a31499d764a3d3e82184f54cec72a21db00a7c563b6a03057c3f1"
OF_TWO_DOLLARS = "9c7749bf7555f8d82e8797e4d829e4ab6797ce7e49128fefdfca665621be33f2"


def test_the_hash_of_the_defaults_is_what_it_was() -> None:
    assert Policy().sha256 == OF_THE_DEFAULTS
    assert Policy(budget=BudgetLimits(max_cost_usd=2.0)).sha256 == OF_TWO_DOLLARS


def test_later_fields_at_their_default_do_not_count_even_when_written() -> None:
    written = Policy(budget=BudgetLimits(max_identical_calls=6), run_budget=RunLimits(max_cost_usd=None))
    assert written.sha256 == OF_THE_DEFAULTS


@pytest.mark.parametrize(
    "changed",
    [
        Policy(budget=BudgetLimits(max_identical_calls=7)),
        Policy(run_budget=RunLimits(max_cost_usd=1.0)),
        Policy(run_budget=RunLimits(max_tokens=1)),
        Policy(run_budget=RunLimits(max_tool_calls=1)),
        Policy(run_budget=RunLimits(max_seconds=1.0)),
        Policy(approval=ApprovalRules(timeout=1.0)),
        Policy(approval=ApprovalRules(queue="asks.jsonl")),
    ],
)
def test_later_fields_count_once_they_are_set(changed: Policy) -> None:
    assert changed.sha256 != OF_THE_DEFAULTS


def test_two_settings_never_share_a_hash() -> None:
    policies = [Policy(run_budget=RunLimits(max_tokens=n), budget=BudgetLimits(max_identical_calls=m))
                for n in (1, 2) for m in (5, 7)]  # fmt: skip
    assert len({policy.sha256 for policy in policies}) == 4


def test_rules_of_tools_still_count() -> None:
    rule = ToolRule(effect="read", allowed_paths=("data/",))
    one, other = Policy(tools={"t": rule}), Policy(tools={"t": replace(rule, allowed_paths=("etc/",))})
    assert len({one.sha256, other.sha256, OF_THE_DEFAULTS}) == 3


@pytest.mark.skipif(not CASSETTES.is_dir(), reason="the recordings are not in this copy")
def test_the_inbox_policy_hashes_to_what_its_recordings_carry() -> None:
    policy = FolderSuite.load(ROOT / "suites" / "inbox").policy
    assert policy is not None
    carried = {
        json.loads(path.read_text(encoding="utf-8"))["agentsafety"]["policy_sha256"]
        for path in CASSETTES.glob("*.json")
    }
    assert carried == {policy.sha256}
