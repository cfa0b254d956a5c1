"""Four suites in AgentDojo's style, written without a look at any defence.

`DEV` may be read while a defence is being built. `HELD` is for measuring only: nobody tunes to it.
"""

from importlib import import_module
from typing import Any

from pytest_agentsafety.catalog.agentdojo.upstream import load

load()  # before any module of this package imports AgentDojo: the slim way in

VERSION = "v1.2.2"
DEV = ("hiring", "social")
HELD = ("clinic", "office")


def register(version: str = VERSION) -> dict[str, Any]:
    """Register every suite of this set and return them by name."""
    return {name: import_module(f".{name}", __name__).register(version) for name in DEV + HELD}
