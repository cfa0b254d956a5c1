"""Suites in the field's words: UserTask, InjectionTask (goal), InjectionVector (where), Attack (how), Case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from pytest_agentsafety.model.messages import PlannedTurn

Kind = Literal["benign", "attack"]
Mode = Literal["recorded", "hijacked", "hijacked-exposed", "scripted", "live"]
MODES: tuple[Mode, ...] = ("recorded", "hijacked", "hijacked-exposed", "scripted", "live")
OFFLINE_MODES: frozenset[Mode] = frozenset({"recorded", "hijacked", "hijacked-exposed", "scripted"})


@dataclass(frozen=True, kw_only=True)
class UserTask:
    """What the user wants. `turns` is the benign run: its calls are the ground truth, its last words the answer."""

    id: str
    prompt: str
    turns: tuple[PlannedTurn, ...]
    vectors: tuple[str, ...] = ()
    check: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class InjectionTask:
    """What the attacker wants. `turns` are the calls (and last words) of a model that obeys."""

    id: str
    goal: str
    turns: tuple[PlannedTurn, ...]
    check: Mapping[str, Any] = field(default_factory=dict)
    standards: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class InjectionVector:
    """A place in the suite's world that attacker text can reach. `default` is what stands there in a benign run."""

    id: str
    description: str
    default: str


@dataclass(frozen=True, kw_only=True)
class Case:
    """One thing to run. `case_id` is unique over all suites; attack fields are None in a benign case.

    `standards` are the ids of public standards that the case exercises.
    """

    case_id: str
    suite: str
    kind: Kind
    user_task: str
    injection_task: str | None = None
    vector: str | None = None
    attack: str | None = None
    twin: str | None = None
    standards: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class CaseRun:
    """A case in one mode; with `variant` ("" unless something was knocked out) this is the key of a result row."""

    case: Case
    mode: Mode
    trial: int = 1
    variant: str = ""

    @property
    def node_name(self) -> str:
        """`<suite>/<case_id>[<mode>]`, the part of a pytest node id behind `agentsafety::`."""
        extra = "".join(f"-{part}" for part in (self.variant, f"t{self.trial}" if self.trial > 1 else "") if part)
        return f"{self.case.suite}/{self.case.case_id}[{self.mode}{extra}]"


@dataclass(frozen=True, kw_only=True)
class Score:
    """A scorer's word: None means it could not be decided; with `measured` false nobody could ever decide it."""

    value: bool | None
    reason: str = ""
    measured: bool = True
