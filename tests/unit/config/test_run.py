"""`run_budget` and `prices`: what is read, what is refused, and what stays out of the policy's hash."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pytest_agentsafety.config import ModelPrice, Settings, load_settings, parse_policy
from pytest_agentsafety.model.errors import ConfigError, UnknownNameError
from pytest_agentsafety.model.policy import Policy, RunLimits


def load(folder: Path, text: str) -> Settings:
    (folder / "agentsafety.toml").write_text(f"[tool.agentsafety]\n{text}")
    return load_settings(folder)


def complaint(folder: Path, text: str) -> str:
    with pytest.raises(ConfigError) as caught:
        load(folder, text)
    return str(caught.value)


# -- run_budget


def test_a_run_has_no_limit_unless_one_is_written(tmp_path: Path) -> None:
    assert load(tmp_path, "").policy.run_budget == RunLimits()
    assert not RunLimits().is_set
    assert load(tmp_path, "run_budget = {}\n").policy == Policy()


def test_all_limits_of_a_run_are_read(tmp_path: Path) -> None:
    text = "[tool.agentsafety.run_budget]\nmax_cost_usd = 5\nmax_tokens = 9\nmax_tool_calls = 8\nmax_seconds = 0.5\n"
    settings = load(tmp_path, text)
    assert settings.policy.run_budget == RunLimits(max_cost_usd=5.0, max_tokens=9, max_tool_calls=8, max_seconds=0.5)
    assert {"run_budget", "run_budget.max_tokens"} <= settings.explicit


@pytest.mark.parametrize("key", ["max_cost_usd", "max_tokens", "max_tool_calls", "max_seconds"])
def test_one_limit_alone_is_enough(tmp_path: Path, key: str) -> None:
    limits = load(tmp_path, f"run_budget = {{ {key} = 3 }}\n").policy.run_budget
    assert limits == RunLimits(**{key: 3})  # type: ignore[arg-type]
    assert limits.is_set


@pytest.mark.parametrize("key", ["max_cost_usd", "max_tokens", "max_tool_calls", "max_seconds"])
@pytest.mark.parametrize("value", ["0", "-1", "nan", "inf", "true", '"5"'])
def test_a_limit_is_a_number_above_zero(tmp_path: Path, key: str, value: str) -> None:
    message = complaint(tmp_path, f"[tool.agentsafety.run_budget]\n{key} = {value}\n")
    assert f"agentsafety.toml:3: [tool.agentsafety.run_budget] {key}: expected a" in message


def test_a_typo_is_named_with_its_near_miss(tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match=r"unknown key 'max_cost'. Did you mean 'max_cost_usd'\?"):
        load(tmp_path, "run_budget = { max_cost = 3 }\n")


def test_a_suite_cannot_set_the_limits_of_a_run() -> None:
    with pytest.raises(UnknownNameError, match="unknown key 'run_budget'"):
        parse_policy({"run_budget": {"max_cost_usd": 100}}, place="suite.yaml")


# -- prices


def test_prices_are_dollars_per_million_tokens_and_become_exact_dollars_per_token(tmp_path: Path) -> None:
    text = '[tool.agentsafety.prices."my-model-1.5"]\ninput = 0.3\noutput = 15\ncache_read = 0\ncache_write = 0.7\n'
    prices = load(tmp_path, text).prices
    assert prices == {"my-model-1.5": ModelPrice(input=3e-07, output=1.5e-05, cache_read=0.0, cache_write=7e-07)}
    assert repr(prices["my-model-1.5"].input) == "3e-07"


def test_cache_prices_may_be_left_out(tmp_path: Path) -> None:
    prices = load(tmp_path, "prices.m = { input = 3, output = 15 }\n").prices
    assert prices == {"m": ModelPrice(input=3e-06, output=1.5e-05)}
    assert (prices["m"].cache_read, prices["m"].cache_write) == (None, None)


def test_there_are_no_prices_by_default(tmp_path: Path) -> None:
    assert load(tmp_path, "").prices == {}


@pytest.mark.parametrize("given", ["input = 3", "output = 3", "cache_read = 1"])
def test_half_a_price_is_refused(tmp_path: Path, given: str) -> None:
    missing = "output" if given.startswith("input") else "input"
    assert f"[tool.agentsafety.prices.m]: {missing} is required" in complaint(tmp_path, f"prices.m = {{ {given} }}\n")


@pytest.mark.parametrize("key", ["input", "output", "cache_read", "cache_write"])
@pytest.mark.parametrize("value", ["-1", "nan", "inf", "true", '"5"'])
def test_a_price_is_a_number_from_zero(tmp_path: Path, key: str, value: str) -> None:
    entry: dict[str, Any] = {"input": 1, "output": 1, key: value}
    listed = "\n".join(f"{name} = {number}" for name, number in entry.items())
    message = complaint(tmp_path, f"[tool.agentsafety.prices.m]\n{listed}\n")
    assert f"[tool.agentsafety.prices.m] {key}: expected a number from 0" in message


def test_an_unknown_kind_of_price_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match="unknown key 'outputs'"):
        load(tmp_path, "prices.m = { input = 1, outputs = 1 }\n")
    assert "expected a table, got 3" in complaint(tmp_path, "prices.m = 3\n")


def test_prices_do_not_change_the_rules(tmp_path: Path) -> None:
    assert load(tmp_path, "prices.m = { input = 3, output = 15 }\n").policy.sha256 == Policy().sha256


# -- checkpoint


def test_the_journals_path_starts_at_the_file(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    settings = load(tmp_path, '[tool.agentsafety.checkpoint]\npath = "state/task.journal"\n')
    assert settings.checkpoint == tmp_path / "state" / "task.journal"
    assert load_settings(tmp_path / "deep").checkpoint == settings.checkpoint
    assert settings.policy.sha256 == Policy().sha256
    assert load(tmp_path, "").checkpoint is None
    assert load(tmp_path, 'checkpoint = { path = "/var/lib/task.journal" }\n').checkpoint == Path(
        "/var/lib/task.journal"
    )


@pytest.mark.parametrize("path", ['"state/"', '""', "7"])
def test_a_journal_is_a_file(tmp_path: Path, path: str) -> None:
    said = complaint(tmp_path, f"checkpoint = {{ path = {path} }}\n")
    assert "agentsafety.toml:2" in said
    assert "path" in said


def test_a_misspelt_key_of_the_checkpoint(tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'path'"):
        load(tmp_path, 'checkpoint = { paht = "x" }\n')
