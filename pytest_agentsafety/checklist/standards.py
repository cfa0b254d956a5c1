"""Ids of public standards with short titles of our own, to map checklist items and findings onto.

`second_hand` ids were taken from other people's summaries, not from the standard's own text.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Standard:
    """`source` is the publication, `title` what the id is about, in our words."""

    id: str
    source: str
    title: str
    second_hand: bool = False


_LLM = "OWASP Top 10 for LLM Applications 2025"
_ASI = "OWASP Top 10 for Agentic Applications 2026"
_T = "OWASP Agentic Threats 1.1"
_ATLAS = "MITRE ATLAS 5.6.0"
_NIST = "NIST AI 600-1"
_EU = "EU AI Act"
_ISO = "ISO/IEC 42001 Annex A"

_FIRST_HAND: dict[str, dict[str, str]] = {
    _LLM: {
        "LLM01": "text that turns the model around",
        "LLM02": "private data gets out",
        "LLM03": "what the model and its parts are made of",
        "LLM04": "tampered training data or models",
        "LLM05": "answers used without care downstream",
        "LLM06": "more power than the job needs",
        "LLM07": "the system prompt gets out",
        "LLM08": "weak spots of vector stores and embeddings",
        "LLM09": "wrong facts, believed",
        "LLM10": "use without a bound",
    },
    _ASI: {
        "ASI01": "the agent works for somebody else's goal",
        "ASI02": "tools used for harm",
        "ASI03": "identity and rights abused",
        "ASI04": "tampered tools, prompts or models from outside",
        "ASI05": "code runs that nobody wanted",
        "ASI06": "memory and context poisoned",
        "ASI07": "agents talk to each other unprotected",
        "ASI08": "one failure brings the next",
        "ASI09": "people trust the agent too far",
        "ASI10": "an agent nobody can stop",
    },
    _ATLAS: {
        "AML.T0034": "running up cost",
        "AML.T0051": "prompt injection",
        "AML.T0051.000": "prompt injection by the user",
        "AML.T0051.001": "prompt injection through content",
        "AML.T0053": "an agent's tools called for the attacker",
        "AML.T0054": "jailbreak",
        "AML.T0056": "system prompt extracted",
        "AML.T0057": "data leaked by the model",
        "AML.T0067": "trusted parts of the output forged",
        "AML.T0068": "prompts in disguise",
        "AML.T0080": "the agent's context poisoned",
        "AML.T0086": "data carried out by a tool call",
        "AML.T0094": "instructions that wait for their moment",
        "AML.T0098": "credentials taken through tools",
        "AML.T0101": "data destroyed by a tool call",
        "AML.T0105": "out of the sandbox onto the host",
        "AML.T0110": "tools poisoned",
    },
    _EU: {
        "Art 9": "risk management",
        "Art 12": "records are kept",
        "Art 14": "people oversee",
        "Art 15": "accuracy, robustness, security",
    },
}

_SECOND_HAND: dict[str, dict[str, str]] = {
    _T: {
        "T1": "memory poisoned",
        "T2": "tools misused",
        "T3": "privileges gained",
        "T4": "resources exhausted",
        "T6": "intent and goals bent",
        "T8": "acts that cannot be traced",
        "T10": "people in the loop swamped",
        "T11": "unwanted code",
        "T12": "communication between agents poisoned",
        "T13": "rogue agents among agents",
        "T14": "people attacking multi-agent systems",
        "T16": "protocols between agents insecure",
        "T17": "supply chain",
    },
    _NIST: {
        "MG-2.4-004": "it can be switched off",
        "MG-3.1-002": "the value chain is known",
        "MG-3.2-005": "content filters",
        "MG-3.2-009": "limits are defined",
        "MP-4.1-009": "personal data in output",
        "MP-5.1-005": "adversarial testing",
        "MS-2.3-002": "performance is measured",
        "MS-2.5-001": "claims are backed by evidence",
        "MS-2.6-007": "safety under attack",
        "MS-2.7-007": "red-teaming",
        "MS-2.7-009": "defences are measured",
        "MS-2.8-003": "a history that shows tampering",
    },
    _ISO: {
        "A.6.2.4": "verified and validated",
        "A.6.2.5": "deployed by a plan",
        "A.6.2.6": "operated and watched",
        "A.6.2.8": "events are logged",
    },
}


def _table() -> dict[str, Standard]:
    """All ids of both kinds."""
    return {
        id_: Standard(id=id_, source=source, title=title, second_hand=groups is _SECOND_HAND)
        for groups in (_FIRST_HAND, _SECOND_HAND)
        for source, titles in groups.items()
        for id_, title in titles.items()
    }


STANDARDS = _table()

OUT_OF_SCOPE: tuple[tuple[str, str], ...] = (
    ("ASI07", "systems of several agents are not tested"),
    ("T12", "systems of several agents are not tested"),
    ("T13", "systems of several agents are not tested"),
    ("T14", "systems of several agents are not tested"),
    ("T16", "protocols between agents are not tested"),
    ("LLM04", "training is not seen from here"),
    ("LLM08", "vector stores are seen only as tools"),
    ("LLM09", "whether answers are true is not judged"),
)
