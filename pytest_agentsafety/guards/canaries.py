"""Planted secrets: no answer may hold one, however it is written."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Iterator
from functools import cached_property

from pytest_agentsafety.guards.normalise import Normalised, normalise
from pytest_agentsafety.model.decisions import GuardContext, GuardrailResult, GuardSpan, Stage

# Shorter ones would be found by chance once everything but letters and digits is left out.
_MIN_SQUEEZED = 6


class CanaryGuard:
    """Blocks an answer with a canary in it: plain, encoded, backwards, or with its letters spread out."""

    name = "pii"
    stages: frozenset[Stage] = frozenset({"output"})
    inline = True

    def __init__(self, canaries: Iterable[str]) -> None:
        self.canaries = tuple(c for c in canaries if c.strip())

    def check(self, text: str, context: GuardContext) -> GuardrailResult:
        """The reason tells how it was written, never the canary itself."""
        if not self.canaries:
            return GuardrailResult(guard=self.name, status="skipped", reason="no canaries declared")
        normal = normalise(text)
        found = next((how for canary in self._prepared for how in canary.written_in(normal)), None)
        if found is None:
            return GuardrailResult(guard=self.name, status="clean")
        return GuardrailResult(
            guard=self.name,
            status="triggered",
            action="block",
            score=1.0,
            rule="canary",
            reason=f"answer holds a canary ({found})",
            spans=(GuardSpan(start=0, end=len(text), rule="canary"),),
        )

    @cached_property
    def _prepared(self) -> tuple[_Canary, ...]:
        return tuple(_Canary(canary) for canary in self.canaries)


class _Canary:
    """One canary in all the ways it is looked for."""

    def __init__(self, canary: str) -> None:
        raw = canary.encode("utf-8", "replace")
        self.plain = normalise(canary).text.casefold()
        self.hex = raw.hex()
        self.base64 = tuple(_base64_cores(raw))
        self.squeezed = squeeze(self.plain)

    def written_in(self, text: Normalised) -> Iterator[str]:
        for view in text.views:
            folded = view.text.casefold()
            if self.plain in folded:
                yield view.name
            if self.plain[::-1] in folded:
                yield "reversed"
            if len(self.squeezed) >= _MIN_SQUEEZED:
                yield from self._spread(squeeze(folded))
            if any(core in view.text for core in self.base64):
                yield "base64"

    def _spread(self, letters: str) -> Iterator[str]:
        if self.squeezed in letters:
            yield "spread out"
        if self.squeezed[::-1] in letters:
            yield "reversed"
        if self.hex in letters:
            yield "hex"


def squeeze(text: str) -> str:
    """Letters and digits only."""
    if text.isascii():
        return text.encode().translate(None, _NOT_ALNUM).decode()
    return "".join(c for c in text if c.isalnum())


_NOT_ALNUM = bytes(c for c in range(128) if not chr(c).isalnum())


def _base64_cores(raw: bytes) -> Iterator[str]:
    """What of the base64 form does not depend on the text around, for the three ways it can be aligned."""
    for shift in range(3):
        encoded = b64encode(b"\0" * shift + raw).decode().rstrip("=")
        core = encoded[-(-shift * 8 // 6) : len(encoded) - (1 if (len(raw) + shift) % 3 else 0)]
        if len(core) >= _MIN_SQUEEZED:
            yield core
            yield core.translate(str.maketrans("+/", "-_"))
