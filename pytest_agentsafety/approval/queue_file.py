"""Questions and answers in a file, one JSON object per line.

`{"type": "ask", "id", "task_id", "user_task", "tool", "effect", "arguments", "origins", "guard", "rule", "reason",
"asked_at", "answer": null}` is a question. It is answered by a later line `{"type": "answer", "id", "answer",
"reason", "arguments"}`, or by editing the question's own line: the word goes into `answer` (with `answer_reason` and
`answer_arguments`, where they are wanted). The last word counts.
`{"type": "used", "id"}` says that an answer was spent. A line that is torn or no such object is passed over.

Lines are only appended, each with one write under `flock`, so threads and processes may share a file.
"""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from pytest_agentsafety.model.decisions import Answer
from pytest_agentsafety.model.jsonl import dump_line

QUEUE_FILE = "approvals.jsonl"
ANSWERS: tuple[Answer, ...] = get_args(Answer)
_POLL_SECONDS = 0.005


@dataclass(frozen=True)
class Entry:
    """A question and what was last said to it. `answer` is as written, so it may be no valid word."""

    ask: Mapping[str, Any]
    answer: object = None
    reason: str = ""
    arguments: object = None
    used: bool = False

    @property
    def id(self) -> str:
        return str(self.ask["id"])

    @property
    def settled(self) -> bool:
        """Was something said that decides? Escalated means that somebody else has to answer."""
        return self.problem is None and self.answer not in (None, "escalate")

    @property
    def problem(self) -> str | None:
        """Why the answer is none. None where there is no answer yet."""
        if self.answer is None:
            return None
        if self.answer not in ANSWERS:
            return f"{self.answer!r} is no answer; valid: {', '.join(ANSWERS)}"
        if self.answer == "modify" and not isinstance(self.arguments, Mapping):
            return "modify needs the changed arguments, as an object"
        return None


class LockedQueue:
    """The file while this process alone may write to it."""

    def __init__(self, fd: int) -> None:
        self._fd = fd

    def entries(self, ids: Iterable[str] | None = None) -> dict[str, Entry]:
        """By id, in the order they were asked; all, or these only."""
        with os.fdopen(os.dup(self._fd), "rb") as stream:
            stream.seek(0)
            return fold(_records(stream, ids))

    def append(self, record: Mapping[str, Any], *, durable: bool = False) -> None:
        """One line. Raises OSError; what was written of it is passed over by readers then."""
        size = os.fstat(self._fd).st_size
        # A process killed while it wrote has left half a line: it must not swallow ours.
        torn = size > 0 and os.pread(self._fd, 1, size - 1) != b"\n"
        line = (b"\n" if torn else b"") + dump_line(record)
        if os.write(self._fd, line) != len(line):
            raise OSError(f"only a part of the {len(line)} bytes fitted")
        if durable:
            os.fsync(self._fd)


class ApprovalQueue:
    """The file at `path`. Keep it where the agent's tools may not write: whoever writes there, answers."""

    def __init__(self, path: Path, *, lock_seconds: float = 10.0) -> None:
        self.path, self._lock_seconds = path, lock_seconds

    def read(self) -> tuple[dict[str, Entry], int]:
        """All entries by id, and how many lines were passed over. Raises OSError, for a missing file too."""
        lines = [line for line in self.path.read_bytes().split(b"\n") if line.strip()]
        records = list(_records(lines))
        return fold(records), len(lines) - len(records)

    @contextmanager
    def locked(self, *, create: bool = False) -> Iterator[LockedQueue]:
        """Raises OSError when the file cannot be opened or somebody holds the lock for too long."""
        if create:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        deadline = time.monotonic() + self._lock_seconds
        fd = self._open(deadline, os.O_CREAT if create else 0)
        try:
            yield LockedQueue(fd)
        finally:
            os.close(fd)  # frees the lock

    def _open(self, deadline: float, flags: int) -> int:
        while True:
            fd = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW | flags, 0o600)
            try:
                fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if self._is_still(fd):
                    return fd
            except BlockingIOError:
                pass
            except BaseException:
                os.close(fd)
                raise
            os.close(fd)
            if time.monotonic() >= deadline:
                raise TimeoutError(f"{self.path} was locked for {self._lock_seconds:g} s")
            time.sleep(_POLL_SECONDS)

    def _is_still(self, fd: int) -> bool:
        """An editor saves by putting a new file in the old one's place."""
        try:
            return os.path.samestat(os.fstat(fd), self.path.stat())
        except FileNotFoundError:
            return False


def _records(lines: Iterable[bytes], ids: Iterable[str] | None = None) -> Iterator[dict[str, Any]]:
    """What can be read. Lines that do not hold one of `ids` are not even parsed: a long queue stays fast."""
    wanted = None if ids is None else [name.encode() for name in ids]
    for line in lines:
        if wanted is not None and not any(name in line for name in wanted):
            continue
        try:
            record = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(record, dict) and isinstance(record.get("id"), str):
            yield record


def fold(records: Iterable[Mapping[str, Any]]) -> dict[str, Entry]:
    """Questions by id with the last answer each. An answer to nothing is left out."""
    found: dict[str, Entry] = {}
    for record in records:
        name, kind = record["id"], record.get("type")
        if kind == "ask":
            found.setdefault(name, _entry(record, record))
        elif kind == "answer" and name in found:
            found[name] = _entry(found[name].ask, record, used=found[name].used)
        elif kind == "used" and name in found:
            found[name] = _entry(found[name].ask, vars(found[name]), used=True)
    return found


def _entry(ask: Mapping[str, Any], said: Mapping[str, Any], *, used: bool = False) -> Entry:
    arguments = said.get("answer_arguments") if said is ask else said.get("arguments")
    reason = said.get("answer_reason") if said is ask else said.get("reason")
    return Entry(ask, said.get("answer"), str(reason or ""), arguments, used)
