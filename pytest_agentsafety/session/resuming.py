"""Go on with a run that was cut off: what is on disk stands, and is not done again."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from pytest_agentsafety.model.errors import ConfigError
from pytest_agentsafety.model.jsonl import dump_line
from pytest_agentsafety.model.results import CaseResult
from pytest_agentsafety.recorders import read_results

Key = tuple[str, str, int, str]
_SAME = ("guards", "provenance", "approver")
_ANY_AGENT = "fixture:agent_safety_agent"


def earlier_run(folder: Path, place: str) -> Mapping[str, Any]:
    """The `run.json` of the run to go on with. Raises ConfigError where there is none."""
    try:
        found: Any = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigError(f"{place}: {folder} holds no run to go on with; start one without it") from None
    except (OSError, ValueError) as exc:
        raise ConfigError(f"{place}: {folder / 'run.json'} cannot be read: {exc}; start a new run without it") from exc
    if not isinstance(found, dict) or not isinstance(found.get("run_id"), str):
        raise ConfigError(f"{place}: {folder / 'run.json'} names no run_id; start a new run without {place}")
    return found


def check_same(old: Mapping[str, Any], new: Mapping[str, Any], place: str) -> None:
    """Rows of one run say the same thing: its agent, guards and policies may not change. Raises ConfigError."""
    changed = [name for name in _SAME if old.get(name) != new.get(name)]
    agents = {str(old.get("agent_id")), str(new.get("agent_id"))}
    if len(agents) > 1 and _ANY_AGENT not in agents:
        changed.append("agent_id")
    then, now = old.get("policies") or {}, new.get("policies") or {}
    both = sorted(then.keys() & now.keys())
    changed += [f"the policy of {suite}" for suite in both if then[suite].get("sha256") != now[suite].get("sha256")]
    if changed:
        told = ", ".join(f"{name} (was {old[name]!r}, is {new[name]!r})" if name in old else name for name in changed)
        raise ConfigError(f"{place}: the run was begun with other settings: {told}; give the same, or start a new run")


def rows_on_disk(folder: Path) -> list[CaseResult]:
    """Every row of the run, those of its xdist workers included."""
    return [row for path in _result_files(folder) for row in read_results(path)]


def drop_rows(folder: Path, keys: Collection[Key]) -> None:
    """Take out the rows of cases that are run again: there is one row a case. The audit log keeps what was."""
    if not keys:
        return
    for path in _result_files(folder):
        rows = read_results(path)
        kept = [row for row in rows if row.key not in keys]
        if len(kept) < len(rows):
            write_rows(path, kept)


def write_rows(path: Path, rows: Iterable[CaseResult]) -> None:
    """Whole or not at all."""
    temporary = path.with_name(f".{path.name}.tmp")
    temporary.write_bytes(b"".join(dump_line(row.to_dict()) for row in rows))
    temporary.replace(path)


def begun_without_row(folder: Path, rows: Iterable[CaseResult]) -> Iterator[str]:
    """The node names of cases that were cut off, by the transcripts they left."""
    ended = {Path(row.transcript).name for row in rows if row.transcript}
    for path in [*folder.glob("transcripts/*.jsonl"), *folder.glob("workers/*/transcripts/*.jsonl")]:
        if path.name not in ended:
            with suppress(OSError, ValueError, KeyError, IndexError, TypeError), path.open("rb") as stream:
                yield str(json.loads(stream.readline())["task_id"])


def is_of_run(cassette: Path, started: object) -> bool:
    """Was the cassette written after the run began? Another one is somebody else's work."""
    try:
        return cassette.stat().st_mtime >= datetime.fromisoformat(str(started)).timestamp()
    except (OSError, ValueError):
        return False


def remove_drafts(folders: Iterable[Path]) -> None:
    """What a killed recording left half written; it holds nothing that a cassette would not."""
    for folder in folders:
        for draft in folder.glob(".*.json.*.tmp"):
            draft.unlink(missing_ok=True)


def _result_files(folder: Path) -> list[Path]:
    return [p for p in [folder / "results.jsonl", *sorted(folder.glob("workers/*/results.jsonl"))] if p.is_file()]
