from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from pytest_agentsafety.model.errors import ConfigError, UnknownNameError
from pytest_agentsafety.model.waiver import Waiver, read_waiver

GOOD = {"owner": "ann", "reason": "fixed with the next release", "expires": "2027-01-31"}


def test_a_waiver_counts_to_the_end_of_its_day() -> None:
    waiver = read_waiver(GOOD, place="here")
    assert waiver == Waiver(owner="ann", reason="fixed with the next release", expires=date(2027, 1, 31))
    assert not waiver.expired(date(2027, 1, 31))
    assert waiver.expired(date(2027, 2, 1))
    assert str(waiver) == "waived by ann until 2027-01-31: fixed with the next release"
    assert read_waiver(waiver.to_dict(), place="here") == waiver


def test_a_day_may_be_one_of_the_files_own() -> None:
    assert read_waiver({**GOOD, "expires": date(2027, 1, 31)}, place="here") == read_waiver(GOOD, place="here")


@pytest.mark.parametrize("missing", ["owner", "reason", "expires"])
@pytest.mark.parametrize("value", [None, "", "  ", 5])
def test_nobody_answers_for_a_waiver_that_lacks_something(missing: str, value: Any) -> None:
    with pytest.raises(ConfigError, match=f"here: a waiver needs '{missing}'"):
        read_waiver({**GOOD, missing: value}, place="here")


@pytest.mark.parametrize("day", ["never", "2027-13-01", "31.01.2027", datetime(2027, 1, 31, 12, 0)])  # noqa: DTZ001
def test_a_day_that_is_none(day: Any) -> None:
    with pytest.raises(ConfigError, match="a day as YYYY-MM-DD"):
        read_waiver({**GOOD, "expires": day}, place="here")


def test_what_is_no_waiver() -> None:
    with pytest.raises(ConfigError, match="must be a table with owner, reason, expires"):
        read_waiver("ann", place="here")
    with pytest.raises(UnknownNameError, match=r"unknown key of a waiver 'expire'. Did you mean 'expires'"):
        read_waiver({**GOOD, "expire": "x"}, place="here")
