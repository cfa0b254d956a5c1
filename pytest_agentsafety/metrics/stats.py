"""Rates with their uncertainty. Standard library only."""

from __future__ import annotations

from math import ceil, sqrt

Z_ONE_SIDED_95 = 1.645
Z_TWO_SIDED_95 = 1.96


def wilson(successes: int, n: int, z: float = Z_TWO_SIDED_95) -> tuple[float, float]:
    """The Wilson score interval of a rate, both ends in 0..1; nothing observed is (0, 1).

    With `z` = 1.645 each end is a one-sided 95 % bound. Raises ValueError for counts that cannot be.
    """
    if n < 0 or not 0 <= successes <= n:
        raise ValueError(f"{successes} successes of {n} is no rate")
    if n == 0:
        return 0.0, 1.0
    share, square = successes / n, z * z
    centre = share + square / (2 * n)
    spread = z * sqrt(share * (1 - share) / n + square / (4 * n * n))
    scale = 1 + square / n
    low = 0.0 if successes == 0 else (centre - spread) / scale
    high = 1.0 if successes == n else (centre + spread) / scale
    return max(0.0, low), min(1.0, high)


def min_n_for(limit: float, z: float = Z_ONE_SIDED_95) -> int | None:
    """The smallest n whose upper bound stays within `limit` when nothing at all goes wrong; None if no n does.

    `limit` is a share in 0..1.
    """
    if limit <= 0:
        return None
    if limit >= 1:
        return 1
    guess = max(1, ceil(z * z * (1 - limit) / limit))
    while guess > 1 and wilson(0, guess - 1, z)[1] <= limit:
        guess -= 1
    while wilson(0, guess, z)[1] > limit:
        guess += 1
    return guess
