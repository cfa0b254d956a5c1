"""Intervals against their definition, and the sample size a limit needs."""

from __future__ import annotations

import subprocess
import sys
from math import isclose

import pytest

from pytest_agentsafety.metrics import Z_ONE_SIDED_95, Z_TWO_SIDED_95, min_n_for, wilson


def test_no_success_in_60_is_4_3_percent() -> None:
    low, high = wilson(0, 60, Z_ONE_SIDED_95)
    assert low == 0.0
    assert round(high, 3) == 0.043


@pytest.mark.parametrize("z", [Z_ONE_SIDED_95, Z_TWO_SIDED_95])
@pytest.mark.parametrize(("successes", "n"), [(1, 10), (5, 10), (9, 10), (37, 400), (399, 400)])
def test_both_ends_solve_the_score_equation(successes: int, n: int, z: float) -> None:
    """A Wilson end p is where the observed share lies exactly z standard errors of p away."""
    share = successes / n
    for end in wilson(successes, n, z):
        assert isclose(abs(share - end), z * (end * (1 - end) / n) ** 0.5, rel_tol=1e-9)


def test_ends_are_ordered_and_hold_the_share() -> None:
    for n in range(1, 40):
        for successes in range(n + 1):
            low, high = wilson(successes, n)
            assert 0 <= low <= successes / n <= high <= 1


def test_a_rate_and_its_complement_mirror_each_other() -> None:
    low, high = wilson(3, 17)
    other_low, other_high = wilson(14, 17)
    assert isclose(low, 1 - other_high)
    assert isclose(high, 1 - other_low)


def test_nothing_observed_says_nothing() -> None:
    assert wilson(0, 0) == (0.0, 1.0)


@pytest.mark.parametrize(("successes", "n"), [(-1, 5), (6, 5), (0, -1)])
def test_impossible_counts_are_refused(successes: int, n: int) -> None:
    with pytest.raises(ValueError, match=f"{successes} successes of {n}"):
        wilson(successes, n)


def test_five_percent_needs_52() -> None:
    assert min_n_for(0.05) == 52


@pytest.mark.parametrize("limit", [0.001, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 0.9])
def test_the_needed_n_passes_and_one_less_does_not(limit: float) -> None:
    needed = min_n_for(limit)
    assert needed is not None
    assert wilson(0, needed, Z_ONE_SIDED_95)[1] <= limit
    assert wilson(0, needed - 1, Z_ONE_SIDED_95)[1] > limit


def test_no_n_reaches_zero_and_any_n_reaches_one() -> None:
    assert min_n_for(0.0) is None
    assert min_n_for(1.0) == 1


def test_rates_do_not_cost_a_pandas_import() -> None:
    code = "import pytest_agentsafety.metrics, sys; sys.exit('pandas' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
