"""Attacks: how an injection goal is phrased."""

from pytest_agentsafety.catalog.attacks.base import Attack, AttackContext
from pytest_agentsafety.catalog.attacks.registry import attack_names, get_attack

__all__ = ["Attack", "AttackContext", "attack_names", "get_attack"]
