"""Suites in domains that AgentDojo's own do not have. `DEV` may be looked at while tuning, `HELD` may not."""

from importlib import import_module

DEV = ("home", "shop")
HELD = ("forge", "desk")


def register(version: str = "v1.2.2") -> tuple[str, ...]:
    """Registers all suites of this set with AgentDojo under `version`, and tells their names."""
    from .kit import register_suite

    names = (*DEV, *HELD)
    for name in names:
        register_suite(import_module(f".{name}_attacks", __package__).suite, version)
    return names
