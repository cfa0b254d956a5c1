"""One task's journal: an append-only file that says what was asked, answered and done, in order.

The first line names the format and what the journal belongs to; every other line is one record. Each line begins with
a checksum over itself and the checksum before it, so that a changed, missing, doubled or moved line is found. A line
is appended with one write(2). A last line without its newline was torn by the end of the process: it is dropped, since
nothing that it announced had happened yet, and what it reports of happened before it.
"""

from __future__ import annotations

import json
import os
import stat
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any

from pytest_agentsafety.checkpoint.state import CheckpointError
from pytest_agentsafety.model.jsonl import dump_line
from pytest_agentsafety.model.safe_text import one_line

_flock: Callable[[int, int], None] | None = None  # Windows: nothing keeps two processes from one journal there
_ONE_OWNER = 0
with suppress(ImportError):
    import fcntl

    _flock, _ONE_OWNER = fcntl.flock, fcntl.LOCK_EX | fcntl.LOCK_NB

JOURNAL_VERSION = 1
_MAGIC = b"agentsafety-journal "
_SUM = 32  # hex digits, 128 bits: this finds damage, it does not keep out somebody who can compute it
_OWNERS = {"policy_sha256": "policy", "tools_sha256": "tools", "task_sha256": "task"}
_DAMAGED = (
    "damaged: the line does not match its checksum or the line before it. The task cannot be resumed; look at what it "
    "did, then remove the file to start afresh."
)
_sync = getattr(os, "fdatasync", os.fsync)

Record = Mapping[str, Any]


class Journal:
    """The journal at `path`, made where it is missing; `records` are those that stood in it when it was opened.

    It belongs to this process until `close`. Records are JSON objects; each gets `t`, the seconds the task has taken
    up to then, over all its processes. Raises CheckpointError: damaged, of another version, policy, set of tools or
    task, in use, or not to be opened.
    """

    def __init__(self, path: Path, *, policy_sha256: str, tools_sha256: str, task_sha256: str = "") -> None:
        self.path = path
        self.dropped = 0
        self._lock = threading.Lock()
        self._broken, self._pid = "", os.getpid()
        self._file = _opened(path)
        try:
            self._lock_file()
            owner = {"policy_sha256": policy_sha256, "tools_sha256": tools_sha256, "task_sha256": task_sha256}
            self.records = self._load(owner)
        except BaseException:
            os.close(self._file)
            raise
        self.seconds = max((float(record["t"]) for record in self.records), default=0.0)
        self._started = time.monotonic() - self.seconds

    def append(self, kind: str, *, durable: bool = False, **fields: Any) -> None:
        """One record, written when this returns; with `durable` it also survives a power cut. Raises CheckpointError.

        After a failure nothing more is written: what came next would stand on an unknown past.
        """
        record = {"kind": kind, "t": round(time.monotonic() - self._started, 6), **fields}
        with self._lock:
            if self._broken:
                raise CheckpointError(self._broken)
            if self._pid != os.getpid():  # its next line would not stand on ours
                raise CheckpointError(
                    f"{self.path}: the journal belongs to process {self._pid}, not to its forked child"
                )
            try:
                self._write(_line(self._sum, record))
                if durable:
                    _sync(self._file)
            except (OSError, TypeError, ValueError, RecursionError) as error:
                self._broken = f"{self.path}: cannot be written: {one_line(str(error))}"
                raise CheckpointError(self._broken) from error

    def close(self) -> None:
        """Let go of the file. Nothing can be appended any more."""
        with self._lock:
            if not self._broken:
                self._broken = f"{self.path}: the journal is closed"
                os.close(self._file)

    def _write(self, line: bytes) -> None:
        written = os.write(self._file, line)
        if written != len(line):
            with suppress(OSError):  # half a line left standing is a torn one, also where nothing follows it
                os.ftruncate(self._file, self._size)
            raise OSError(f"only {written} of {len(line)} bytes fitted")
        self._size += written
        self._sum = line[:_SUM]

    def _lock_file(self) -> None:
        try:
            if _flock is not None:
                _flock(self._file, _ONE_OWNER)
        except OSError as error:
            raise CheckpointError(
                f"{self.path}: another task has it open. Wait for it, or give this task a file of its own."
            ) from error

    def _load(self, owner: Mapping[str, str]) -> list[Record]:
        data = _content(self._file, self.path)
        lines = data.split(b"\n")
        torn = lines.pop()
        self._size = len(data) - len(torn)
        self.dropped = len(torn)
        if not lines:
            self._begin(torn, owner)
            return []
        self._sum = _check_head(self.path, lines[0], owner)
        records = list(self._checked(lines[1:]))
        if torn:
            with_newline = torn[:-1] + b"\n"
            if _sum_matches(self._sum, with_newline):  # whole but for its newline, which something else stands for
                raise CheckpointError(f"{self.path}:{len(lines) + 1}: {_DAMAGED}")
            os.ftruncate(self._file, self._size)
            _sync(self._file)
        return records

    def _begin(self, torn: bytes, owner: Mapping[str, str]) -> None:
        """A file without even a first line; whatever else stands in it is not ours to remove."""
        if torn[: len(_MAGIC)] != _MAGIC[: len(torn)]:
            raise CheckpointError(f"{self.path}: not a journal. Give another path, or remove the file.")
        os.ftruncate(self._file, 0)
        head = dump_line(owner)
        self._size, self._sum = 0, b""
        start = _MAGIC + b"%d " % JOURNAL_VERSION
        checksum = _checksum(start, head)
        self._write(start + checksum + b" " + head)
        self._sum = checksum
        os.fsync(self._file)
        _sync_folder(self.path.parent)

    def _checked(self, lines: list[bytes]) -> Iterator[Record]:
        for number, line in enumerate(lines, start=2):
            if not _sum_matches(self._sum, line + b"\n"):
                raise CheckpointError(f"{self.path}:{number}: {_DAMAGED}")
            self._sum = line[:_SUM]
            yield json.loads(line[_SUM + 1 :])


