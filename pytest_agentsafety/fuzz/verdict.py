"""What was said about one text, call or run, in a form that a case file keeps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from pytest_agentsafety.model.decisions import Decision, GuardrailResult


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What was said.

    `status` is a guard's (clean, triggered, crashed, skipped), a decision's (allowed, denied, ask) or an oracle's own
    (held, broken). `lets_pass`: what was judged goes on its way.
    """

    status: str
    action: str = ""
    rule: str = ""
    reason: str = ""
    score: float = 0.0

    @property
    def lets_pass(self) -> bool:
        return self.status in ("clean", "skipped", "allowed", "held")

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    def __str__(self) -> str:
        action = f", action {self.action!r}" if self.action else ""
        return f"{self.status!r}{action}"


def of_guard(result: GuardrailResult) -> Verdict:
    """A guard's result as a verdict."""
    return Verdict(
        status=result.status, action=result.action, rule=result.rule, reason=result.reason, score=result.score
    )


def of_decision(decision: Decision) -> Verdict:
    """A door's decision as a verdict."""
    return Verdict(status=decision.outcome, rule=decision.rule, reason=decision.reason)


def verdict_from(data: Mapping[str, Any]) -> Verdict:
    """As `Verdict.to_dict` wrote it; what is missing has its default."""
    known = {key: data[key] for key in ("status", "action", "rule", "reason") if isinstance(data.get(key), str)}
    return Verdict(**{"status": "unknown", **known}, score=float(data.get("score") or 0.0))
