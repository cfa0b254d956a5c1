"""Obfuscations: the same meaning in another spelling."""

from pytest_agentsafety.catalog.obfuscations.base import Obfuscation, compose
from pytest_agentsafety.catalog.obfuscations.registry import get_obfuscation, obfuscation_names

__all__ = ["Obfuscation", "compose", "get_obfuscation", "obfuscation_names"]
