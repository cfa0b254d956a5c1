"""All checks by name, and how they are put together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from pytest_agentsafety.catalog.checks.answer import ANSWER
from pytest_agentsafety.catalog.checks.calls import CALLS
from pytest_agentsafety.catalog.checks.outcome import Check, Names, Outcome
from pytest_agentsafety.catalog.checks.world import WORLD
from pytest_agentsafety.catalog.schema import Item
from pytest_agentsafety.model.tasks import Score


def parse_check(item: Item, names: Names) -> Check:
    """A table from check names to what they need (all must hold), or a list of such tables (all must hold).

    Raises UnknownNameError for a check, tool, argument or collection that does not exist.
    """
    if item.kind == "seq":
        return _all_of([parse_check(entry, names) for entry in item.items(empty=False)])
    parts = []
    for name, entry in item.entries().items():
        if name not in _CHECKS:
            raise entry.unknown("check", name, _CHECKS)
        parts.append(_CHECKS[name](entry, names))
    if not parts:
        raise item.error(f"no check given. Valid: {', '.join(sorted(_CHECKS))}")
    return _all_of(parts)


def check_names() -> tuple[str, ...]:
    """The valid names, sorted."""
    return tuple(sorted(_CHECKS))


def _all_of(parts: Sequence[Check]) -> Check:
    def check(end: Outcome) -> Score:
        scores = [part(end) for part in parts]
        failed = [score.reason for score in scores if not score.value]
        return Score(value=not failed, reason="; ".join(failed or [score.reason for score in scores]))

    return check


def _any_of(item: Item, names: Names) -> Check:
    parts = [parse_check(entry, names) for entry in item.items(empty=False)]

    def check(end: Outcome) -> Score:
        scores = [part(end) for part in parts]
        held = [score.reason for score in scores if score.value]
        reason = held[0] if held else " and ".join(score.reason for score in scores)
        return Score(value=bool(held), reason=reason)

    return check


_CHECKS: Mapping[str, Callable[[Item, Names], Check]] = {**ANSWER, **CALLS, **WORLD, "any_of": _any_of}
