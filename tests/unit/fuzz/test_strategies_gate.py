from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_agentsafety.budget import Budget
from pytest_agentsafety.catalog.registry import resolve_suites
from pytest_agentsafety.fuzz import acts, conversations, suites, tool_calls, usage_sequences, usages
from pytest_agentsafety.fuzz.gate_play import ANSWERS, request_of
from pytest_agentsafety.fuzz.strategies_gate import act_texts
from pytest_agentsafety.fuzz.strategies_suites import write_suite
from pytest_agentsafety.model.errors import LimitExceededError
from pytest_agentsafety.model.messages import Usage
from pytest_agentsafety.model.policy import BudgetLimits, Policy, ToolRule
from pytest_agentsafety.protocols import Rates

quick = settings(derandomize=True, database=None, deadline=None, max_examples=40)
POLICY = Policy(
    tools={
        "read_file": ToolRule(effect="read", allowed_paths=("data/",)),
        "pay": ToolRule(effect="pay", roles={"amount": "amount", "to": "destination", "link": "url"}),
    }
)


def test_acts_are_what_an_agent_may_do_as_plain_json() -> None:
    kinds: set[str] = set()
    tools: set[str] = set()
    answers: set[str] = set()

    @settings(quick, max_examples=150)
    @given(acts(POLICY), act_texts(POLICY))
    def check(some: list[Any], text: str) -> None:
        assert json.loads(json.dumps(some)) == some
        assert isinstance(json.loads(text), list)
        assert all(act["do"] != "limits" for act in some[1:]), "limits come first, if at all"
        kinds.update(act["do"] for act in some)
        tools.update(act["tool"] for act in some if act["do"] == "call")
        answers.update(act["answer"] for act in some if act["do"] == "call")

    check()
    assert kinds == {"call", "model", "limits", "close"}
    assert tools == {"read_file", "pay", "wipe_everything"}
    assert answers == set(ANSWERS)


@quick
@given(conversations(max_turns=5))
def test_conversations_are_what_the_api_takes(messages: list[dict[str, Any]]) -> None:
    assert messages[0]["role"] == messages[-1]["role"] == "user"
    assert [message["role"] for message in messages[::2]] == ["user"] * len(messages[::2])
    blocks = [b for m in messages if isinstance(m["content"], list) for b in m["content"]]
    uses = [block for block in blocks if block["type"] == "tool_use"]
    results = [block for block in blocks if block["type"] == "tool_result"]
    assert [use["id"] for use in uses] == [result["tool_use_id"] for result in results]
    assert len({use["id"] for use in uses}) == len(uses)


def test_conversations_of_ones_own_texts_and_tools() -> None:
    names: set[str] = set()
    call = tool_calls("look", {"type": "object", "properties": {}})

    @quick
    @given(conversations(st.just("bad"), st.just("good"), [call]))
    def check(messages: list[dict[str, Any]]) -> None:
        assert messages[0]["content"] in ("good", "bad")
        for message in messages:
            if isinstance(message["content"], list):
                names.update(block["name"] for block in message["content"] if block["type"] == "tool_use")

    check()
    assert names == {"look"}


@quick
@given(usages(most=100))
def test_usages_are_bounded(usage: Usage) -> None:
    assert 0 <= usage.total_input <= 300
    assert 0 <= usage.output_tokens <= 100


class Prices:
    def rates(self, model: str) -> Rates:
        return Rates(input=1e-6, output=5e-6, cache_read=1e-7, cache_write=1e-6)


@settings(quick, max_examples=120)
@given(usage_sequences(), st.sampled_from([0.001, 0.02]))
def test_a_budget_keeps_its_cap_under_any_usage(calls: list[tuple[int, str, Usage]], cap: float) -> None:
    """What the strategy is for: no order of endings and no reported usage within the reservation passes the cap."""
    limits = BudgetLimits(max_cost_usd=cap, max_cost_per_action_usd=1.0, max_tokens=10**9)
    budget = Budget(limits, Prices())
    for max_tokens, how, usage in calls:
        try:
            held = budget.reserve(request_of(["Hello"], max_tokens))
        except LimitExceededError:
            continue
        reported = Usage(output_tokens=min(usage.output_tokens, max_tokens))
        if how == "settle":
            budget.settle(held, reported)
        elif how == "keep":
            budget.keep(held)
        else:
            budget.release(held)
        spent = budget.spent
        assert Decimal(repr(spent.cost_usd)) + Decimal(repr(spent.reserved_usd)) <= Decimal(repr(cap))
        assert spent.reserved_usd == 0


def test_drawn_suites_are_taken_by_the_loader(tmp_path: Path) -> None:
    counted: list[int] = []

    @settings(quick, max_examples=25)
    @given(suites())
    def check(files: Any) -> None:
        folder = tmp_path / str(len(counted))
        place = write_suite(files, folder)
        (suite,) = resolve_suites([f"./{place.relative_to(tmp_path)}"], place="test", root=tmp_path)
        cases = suite.cases()
        counted.append(len(cases))
        assert {case.kind for case in cases} == {"benign", "attack"}
        for case in cases[:3]:
            scenario = suite.open(case)
            try:
                assert {tool.name for tool in scenario.tools} == {"read_note", "send_note"}
                assert scenario.prompt
            finally:
                scenario.close()

    check()
    assert len(counted) >= 20
