"""Choose a model by the complexity of the subtask."""

from __future__ import annotations

from dataclasses import asdict
from typing import Literal

from pytest_agentsafety.model.errors import UnknownNameError
from pytest_agentsafety.model.policy import ModelRoutes

Complexity = Literal["simple", "medium", "complex"]


def select_model(complexity: Complexity | None = None, routes: ModelRoutes = ModelRoutes()) -> str:  # noqa: B008 - frozen
    """The model id for a subtask; unset means complex. Raises UnknownNameError for a misspelt complexity."""
    table: dict[str, str] = asdict(routes)
    name = "complex" if complexity is None else complexity
    if name not in table:
        raise UnknownNameError("complexity", str(name), table, place="select_model")
    return table[name]
