"""What nouns name: groups of nouns for the same sort of thing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from functools import lru_cache

from pytest_agentsafety.lexicon.data import noun_table
from pytest_agentsafety.model.sense import ResultKind

_NONE: frozenset[str] = frozenset()


@lru_cache(maxsize=1)
def _groups() -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for name, group in noun_table().items():
        for noun in group.nouns:
            found[noun].add(name)
    return {noun: frozenset(names) for noun, names in found.items()}


def groups_of(noun: str) -> frozenset[str]:
    """The names of the groups a noun (its base form) stands in."""
    return _groups().get(noun, _NONE)


@lru_cache(maxsize=4096)
def noun_group(noun: str) -> frozenset[str]:
    """The noun and all that share a group with it."""
    return frozenset({noun}).union(*(noun_table()[name].nouns for name in groups_of(noun)))


def group_result(name: str) -> ResultKind:
    """What a read of a group's things hands back. Raises KeyError for no group."""
    return noun_table()[name].result
