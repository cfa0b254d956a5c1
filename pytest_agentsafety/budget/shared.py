"""Totals in a small file that every process of a run changes under a lock.

The file is two lines of text: what it is (with the limits it was made for), and the totals with a checksum. A change
is one write of one line, under `flock`. A process killed at any point leaves either the old line or the new one, and
the kernel frees its lock; what it held stays in the sum. A line that is torn, cut, of other limits, or a file that was
replaced or deleted under us is an error, never a fresh start.
"""

from __future__ import annotations

import fcntl
import os
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from zlib import crc32

from pytest_agentsafety.budget.forks import renew_on_fork
from pytest_agentsafety.budget.totals import BudgetFileError, Totals

LINE_BYTES = 256
_POLL_SECONDS = 0.0005


class FileTotals:
    """The totals in `path`, below the line `header`. Use `open_file` to make one.

    `lock_seconds`: how long to wait for another process (a stopped one may hold the lock) before it is an error. After
    its first error an object gives that error for good: nobody can say any more what was spent.
    """

    def __init__(self, path: Path, header: bytes, *, lock_seconds: float = 10.0) -> None:
        self.path, self._name = path, str(path)
        self._header, self._lock_seconds = header, lock_seconds
        self._lock = threading.Lock()
        self._fd: int | None = None
        self._identity = (0, 0)
        self._problem = ""
        self._last = (b"", Totals())  # a line, and what it says: the most frequent one to read is our own
        renew_on_fork(self)

    def read(self) -> Totals:
        found: list[Totals] = []

        def look(totals: Totals) -> Totals:
            found.append(totals)
            return totals

        self.change(look)
        return found[0]

    def change(self, step: Callable[[Totals], Totals]) -> None:
        with self._lock:
            if self._problem:
                raise BudgetFileError(self.path, self._problem)
            try:
                self._change(step)
            except BudgetFileError as error:
                self._problem = error.problem
                raise
            except OSError as exc:
                self._problem = f"cannot be used: {exc.strerror}"
                raise BudgetFileError(self.path, self._problem) from exc

    def _change(self, step: Callable[[Totals], Totals]) -> None:
        fd = self._open()
        try:
            self._take(fd)
            old = self._load(fd)
            new = step(old)
            if new != old:
                self._store(fd, new)
        finally:
            fcntl.flock(fd, fcntl.LOCK_UN)

    def close(self) -> None:
        """Let go of the file; the next use opens it again."""
        with self._lock:
            self._drop()

    def after_fork(self) -> None:
        """A child needs a descriptor of its own: flock does not part two that come from one `open`."""
        self._lock = threading.Lock()
        self._drop()

    def _drop(self) -> None:
        fd, self._fd = self._fd, None
        if fd is not None:
            os.close(fd)

    def _open(self) -> int:
        if self._fd is None:
            self._fd = os.open(self.path, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
            status = os.fstat(self._fd)
            self._identity = (status.st_dev, status.st_ino)
        return self._fd

    def _take(self, fd: int) -> None:
        deadline = 0.0
        while True:
            try:
                fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            except BlockingIOError:
                now = time.monotonic()
                deadline = deadline or now + self._lock_seconds
                if now > deadline:
                    raise BudgetFileError(self.path, f"another process held it for {self._lock_seconds:g} s") from None
                time.sleep(_POLL_SECONDS)

    def _load(self, fd: int) -> Totals:
        status = os.lstat(self._name)
        if (status.st_dev, status.st_ino) != self._identity:
            raise BudgetFileError(self.path, "was replaced while the run was using it")
        content = os.pread(fd, len(self._header) + LINE_BYTES + 1, 0)
        if not content.startswith(self._header):
            raise BudgetFileError(self.path, "was made for other limits, or its first line is damaged")
        line = content[len(self._header) :]
        if line == self._last[0]:
            return self._last[1]
        totals = parse_line(self._header, line)
        if totals is None:
            raise BudgetFileError(self.path, "is damaged (torn or changed by hand)")
        return totals

    def _store(self, fd: int, totals: Totals) -> None:
        line = format_line(self._header, totals)
        if os.pwrite(fd, line, len(self._header)) != len(line):
            raise BudgetFileError(self.path, "a write was cut short")
        self._last = (line, totals)


def open_file(path: Path, header: bytes, first: Totals) -> FileTotals:
    """The totals in `path`, made with `first` where there is no such file. Raises BudgetFileError."""
    try:
        if not path.exists():
            _create(path, header + format_line(header, first))
    except OSError as exc:
        raise BudgetFileError(path, f"cannot be made: {exc.strerror}") from exc
    totals = FileTotals(path, header)
    totals.read()
    return totals


def _create(path: Path, content: bytes) -> None:
    """The file appears whole or not at all, and the first of several processes wins."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600), "wb") as file:
            file.write(content)
        with suppress(FileExistsError):
            path.hardlink_to(draft)
    finally:
        draft.unlink(missing_ok=True)


def format_line(header: bytes, totals: Totals) -> bytes:
    """The numbers and the checksum of them and the header, padded to LINE_BYTES."""
    numbers = b" ".join(b"%d" % number for number in totals)
    line = b"%s %08x" % (numbers, crc32(numbers, crc32(header)))
    if len(line) >= LINE_BYTES:
        raise BudgetFileError("file", "a total is too large to be written down")
    return line.ljust(LINE_BYTES - 1) + b"\n"


def parse_line(header: bytes, line: bytes) -> Totals | None:
    """What `format_line` wrote, None for anything else."""
    try:
        totals = Totals(*map(int, line.split()[:-1]))
        return totals if format_line(header, totals) == line else None
    except (TypeError, ValueError):
        return None
