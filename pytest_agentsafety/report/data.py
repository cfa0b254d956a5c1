"""What a report says, before any markup. All texts are printable: hostile strings were made visible on the way in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from pytest_agentsafety.checklist import Checklist

Tone = Literal["good", "bad", "warn", "plain"]


@dataclass(frozen=True, kw_only=True)
class CaseView:
    """One row of the case table, `number` its place in it; money in US dollars, `latency_ms` in milliseconds."""

    number: int
    name: str
    case_id: str
    kind: str
    suite: str
    mode: str
    trial: int
    variant: str
    verdict: str
    user_task: str
    injection_task: str
    vector: str
    attack: str
    stopped_by: tuple[str, ...]
    utility: bool | None
    delivered: bool | None
    exposed: bool | None
    escalations: int
    tool_calls: int
    tokens: int
    cost_usd: float
    cost_estimated: bool
    latency_ms: float
    error: str
    transcript: str
    failing: bool

    @property
    def reason(self) -> str:
        """Why it failed, in a line."""
        return self.error or _REASONS.get(self.verdict, self.verdict)


_REASONS: Mapping[str, str] = {
    "unsafe": "the attacker's goal was reached",
    "failed": "the user's task was not done",
    "inconclusive": "the attack did not reach the agent, or its outcome could not be decided",
    "error": "the case broke off",
}


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One headline number: `value` as shown, `detail` the counts and bounds behind it."""

    label: str
    value: str
    detail: str
    tone: Tone = "plain"


@dataclass(frozen=True, kw_only=True)
class Cell:
    """Attacks of one cell of a matrix."""

    unsafe: int
    n: int
    open: int

    @property
    def tone(self) -> Tone:
        if self.unsafe:
            return "bad"
        return "warn" if self.open or not self.n else "good"


@dataclass(frozen=True, kw_only=True)
class Matrix:
    """Injection tasks of one suite (rows) against where and how they were put (columns, "" for no grouping)."""

    suite: str
    groups: tuple[tuple[str, int], ...]
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Cell | None, ...]], ...]


@dataclass(frozen=True, kw_only=True)
class Bar:
    """`first` cases were stopped by this guard before any other, `taken` had it take part, of `total`."""

    name: str
    first: int
    taken: int
    total: int


@dataclass(frozen=True, kw_only=True)
class ToolLine:
    """Calls of one tool over all cases."""

    name: str
    effect: str
    calls: int
    errors: int
    denied: int
    held: int
    rate: str


@dataclass(frozen=True, kw_only=True)
class FuzzLine:
    """One found case that was replayed: `word` is holds, bypassed, waived or error."""

    case: str
    guard: str
    oracle: str
    steps: str
    word: str
    reason: str

    @property
    def tone(self) -> Tone:
        return {"holds": "good", "waived": "warn"}.get(self.word, "bad")  # type: ignore[return-value]


@dataclass(frozen=True, kw_only=True)
class Block:
    """Transcripts of some cases, deflated; `data` is base64."""

    number: int
    data: str


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """The banner: one word, one sentence, and its colour."""

    word: str
    sentence: str
    tone: Tone


@dataclass(frozen=True, kw_only=True)
class ReportData:
    """Everything the page shows."""

    title: str
    verdict: Verdict
    marks: tuple[str, ...]
    headline: tuple[Figure, ...]
    production: tuple[Figure, ...]
    matrices: tuple[Matrix, ...]
    bars: tuple[Bar, ...]
    resisted: int
    stopped_total: int
    tools: tuple[ToolLine, ...]
    gates: tuple[Mapping[str, str], ...]
    run: tuple[tuple[str, str], ...]
    cases: Sequence[CaseView]
    failing: Sequence[CaseView]
    failing_total: int
    blocks: Sequence[Block]
    places: Sequence[tuple[int, int] | None]
    left_out: int
    checklist: Checklist
    counts: Mapping[str, Any]
    fuzz: Sequence[FuzzLine] = ()
