"""How guards read a text: the room `text`, under the name that guards know."""

from __future__ import annotations

from pytest_agentsafety.text import MAX_VIEWS, Normalised, View, normalise, readings

__all__ = ["MAX_VIEWS", "Normalised", "View", "normalise", "readings"]
