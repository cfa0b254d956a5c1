"""Oracles over a text guard: what must hold between a text and the same text written another way. No Hypothesis."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from pytest_agentsafety.fuzz.chains import Chain, apply_chain, deliver
from pytest_agentsafety.fuzz.verdict import Verdict, of_guard
from pytest_agentsafety.model.decisions import GuardContext, GuardrailResult
from pytest_agentsafety.protocols import Guardrail

_KNOWN = 4096
# Steps that write other letters, and values of which each letter counts: keys and account numbers.
_CHANGING = ("mixed_case", "leet")
_EXACT = re.compile(r"\S*[\d_]\S*|[A-Z]{2}\d{2}(?: ?[A-Z0-9]{1,4}){3,}")


@dataclass(frozen=True)
class Attempt:
    """One original behind a chain of steps; `pieces` is what is delivered, message by message."""

    original: str
    chain: Chain
    pieces: tuple[str, ...]

    @property
    def text(self) -> str:
        return "\n".join(self.pieces)


class Oracle(Protocol):
    """A promise about one target, and how it is tried.

    `before` judges an original, `worth` says whether it can show anything, `after` judges an attempt, and `broken`
    compares the two. `deliver` makes the attempt; a replay of a stored case makes it from the stored text instead.
    """

    @property
    def name(self) -> str: ...
    @property
    def promise(self) -> str: ...
    def deliver(self, original: str, chain: Chain) -> Attempt: ...
    def before(self, original: str) -> Verdict: ...
    def worth(self, before: Verdict) -> bool: ...
    def after(self, attempt: Attempt) -> Verdict: ...
    def broken(self, before: Verdict, after: Verdict) -> bool: ...


class GuardProbe:
    """One guard at one stage, asked as the gate asks it: a crash counts, and blocks."""

    def __init__(self, guard: Guardrail, context: GuardContext) -> None:
        self.guard, self.context = guard, context
        self.known: Callable[[str], GuardrailResult] = lru_cache(maxsize=_KNOWN)(self.check)

    @property
    def name(self) -> str:
        return str(getattr(self.guard, "name", type(self.guard).__name__))

    def check(self, text: str) -> GuardrailResult:
        try:
            result: object = self.guard.check(text, self.context)
        except Exception as error:  # noqa: BLE001 - the guard boundary: a crashed guard blocks
            return self._crashed(f"{type(error).__name__}: {error}")
        if not isinstance(result, GuardrailResult):
            return self._crashed(f"check() returned {type(result).__name__}, expected GuardrailResult")
        return result

    def _crashed(self, reason: str) -> GuardrailResult:
        return GuardrailResult(guard=self.name, status="crashed", action="block", reason=reason)

    def read(self, attempt: Attempt) -> GuardrailResult:
        """The first result that detects something: of each message alone, or of all of them as one text."""
        texts = attempt.pieces if len(attempt.pieces) == 1 else (*attempt.pieces, attempt.text)
        results = [self.check(text) for text in texts]
        return next((result for result in results if detects(result)), results[-1])


def detects(result: GuardrailResult) -> bool:
    """Did the guard do something about it? A crash does: it blocks."""
    return result.triggered or result.blocks


class GuardOracle:
    """What the oracles over one guard share."""

    name = ""
    promise = ""

    def __init__(self, probe: GuardProbe) -> None:
        self.probe = probe

    def deliver(self, original: str, chain: Chain) -> Attempt:
        return Attempt(original, chain, deliver(chain, original))

    def before(self, original: str) -> Verdict:
        return of_guard(self.probe.known(original))

    def after(self, attempt: Attempt) -> Verdict:
        return of_guard(self.probe.read(attempt))

    def worth(self, before: Verdict) -> bool:
        return not before.lets_pass

    def broken(self, before: Verdict, after: Verdict) -> bool:
        return after.lets_pass


class Obfuscated(GuardOracle):
    """Detection survives every change that keeps the meaning."""

    name = "obfuscation"
    promise = "an attack that is detected stays detected however it is written"

    def worth(self, before: Verdict) -> bool:
        return before.status == "triggered"

    def after(self, attempt: Attempt) -> Verdict:
        return self.before(attempt.original) if self._spoiled(attempt) else super().after(attempt)

    def _spoiled(self, attempt: Attempt) -> bool:
        """Is no value left that was found? A key in other letters is another key, which opens nothing."""
        changes = [step for step in attempt.chain if step.name in _CHANGING]
        if not changes:
            return False
        spans = self.probe.known(attempt.original).spans
        values = [attempt.original[span.start : span.end] for span in spans]
        changed = apply_chain(changes, attempt.original)
        return bool(values) and all(_EXACT.fullmatch(value) and value not in changed for value in values)


class Harmless(GuardOracle):
    """No false alarm by layout."""

    name = "harmless"
    promise = "a clean text stays clean under a harmless change"

    def worth(self, before: Verdict) -> bool:
        return before.status == "clean"

    def broken(self, before: Verdict, after: Verdict) -> bool:
        return not after.lets_pass


class Chunked(GuardOracle):
    """The verdict does not depend on where one message ends and the next begins."""

    name = "chunking"
    promise = "the verdict is the same for one message and for several that say the same"

    def worth(self, before: Verdict) -> bool:
        return before.status in ("clean", "triggered")

    def broken(self, before: Verdict, after: Verdict) -> bool:
        return before.lets_pass != after.lets_pass


class Redacted(GuardOracle):
    """What was taken out is out, and taking out once is enough."""

    name = "redaction"
    promise = "a redacted text holds nothing that the guard would take out of it, and no span that it found"

    def worth(self, before: Verdict) -> bool:
        return True

    def after(self, attempt: Attempt) -> Verdict:
        for piece in attempt.pieces:
            why = self._left(piece)
            if why:
                return Verdict(status="broken", reason=why)
        return Verdict(status="held")

    def _left(self, text: str) -> str:
        first = self.probe.check(text)
        if not (first.triggered and first.action == "redact"):
            return ""
        if first.redacted is None:
            return "the action is 'redact', and there is no redacted text"
        again = self.probe.check(first.redacted)
        if detects(again):
            return f"the redacted text triggers again ({again.rule or again.status})"
        return _span_left(text, first)

    def broken(self, before: Verdict, after: Verdict) -> bool:
        return after.status == "broken"


def _span_left(text: str, result: GuardrailResult) -> str:
    """A found span that is still there. Short ones (a first name, a digit) may stand elsewhere for good reason."""
    assert result.redacted is not None
    for span in result.spans:
        found = text[span.start : span.end]
        if len(found.strip()) >= 6 and found in result.redacted:
            return f"what {span.rule} found still stands in the redacted text"
    return ""


ORACLES: dict[str, type[GuardOracle]] = {oracle.name: oracle for oracle in (Obfuscated, Harmless, Chunked, Redacted)}


def guard_oracles(probe: GuardProbe, names: Sequence[str] = tuple(ORACLES)) -> list[GuardOracle]:
    """The oracles over one guard. Raises KeyError for a name that is none."""
    return [ORACLES[name](probe) for name in names]
