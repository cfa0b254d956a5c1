"""Guards: checks over text (injection, content policy, scope, PII, canaries) and over tool calls.

Names are resolved on first use: the rule engine is only loaded where a guard runs.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pytest_agentsafety.guards.actions import DestructiveActionGuard as DestructiveActionGuard
    from pytest_agentsafety.guards.canaries import CanaryGuard as CanaryGuard
    from pytest_agentsafety.guards.content_policy import ContentPolicyGuard as ContentPolicyGuard
    from pytest_agentsafety.guards.exfiltration import ExfiltrationGuard as ExfiltrationGuard
    from pytest_agentsafety.guards.injection import InjectionGuard as InjectionGuard
    from pytest_agentsafety.guards.pii import PiiGuard as PiiGuard
    from pytest_agentsafety.guards.pii_mask import mask as mask
    from pytest_agentsafety.guards.scope import ScopeGuard as ScopeGuard
    from pytest_agentsafety.guards.stage import StageRunner as StageRunner
    from pytest_agentsafety.guards.stage import StageVerdict as StageVerdict
    from pytest_agentsafety.guards.stage import default_guardrails as default_guardrails

_ROOM = "pytest_agentsafety.guards"
_PUBLIC = {
    "CanaryGuard": "canaries",
    "ContentPolicyGuard": "content_policy",
    "DestructiveActionGuard": "actions",
    "ExfiltrationGuard": "exfiltration",
    "InjectionGuard": "injection",
    "PiiGuard": "pii",
    "ScopeGuard": "scope",
    "StageRunner": "stage",
    "StageVerdict": "stage",
    "default_guardrails": "stage",
    "mask": "pii_mask",
}

# `normalise` is a module of this room as well as a function in it: import the function from the module.
__all__ = [
    "CanaryGuard",
    "ContentPolicyGuard",
    "DestructiveActionGuard",
    "ExfiltrationGuard",
    "InjectionGuard",
    "PiiGuard",
    "ScopeGuard",
    "StageRunner",
    "StageVerdict",
    "default_guardrails",
    "mask",
]


def __getattr__(name: str) -> Any:
    try:
        module = _PUBLIC[name]
    except KeyError:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}") from None
    return getattr(import_module(f"{_ROOM}.{module}"), name)
