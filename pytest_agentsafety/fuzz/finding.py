"""A bypass that was found, and its story in plain words."""

from __future__ import annotations

from dataclasses import dataclass

from pytest_agentsafety.fuzz.chains import Chain, deliver
from pytest_agentsafety.fuzz.verdict import Verdict
from pytest_agentsafety.model.safe_text import one_line

_SHOWN = 160


@dataclass(frozen=True, kw_only=True)
class Bypass:
    """The smallest chain that was found under which a promise is broken.

    `before` is the verdict on `attack` (the original text, clean or not), `after` the one on `pieces`, which are the
    messages behind all steps (one, unless a step splits it).
    """

    oracle: str
    promise: str
    attack: str
    chain: Chain
    pieces: tuple[str, ...]
    before: Verdict
    after: Verdict
    guard: str = ""

    @property
    def text(self) -> str:
        return "\n".join(self.pieces)

    def explain(self) -> str:
        """What was promised, what was done step by step, and what was said before and after. Printable."""
        lines = [f"guard {self.guard!r} promises: {self.promise}", f"original: {one_line(self.attack, _SHOWN)}"]
        lines.append(f"  said {self.before}{_by(self.before)}")
        pieces: tuple[str, ...] = (self.attack,)
        for number, step in enumerate(self.chain, 1):
            pieces = tuple(part for piece in pieces for part in deliver((step,), piece))
            lines.append(f"{number}. {step.in_words()}: {step}")
            lines += [f"   {one_line(piece, _SHOWN)}" for piece in pieces]
        lines.append(f"and then says {self.after}{_by(self.after)}")
        return "\n".join(lines)


def _by(verdict: Verdict) -> str:
    told = " ".join(part for part in (f"by rule {verdict.rule}" if verdict.rule else "", verdict.reason) if part)
    return f": {one_line(told, _SHOWN)}" if told else ""
