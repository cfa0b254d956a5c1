"""Checks over the calls that were executed."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from pytest_agentsafety.catalog.checks.matchers import parse_fields
from pytest_agentsafety.catalog.checks.outcome import Check, Names, verdict
from pytest_agentsafety.catalog.schema import Item
from pytest_agentsafety.model.messages import PlannedCall


def _call_matcher(item: Item, names: Names) -> tuple[str, Callable[[PlannedCall], bool]]:
    keys = item.table(["tool"], ["with"])
    tool = keys["tool"].choice("tool", names.tools)
    if "with" not in keys:
        return tool, lambda call: call.name == tool
    for name, entry in keys["with"].entries().items():
        if name not in names.tools[tool]:
            raise entry.unknown(f"argument of {tool}", name, names.tools[tool])
    fits = parse_fields(keys["with"])
    return tool, lambda call: call.name == tool and fits(call.arguments)


def _called(item: Item, names: Names) -> Check:
    tool, fits = _call_matcher(item, names)
    return lambda end: verdict(any(map(fits, end.calls)), tool, "was called as asked", "was not called as asked")


def _not_called(item: Item, names: Names) -> Check:
    tool, fits = _call_matcher(item, names)
    return lambda end: verdict(not any(map(fits, end.calls)), tool, "was not called that way", "was called that way")


CALLS: Mapping[str, Callable[[Item, Names], Check]] = {"called": _called, "not_called": _not_called}
