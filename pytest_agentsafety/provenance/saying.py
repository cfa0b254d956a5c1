"""Decisions of the provenance as values, and how their reasons speak of what a call holds."""

from __future__ import annotations

from functools import lru_cache

from pytest_agentsafety.model.decisions import Decision, Outcome
from pytest_agentsafety.model.safe_text import one_line
from pytest_agentsafety.provenance.leaves import Leaf
from pytest_agentsafety.provenance.voices import Verdict

MAX_NAMES = 5
_LONGEST = 80  # characters of a name that is remembered


def decision(outcome: Outcome, rule: str, reason: str, where: str | None = None, origin: str | None = None) -> Decision:
    """A word of the provenance on a call; `where` it is about, and where that comes from."""
    return Decision(
        outcome=outcome, guard="provenance", rule=f"provenance.{rule}", reason=reason, argument=where, origin=origin
    )


_short_name = lru_cache(maxsize=1024)(one_line)  # the same tools and parameters in one call after the other


def shown_name(name: str) -> str:
    """The name of a tool or a parameter, on one line."""
    return _short_name(name) if len(name) <= _LONGEST else one_line(name)


def shown(leaf: Leaf) -> str:
    """A value with where it stands, on one line."""
    return f'{shown_name(leaf.where)} "{one_line(str(leaf.value), 120)}"'


def endorsed(critical: list[Leaf], verdicts: list[Verdict]) -> str:
    """Why a call is what the user wants: by whom or what each critical value is given."""
    count = min(len(critical), len(verdicts))
    if not count:
        return "your task asks for this"
    few = zip(critical[:MAX_NAMES], verdicts, strict=False)
    named = ", ".join([f"{shown(leaf)} ({verdict.by})" for leaf, verdict in few])
    return f"{named}, ..." if count > MAX_NAMES else named
