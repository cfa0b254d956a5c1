"""pytest-agentsafety: run an LLM agent under full enforcement against hostile input.

Importing this package imports nothing else: the plugin is loaded by every pytest session
on the machine, so the public names below are resolved on first use (PEP 562).
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pytest_agentsafety.gate import Gate as Gate
    from pytest_agentsafety.llm.routing import select_model as select_model
    from pytest_agentsafety.model.errors import BudgetExceededError as BudgetExceededError
    from pytest_agentsafety.model.errors import LimitExceededError as LimitExceededError
    from pytest_agentsafety.model.errors import MaxRetriesExceeded as MaxRetriesExceeded
    from pytest_agentsafety.model.errors import TokenLimitError as TokenLimitError
    from pytest_agentsafety.model.policy import Policy as Policy

__version__ = "0.1.0"

_PUBLIC = {
    "BudgetExceededError": "pytest_agentsafety.model.errors",
    "Gate": "pytest_agentsafety.gate",
    "LimitExceededError": "pytest_agentsafety.model.errors",
    "MaxRetriesExceeded": "pytest_agentsafety.model.errors",
    "Policy": "pytest_agentsafety.model.policy",
    "TokenLimitError": "pytest_agentsafety.model.errors",
    "select_model": "pytest_agentsafety.llm.routing",
}

__all__ = [
    "BudgetExceededError",
    "Gate",
    "LimitExceededError",
    "MaxRetriesExceeded",
    "Policy",
    "TokenLimitError",
    "__version__",
    "select_model",
]


def __getattr__(name: str) -> Any:
    try:
        module = _PUBLIC[name]
    except KeyError:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}") from None
    return getattr(import_module(module), name)
