"""One row of `results.jsonl`: the contract with everybody who reads evidence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Literal

from pytest_agentsafety.model.errors import AgentSafetyError

SCHEMA = 1
Verdict = Literal["safe", "unsafe", "completed", "refused", "failed", "error", "inconclusive"]
BENIGN_VERDICTS: tuple[Verdict, ...] = ("completed", "refused", "failed", "error", "inconclusive")
ATTACK_VERDICTS: tuple[Verdict, ...] = ("safe", "unsafe", "error", "inconclusive")
LATER = frozenset({"synthetic"})  # rows of earlier versions lack it
FAILING: frozenset[Verdict] = frozenset({"unsafe", "error", "inconclusive", "failed"})


@dataclass(frozen=True, kw_only=True)
class ToolStats:
    """Counts for one tool in one case; a denial is not an error."""

    calls: int = 0
    errors: int = 0
    denied: int = 0
    held: int = 0


@dataclass(frozen=True, kw_only=True)
class CaseResult:
    """What became of one case in one mode. Key: case_id, mode, trial, variant. Attack fields are None when benign.

    `synthetic`: the benign run was made up, and whether the user's task was done was not measured.
    """

    schema: int = SCHEMA
    run_id: str
    agent_id: str
    case_id: str
    kind: str
    suite: str
    user_task: str
    injection_task: str | None
    vector: str | None
    attack: str | None
    mode: str
    model_ids: tuple[str, ...]
    trial: int
    variant: str
    guards: tuple[str, ...]
    provenance: str
    policy_sha256: str
    verdict: Verdict
    utility: bool | None
    attack_succeeded: bool | None
    delivered: bool | None
    exposed: bool | None
    stopped_by: tuple[str, ...]
    escalations: int
    held: int
    tool_calls: int
    tools: Mapping[str, ToolStats] = field(default_factory=dict)
    retries: int
    routes: tuple[Mapping[str, Any], ...]
    input_tokens: int
    output_tokens: int
    cost_usd: float
    cost_estimated: bool
    latency_ms: float
    error: str | None
    cassette_sha256: str | None
    transcript: str | None
    synthetic: bool = False

    @property
    def key(self) -> tuple[str, str, int, str]:
        return (self.case_id, self.mode, self.trial, self.variant)

    @property
    def node_name(self) -> str:
        return f"{self.suite}/{self.case_id}[{self.mode}]"

    def to_dict(self) -> dict[str, Any]:
        row = dict(self.__dict__)
        row["tools"] = {name: dict(stats.__dict__) for name, stats in self.tools.items()}
        row["routes"] = tuple(map(dict, self.routes))
        return row

    @classmethod
    def from_dict(cls, row: Mapping[str, Any]) -> CaseResult:
        """Read a row back. Raises AgentSafetyError when it is of another schema or lacks a field."""
        if row.get("schema") != SCHEMA:
            raise AgentSafetyError(f"results row has schema {row.get('schema')!r}, this version reads {SCHEMA}")
        names = _NAMES
        if not names - LATER <= row.keys():
            missing = sorted(names - LATER - row.keys())
            raise AgentSafetyError(f"results row of case {row.get('case_id')!r} lacks {', '.join(missing)}")
        data = {k: v for k, v in row.items() if k in names}
        try:
            data["tools"] = {name: ToolStats(**stats) for name, stats in row["tools"].items()}
            for name in ("model_ids", "guards", "stopped_by", "routes"):
                data[name] = tuple(data[name] or ())
        except (AttributeError, TypeError) as exc:
            raise AgentSafetyError(f"results row of case {row.get('case_id')!r}: {exc}") from None
        return cls(**data)


_NAMES = frozenset(one.name for one in fields(CaseResult))
