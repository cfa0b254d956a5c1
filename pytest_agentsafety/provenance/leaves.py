"""The argument values of a call that matter, each with its role."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache, partial
from typing import Any, NamedTuple

from pytest_agentsafety.model.messages import ToolCall
from pytest_agentsafety.model.policy import CRITICAL_ROLES, Effect, Role, ToolRule
from pytest_agentsafety.provenance.values import kind_of

_MAX_DEPTH = 32
_TEXT = frozenset({str})
_MAX_BITS = 4096
_MOMENTS: frozenset[Role] = frozenset({"identifier", "other", "destination"})  # a day may be taken for one of these
_NEVER: frozenset[Role] = frozenset({"content", "time", "query", "flag"})  # roles that decide nothing


class Leaf(NamedTuple):
    """One value. `where` is how to find it ("cc[0]"), `role` None when nobody said what it means."""

    where: str
    role: Role | None
    value: Any


# One call less than `Leaf` for what is made at every argument of every call.
_leaf: Callable[[tuple[str, Role | None, Any]], Leaf] = partial(tuple.__new__, Leaf)


def _inside(where: str, role: Role | None, value: Any, roles: Mapping[str, Role], depth: int) -> Iterator[Leaf]:
    if type(value) is str:
        yield Leaf(where, role, value)
    elif depth > _MAX_DEPTH:
        # Nobody would read it, so nobody can have asked for it: one opaque value that stands in no text.
        yield Leaf(where, None, "(a value nested too deep to be read)")
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            name = str(key)
            if not name.isidentifier():  # a key that is no field name is a value too
                yield Leaf(f"{where} key", role if role in CRITICAL_ROLES else None, name)
            # The model chooses the keys: a mapping inside a content argument must not hide a recipient.
            inner_role = roles.get(f"{where}.{name}", role if role in CRITICAL_ROLES else None)
            yield from _inside(f"{where}.{name}", inner_role, inner, roles, depth + 1)
    elif isinstance(value, (list, tuple, set, frozenset)):
        for index, inner in enumerate(value):
            yield from _inside(f"{where}[{index}]", role, inner, roles, depth + 1)
    else:
        # A number of thousands of digits cannot be written down; it stands in no text either.
        huge = isinstance(value, int) and not isinstance(value, bool) and value.bit_length() > _MAX_BITS
        yield Leaf(where, role, f"a number of {value.bit_length()} bits" if huge else value)


def leaves(call: ToolCall, rule: ToolRule) -> list[Leaf]:
    """All values of a call but flags and what was left empty."""
    found: list[Leaf] = []
    roles = rule.roles
    for name, value in call.arguments.items():
        kind = type(value)
        if kind is str or kind is float:
            if value != "":
                found.append(_leaf((name, roles.get(name), value)))
        elif kind is list and _TEXT.issuperset(map(type, value)):
            role = roles.get(name)
            found += [_leaf((f"{name}[{index}]", role, text)) for index, text in enumerate(value) if text != ""]
        elif value is not None and kind is not bool:
            inside = _inside(name, rule.roles.get(name), value, rule.roles, 0)
            found += [leaf for leaf in inside if leaf.value is not None and leaf.value != "" and not _is_flag(leaf)]
    return found


def _is_flag(leaf: Leaf) -> bool:
    return isinstance(leaf.value, bool)


def is_moment(leaf: Leaf, rule: ToolRule) -> bool:
    """Is it a day or an hour in a write that nobody wrote a rule for? It says when, whatever its name was taken for."""
    if not rule.drafted or rule.effect != "write" or leaf.role not in _MOMENTS:
        return False
    return isinstance(leaf.value, str) and kind_of(leaf.value) == "date"


def is_critical(leaf: Leaf, rule: ToolRule) -> bool:
    """Does this value decide whom or what a call reaches? Where nobody read the roles, the unknown does too."""
    role = leaf.role
    if role in _NEVER or (rule.drafted and rule.effect == "write" and is_moment(leaf, rule)):
        return False
    if role is None or role in CRITICAL_ROLES:
        return True
    if not rule.drafted or role != "other":
        return False
    return rule.effect != "write" or not isinstance(leaf.value, (int, float))


@lru_cache(maxsize=32)
def deciding(drafted: bool, effect: Effect) -> Mapping[Role | None, bool | None]:
    """Are values critical under such a rule, by role? None where `is_critical` has to look at the value."""
    found: dict[Role | None, bool | None] = dict.fromkeys(_NEVER, False)
    found |= dict.fromkeys((None, *CRITICAL_ROLES), True) | {"other": drafted and effect != "write"}
    if drafted and effect == "write":
        found |= dict.fromkeys(_MOMENTS, None)
    return found


def is_filter(leaf: Leaf) -> bool:
    """One plain word for what nobody knows the meaning of ("status: open") narrows a list, and points at nothing."""
    return leaf.role in ("other", None) and isinstance(leaf.value, str) and leaf.value.isalpha()