def _line(before: bytes, record: Record) -> bytes:
    body = dump_line(record)
    return _checksum(before, body) + b" " + body


def _sum_matches(before: bytes, line: bytes) -> bool:
    return line[: _SUM + 1] == _checksum(before, line[_SUM + 1 :]) + b" "


def _checksum(before: bytes, body: bytes) -> bytes:
    return sha256(before + body).hexdigest()[:_SUM].encode("ascii")


def _check_head(path: Path, line: bytes, owner: Mapping[str, str]) -> bytes:
    """The checksum that the next line stands on. Raises CheckpointError."""
    version, _, rest = line.removeprefix(_MAGIC).partition(b" ")
    if not line.startswith(_MAGIC):
        raise CheckpointError(f"{path}:1: not a journal. Give another path, or remove the file.")
    if version != b"%d" % JOURNAL_VERSION:
        shown = one_line(repr(version.decode("utf-8", "replace")), 60)
        raise CheckpointError(f"{path}:1: has version {shown}, this version reads {JOURNAL_VERSION}")
    checksum, _, head = rest.partition(b" ")
    if checksum != _checksum(_MAGIC + version + b" ", head + b"\n"):
        raise CheckpointError(f"{path}:1: damaged: the line does not match its checksum")
    found = json.loads(head)
    for key, what in _OWNERS.items():
        if found.get(key) != owner[key]:
            raise CheckpointError(
                f"{path}: the {what} changed: the journal has {str(found.get(key))[:12]}, this task "
                f"{owner[key][:12]}. Restore the {what}, or remove the file to start afresh."
            )
    return checksum


def _opened(path: Path) -> int:
    """A descriptor of a regular file that only its owner may read. Raises CheckpointError."""
    flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NOFOLLOW", 0)
    # Not blocking on a pipe or a device: what is no file is refused below.
    try:
        file = os.open(path, flags | getattr(os, "O_NONBLOCK", 0), 0o600)
    except OSError as error:
        raise CheckpointError(f"{path}: cannot be opened: {error.strerror}") from error
    if not stat.S_ISREG(os.fstat(file).st_mode):
        os.close(file)
        raise CheckpointError(f"{path}: not a regular file")
    return file


def _content(file: int, path: Path) -> bytes:
    try:
        parts = []
        while part := os.read(file, 1 << 20):
            parts.append(part)
        return b"".join(parts)
    except OSError as error:
        raise CheckpointError(f"{path}: cannot be read: {error.strerror}") from error


def _sync_folder(folder: Path) -> None:
    """The name itself must survive a power cut."""
    with suppress(OSError):  # a folder cannot be opened everywhere
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
