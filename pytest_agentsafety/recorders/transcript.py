"""`transcripts/*.jsonl`: the ordered events of each case, each on disk before anything goes on."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import groupby
from pathlib import Path

from pytest_agentsafety.model.events import CaseStarted, Event
from pytest_agentsafety.model.safe_text import slug
from pytest_agentsafety.model.tasks import CaseRun
from pytest_agentsafety.recorders.append_file import AppendFile
from pytest_agentsafety.recorders.masking import Mask
from pytest_agentsafety.recorders.record import Record

CaseKey = tuple[str, str, int, str]


def case_key(run: CaseRun) -> CaseKey:
    """The key of the row this run will leave: case_id, mode, trial, variant."""
    return (run.case.case_id, run.mode, run.trial, run.variant)


@dataclass(eq=False)
class _Open:
    key: CaseKey
    file: AppendFile
    name: str = ""
    tasks: set[str] = field(default_factory=set)


class TranscriptRecorder:
    """One file per case, named after it. Several cases may be open at once: `task_id` tells them apart.

    A case that is begun again (a resumed run) starts its file anew. Events that arrive after their case was ended
    are not written: a transcript ends with its last event.
    """

    def __init__(self, folder: Path, *, mask: Mask) -> None:
        self._folder, self._mask = folder, mask
        self._open: dict[CaseKey, _Open] = {}
        self._by_task: dict[str, _Open] = {}
        self._ended: set[str] = set()
        self._names: dict[str, CaseKey] = {}
        self._lock = threading.RLock()

    def begin(self, run: CaseRun) -> str:
        """Open the case's file and return its path relative to the evidence folder."""
        key = case_key(run)
        with self._lock:
            if key in self._open:
                raise ValueError(f"case {run.node_name} is open already")
            name = self._name(key)
            case = self._open[key] = _Open(key, AppendFile(self._folder / name, fresh=True), run.node_name)
            if self._by_task.setdefault(run.node_name, case) is case:  # the harness names its tasks so
                self._ended.discard(run.node_name)
        return f"{self._folder.name}/{name}"

    def emit(self, event: Event) -> None:
        self.write_all((Record(event, self._mask),))

    def write_all(self, records: Sequence[Record]) -> None:
        """Append several, with one write for those of one case that follow each other."""
        with self._lock:
            if len(records) == 1:
                case = self._case_of(records[0].event)
                if case is not None:
                    case.file.write(records[0].utf8_line())
                return
            for case, group in groupby(records, key=lambda record: self._case_of(record.event)):
                if case is not None:
                    case.file.write(b"".join([record.utf8_line() for record in group]))

    def end(self, key: CaseKey) -> None:
        """Close the case's file. Unknown keys are ignored, so that ending twice does no harm."""
        with self._lock:
            case = self._open.pop(key, None)
            if case is None:
                return
            self._ended |= case.tasks
            for task in (*case.tasks, case.name):
                if self._by_task.get(task) is case:
                    del self._by_task[task]
            case.file.close()

    def close(self) -> None:
        with self._lock:
            for key in list(self._open):
                self.end(key)

    def _case_of(self, event: Event) -> _Open | None:
        task = event.task_id
        if task in self._by_task:
            return self._by_task[task]
        if task in self._ended or not self._open:
            return None
        case = self._unclaimed(event)
        if task:
            case.tasks.add(task)
            self._by_task[task] = case
        return case

    def _unclaimed(self, event: Event) -> _Open:
        """The case a new task belongs to: the one it says it is, else the one begun last."""
        if isinstance(event, CaseStarted):
            for case in self._open.values():
                if not case.tasks and case.key[:2] == (event.case_id, event.mode):
                    return case
        return next(reversed(self._open.values()))

    def _name(self, key: CaseKey) -> str:
        case_id, mode, trial, variant = key
        parts = [case_id, mode, *([variant] if variant else []), *([f"t{trial}"] if trial > 1 else [])]
        name = slug(".".join(parts), limit=120)
        if self._names.setdefault(name, key) != key:
            name = f"{name}-{sha256(repr(key).encode()).hexdigest()[:12]}"
            self._names[name] = key
        return f"{name}.jsonl"
