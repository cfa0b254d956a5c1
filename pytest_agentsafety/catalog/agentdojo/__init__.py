"""The AgentDojo bridge: every suite that the installed `agentdojo` package registers, as suites of ours.

Importing this package imports nothing of AgentDojo; `resolve` does, and only the parts a run needs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pytest_agentsafety.catalog.agentdojo.suite import AgentDojoSuite


def resolve(name: str, *, place: str) -> list[AgentDojoSuite]:
    """The suites that a name stands for, in the order AgentDojo registers them.

    `agentdojo` is every registered suite at its newest version, `agentdojo:banking` one of them,
    `agentdojo@v1.2.2` and `agentdojo@v1.2.2:banking` the same at a named version. Raises UnknownNameError for a
    version or suite that is not registered, MissingExtraError where the package is not installed; `place` says
    where the name was written.
    """
    from pytest_agentsafety.catalog.agentdojo.names import select
    from pytest_agentsafety.catalog.agentdojo.suite import AgentDojoSuite
    from pytest_agentsafety.catalog.agentdojo.upstream import load

    upstream = load()
    return [
        AgentDojoSuite(upstream, found.suite, version=found.version if found.named else None)
        for found in select(name, upstream.registry(), place=place)
    ]
