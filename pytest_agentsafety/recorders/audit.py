"""`audit.jsonl`: what happened and what was decided, in a hash chain that shows any later change.

A line is canonical JSON with `seq` (from 1), `ts`, `prev` (the hash before it) and the event's fields, and ends with
`"hash"`: sha256 over `prev` and the bytes of the line without the hash. Long texts stand as their digest and length,
the words are in the transcript.
"""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from pytest_agentsafety.model.errors import AgentSafetyError
from pytest_agentsafety.model.events import CheckpointMarked, Event
from pytest_agentsafety.recorders.append_file import AppendFile, EvidenceError
from pytest_agentsafety.recorders.masking import Mask, masked_event

GENESIS = "0" * 64
LINE = re.compile(rb'(\{.*),"hash":"([0-9a-f]{64})"\}\n')
SYNC_RECORDS = 100
SYNC_SECONDS = 0.05
_LONG_TEXT = 256
_LONG_FIELD = 8_192
_NOISE = frozenset({"new_messages", "content"})
_encode = json.JSONEncoder(sort_keys=True, separators=(",", ":"), default=str).encode


class AuditLog:
    """Appends records; thread-safe. Durable (fdatasync) after 100 records, 50 ms, and before each write effect."""

    def __init__(self, path: Path, *, mask: Mask) -> None:
        self._mask = mask
        self._file = AppendFile(path)
        self._seq, self._hash = _last(self._file)
        self._lock, self._sync_lock = threading.Lock(), threading.Lock()
        self._unsynced = 0
        self._failure: EvidenceError | None = None
        self._dirty, self._closing = threading.Event(), threading.Event()
        self._flusher: threading.Thread | None = None
        if self._seq:
            self.append({"type": "log_resumed", "torn_bytes": self._file.torn_bytes})

    @property
    def head(self) -> dict[str, Any]:
        """`{"seq", "hash"}` of the last record; seq 0 when there is none. `run.json` anchors it."""
        with self._lock:
            return {"seq": self._seq, "hash": self._hash}

    def emit(self, event: Event) -> None:
        self.write(event, masked_event(event, self._mask))

    def write(self, event: Event, record: Mapping[str, Any]) -> None:
        """Append `record`, the masked form of `event`; when it announces a write effect, also make it durable."""
        self.append(brief(record))
        if isinstance(event, CheckpointMarked):
            self.barrier()

    def append(self, fields: Mapping[str, Any]) -> None:
        """Append plain, masked fields as one record. `ts` is added where it is missing."""
        with self._lock:
            if self._failure is not None:
                raise self._failure
            seq = self._seq + 1
            line, digest = chained(fields, seq=seq, prev=self._hash)
            self._file.write(line)
            self._seq, self._hash = seq, digest
            self._unsynced += 1
            due = self._unsynced >= SYNC_RECORDS
        if due:
            self.barrier()
        elif not self._dirty.is_set():
            self._wake_flusher()

    def barrier(self) -> None:
        """Return when all records so far are durable. Raises EvidenceError when they cannot be."""
        with self._sync_lock:  # whoever comes second waits for the sync that is under way
            with self._lock:
                if self._failure is not None:
                    raise self._failure
                pending, self._unsynced = self._unsynced, 0
            if pending:
                self._sync()

    def _sync(self) -> None:
        try:
            self._file.sync()
        except EvidenceError as exc:  # a failed sync may have lost what was written: nothing may be added any more
            self._failure = exc
            raise

    def close(self) -> None:
        """Make durable and close; the head stays readable."""
        self._closing.set()
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
        while not self._closing.is_set():
            self._dirty.wait()
            if self._closing.wait(SYNC_SECONDS):
                return
            self._dirty.clear()
            try:
                self.barrier()
            except EvidenceError:  # kept, and raised by the next append, where somebody can act on it
                return


def chained(fields: Mapping[str, Any], *, seq: int, prev: str) -> tuple[bytes, str]:
    """The record's line and its hash."""
    body = _encode({"ts": time.time(), **fields, "seq": seq, "prev": prev})
    digest = sha256((prev + body).encode("ascii")).hexdigest()
    return f'{body[:-1]},"hash":"{digest}"}}\n'.encode("ascii"), digest


def brief(record: Mapping[str, Any]) -> dict[str, Any]:
    """The fields as the audit keeps them: every long text and all model content as digest and size."""
    return {name: _brief_field(name, value) for name, value in record.items()}


def _brief_field(name: str, value: Any) -> Any:
    if value.__class__ is str:
        return value if len(value) <= _LONG_TEXT else _digest(value)
    if not isinstance(value, Mapping | list | tuple) or not value:
        return value
    if name in _NOISE:
        return _digest(_encode(value), items=len(value))
    short = _shorten(value)
    encoded = _encode(short)
    return short if len(encoded) <= _LONG_FIELD else _digest(encoded)


def _shorten(value: Any) -> Any:
    if isinstance(value, str):
        return value if len(value) <= _LONG_TEXT else _digest(value)
    if isinstance(value, Mapping):
        return {key: _shorten(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_shorten(item) for item in value]
    return value


def _digest(text: str, **more: Any) -> dict[str, Any]:
    return {"sha256": sha256(text.encode("utf-8", "surrogatepass")).hexdigest(), "chars": len(text), **more}


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
