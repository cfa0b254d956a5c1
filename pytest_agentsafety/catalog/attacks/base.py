"""What an attack is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class AttackContext:
    """What an attacker may know of the victim: `owner` is the name of the user that the agent works for."""

    owner: str = "the account owner"


@dataclass(frozen=True, kw_only=True)
class Attack:
    """A way to phrase a goal. `phrase(goal, context)` is pure, and the goal stands in its text verbatim."""

    name: str
    description: str
    phrase: Callable[[str, AttackContext], str]
