"""pytest-agentsafety: run an LLM agent under full enforcement against hostile input.

Importing this package imports nothing else: the plugin is loaded by every pytest session
on the machine, so the public names below are resolved on first use (PEP 562).
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pytest_agentsafety.gate import Gate as Gate
    from pytest_agentsafety.guards.engine import Rule as Rule
    from pytest_agentsafety.guards.engine import RuleSet as RuleSet
    from pytest_agentsafety.guards.judge import JudgeGuard as JudgeGuard
    from pytest_agentsafety.guards.normalise import normalise as normalise
    from pytest_agentsafety.guards.stage import default_guardrails as default_guardrails
    from pytest_agentsafety.guards.verdicts import blocked as blocked
    from pytest_agentsafety.guards.verdicts import clean as clean
    from pytest_agentsafety.guards.verdicts import escalated as escalated
    from pytest_agentsafety.guards.verdicts import redacted as redacted
    from pytest_agentsafety.guards.verdicts import skipped as skipped
    from pytest_agentsafety.llm.routing import select_model as select_model
    from pytest_agentsafety.model.decisions import GuardContext as GuardContext
    from pytest_agentsafety.model.decisions import GuardrailResult as GuardrailResult
    from pytest_agentsafety.model.decisions import GuardSpan as GuardSpan
    from pytest_agentsafety.model.errors import BudgetExceededError as BudgetExceededError
    from pytest_agentsafety.model.errors import LimitExceededError as LimitExceededError
    from pytest_agentsafety.model.errors import MaxRetriesExceeded as MaxRetriesExceeded
    from pytest_agentsafety.model.errors import TokenLimitError as TokenLimitError
    from pytest_agentsafety.model.policy import Policy as Policy
    from pytest_agentsafety.protocols import Guardrail as Guardrail

__version__ = "0.1.0"

_PUBLIC = {
    "BudgetExceededError": "pytest_agentsafety.model.errors",
    "Gate": "pytest_agentsafety.gate",
    "GuardContext": "pytest_agentsafety.model.decisions",
    "GuardSpan": "pytest_agentsafety.model.decisions",
    "Guardrail": "pytest_agentsafety.protocols",
    "GuardrailResult": "pytest_agentsafety.model.decisions",
    "JudgeGuard": "pytest_agentsafety.guards.judge",
    "LimitExceededError": "pytest_agentsafety.model.errors",
    "MaxRetriesExceeded": "pytest_agentsafety.model.errors",
    "Policy": "pytest_agentsafety.model.policy",
    "Rule": "pytest_agentsafety.guards.engine",
    "RuleSet": "pytest_agentsafety.guards.engine",
    "TokenLimitError": "pytest_agentsafety.model.errors",
    "blocked": "pytest_agentsafety.guards.verdicts",
    "clean": "pytest_agentsafety.guards.verdicts",
    "default_guardrails": "pytest_agentsafety.guards.stage",
    "escalated": "pytest_agentsafety.guards.verdicts",
    "normalise": "pytest_agentsafety.guards.normalise",
    "redacted": "pytest_agentsafety.guards.verdicts",
    "select_model": "pytest_agentsafety.llm.routing",
    "skipped": "pytest_agentsafety.guards.verdicts",
}

__all__ = [
    "BudgetExceededError",
    "Gate",
    "GuardContext",
    "GuardSpan",
    "Guardrail",
    "GuardrailResult",
    "JudgeGuard",
    "LimitExceededError",
    "MaxRetriesExceeded",
    "Policy",
    "Rule",
    "RuleSet",
    "TokenLimitError",
    "__version__",
    "blocked",
    "clean",
    "default_guardrails",
    "escalated",
    "normalise",
    "redacted",
    "select_model",
    "skipped",
]


def __getattr__(name: str) -> Any:
    try:
        module = _PUBLIC[name]
    except KeyError:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}") from None
    return getattr(import_module(module), name)
