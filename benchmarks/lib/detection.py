"""Counting for `benchmarks/detection.py`: who flags what, source by source."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from benchmarks.injection.corpus import Item
from benchmarks.lib.encodings import ENCODINGS
from benchmarks.lib.figures import Rate
from pytest_agentsafety.guards import InjectionGuard
from pytest_agentsafety.guards.injection_model import InjectionScorer
from pytest_agentsafety.model.decisions import GuardContext, Stage

BY = ("rules", "model", "both")


@dataclass(frozen=True)
class Flags:
    """Whether rules, model, and the guard with both flag a text."""

    rules: bool
    model: bool

    @property
    def both(self) -> bool:
        return self.rules or self.model


class Judge:
    """Rules and a model, apart and together, at one stage. `model` None is the shipped one."""

    def __init__(self, stage: Stage, model: InjectionScorer | None = None) -> None:
        self.context = GuardContext(stage=stage)
        self._rules = InjectionGuard(model=None)
        self._model = InjectionGuard(model="bundled" if model is None else model, rules=False)

    def __call__(self, text: str) -> Flags:
        return Flags(self._flag(self._rules, text), self._flag(self._model, text))

    def _flag(self, guard: InjectionGuard, text: str) -> bool:
        """A crash is no verdict: it ends the measurement."""
        result = guard.check(text, self.context)
        if result.status == "crashed":
            raise RuntimeError(result.reason)
        return result.triggered


def by_source(items: Iterable[Item], judge: Callable[[str], Flags]) -> dict[tuple[bool, str], dict[str, Rate]]:
    """Share flagged of the texts of each source, attacks (True) and harmless ones apart."""
    found: dict[tuple[bool, str], list[Flags]] = {}
    for item in items:
        found.setdefault((item.attack, item.source), []).append(judge(item.raw))
    return {key: rates(flags) for key, flags in sorted(found.items())}


def rates(flags: Sequence[Flags]) -> dict[str, Rate]:
    """Share flagged by each."""
    return {who: Rate(sum(getattr(flag, who) for flag in flags), len(flags)) for who in BY}


def encoded(texts: Sequence[str], judge: Callable[[str], Flags]) -> dict[str, Rate]:
    """Of the texts flagged plain, the share still flagged in each encoding."""
    plain = [text for text in texts if judge(text).both]
    return {
        name: Rate(sum(judge(encode(text)).both for text in plain), len(plain)) for name, encode in ENCODINGS.items()
    }


def table(title: str, found: dict[tuple[bool, str], dict[str, Rate]]) -> str:
    """A line for each source, attacks first."""
    lines = [f"\n{title}", f"{'':34}{'rules':34}{'model':34}both"]
    for (attack, source), rate in sorted(found.items(), key=lambda pair: (not pair[0][0], pair[0][1])):
        name = f"{'attacks' if attack else 'harmless'}  {source}"
        lines.append(f"{name:34}" + "".join(f"{rate[who]!s:34}" for who in BY))
    return "\n".join(lines)
