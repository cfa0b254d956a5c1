"""Finding the file and reading all of it."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from pytest_agentsafety.config import GateRule, Settings, load_settings
from pytest_agentsafety.model.errors import ConfigError, UnknownNameError
from pytest_agentsafety.model.policy import ApprovalRules, BudgetLimits, ModelRoutes, Policy, RetrySettings

FULL = """
[project]
name = "shop"

[tool.agentsafety]
agent = "shop.agent:build"
suites = ["generated", "tests/suites/refunds"]
provenance = "strict"
canaries = ["CANARY-1"]
live_tools = ["read_ticket"]

[tool.agentsafety.budget]
max_cost_usd = 2
max_cost_per_action_usd = 0.25
max_tokens = 50_000
max_tool_calls = 10
max_seconds = 60

[tool.agentsafety.retry]
max_retries = 0
base_delay = 0.5

[tool.agentsafety.models]
simple = "claude-haiku-5-5"
medium = "m"
complex = "c"

[tool.agentsafety.approval]
approver = "callback"
callback = "shop.approval:decide"
always_approve = ["read_*"]
always_ask = ["send_email"]

[tool.agentsafety.scope]
allowed_topics = ["refunds"]
denied_topics = ["politics"]

[tool.agentsafety.tools.write_file]
effect = "write"
allowed_paths = ["output/"]
max_size_kb = 1024
roles = { name = "path", body = "content" }
result_trust = "trusted"

