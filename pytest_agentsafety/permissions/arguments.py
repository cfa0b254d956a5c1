"""A call's arguments, flattened: every value with the roles it may play."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pytest_agentsafety.model.policy import Role
from pytest_agentsafety.permissions.roles import role_of_name

_MAX_DEPTH = 32


class TooDeepError(ValueError):
    """An argument is nested deeper than anybody would read."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """One value inside an argument. `where` is how to find it ("files[0].path"), `argument` the parameter's name.

    A value inside a mapping has the argument's role and those of the keys above it: the model chooses the keys, so
    a key may add a check but never take one away.
    """

    where: str
    argument: str
    roles: frozenset[Role]
    value: Any


def argument_leaves(arguments: Mapping[str, Any], declared: Mapping[str, Role]) -> list[Leaf]:
    """All values of a call. Roles as declared, inferred from the name where not. Raises TooDeepError."""
    found: list[Leaf] = []
    for name, value in arguments.items():
        role = declared.get(name) or role_of_name(name)
        found.extend(_walk(Leaf(name, name, frozenset({role}), value), 0))
    return found


def _walk(leaf: Leaf, depth: int) -> Iterator[Leaf]:
    if depth > _MAX_DEPTH:
        raise TooDeepError(f"argument {leaf.argument!r} is nested more than {_MAX_DEPTH} levels deep")
    value = leaf.value
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _mapping_item(leaf, str(key), inner, depth)
    elif isinstance(value, (list, tuple, set, frozenset)):
        for index, inner in enumerate(value):
            yield from _walk(Leaf(f"{leaf.where}[{index}]", leaf.argument, leaf.roles, inner), depth + 1)
    else:
        yield leaf


def _mapping_item(leaf: Leaf, key: str, inner: Any, depth: int) -> Iterator[Leaf]:
    where = f"{leaf.where}.{key}"
    if not key.isidentifier():  # a key that is no field name is a value too: {"/etc/passwd": "..."}
        yield Leaf(f"{leaf.where} key", leaf.argument, leaf.roles, key)
    yield from _walk(Leaf(where, leaf.argument, leaf.roles | {role_of_name(key)}, inner), depth + 1)
