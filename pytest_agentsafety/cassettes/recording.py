"""Record the model traffic of one task into one cassette, at the model door."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, get_args

from pytest_agentsafety.cassettes.file import CassetteFile, CassetteFileError, file_sha256, read_cassette, write_whole
from pytest_agentsafety.cassettes.fingerprint import endpoint
from pytest_agentsafety.cassettes.secrets import Find, in_environment
from pytest_agentsafety.cassettes.tape import Tape
from pytest_agentsafety.model.errors import ConfigError, UnknownNameError
from pytest_agentsafety.model.messages import ModelReply, ModelRequest
from pytest_agentsafety.model.passage import Passage

RecordMode = Literal["once", "new_episodes", "all"]
MODEL_ENDPOINTS = frozenset({"/v1/messages", "/v1/messages/count_tokens", "/v1/chat/completions", "/v1/responses"})


def needs_recording(path: Path, mode: str) -> bool:
    """Whether a case with this cassette goes upstream under a record mode ("none" included).

    "once" records only where there is no file yet; a file that exists is then replayed by a Tape.
    """
    return mode in ("new_episodes", "all") or (mode == "once" and not path.is_file())


class Recording:
    """A recording under way, of one task; thread-safe. `metadata` may be added to until the block ends.

    The model door gives it what passes (`recorded`), and asks it first where it `plays` what a file has (`respond`).
    """

    def __init__(self, path: Path, metadata: dict[str, Any], *, old: CassetteFile | None, find: Find) -> None:
        self.path, self.metadata, self.old = path, metadata, old
        self.passages: list[Passage] = []
        self.secrets_removed = 0
        self.discarded = False
        self._tape = None if old is None else Tape(old, find=find)
        self._lock = threading.Lock()

    @property
    def count(self) -> int:
        """How many answers were recorded."""
        return len(self.passages)

    @property
    def plays(self) -> bool:
        """Is there something that spares a request?"""
        return self._tape is not None

    def respond(self, request: ModelRequest) -> ModelReply | None:
        """What the file has for this request; None, which sends it upstream, for what is new."""
        return None if self._tape is None else self._tape.find(request)

    def recorded(self, passage: Passage) -> None:
        """Take an answer that came from upstream. What is no model request passes by."""
        if endpoint(passage.path) in MODEL_ENDPOINTS:
            with self._lock:
                self.passages.append(passage)

    def discard(self) -> None:
        """Write nothing: what was recorded so far is not worth keeping."""
        self.discarded = True


@contextmanager
def recording(
    path: Path, *, mode: RecordMode, metadata: Mapping[str, Any], find: Find, secrets: Iterable[str] = ()
) -> Iterator[Recording]:
    """Record what a task's model door is told of inside the block; any number of tasks at once, a file each.

    `once` makes a new file, `new_episodes` plays what the file has and adds the rest, `all` records everything anew.
    The file appears when the block ends, whole; an exception leaves it as it was. Replaced by markers are: what `find`
    finds, `secrets`, keys in headers and in the environment, and all of these wherever else they stand.
    Raises ConfigError for an unknown mode or an existing file with `once`; CassetteFileError when the file cannot be
    read or written, or a body is no text.
    """
    before, old = _check(path, mode)
    kept = {} if old is None else old.metadata
    started = {**kept, "recorded_at": datetime.now(UTC).date().isoformat(), **metadata}
    log = Recording(path, started, old=old, find=find)
    known = {*secrets, *in_environment(os.environ, find)}
    yield log
    if log.passages and not log.discarded:
        from pytest_agentsafety.cassettes.through_vcr import text_of  # vcrpy is only needed from here on

        write_whole(path, text_of(log, find, known), replacing=before)


def _check(path: Path, mode: str) -> tuple[str | None, CassetteFile | None]:
    """The sha256 of the file that is there already, None where there is none, and what is to be kept of it."""
    if mode not in get_args(RecordMode):
        raise UnknownNameError("record mode", mode, get_args(RecordMode), place=str(path))
    if not path.is_file():
        return None, None
    if mode == "once":
        raise ConfigError(f"{path}: exists already, so mode 'once' replays it; use 'new_episodes' or 'all' to record")
    try:
        before = file_sha256(path)
    except OSError as exc:
        raise CassetteFileError(f"{path}: cannot be read: {exc.strerror}") from exc
    # A damaged file is named before anything is sent; `all` may replace it.
    return before, read_cassette(path) if mode == "new_episodes" else None
