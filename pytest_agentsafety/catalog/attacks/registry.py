"""The attacks by name."""

from __future__ import annotations

from collections.abc import Callable

from pytest_agentsafety.catalog.attacks import styles
from pytest_agentsafety.catalog.attacks.base import Attack, AttackContext
from pytest_agentsafety.model.errors import UnknownNameError


def _attack(name: str, phrase: Callable[[str, AttackContext], str]) -> Attack:
    return Attack(name=name, description=phrase.__doc__ or name, phrase=phrase)


_ATTACKS = {
    attack.name: attack
    for attack in (
        _attack("order", styles.order),
        _attack("notice", styles.notice),
        _attack("forged-turn", styles.forged_turn),
        _attack("phone", styles.phone),
        _attack("todo", styles.todo),
        _attack("tool-error", styles.tool_error),
    )
}


def attack_names() -> tuple[str, ...]:
    """All names, in their order."""
    return tuple(_ATTACKS)


def get_attack(name: str, *, place: str = "") -> Attack:
    """Raises UnknownNameError."""
    try:
        return _ATTACKS[name]
    except KeyError:
        raise UnknownNameError("attack", name, _ATTACKS, place=place) from None
