"""Names as the options of the benchmarks take them."""

from __future__ import annotations

from pytest_agentsafety.catalog.registry import bundled_names


def names_in(text: str) -> tuple[str, ...]:
    """The parts of a comma-separated list."""
    return tuple(part.strip() for part in text.split(",") if part.strip())


def suite_names(text: str) -> tuple[str, ...]:
    """As `names_in`; AgentDojo's suites may stand without their prefix."""
    return tuple(_full(name) for name in names_in(text))


def _full(name: str) -> str:
    plain = name.startswith("agentdojo") or "/" in name or ":" in name or name in bundled_names()
    return name if plain else f"agentdojo:{name}"
