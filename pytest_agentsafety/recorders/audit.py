"""`audit.jsonl`: what happened and what was decided, in a hash chain that shows any later change.

A line is a JSON object in ASCII: the fields of the event, `seq` (from 1), `prev` (the hash before it), last `hash`:
the sha256 over `prev` and the line's bytes before `,"hash":`, closed with `}`. Long texts stand as their digest and
length, the words are in the transcript.
"""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Mapping, Sequence
from hashlib import sha256
from math import isfinite
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
_LONG_FIELD = 4_096
_NOISE = frozenset({"new_messages", "content"})
# No check for cycles: what comes here is a copy made of plain data.
_encode = json.JSONEncoder(separators=(",", ":"), check_circular=False, default=str).encode
_quote = json.encoder.encode_basestring_ascii
_WORDS = {None: "null", True: "true", False: "false"}


class AuditLog:
    """Appends records; thread-safe. Durable (fdatasync) after 100 records, 50 ms, and before each write effect."""

    def __init__(self, path: Path, *, mask: Mask) -> None:
        self._mask = mask
        self._file = AppendFile(path)
        self._seq, self._hash = _last(self._file)
        self._lock, self._sync_lock = threading.Lock(), threading.Lock()
        self._unsynced, self._swept = 0, 0.0
        self._failure: EvidenceError | None = None
        self._dirty, self._closing = threading.Event(), threading.Event()
        self._flusher: threading.Thread | None = None
        if self._seq:
            self.append({"type": "log_resumed", "ts": time.time(), "torn_bytes": self._file.torn_bytes})

    @property
    def head(self) -> dict[str, Any]:
        """`{"seq", "hash"}` of the last record; seq 0 when there is none. `run.json` anchors it."""
        with self._lock:
            return {"seq": self._seq, "hash": self._hash}

    def emit(self, event: Event) -> None:
        self.write(event, masked_event(event, self._mask))

    def write(self, event: Event, record: Mapping[str, Any]) -> None:
        """Append `record`, the masked form of `event`; when it announces a write effect, also make it durable."""
        self.write_all(((event, record),))

    def write_all(self, records: Sequence[tuple[Event, Mapping[str, Any]]]) -> None:
        """As `write`, for several events and with one write(2)."""
        self._append_all([brief_body(record) for _, record in records])
        if any(isinstance(event, CheckpointMarked) for event, _ in records):
            self.barrier()

    def append(self, fields: Mapping[str, Any]) -> None:
        """Append plain, masked fields as one record: none of them `seq`, `prev` or `hash`."""
        self._append_all([brief_body(fields)])

    def _append_all(self, bodies: Sequence[str]) -> None:
        with self._lock:
            if self._failure is not None:
                raise self._failure
            seq, digest, lines = self._seq, self._hash, []
            for body in bodies:
                seq += 1
                line, digest = chained(body, seq=seq, prev=digest)
                lines.append(line)
            self._file.write(b"".join(lines))
            self._seq, self._hash = seq, digest
            self._unsynced += len(bodies)
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
                self._swept = time.monotonic()
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
            if time.monotonic() - self._swept < SYNC_SECONDS:
                continue  # synced meanwhile: what waits now is younger than that
            self._dirty.clear()
            try:
                self.barrier()
            except EvidenceError:  # kept, and raised by the next append, where somebody can act on it
                return


def chained(body: str, *, seq: int, prev: str) -> tuple[bytes, str]:
    """The line and its hash for fields that are JSON already, as `brief_body` gives them."""
    record = f'{{{body}"seq":{seq},"prev":"{prev}"'.encode("ascii")
    digest = sha256(b"%b%b}" % (prev.encode("ascii"), record)).hexdigest()
    return b'%b,"hash":"%b"}\n' % (record, digest.encode("ascii")), digest


def brief_body(fields: Mapping[str, Any]) -> str:
    """The fields as JSON members, each with its comma: long texts and all model content as digest and size.

    Written by hand for the flat fields most events consist of: this is the cost of every record.
    """
    members: list[str] = []
    for name, value in fields.items():
        kind = value.__class__
        if kind is str:
            text = _quote(value) if len(value) <= _LONG_TEXT else _encode(_digest(value))
        elif kind is int or (kind is float and isfinite(value)):
            text = repr(value)
        elif kind is dict or kind is list:
            text = _nested(name, value)
        else:
            text = _WORDS[value] if value is None or kind is bool else _quote(str(value))
        members.append(f"{_quote(name)}:{text},")
    return "".join(members)


def _nested(name: str, value: Any) -> str:
    if name in _NOISE and value.__class__ is list and value:
        return _encode(_digest(_encode(value), items=len(value)))
    encoded = _encode(value)
    if len(encoded) <= _LONG_TEXT:
        return encoded
    encoded = _encode(_shorten(value))
    return encoded if len(encoded) <= _LONG_FIELD else _encode(_digest(encoded))


def _shorten(value: Any) -> Any:
    kind = value.__class__
    if kind is str:
        return value if len(value) <= _LONG_TEXT else _digest(value)
    if kind is dict:
        return {key: _shorten(item) for key, item in value.items()}
    if kind is list:
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