[tool.agentsafety.gates]
attack_success_rate = { max = 0.05, bound = "wilson95" }
cost_per_task_usd = { p95_max = 0.10 }
"""


def write(folder: Path, text: str, name: str = "pyproject.toml") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(text)
    return path


def test_no_file_gives_the_defaults(tmp_path: Path) -> None:
    settings = load_settings(tmp_path)
    assert settings == Settings(root=tmp_path.resolve())
    assert settings.path is None
    assert settings.explicit == frozenset()
    assert settings.policy == Policy()


def test_defaults_are_those_of_the_design(tmp_path: Path) -> None:
    policy = load_settings(tmp_path).policy
    assert policy.budget == BudgetLimits(
        max_cost_usd=1.0, max_cost_per_action_usd=0.5, max_tokens=100_000, max_tool_calls=25, max_seconds=120.0
    )
    assert policy.retry == RetrySettings(max_retries=3, base_delay=1.0)
    assert policy.models == ModelRoutes(
        simple="claude-haiku-5-5", medium="claude-sonnet-5-5", complex="claude-opus-5-5"
    )
    assert policy.approval == ApprovalRules(approver="deny", always_approve=(), always_ask=())
    assert policy.provenance == "enforce"
    assert policy.tools == {}


def test_every_table_is_read(tmp_path: Path) -> None:
    path = write(tmp_path, FULL)
    settings = load_settings(tmp_path)
    policy = settings.policy
    assert (settings.path, settings.root) == (path.resolve(), tmp_path.resolve())
    assert settings.agent == "shop.agent:build"
    assert settings.suites == ("generated", "tests/suites/refunds")
    assert settings.live_tools == ("read_ticket",)
    assert policy.provenance == "strict"
    assert policy.canaries == ("CANARY-1",)
    assert policy.budget.max_cost_usd == 2.0
    assert policy.budget.max_tokens == 50_000
    assert policy.retry == RetrySettings(max_retries=0, base_delay=0.5)
    assert policy.models.medium == "m"
    assert policy.approval.callback == "shop.approval:decide"
    assert policy.approval.always_approve == ("read_*",)
    assert policy.scope.denied_topics == ("politics",)
    rule = policy.tools["write_file"]
    assert (rule.effect, rule.allowed_paths, rule.max_size_kb) == ("write", ("output/",), 1024)
    assert rule.roles == {"name": "path", "body": "content"}
    assert rule.result_trust == "trusted"
    assert settings.gates == (
        GateRule(metric="attack_success_rate", statistic="value", op="max", limit=0.05, bound="wilson95"),
        GateRule(metric="cost_per_task_usd", statistic="p95", op="max", limit=0.10),
    )


def test_explicit_tells_written_from_default(tmp_path: Path) -> None:
    write(tmp_path, FULL)
    explicit = load_settings(tmp_path).explicit
    assert {"agent", "budget", "budget.max_cost_usd", "tools.write_file.effect", "gates.attack_success_rate.bound"} <= (
        explicit
    )
    assert "tools.write_file.timeout" not in explicit
    assert "project" not in explicit


def test_a_part_of_a_table_keeps_the_other_defaults(tmp_path: Path) -> None:
    write(tmp_path, "[tool.agentsafety.budget]\nmax_tokens = 7\n")
    settings = load_settings(tmp_path)
    assert settings.policy.budget == BudgetLimits(max_tokens=7)
    assert settings.explicit == {"budget", "budget.max_tokens"}


def test_an_empty_table_is_found_and_is_all_defaults(tmp_path: Path) -> None:
    path = write(tmp_path, "[tool.agentsafety]\n")
    settings = load_settings(tmp_path)
    assert settings.path == path.resolve()
    assert settings.policy == Policy()


def test_the_policy_does_not_depend_on_the_folder(tmp_path: Path) -> None:
    write(tmp_path / "a", FULL)
    write(tmp_path / "b", FULL)
    assert load_settings(tmp_path / "a").policy.sha256 == load_settings(tmp_path / "b").policy.sha256


def test_the_nearest_file_that_has_the_table_wins(tmp_path: Path) -> None:
    write(tmp_path, '[tool.agentsafety]\nagent = "outer:a"\n')
    write(tmp_path / "in", '[tool.agentsafety]\nagent = "inner:a"\n', "agentsafety.toml")
    write(tmp_path / "in" / "deep", "[tool.other]\nx = 1\n")
    below = tmp_path / "in" / "deep" / "er"
    below.mkdir()
    settings = load_settings(below)
    assert settings.agent == "inner:a"
    assert settings.root == (tmp_path / "in").resolve()


def test_a_pyproject_without_the_table_beside_our_file_is_fine(tmp_path: Path) -> None:
    write(tmp_path, "[project]\nname = 'x'\n")
    own = write(tmp_path, '[tool.agentsafety]\nagent = "a:b"\n', "agentsafety.toml")
    assert load_settings(tmp_path).path == own.resolve()


def test_two_tables_in_one_folder_are_an_error(tmp_path: Path) -> None:
    write(tmp_path, "[tool.agentsafety]\n")
    write(tmp_path, "[tool.agentsafety]\n", "agentsafety.toml")
    with pytest.raises(ConfigError, match=r"both agentsafety\.toml and pyproject\.toml have \[tool\.agentsafety\]"):
        load_settings(tmp_path)


def test_our_own_file_without_the_heading_is_an_error(tmp_path: Path) -> None:
    write(tmp_path, 'agent = "a:b"\n', "agentsafety.toml")
    with pytest.raises(ConfigError, match=r"agentsafety\.toml: has no \[tool\.agentsafety\] table"):
        load_settings(tmp_path)


def test_our_own_file_that_is_empty_says_nothing(tmp_path: Path) -> None:
    write(tmp_path, "# later\n", "agentsafety.toml")
    assert load_settings(tmp_path).path is None


@pytest.mark.parametrize(
    ("text", "where", "what"),
    [
        ("[tool.agentsafety]\nagent = 'a:b\n", ":3:1:", "malformed TOML"),
        ("[tool.agentsafety\n", ":1:18:", "malformed TOML"),
        ("[tool.agentsafety]\na = 1\na = 2\n", ":3:6:", "malformed TOML"),
        ("[tool.agentsafety]\nx = [1,\n", ":3:1:", "malformed TOML"),
    ],
)
def test_malformed_toml_names_line_and_column(tmp_path: Path, text: str, where: str, what: str) -> None:
    path = write(tmp_path, text)
    with pytest.raises(ConfigError) as caught:
        load_settings(tmp_path)
    assert str(caught.value).startswith(f"{path.resolve()}{where}")
    assert what in str(caught.value)
    assert "(at line" not in str(caught.value)


def test_a_malformed_file_that_cannot_be_ours_is_left_to_its_owner(tmp_path: Path) -> None:
    write(tmp_path, '[tool.agentsafety]\nagent = "a:b"\n')
    write(tmp_path / "in", "[project\n")
    assert load_settings(tmp_path / "in").agent == "a:b"


def test_bytes_that_are_not_utf8_name_their_line(tmp_path: Path) -> None:
    path = tmp_path / "pyproject.toml"
    path.write_bytes(b"[tool.agentsafety]\nagent = '\xff'\n")
    with pytest.raises(ConfigError, match=r"pyproject\.toml:2: not UTF-8: byte 0xff"):
        load_settings(tmp_path)


def test_nesting_too_deep_is_an_error_not_a_crash(tmp_path: Path) -> None:
    write(tmp_path, f"[tool.agentsafety]\nx = {'[' * 5000}{']' * 5000}\n")
    with pytest.raises(ConfigError):
        load_settings(tmp_path)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("tool = 3 # agentsafety\n", "tool must be a table, found 3"),
        ("[tool]\nagentsafety = 3\n", "tool.agentsafety must be a table, found 3"),
        ("[[tool.agentsafety]]\n", "tool.agentsafety must be a table"),
    ],
)
def test_something_else_under_our_name(tmp_path: Path, text: str, message: str) -> None:
    write(tmp_path, text)
    with pytest.raises(ConfigError) as caught:
        load_settings(tmp_path)
    assert message in str(caught.value)


def test_a_folder_with_the_files_name_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").mkdir()
    assert load_settings(tmp_path).path is None


def test_an_unknown_key_names_file_line_table_near_miss_and_valid(tmp_path: Path) -> None:
    path = write(tmp_path, '[tool.agentsafety]\nagent = "a:b"\nsuite = ["x"]\n')
    with pytest.raises(UnknownNameError) as caught:
        load_settings(tmp_path)
    assert str(caught.value) == (
        f"{path.resolve()}:3: [tool.agentsafety]: unknown key 'suite'. Did you mean 'suites'? Valid: agent, approval, "
        "budget, canaries, checkpoint, command, content_policy, fuzz, gates, gateway, generated, guardrails, judge, "
        "live_tools, models, prices, provenance, retry, run_budget, scope, suites, tools"
    )


def test_an_unknown_key_in_an_inner_table_names_that_table(tmp_path: Path) -> None:
    path = write(tmp_path, '\n[tool.agentsafety.tools.read_file]\neffect = "read"\nallowed_path = ["data/"]\n')
    with pytest.raises(UnknownNameError) as caught:
        load_settings(tmp_path)
    assert str(caught.value).startswith(
        f"{path.resolve()}:4: [tool.agentsafety.tools.read_file]: unknown key 'allowed_path'. "
        "Did you mean 'allowed_paths'? Valid: "
    )


def test_a_key_of_an_inline_table_falls_back_to_the_line_of_its_table(tmp_path: Path) -> None:
    write(tmp_path, "[tool.agentsafety]\nbudget = { max_cost = 1 }\n")
    with pytest.raises(UnknownNameError, match=r":2: \[tool\.agentsafety\.budget\]: unknown key 'max_cost'"):
        load_settings(tmp_path)


def test_a_multi_line_string_does_not_shift_the_lines(tmp_path: Path) -> None:
    text = '[tool.agentsafety]\ncanaries = ["""\nagent = 1\n[tool.x]\n"""]\nagent = 5\n'
    write(tmp_path, text)
    with pytest.raises(ConfigError, match=r":6: \[tool\.agentsafety\] agent: expected a non-empty string, got 5"):
        load_settings(tmp_path)


@pytest.mark.parametrize("value", ["shop", "shop:", ":build", "shop agent:build", "shop.agent:build()", "a:b:c"])
def test_an_agent_is_module_colon_attr(tmp_path: Path, value: str) -> None:
    write(tmp_path, f'[tool.agentsafety]\nagent = "{value}"\n')
    with pytest.raises(ConfigError, match=r"agent: expected module:attr, as in myapp\.agent:build"):
        load_settings(tmp_path)


def test_an_empty_list_of_suites_is_an_error(tmp_path: Path) -> None:
    write(tmp_path, "[tool.agentsafety]\nsuites = []\n")
    with pytest.raises(ConfigError, match=r"suites: the list is empty"):
        load_settings(tmp_path)


def test_settings_are_frozen(tmp_path: Path) -> None:
    settings = load_settings(tmp_path)
    with pytest.raises(dataclasses.FrozenInstanceError):
        settings.agent = "x:y"  # type: ignore[misc]
