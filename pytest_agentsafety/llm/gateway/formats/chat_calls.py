"""Calls in a completion."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pytest_agentsafety.llm.gateway.door_call import Outcome
from pytest_agentsafety.llm.gateway.formats.translated import Item, as_text, changed


def handed(calls: Sequence[Item], outcomes: Mapping[str, Outcome]) -> list[Item]:
    """The calls that the agent gets, with the arguments they may have."""
    kept = []
    for item in calls:
        outcome = outcomes.get(str(item.get("id")))
        if outcome is not None and outcome.kind == "handed":
            kept.append(_with_arguments(item, outcome) if rewritten(item, outcome) else item)
    return kept


def rewritten(item: Item, outcome: Outcome) -> bool:
    if item.get("type") == "custom":
        return bool(item["custom"].get("input") != outcome.arguments.get("input"))
    return changed(item["function"], "arguments", outcome)


def _with_arguments(item: Item, outcome: Outcome) -> Item:
    if item.get("type") == "custom":
        return {**item, "custom": {**item["custom"], "input": str(outcome.arguments.get("input"))}}
    return {**item, "function": {**item["function"], "arguments": as_text(outcome.arguments)}}
