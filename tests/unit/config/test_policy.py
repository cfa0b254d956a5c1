"""The rule tables: types, ranges, choices, and what a complaint says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pytest_agentsafety.config import parse_policy, parse_tool_rules
from pytest_agentsafety.model.errors import ConfigError, UnknownNameError
from pytest_agentsafety.model.policy import EFFECTS, ROLES, BudgetLimits, Policy, ToolRule
from pytest_agentsafety.permissions.urls import check_url

PLACE = "suites/office/suite.yaml: policy"


def policy(**tables: Any) -> Policy:
    return parse_policy(tables, place=PLACE)


def tool(**keys: Any) -> ToolRule:
    return parse_tool_rules({"t": {"effect": "read", **keys}}, place=PLACE)["t"]


def complaint(**tables: Any) -> str:
    with pytest.raises(ConfigError) as caught:
        policy(**tables)
    return str(caught.value)


def tool_complaint(**keys: Any) -> str:
    with pytest.raises(ConfigError) as caught:
        tool(**keys)
    return str(caught.value)


def test_an_empty_table_is_the_default_policy() -> None:
    assert parse_policy({}, place=PLACE) == Policy()


def test_a_complaint_names_the_callers_place_and_the_table() -> None:
    assert complaint(budget={"max_tokens": -1}) == (
        f"{PLACE}: [budget] max_tokens: expected a whole number of at least 1, got -1"
    )


def test_keys_of_the_settings_file_are_not_policy_keys() -> None:
    assert "unknown key 'agent'" in complaint(agent="a:b")


@pytest.mark.parametrize("key", ["max_cost_usd", "max_cost_per_action_usd", "max_seconds"])
@pytest.mark.parametrize("value", [0, -1, -0.5, float("inf"), float("nan"), True, "1", None, [1]])
def test_amounts_are_positive_finite_numbers(key: str, value: Any) -> None:
    assert f"[budget] {key}: expected a number above 0, finite, got" in complaint(budget={key: value})


@pytest.mark.parametrize("key", ["max_tokens", "max_tool_calls"])
@pytest.mark.parametrize("value", [0, -1, 1.0, 1.5, True, False, "5", None])
def test_counts_are_positive_whole_numbers(key: str, value: Any) -> None:
    assert f"[budget] {key}: expected a whole number of at least 1, got {value!r}" in complaint(budget={key: value})


def test_a_whole_number_is_good_for_an_amount() -> None:
    limits = policy(budget={"max_cost_usd": 3, "max_seconds": 7}).budget
    assert limits == BudgetLimits(max_cost_usd=3.0, max_seconds=7.0)
    assert isinstance(limits.max_cost_usd, float)


def test_no_retries_and_no_delay_are_allowed() -> None:
    retry = policy(retry={"max_retries": 0, "base_delay": 0}).retry
    assert (retry.max_retries, retry.base_delay) == (0, 0.0)


@pytest.mark.parametrize("table", [{"max_retries": -1}, {"max_retries": 1.5}, {"base_delay": -0.1}])
def test_retry_refuses_what_is_below_zero_or_not_whole(table: dict[str, Any]) -> None:
    assert "[retry]" in complaint(retry=table)


@pytest.mark.parametrize("name", ["approval", "budget", "models", "retry", "scope", "tools"])
@pytest.mark.parametrize("value", [3, "x", [1], None, True])
def test_a_table_must_be_a_table(name: str, value: Any) -> None:
    assert f"[{name}]: expected a table, got {value!r}" in complaint(**{name: value})


@pytest.mark.parametrize("value", ["", "  ", 5, None, ["m"]])
def test_a_model_is_a_non_empty_string(value: Any) -> None:
    assert "[models] simple: expected a non-empty string" in complaint(models={"simple": value})


def test_provenance_names_near_miss_and_valid_values() -> None:
    assert complaint(provenance="enforced") == (
        f"{PLACE}: unknown provenance 'enforced'. Did you mean 'enforce'? Valid: enforce, off, strict"
    )


def test_provenance_of_another_type() -> None:
    assert "provenance: expected one of enforce, strict, off, got False" in complaint(provenance=False)


@pytest.mark.parametrize("name", ["deny", "oracle", "console", "queue"])
def test_approvers_of_this_version(name: str) -> None:
    assert policy(approval={"approver": name}).approval.approver == name


def test_the_queue_and_the_time_limit() -> None:
    assert (policy().approval.queue, policy().approval.timeout) == (None, 60.0)
    rules = policy(approval={"approver": "queue", "queue": "asks/open.jsonl", "timeout": 5}).approval
    assert (rules.queue, rules.timeout) == ("asks/open.jsonl", 5)


def test_the_queue_starts_at_the_base() -> None:
    written = {"approval": {"queue": "asks/open.jsonl"}}
    assert parse_policy(written, place="here", base=Path("/srv")).approval.queue == "/srv/asks/open.jsonl"


@pytest.mark.parametrize("wrong", ["", " ", "asks/", "a\0b", 7, ["x"]])
def test_a_queue_is_a_file(wrong: object) -> None:
    assert "[approval] queue: expected" in complaint(approval={"queue": wrong})


@pytest.mark.parametrize("wrong", [0, -1, "10", True, float("inf"), float("nan")])
def test_a_time_limit_is_seconds(wrong: object) -> None:
    assert "[approval] timeout: expected" in complaint(approval={"timeout": wrong})


def test_an_unknown_approver_shows_its_near_miss() -> None:
    assert "unknown approver 'consol'. Did you mean 'console'?" in complaint(approval={"approver": "consol"})


def test_the_callback_approver_needs_a_callback() -> None:
    assert "approver 'callback' needs callback" in complaint(approval={"approver": "callback"})


def test_a_callback_may_stand_ready_for_the_option() -> None:
    rules = policy(approval={"callback": "shop.ask:decide"}).approval
    assert (rules.approver, rules.callback) == ("deny", "shop.ask:decide")


def test_a_callback_is_module_colon_attr() -> None:
    assert "[approval] callback: expected module:attr" in complaint(approval={"callback": "shop.ask.decide"})


@pytest.mark.parametrize("value", ["send_email", [""], [3], {"a": 1}, [["x"]], None])
def test_approval_lists_are_lists_of_strings(value: Any) -> None:
    assert "[approval] always_ask: expected a list of" in complaint(approval={"always_ask": value})


def test_scope_and_canaries() -> None:
    read = policy(scope={"allowed_topics": ["a"], "denied_topics": ["b"]}, canaries=["secret-1", "secret-2"])
    assert (read.scope.allowed_topics, read.scope.denied_topics) == (("a",), ("b",))
    assert read.canaries == ("secret-1", "secret-2")


@pytest.mark.parametrize("value", ["hush-hush", ["hush-hush", ""], ["hush-hush", 3], {"hush-hush": 1}])
def test_a_complaint_about_canaries_shows_none(value: Any) -> None:
    text = complaint(canaries=value)
    assert "canaries: expected a list of non-empty strings" in text
    assert "hush" not in text


def test_a_tool_rule_with_every_key() -> None:
    rules = parse_tool_rules(
        {
            "execute_code": {
                "effect": "execute",
                "allowed_paths": ["data/"],
                "max_size_kb": 5,
                "allowed_domains": ["api.example.com"],
                "sandbox": "native",
                "timeout": 2.5,
                "no_network": False,
                "memory_mb": 128,
                "disk_mb": 8,
                "output_kb": 16,
                "allow_subprocess": True,
                "cpu_seconds": 7,
                "image": "python:3.13-slim",
                "roles": {"code": "content"},
                "result_trust": "trusted",
            }
        },
        place=PLACE,
    )
    assert rules == {
        "execute_code": ToolRule(
            effect="execute",
            allowed_paths=("data/",),
            max_size_kb=5,
            allowed_domains=("api.example.com",),
            sandbox="native",
            timeout=2.5,
            no_network=False,
            memory_mb=128,
            disk_mb=8,
            output_kb=16,
            allow_subprocess=True,
            cpu_seconds=7,
            image="python:3.13-slim",
            roles={"code": "content"},
            result_trust="trusted",
        )
    }


@pytest.mark.parametrize("effect", EFFECTS)
def test_a_tool_rule_with_its_effect_alone_has_the_default_limits(effect: Any) -> None:
    assert parse_tool_rules({"t": {"effect": effect}}, place=PLACE) == {"t": ToolRule(effect=effect)}


def test_the_effect_is_required() -> None:
    with pytest.raises(ConfigError) as caught:
        parse_tool_rules({"read_file": {"allowed_paths": ["data/"]}}, place=PLACE)
    assert str(caught.value) == (
        f"{PLACE}: [read_file]: effect is required. Valid: read, write, egress, execute, pay, delete"
    )


def test_an_unknown_effect() -> None:
    assert "[t]: unknown effect 'writes'. Did you mean 'write'?" in tool_complaint(effect="writes")


@pytest.mark.parametrize("key", ["max_size_kb", "memory_mb", "disk_mb", "output_kb"])
@pytest.mark.parametrize("value", [0, -1, 1.5, True, "1"])
def test_sizes_are_positive_whole_numbers(key: str, value: Any) -> None:
    assert f"[t] {key}: expected a whole number of at least 1" in tool_complaint(**{key: value})


@pytest.mark.parametrize("key", ["no_network", "allow_subprocess"])
@pytest.mark.parametrize("value", [0, 1, "true", None])
def test_switches_are_true_or_false_and_nothing_else(key: str, value: Any) -> None:
    assert f"[t] {key}: expected true or false, got {value!r}" in tool_complaint(**{key: value})


@pytest.mark.parametrize("value", [0, -3, float("inf"), True, "30s"])
def test_a_timeout_is_a_positive_finite_number(value: Any) -> None:
    assert "[t] timeout: expected a number above 0" in tool_complaint(timeout=value)


@pytest.mark.parametrize("role", ROLES)
def test_every_role(role: str) -> None:
    assert tool(roles={"argument": role}).roles == {"argument": role}


def test_an_unknown_role_names_the_argument() -> None:
    text = tool_complaint(roles={"to": "destinations"})
    assert "[t.roles]: unknown to 'destinations'. Did you mean 'destination'?" in text


@pytest.mark.parametrize(
    ("key", "value", "near"),
    [("sandbox", "dokcer", "docker"), ("result_trust", "untrust", "untrusted")],
)
def test_other_choices(key: str, value: str, near: str) -> None:
    assert f"unknown {key} '{value}'. Did you mean '{near}'?" in tool_complaint(**{key: value})


@pytest.mark.parametrize(
    "value", ["https://api.example.com/v1", "ftp://a.example", "api.example.com/v1", "a b.example", ""]
)
def test_a_domain_stands_alone(value: str) -> None:
    assert "[t] allowed_domains: expected" in tool_complaint(allowed_domains=[value])


def test_a_whole_origin_may_be_allowed() -> None:
    """A denial advises to write one, where a private address or another port is meant."""
    allowed = tool(allowed_domains=["http://127.0.0.1:8080"]).allowed_domains or ()
    assert check_url("http://127.0.0.1:8080/x", allowed).allowed
    assert not check_url("http://127.0.0.1:8081/x", allowed).allowed


def test_an_empty_list_of_paths_is_kept_apart_from_none() -> None:
    assert tool(allowed_paths=[]).allowed_paths == ()
    assert tool().allowed_paths is None


def test_paths_stay_as_written_without_a_base() -> None:
    assert policy(tools={"t": {"effect": "read", "allowed_paths": ["data/", "/abs"]}}).tools["t"].allowed_paths == (
        "data/",
        "/abs",
    )


def test_paths_start_at_the_base_and_keep_their_last_slash(tmp_path: Path) -> None:
    table = {"tools": {"t": {"effect": "read", "allowed_paths": ["data/", "/abs"]}}}
    rule = parse_policy(table, place=PLACE, base=tmp_path).tools["t"]
    assert rule.allowed_paths == (f"{tmp_path}/data/", "/abs")


def test_a_path_with_a_nul_character() -> None:
    assert "paths without a NUL character" in tool_complaint(allowed_paths=["a\0b"])


def test_a_key_that_is_no_name() -> None:
    with pytest.raises(ConfigError, match="a key must be a name, got 5"):
        parse_tool_rules({5: {"effect": "read"}}, place=PLACE)  # type: ignore[dict-item]


def test_hostile_names_and_values_stay_on_one_printable_line() -> None:
    text = tool_complaint(timeout="\x1b[2J\n::error::x" + "y" * 500)
    assert "\x1b" not in text
    assert "\n" not in text
    assert len(text) < 300


def test_unknown_names_can_be_told_apart_by_type() -> None:
    with pytest.raises(UnknownNameError) as caught:
        policy(budgets={})
    assert (caught.value.what, caught.value.value) == ("key", "budgets")
    assert "budget" in caught.value.valid
