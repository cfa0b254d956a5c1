"""Whose words count in a run, and the verdict on a value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from pytest_agentsafety.provenance.reading import Reading


class Verdict(NamedTuple):
    """`good`: endorsed. `by` says by whom or what, or why not. `user`: the user's own word; `meant`: the value of a
    record of the user's own that the task names; `named`: of any record that it names."""

    good: bool
    by: str
    user: bool = False
    meant: bool = False
    named: bool = False


@dataclass(frozen=True)
class Voices:
    """Whose words count: the user's, a text the user told to follow, the developer's."""

    user: Reading
    delegated: Reading | None
    developer: Reading | None
