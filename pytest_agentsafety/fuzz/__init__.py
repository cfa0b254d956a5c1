"""Attack a guardrail, ours or the user's, and hand back the smallest bypass."""

from __future__ import annotations

from pytest_agentsafety.fuzz.oracle import Bypass, check_guardrail
from pytest_agentsafety.fuzz.steps import STEPS, Chain, Step, apply_chain, keeps_meaning
from pytest_agentsafety.fuzz.strategies import attack_texts, json_values, obfuscations, steps, tool_calls

__all__ = [
    "STEPS",
    "Bypass",
    "Chain",
    "Step",
    "apply_chain",
    "attack_texts",
    "check_guardrail",
    "json_values",
    "keeps_meaning",
    "obfuscations",
    "steps",
    "tool_calls",
]
