"""Errors teach: place, value, near miss, valid values."""

from __future__ import annotations

import pytest

from pytest_agentsafety.model import errors
from pytest_agentsafety.model.errors import (
    AgentSafetyError,
    BudgetExceededError,
    CassetteMiss,
    ConfigError,
    GuardrailBlocked,
    LimitExceededError,
    MaxRetriesExceeded,
    MissingExtraError,
    RunTerminated,
    StopRun,
    TokenLimitError,
    UnknownModelError,
    UnknownNameError,
    unknown_name_message,
)


def test_an_unknown_name_says_place_value_near_miss_and_valid_ones() -> None:
    error = UnknownNameError("suite", "inbx", ["inbox", "bank"], place="--agent-safety-suite")
    assert str(error) == "--agent-safety-suite: unknown suite 'inbx'. Did you mean 'inbox'? Valid: bank, inbox"
    assert (error.what, error.value, error.place, error.valid) == (
        "suite",
        "inbx",
        "--agent-safety-suite",
        ("bank", "inbox"),
    )


def test_no_near_miss_no_guess() -> None:
    assert unknown_name_message("key", "zzz", ["alpha"]) == "unknown key 'zzz'. Valid: alpha"
    assert unknown_name_message("key", "zzz", []) == "unknown key 'zzz'. Valid: none"


def test_hostile_values_are_escaped() -> None:
    assert "\x1b" not in unknown_name_message("key", "\x1b[31m\u202e", ["a"])


def test_limits_name_the_would_be_figure_and_the_limit() -> None:
    error = BudgetExceededError("cost per task", 1.25, 1.0, unit=" USD")
    assert str(error) == "cost per task would reach 1.25 USD, over the limit of 1 USD"
    assert (error.kind, error.value, error.limit, error.unit) == ("cost per task", 1.25, 1.0, " USD")
    assert str(TokenLimitError("tokens", 120_000, 100_000)) == "tokens would reach 120,000, over the limit of 100,000"


def test_retries_and_blocks_carry_their_parts() -> None:
    retries = MaxRetriesExceeded(4, "529 overloaded")
    assert (retries.attempts, retries.last) == (4, "529 overloaded")
    assert str(retries) == "gave up after 4 attempts, last failure: 529 overloaded"
    blocked = GuardrailBlocked("injection", "override", "asks to ignore the task")
    assert blocked.guard == "injection"
    assert str(blocked) == "blocked by injection (override): asks to ignore the task"


@pytest.mark.parametrize(
    ("kind", "guard"),
    [
        (BudgetExceededError, "budget"),
        (TokenLimitError, "budget"),
        (UnknownModelError, "budget"),
        (MaxRetriesExceeded, "retry"),
        (CassetteMiss, "cassette"),
        (RunTerminated, "terminated"),
    ],
)
def test_what_ends_a_run_names_its_guard(kind: type[StopRun], guard: str) -> None:
    assert issubclass(kind, StopRun)
    assert kind.guard == guard


def test_the_two_families_do_not_mix() -> None:
    kinds = [k for k in vars(errors).values() if isinstance(k, type) and issubclass(k, Exception)]
    assert all(issubclass(kind, AgentSafetyError) for kind in kinds)
    assert not [kind for kind in kinds if issubclass(kind, ConfigError) and issubclass(kind, StopRun)]
    assert issubclass(UnknownNameError, ConfigError)
    assert issubclass(MissingExtraError, ConfigError)
    assert issubclass(BudgetExceededError, LimitExceededError)
