"""`mask` for everything that is written down: what is found is made unusable, but still tells a reader what it was."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from pytest_agentsafety.guards.pii_scan import Finding, find_both, find_pii, leaves
from pytest_agentsafety.guards.spans import replace_spans

_ROUNDS = 4
_SHORT = 200


def mask(text: str) -> str:
    """The text with personal data and secrets made unusable, but still recognisable to a reader. Idempotent.

    `ann@shop.test` becomes `a***@shop.test`; cards keep 4 digits, IBANs country and 4, keys their prefix; what has no
    part that is safe to show becomes `***`.
    """
    if len(text) > _SHORT:
        return _masked(text)
    masked = _masked_short(text)
    return text if masked is None else masked


# Of encoded text, in a third of the steps: true where nothing is masked.
mask.leaves = leaves  # type: ignore[attr-defined]


def mask_telling(text: str) -> tuple[str, list[tuple[int, int]]]:
    """`mask(text)`, and the places of the secrets in it, as `find_secrets` gives them."""
    secrets, findings = find_both(text)
    return _masked(text, findings), secrets


def _masked(text: str, findings: list[Finding] | None = None) -> str:
    """`findings` are those of the text, where they are known already."""
    if findings is None:
        findings = find_pii(text)
    for _ in range(_ROUNDS):
        if not findings:
            return text
        text = replace_spans(text, [(f.start, f.end, hint(f.kind, text[f.start : f.end])) for f in findings])
        findings = find_pii(text)
    return text if not findings else "***"


@lru_cache(maxsize=8_192)
def _masked_short(text: str) -> str | None:
    """Evidence repeats itself: tool names, reasons, statuses stand in every event. None where nothing is masked."""
    masked = _masked(text)
    return None if masked == text else masked


def hint(kind: str, text: str) -> str:
    """What may be shown of a value of this kind."""
    show = _HINTS.get(kind)
    return show(text) if show is not None else "***"


def _mask_email(text: str) -> str:
    first = next((c for c in text if c.isalnum()), "")
    return f"{first}***{text[text.rindex('@') :]}"


def _mask_key(text: str) -> str:
    """The part that names the issuer, up to its last separator within the first characters."""
    head = text[:12]
    cut = max(head.rfind(c) for c in "-_.")
    return f"{head[: cut + 1] if cut > 0 else head[:4]}***"


def _last_four(text: str) -> str:
    return "".join(c for c in text if c.isalnum())[-4:]


def _mask_network(text: str) -> str:
    separator = "." if "." in text and ":" not in text else ":"
    return separator.join([*text.split(separator)[:2], "*", "*"])


_HINTS: dict[str, Callable[[str], str]] = {
    "private_key": lambda text: f"{text[: text.index('-----', 5) + 5]}***" if text.startswith("-----") else "***",
    "jwt": lambda text: f"{text[:3]}***",
    "api_key": _mask_key,
    "connection": lambda text: f"{text.partition('://')[0]}://***",
    "email": _mask_email,
    "iban": lambda text: f"{text[:2]}***{_last_four(text)}",
    "card": lambda text: f"***{_last_four(text)}",
    "ssn": lambda _: "***-**-****",
    "phone": lambda text: f"{text[:3]}***{text[-2:]}" if text.startswith("+") else f"***{text[-2:]}",
    "wallet": lambda text: f"{text[:4]}***",
    "ip": _mask_network,
    "ip6": _mask_network,
}
