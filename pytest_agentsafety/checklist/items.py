"""The checklist as data, to and from `checklist.json`."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from pytest_agentsafety.model.errors import AgentSafetyError

SCHEMA = 1
Status = Literal["PASS", "FAIL", "NOT TESTED", "WAIVED", "NOT APPLICABLE"]
Tested = Literal["this agent", "this policy", "this installation"]
STATUSES: tuple[Status, ...] = ("PASS", "FAIL", "NOT TESTED", "WAIVED", "NOT APPLICABLE")
BLOCKING: frozenset[Status] = frozenset({"FAIL", "NOT TESTED"})


@dataclass(frozen=True, kw_only=True)
class Waiver:
    """Somebody answers for an open item until a day. `expires` is an ISO date, the last day it holds."""

    item: str
    owner: str
    reason: str
    expires: str


@dataclass(frozen=True, kw_only=True)
class Item:
    """One question. `evidence` says in words what was found, with counts and bounds; `rule` what would pass."""

    id: str
    question: str
    status: Status
    evidence: str
    tested: Tested
    rule: str
    standards: tuple[str, ...]
    waiver: Waiver | None = None


@dataclass(frozen=True, kw_only=True)
class Checklist:
    """All items in order. `blockers` are reasons beside the items why this evidence gives no GO."""

    header: Mapping[str, Any]
    items: tuple[Item, ...]
    blockers: tuple[str, ...] = ()
    out_of_scope: tuple[Mapping[str, str], ...] = field(default_factory=tuple)

    @property
    def go(self) -> bool:
        return not self.blockers and bool(self.items) and all(item.status not in BLOCKING for item in self.items)

    @property
    def verdict(self) -> Literal["GO", "NO-GO"]:
        return "GO" if self.go else "NO-GO"

    @property
    def counts(self) -> dict[Status, int]:
        """Items by status, every status listed."""
        return {status: sum(item.status == status for item in self.items) for status in STATUSES}

    def to_dict(self) -> dict[str, Any]:
        return {
            "schema": SCHEMA,
            "verdict": self.verdict,
            "counts": self.counts,
            "blockers": list(self.blockers),
            "header": dict(self.header),
            "items": [asdict(item) for item in self.items],
            "out_of_scope": [dict(entry) for entry in self.out_of_scope],
        }


def read_checklist(path: Path) -> Checklist:
    """Read a `checklist.json` back; the verdict is computed anew. Raises AgentSafetyError naming file and fault."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        if data.get("schema") != SCHEMA:
            raise AgentSafetyError(f"{path}: schema {data.get('schema')!r}, this version reads {SCHEMA}")
        return Checklist(
            header=data["header"],
            items=tuple(_item(entry) for entry in data["items"]),
            blockers=tuple(data["blockers"]),
            out_of_scope=tuple(data["out_of_scope"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as exc:
        raise AgentSafetyError(f"{path}: no checklist: {type(exc).__name__}: {exc}. Delete it.") from None


def _item(entry: Mapping[str, Any]) -> Item:
    standards: Sequence[str] = entry["standards"]
    waiver = Waiver(**entry["waiver"]) if entry["waiver"] else None
    return Item(**{**entry, "standards": tuple(standards), "waiver": waiver})
