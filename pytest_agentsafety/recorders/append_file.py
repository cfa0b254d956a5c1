"""A file that only grows, one write(2) per record."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from pytest_agentsafety.model.errors import StopRun

_TAIL_BLOCK = 65_536


class EvidenceError(StopRun):
    """Evidence could not be written. What cannot be recorded may not happen, so the run ends."""

    guard = "evidence"


class AppendFile:
    """Opened for appending; the caller serialises. `torn_bytes` is the cut-off tail that was removed on opening.

    A record is on disk as far as a kill of this process goes when `write` returns; `sync` makes it survive a power
    cut. A short or failed write is taken back, so that the file always ends with a whole record.
    """

    def __init__(self, path: Path, *, fresh: bool = False) -> None:
        self.path = path
        flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | (os.O_TRUNC if fresh else 0)
        try:
            self._fd = _opened(path, flags)
            self.torn_bytes = 0 if fresh else self._cut_torn_tail()
            self.size = 0 if fresh else os.fstat(self._fd).st_size
        except OSError as exc:
            raise EvidenceError(f"cannot write evidence to {path}: {exc.strerror}") from exc
        self._closed = False

    def write(self, record: bytes) -> None:
        """Append one record. Raises EvidenceError (disk full, closed file); nothing of the record is left then."""
        if self._closed:
            raise EvidenceError(f"{self.path} is closed, a record came too late")
        try:
            written = os.write(self._fd, record)
        except OSError as exc:
            self._take_back()
            raise EvidenceError(f"cannot write evidence to {self.path}: {exc.strerror}") from exc
        if written != len(record):
            self._take_back()
            raise EvidenceError(f"cannot write evidence to {self.path}: {written} of {len(record)} bytes fitted")
        self.size += written

    def sync(self) -> None:
        if self._closed:
            return
        try:
            _datasync(self._fd)
        except OSError as exc:
            raise EvidenceError(f"cannot sync {self.path}: {exc.strerror}") from exc

    def close(self) -> None:
        if not self._closed:
            self._closed = True
            os.close(self._fd)

    def last_line(self) -> bytes:
        """The last whole record with its newline, b"" for an empty file."""
        end, tail = self.size, b""
        while end and tail.count(b"\n") < 2:
            start = max(0, end - _TAIL_BLOCK)
            tail = os.pread(self._fd, end - start, start) + tail
            end = start
        return tail[tail.rfind(b"\n", 0, len(tail) - 1) + 1 :]

    def _cut_torn_tail(self) -> int:
        size = end = os.fstat(self._fd).st_size
        keep = 0
        while end:
            start = max(0, end - _TAIL_BLOCK)
            newline = os.pread(self._fd, end - start, start).rfind(b"\n")
            if newline >= 0:
                keep = start + newline + 1
                break
            end = start
        if keep < size:
            os.ftruncate(self._fd, keep)
        return size - keep

    def _take_back(self) -> None:
        with suppress(OSError):
            os.ftruncate(self._fd, self.size)


def _opened(path: Path, flags: int) -> int:
    try:
        return os.open(path, flags, 0o644)
    except FileNotFoundError:  # the first one in its folder
        path.parent.mkdir(parents=True, exist_ok=True)
        return os.open(path, flags, 0o644)


# macOS has no fdatasync.
_datasync = getattr(os, "fdatasync", os.fsync)
