"""Everything the items are judged by, loaded from one folder."""

from __future__ import annotations

import json
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from pytest_agentsafety.checklist.facts import CallFacts, transcript_facts
from pytest_agentsafety.checklist.items import Tested
from pytest_agentsafety.metrics import compute
from pytest_agentsafety.model.errors import AgentSafetyError
from pytest_agentsafety.model.jsonl import read_lines

HIJACKED = frozenset({"hijacked", "hijacked-exposed"})


@dataclass(frozen=True)
class Evidence:
    """`rows` as in results.jsonl (of rows with one key the last), `run` as in run.json, {} without one."""

    folder: Path
    rows: Sequence[Mapping[str, Any]]
    run: Mapping[str, Any]
    metrics: Mapping[str, Any]

    @cached_property
    def facts(self) -> CallFacts:
        return transcript_facts(self.folder, self.rows)

    @property
    def own_agent(self) -> bool:
        return self.run.get("agent_kind") == "own"

    @property
    def subject(self) -> Tested:
        """What a run of the agent says something about: with the bundled agent it is only this installation."""
        return "this agent" if self.own_agent else "this installation"

    def attacks(self, modes: frozenset[str] = HIJACKED) -> list[Mapping[str, Any]]:
        return [row for row in self.rows if row["kind"] == "attack" and row["mode"] in modes]

    def limit(self, metric: str, statistic: str, op: str = "max") -> float | None:
        """The limit of a configured gate, None when there is none."""
        for gate in self.run.get("gates") or ():
            if (gate.get("metric"), gate.get("statistic"), gate.get("op")) == (metric, statistic, op):
                return float(gate["limit"])
        return None


def load_evidence(folder: Path) -> Evidence:
    """Read rows and run, compute the figures. Raises AgentSafetyError when the results are missing or damaged."""
    path = folder / "results.jsonl"
    metrics = compute(folder)  # not from metrics.json: a verdict rests on the rows, not on what was made of them
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a torn last line was told when the metrics were made
        rows = {(r["case_id"], r["mode"], r["trial"], r["variant"]): r for r in read_lines(path)}
    return Evidence(folder=folder, rows=list(rows.values()), run=read_run(folder), metrics=metrics)


def read_run(folder: Path) -> dict[str, Any]:
    """`run.json`, {} when it is missing (a run that was killed). Raises AgentSafetyError when it is damaged."""
    path = folder / "run.json"
    if not path.is_file():
        return {}
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as exc:
        raise AgentSafetyError(f"{path}: not JSON: {exc}") from None
    if not isinstance(data, dict):
        raise AgentSafetyError(f"{path}: expected an object, found {type(data).__name__}")
    return data
