"""Attack a guardrail, a tool's rules or the whole gate, and hand back the smallest bypass as a regression case.

Names are resolved on first use: what replays stored cases does not load Hypothesis.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pytest_agentsafety.fuzz.campaign import Campaign as Campaign
    from pytest_agentsafety.fuzz.casefile import FoundCase as FoundCase
    from pytest_agentsafety.fuzz.casefile import read_case as read_case
    from pytest_agentsafety.fuzz.casefile import read_cases as read_cases
    from pytest_agentsafety.fuzz.casefile import write_case as write_case
    from pytest_agentsafety.fuzz.chains import STEPS as STEPS
    from pytest_agentsafety.fuzz.chains import Chain as Chain
    from pytest_agentsafety.fuzz.chains import Step as Step
    from pytest_agentsafety.fuzz.chains import apply_chain as apply_chain
    from pytest_agentsafety.fuzz.chains import deliver as deliver
    from pytest_agentsafety.fuzz.chains import keeps_meaning as keeps_meaning
    from pytest_agentsafety.fuzz.chains import register_step as register_step
    from pytest_agentsafety.fuzz.check import check_guardrail as check_guardrail
    from pytest_agentsafety.fuzz.check import fuzz_guard as fuzz_guard
    from pytest_agentsafety.fuzz.decorator import fuzz_guardrail as fuzz_guardrail
    from pytest_agentsafety.fuzz.finding import Bypass as Bypass
    from pytest_agentsafety.fuzz.hunting import Search as Search
    from pytest_agentsafety.fuzz.hunting import hunt as hunt
    from pytest_agentsafety.fuzz.machine import gate_machine as gate_machine
    from pytest_agentsafety.fuzz.profiles import register_profiles as register_profiles
    from pytest_agentsafety.fuzz.replaying import Replayed as Replayed
    from pytest_agentsafety.fuzz.replaying import replay as replay
    from pytest_agentsafety.fuzz.strategies import attack_texts as attack_texts
    from pytest_agentsafety.fuzz.strategies import clean_texts as clean_texts
    from pytest_agentsafety.fuzz.strategies import harmless as harmless
    from pytest_agentsafety.fuzz.strategies import obfuscations as obfuscations
    from pytest_agentsafety.fuzz.strategies import splits as splits
    from pytest_agentsafety.fuzz.strategies import steps as steps
    from pytest_agentsafety.fuzz.strategies_gate import acts as acts
    from pytest_agentsafety.fuzz.strategies_gate import conversations as conversations
    from pytest_agentsafety.fuzz.strategies_gate import usage_sequences as usage_sequences
    from pytest_agentsafety.fuzz.strategies_gate import usages as usages
    from pytest_agentsafety.fuzz.strategies_pii import api_keys as api_keys
    from pytest_agentsafety.fuzz.strategies_pii import cards as cards
    from pytest_agentsafety.fuzz.strategies_pii import emails as emails
    from pytest_agentsafety.fuzz.strategies_pii import ibans as ibans
    from pytest_agentsafety.fuzz.strategies_pii import phones as phones
    from pytest_agentsafety.fuzz.strategies_pii import pii_texts as pii_texts
    from pytest_agentsafety.fuzz.strategies_pii import pii_values as pii_values
    from pytest_agentsafety.fuzz.strategies_pii import ssns as ssns
    from pytest_agentsafety.fuzz.strategies_suites import suites as suites
    from pytest_agentsafety.fuzz.strategies_tools import address_spellings as address_spellings
    from pytest_agentsafety.fuzz.strategies_tools import addresses as addresses
    from pytest_agentsafety.fuzz.strategies_tools import json_values as json_values
    from pytest_agentsafety.fuzz.strategies_tools import path_spellings as path_spellings
    from pytest_agentsafety.fuzz.strategies_tools import paths as paths
    from pytest_agentsafety.fuzz.strategies_tools import tool_calls as tool_calls
    from pytest_agentsafety.fuzz.strategies_tools import url_spellings as url_spellings
    from pytest_agentsafety.fuzz.strategies_tools import urls as urls

_ROOM = "pytest_agentsafety.fuzz"
_BY_MODULE: dict[str, tuple[str, ...]] = {
    "campaign": ("Campaign",),
    "casefile": ("FoundCase", "read_case", "read_cases", "write_case"),
    "check": ("check_guardrail", "fuzz_guard"),
    "decorator": ("fuzz_guardrail",),
    "finding": ("Bypass",),
    "hunting": ("Search", "hunt"),
    "machine": ("gate_machine",),
    "profiles": ("register_profiles",),
    "replaying": ("Replayed", "replay"),
    "chains": ("STEPS", "Chain", "Step", "apply_chain", "deliver", "keeps_meaning", "register_step"),
    "strategies": ("attack_texts", "clean_texts", "harmless", "obfuscations", "splits", "steps"),
    "strategies_gate": ("acts", "conversations", "usage_sequences", "usages"),
    "strategies_pii": ("api_keys", "cards", "emails", "ibans", "phones", "pii_texts", "pii_values", "ssns"),
    "strategies_suites": ("suites",),
    "strategies_tools": (
        "address_spellings", "addresses", "json_values", "path_spellings", "paths", "tool_calls", "url_spellings",
        "urls",
    ),
}  # fmt: skip
_PUBLIC = {name: module for module, names in _BY_MODULE.items() for name in names}

__all__ = [
    "STEPS",
    "Bypass",
    "Campaign",
    "Chain",
    "FoundCase",
    "Replayed",
    "Search",
    "Step",
    "acts",
    "address_spellings",
    "addresses",
    "api_keys",
    "apply_chain",
    "attack_texts",
    "cards",
    "check_guardrail",
    "clean_texts",
    "conversations",
    "deliver",
    "emails",
    "fuzz_guard",
    "fuzz_guardrail",
    "gate_machine",
    "harmless",
    "hunt",
    "ibans",
    "json_values",
    "keeps_meaning",
    "obfuscations",
    "path_spellings",
    "paths",
    "phones",
    "pii_texts",
    "pii_values",
    "read_case",
    "read_cases",
    "register_profiles",
    "register_step",
    "replay",
    "splits",
    "ssns",
    "steps",
    "suites",
    "tool_calls",
    "url_spellings",
    "urls",
    "usage_sequences",
    "usages",
    "write_case",
]


def __getattr__(name: str) -> Any:
    try:
        module = _PUBLIC[name]
    except KeyError:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}") from None
    return getattr(import_module(f"{_ROOM}.{module}"), name)
