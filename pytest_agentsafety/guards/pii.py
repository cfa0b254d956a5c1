"""The PII guard for answers, and `mask` for everything that is written down."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from pytest_agentsafety.guards.pii_scan import Finding, find_pii, has_nothing
from pytest_agentsafety.guards.spans import replace_spans
from pytest_agentsafety.model.decisions import GuardContext, GuardrailResult, GuardSpan, Stage

_ROUNDS = 4
_ASKED = {
    "email": re.compile(
        r"\be-?mail address(?:es)?\b|\bcontact (?:details|info\w*|data)\b|\baddresses\b", re.IGNORECASE
    ),
    "phone": re.compile(
        r"\b(?:tele)?phone\b|\bmobile\b|\bcontact (?:details|info\w*|data)\b|\bnumber of\b", re.IGNORECASE
    ),
    "iban": re.compile(r"\bibans?\b|\baccount (?:numbers?|details)\b|\bbank details\b", re.IGNORECASE),
    "ip": re.compile(r"\bip(?: address(?:es)?)?\b", re.IGNORECASE),
}
_SHORT = 200


class PiiGuard:
    """Takes personal data and secrets out of an answer. What stands in the user's own task is no leak, nor is an
    address or number that the task asks for; keys, cards and the like are never given away by asking."""

    name = "pii"
    stages: frozenset[Stage] = frozenset({"output"})
    inline = True

    def check(self, text: str, context: GuardContext) -> GuardrailResult:
        findings = _foreign(text, context.task)
        if not findings:
            return GuardrailResult(guard=self.name, status="clean")
        kinds = sorted({finding.kind for finding in findings})
        return GuardrailResult(
            guard=self.name,
            status="triggered",
            action="redact",
            score=1.0,
            rule=f"pii.{findings[0].kind}",
            reason=f"answer holds {', '.join(kinds)}",
            spans=tuple(GuardSpan(start=f.start, end=f.end, rule=f"pii.{f.kind}") for f in findings),
            redacted=_redact(text, context.task),
        )


@lru_cache(maxsize=512)
def _asked_for(task: str) -> frozenset[str]:
    """The kinds of personal data that the user asks to be told: an answer may hold those."""
    return frozenset(kind for kind, words in _ASKED.items() if words.search(task))


def _foreign(text: str, task: str) -> list[Finding]:
    asked = _asked_for(task)
    return [f for f in find_pii(text) if f.kind not in asked and text[f.start : f.end] not in task]


def _redact(text: str, task: str) -> str:
    for _ in range(_ROUNDS):
        findings = _foreign(text, task)
        if not findings:
            break
        text = replace_spans(text, [(f.start, f.end, f"[redacted {f.kind}]") for f in findings])
    return text


def mask(text: str) -> str:
    """The text with personal data and secrets made unusable, but still recognisable to a reader. Idempotent.

    `ann@shop.test` becomes `a***@shop.test`; cards keep 4 digits, IBANs country and 4, keys their prefix.
    """
    if len(text) > _SHORT:
        return text if has_nothing(text) else _masked(text)
    masked = _masked_short(text)
    return text if masked == text else masked


def _masked(text: str) -> str:
    for _ in range(_ROUNDS):
        findings = find_pii(text)
        if not findings:
            break
        text = replace_spans(text, [(f.start, f.end, _HINTS[f.kind](text[f.start : f.end])) for f in findings])
    return text


# Evidence repeats itself: tool names, reasons, statuses stand in every event.
_masked_short = lru_cache(maxsize=8_192)(_masked)


def _mask_email(text: str) -> str:
    return f"{text[0]}***{text[text.index('@') :]}"


def _mask_key(text: str) -> str:
    """The part that names the issuer, up to its last separator within the first characters."""
    head = text[:12]
    cut = max(head.rfind(c) for c in "-_.")
    return f"{head[: cut + 1] if cut > 0 else head[:4]}***"


def _last_four(text: str) -> str:
    return "".join(c for c in text if c.isalnum())[-4:]


def _mask_network(text: str) -> str:
    separator = "." if "." in text else ":"
    return separator.join([*text.split(separator)[:2], "*", "*"])


_HINTS: dict[str, Callable[[str], str]] = {
    "private_key": lambda text: f"{text[: text.index('-----', 5) + 5]}***",
    "jwt": lambda text: f"{text[:3]}***",
    "api_key": _mask_key,
    "aws_secret": lambda _: "***",
    "azure_key": lambda _: "***",
    "email": _mask_email,
    "iban": lambda text: f"{text[:2]}***{_last_four(text)}",
    "card": lambda text: f"***{_last_four(text)}",
    "ssn": lambda _: "***-**-****",
    "phone": lambda text: f"{text[:3]}***{text[-2:]}" if text.startswith("+") else f"***{text[-2:]}",
    "ip": _mask_network,
    "ip6": _mask_network,
}
