"""Begin and end of a case, the agent's final words, and notes from the harness."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from pytest_agentsafety.model.events.base import Event
from pytest_agentsafety.model.quick import quick


@quick
@dataclass(frozen=True, kw_only=True)
class CaseStarted(Event):
    """`prompt` is the user's task as given to the agent; `injections` maps a vector to the attacker's text."""

    type: ClassVar[str] = "case_started"
    case_id: str
    mode: str
    prompt: str
    policy_sha256: str
    guards: tuple[str, ...] = ()
    injections: Mapping[str, str] | None = None


@quick
@dataclass(frozen=True, kw_only=True)
class FinalAnswer(Event):
    """`text` is what the agent said, `shown` what the user gets after the output guardrails."""

    type: ClassVar[str] = "final_answer"
    text: str
    shown: str


@quick
@dataclass(frozen=True, kw_only=True)
class Notice(Event):
    """Something a reader of the transcript should know, in words."""

    type: ClassVar[str] = "notice"
    level: str
    message: str


@quick
@dataclass(frozen=True, kw_only=True)
class CaseEnded(Event):
    """Always the last event of a case, whatever happened. `result` is the row of results.jsonl."""

    type: ClassVar[str] = "case_ended"
    result: Mapping[str, Any]
