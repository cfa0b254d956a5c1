"""`audit.jsonl`: what happened, why and what was decided, in a hash chain that shows any later change.

A line is a JSON object in ASCII: the fields of the event, `parent` (the number of the record that led to it, where
known), `seq` (from 1), `prev` (the hash before it), last `hash`: the sha256 over `prev` and the line's bytes before
`,"hash":`, closed with `}`. A tool call also carries `stated_reason_untrusted`: what the model said when it asked for
it. Long texts stand as their digest and length, the words are in the transcript.
"""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pytest_agentsafety.model.errors import AgentSafetyError
from pytest_agentsafety.model.events import CheckpointMarked, Event
from pytest_agentsafety.recorders.append_file import AppendFile, EvidenceError
from pytest_agentsafety.recorders.causes import Causes
from pytest_agentsafety.recorders.masking import Mask, encode_ascii
from pytest_agentsafety.recorders.record import Record, hash_of

GENESIS = "0" * 64
LINE = re.compile(rb'(\{.*),"hash":"([0-9a-f]{64})"\}\n')
SYNC_RECORDS = 100
SYNC_SECONDS = 0.05
# How many records may wait for a sync before the one who writes them waits too.
MOST_WAITING = 2 * SYNC_RECORDS
# How often in a row there may be nothing to sync before the syncing thread sleeps until it is woken.
IDLE_TURNS = 20


class AuditLog:
    """Appends records; thread-safe.

    Durable (fdatasync) before each write effect. Else a thread of its own begins a sync at 100 records or after 50 ms,
    while further records are taken; at 200 the writer waits for the disk. The thread looks by itself while records come
    in, for waking it costs the writer more than the record.
    """

    def __init__(self, path: Path, *, mask: Mask) -> None:
        self._mask = mask
        self._file = AppendFile(path)
        self._seq, self._hash = _last(self._file)
        self._causes = Causes()
        self._lock, self._sync_lock = threading.Lock(), threading.Lock()
        self._unsynced = 0
        self._failure: EvidenceError | None = None
        self._dirty, self._due, self._closing = threading.Event(), threading.Event(), False
        self._flusher: threading.Thread | None = None
        if self._seq:
            self.append({"type": "log_resumed", "ts": time.time(), "torn_bytes": self._file.torn_bytes})

    @property
    def head(self) -> dict[str, Any]:
        """`{"seq", "hash"}` of the last record; seq 0 when there is none. `run.json` anchors it."""
        with self._lock:
            return {"seq": self._seq, "hash": self._hash}

    def emit(self, event: Event) -> None:
        self.write_all((Record(event, self._mask),))

    def emit_all(self, events: Sequence[Event]) -> None:
        mask = self._mask
        self.write_all((Record(events[0], mask),) if len(events) == 1 else [Record(event, mask) for event in events])

    def write_all(self, records: Sequence[Record], *, lasting: bool = True) -> None:
        """Append several with one write(2); where one announces a write effect, they are durable on return.

        Unless nothing of it is `lasting`: effects that end with the process need no record that outlasts a power cut.
        """
        durable, lines = False, []
        with self._lock:
            if self._failure is not None:
                raise self._failure
            seq, digest = self._seq, self._hash
            for record in records:
                seq += 1
                line, digest = chained(record.brief(), seq, digest, self._causes.of(record, seq))
                lines.append(line)
                if record.event.__class__ is CheckpointMarked:
                    durable = True
            try:
                self._file.write(b"".join(lines))
            except EvidenceError:
                self._causes.forget()
                raise
            self._unsynced = waiting = self._unsynced + seq - self._seq
            self._seq, self._hash = seq, digest
        if durable and lasting:
            self.barrier()
        elif waiting >= SYNC_RECORDS or not self._dirty.is_set():
            self._see_to_sync(waiting)

    def append(self, fields: Mapping[str, Any]) -> None:
        """Append plain, masked fields as one record: none of them `seq`, `prev` or `hash`."""
        text = encode_ascii(fields).encode("ascii")
        with self._lock:
            self._check()
            line, digest = chained(text, self._seq + 1, self._hash)
            self._file.write(line)
            self._seq, self._hash = self._seq + 1, digest
            self._unsynced = waiting = self._unsynced + 1
        self._see_to_sync(waiting)

    def _check(self) -> None:
        if self._failure is not None:
            raise self._failure

    def _see_to_sync(self, waiting: int) -> None:
        if waiting >= MOST_WAITING:
            self.barrier()
        elif waiting >= SYNC_RECORDS and not self._due.is_set():
            self._wake_flusher()
            self._due.set()
        elif not self._dirty.is_set():
            self._wake_flusher()

    def barrier(self) -> None:
        """Return when all records so far are durable. Raises EvidenceError when they cannot be."""
        self._sync_pending()

    def _sync_pending(self) -> bool:
        with self._sync_lock:  # whoever comes second waits for the sync that is under way
            with self._lock:
                self._check()
                pending, self._unsynced = self._unsynced, 0
            if pending:
                self._sync()
            return pending > 0

    def _sync(self) -> None:
        try:
            self._file.sync()
        except EvidenceError as exc:  # a failed sync may have lost what was written: nothing may be added any more
            self._failure = exc
            raise

    def close(self) -> None:
        """Make durable and close; the head stays readable."""
        self._closing = True
        self._due.set()
        self._dirty.set()
        if self._flusher is not None:
            self._flusher.join()
        try:
            self.barrier()
        finally:
            self._file.close()

    def _wake_flusher(self) -> None:
        self._dirty.set()
        if self._flusher is None:
            with self._lock:
                if self._flusher is None:
                    self._flusher = threading.Thread(target=self._flush, name="agentsafety-audit-sync", daemon=True)
                    self._flusher.start()

    def _flush(self) -> None:
        idle = 0
        while True:
            self._dirty.wait()
            self._due.wait(SYNC_SECONDS)
            if self._closing:
                return
            self._due.clear()
            try:
                idle = 0 if self._sync_pending() else idle + 1
            except EvidenceError:  # kept, and raised by the next append, where somebody can act on it
                return
            if idle >= IDLE_TURNS:
                with self._lock:  # a record that is written from now on finds it cleared
                    if not self._unsynced:
                        self._dirty.clear()


def chained(text: bytes, seq: int, prev: str, why: str = "") -> tuple[bytes, str]:
    """The line and its hash for a JSON object in ASCII; `why` are further members, each with its comma."""
    comma = "," if len(text) > 2 else ""
    record = text[:-1] + f'{comma}{why}"seq":{seq},"prev":"{prev}"'.encode("ascii")
    digest = hash_of(b"%b%b}" % (prev.encode("ascii"), record))
    return record + f',"hash":"{digest}"}}\n'.encode("ascii"), digest


def _last(file: AppendFile) -> tuple[int, str]:
    line = file.last_line()
    if not line:
        return 0, GENESIS
    match = LINE.fullmatch(line)
    try:
        if match is None:
            raise ValueError("no audit record")
        return int(json.loads(line)["seq"]), match[2].decode()
    except (ValueError, KeyError, TypeError) as exc:
        raise AgentSafetyError(f"{file.path}: the last line cannot be continued: {exc}") from None
