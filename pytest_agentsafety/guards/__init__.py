"""Guards: checks over text (injection, content policy, scope, PII, canaries) and over tool calls.

Names are resolved on first use: the rule engine is only loaded where a guard runs. What a guard of one's own needs
stands here too, and all of it, with the function `normalise`, in `pytest_agentsafety` itself.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pytest_agentsafety.guards.actions import DestructiveActionGuard as DestructiveActionGuard
    from pytest_agentsafety.guards.canaries import CanaryGuard as CanaryGuard
    from pytest_agentsafety.guards.content_policy import ContentPolicyGuard as ContentPolicyGuard
    from pytest_agentsafety.guards.engine import Hit as Hit
    from pytest_agentsafety.guards.engine import Rule as Rule
    from pytest_agentsafety.guards.engine import RuleSet as RuleSet
    from pytest_agentsafety.guards.exfiltration import ExfiltrationGuard as ExfiltrationGuard
    from pytest_agentsafety.guards.injection import InjectionGuard as InjectionGuard
    from pytest_agentsafety.guards.judge import JudgeGuard as JudgeGuard
    from pytest_agentsafety.guards.normalise import Normalised as Normalised
    from pytest_agentsafety.guards.own import check_shape as check_shape
    from pytest_agentsafety.guards.own import load_guardrails as load_guardrails
    from pytest_agentsafety.guards.pii import PiiGuard as PiiGuard
    from pytest_agentsafety.guards.pii_mask import mask as mask
    from pytest_agentsafety.guards.pii_scan import find_secrets as find_secrets
    from pytest_agentsafety.guards.scope import ScopeGuard as ScopeGuard
    from pytest_agentsafety.guards.spans import merge_spans as merge_spans
    from pytest_agentsafety.guards.spans import replace_spans as replace_spans
    from pytest_agentsafety.guards.stage import StageRunner as StageRunner
    from pytest_agentsafety.guards.stage import StageVerdict as StageVerdict
    from pytest_agentsafety.guards.stage import default_guardrails as default_guardrails
    from pytest_agentsafety.guards.verdicts import blocked as blocked
    from pytest_agentsafety.guards.verdicts import clean as clean
    from pytest_agentsafety.guards.verdicts import escalated as escalated
    from pytest_agentsafety.guards.verdicts import redacted as redacted
    from pytest_agentsafety.guards.verdicts import skipped as skipped
    from pytest_agentsafety.model.decisions import GuardContext as GuardContext
    from pytest_agentsafety.model.decisions import GuardrailResult as GuardrailResult
    from pytest_agentsafety.model.decisions import GuardSpan as GuardSpan
    from pytest_agentsafety.protocols import Guardrail as Guardrail

_ROOM = "pytest_agentsafety.guards"
_DECISIONS = "pytest_agentsafety.model.decisions"
_PUBLIC = {
    "CanaryGuard": f"{_ROOM}.canaries",
    "ContentPolicyGuard": f"{_ROOM}.content_policy",
    "DestructiveActionGuard": f"{_ROOM}.actions",
    "ExfiltrationGuard": f"{_ROOM}.exfiltration",
    "GuardContext": _DECISIONS,
    "GuardSpan": _DECISIONS,
    "Guardrail": "pytest_agentsafety.protocols",
    "GuardrailResult": _DECISIONS,
    "Hit": f"{_ROOM}.engine",
    "InjectionGuard": f"{_ROOM}.injection",
    "JudgeGuard": f"{_ROOM}.judge",
    "Normalised": f"{_ROOM}.normalise",
    "PiiGuard": f"{_ROOM}.pii",
    "Rule": f"{_ROOM}.engine",
    "RuleSet": f"{_ROOM}.engine",
    "ScopeGuard": f"{_ROOM}.scope",
    "StageRunner": f"{_ROOM}.stage",
    "StageVerdict": f"{_ROOM}.stage",
    "blocked": f"{_ROOM}.verdicts",
    "check_shape": f"{_ROOM}.own",
    "clean": f"{_ROOM}.verdicts",
    "default_guardrails": f"{_ROOM}.stage",
    "escalated": f"{_ROOM}.verdicts",
    "find_secrets": f"{_ROOM}.pii_scan",
    "load_guardrails": f"{_ROOM}.own",
    "mask": f"{_ROOM}.pii_mask",
    "merge_spans": f"{_ROOM}.spans",
    "redacted": f"{_ROOM}.verdicts",
    "replace_spans": f"{_ROOM}.spans",
    "skipped": f"{_ROOM}.verdicts",
}

# `normalise` is a module of this room as well as a function in it: import the function from `pytest_agentsafety`.
__all__ = [
    "CanaryGuard",
    "ContentPolicyGuard",
    "DestructiveActionGuard",
    "ExfiltrationGuard",
    "GuardContext",
    "GuardSpan",
    "Guardrail",
    "GuardrailResult",
    "Hit",
    "InjectionGuard",
    "JudgeGuard",
    "Normalised",
    "PiiGuard",
    "Rule",
    "RuleSet",
    "ScopeGuard",
    "StageRunner",
    "StageVerdict",
    "blocked",
    "check_shape",
    "clean",
    "default_guardrails",
    "escalated",
    "find_secrets",
    "load_guardrails",
    "mask",
    "merge_spans",
    "redacted",
    "replace_spans",
    "skipped",
]


def __getattr__(name: str) -> Any:
    try:
        module = _PUBLIC[name]
    except KeyError:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}") from None
    return getattr(import_module(module), name)
