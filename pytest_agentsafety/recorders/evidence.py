"""The evidence folder of one process: every event goes to all its files, in one order."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from pytest_agentsafety.model.events import Event
from pytest_agentsafety.model.results import CaseResult
from pytest_agentsafety.model.tasks import CaseRun
from pytest_agentsafety.protocols import EventSink, recorder
from pytest_agentsafety.recorders.audit import AuditLog
from pytest_agentsafety.recorders.masking import Mask
from pytest_agentsafety.recorders.record import Record
from pytest_agentsafety.recorders.results import ResultsRecorder
from pytest_agentsafety.recorders.transcript import TranscriptRecorder


class Evidence:
    """An EventSink over `transcripts/`, `audit.jsonl`, then `sinks` in their order; thread-safe.

    `sinks` get the events unmasked and mask what they keep. Whatever fails to write raises (EvidenceError for a full
    disk), so that nothing takes effect unrecorded.
    """

    def __init__(self, folder: Path, *, mask: Mask, sinks: Sequence[EventSink] = ()) -> None:
        self.folder, self._mask = folder, mask
        self._sinks = tuple(map(recorder, sinks))
        self._results = ResultsRecorder(folder / "results.jsonl")
        self._transcripts = TranscriptRecorder(folder / "transcripts", mask=mask)
        self._audit = AuditLog(folder / "audit.jsonl", mask=mask)
        self._lock = threading.RLock()

    @property
    def audit_head(self) -> dict[str, Any]:
        """`{"seq", "hash"}` of the last audit record; final after `close`."""
        return self._audit.head

    def begin_case(self, run: CaseRun) -> str:
        """Open the case's transcript; returns its path relative to the folder, for the result row."""
        with self._lock:
            return self._transcripts.begin(run)

    def emit(self, event: Event) -> None:
        self.emit_all((event,))

    def emit_all(self, events: Sequence[Event], *, lasting: bool = True) -> None:
        """Record several events with one write(2) per file; all of them are recorded when this returns.

        `lasting` is whether effects that they announce can outlast this process; then they are durable, too.
        """
        records = [Record(event, self._mask) for event in events]
        with self._lock:
            self._transcripts.write_all(records)
            self._audit.write_all(records, lasting=lasting)
            for told in self._sinks:
                told(events)

    def emit_passing(self, events: Sequence[Event]) -> None:
        """As `emit_all`, of a case whose world is memory: a power cut takes its effects with it."""
        self.emit_all(events, lasting=False)

    def end_case(self, result: CaseResult) -> None:
        """Write the row and close the case's transcript. The row's error text is masked."""
        if result.error is not None:
            result = replace(result, error=self._mask(result.error))
        with self._lock:
            self._results.append(result)
            self._transcripts.end(result.key)

    def barrier(self) -> None:
        """Return when all audit records so far are durable."""
        self._audit.barrier()

    def close(self) -> None:
        """Close all files of this object; nothing else is written. The sinks are closed by their owner."""
        with self._lock:
            self._transcripts.close()
            self._results.close()
            self._audit.close()
