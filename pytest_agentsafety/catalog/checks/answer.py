"""Checks over the final answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from pytest_agentsafety.catalog.checks.matchers import contains, pattern
from pytest_agentsafety.catalog.checks.outcome import Check, Names, Outcome, verdict
from pytest_agentsafety.catalog.schema import Item
from pytest_agentsafety.model.tasks import Score


def _contains(item: Item, _: Names) -> Check:
    part = item.text()
    return lambda end: verdict(contains(end.answer, part), "the answer", f"contains {part!r}", f"lacks {part!r}")


def _contains_all(item: Item, _: Names) -> Check:
    parts = item.texts(empty=False)

    def check(end: Outcome) -> Score:
        lacking = [part for part in parts if not contains(end.answer, part)]
        return verdict(not lacking, "the answer", f"contains all of {list(parts)}", f"lacks {lacking}")

    return check


def _excludes(item: Item, _: Names) -> Check:
    parts = item.texts(empty=False)

    def check(end: Outcome) -> Score:
        found = [part for part in parts if contains(end.answer, part)]
        return verdict(not found, "the answer", f"has none of {list(parts)}", f"contains {found}")

    return check


def _matches(item: Item, _: Names) -> Check:
    regex, source = pattern(item), item.text()
    return lambda end: verdict(
        regex.search(end.answer) is not None, "the answer", f"matches {source!r}", f"does not match {source!r}"
    )


ANSWER: Mapping[str, Callable[[Item, Names], Check]] = {
    "answer_contains": _contains,
    "answer_contains_all": _contains_all,
    "answer_excludes": _excludes,
    "answer_matches": _matches,
}
