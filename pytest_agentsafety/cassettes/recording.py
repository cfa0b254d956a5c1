"""Record the model traffic of a with-block, through vcrpy, into one cassette."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, get_args

from pytest_agentsafety.cassettes.file import CassetteFileError, file_sha256, read_cassette
from pytest_agentsafety.cassettes.state import Recording
from pytest_agentsafety.model.errors import ConfigError, UnknownNameError

RecordMode = Literal["once", "new_episodes", "all"]
_active = threading.Lock()  # vcrpy patches the process: two recordings at once lose requests and leave patches behind


def needs_recording(path: Path, mode: str) -> bool:
    """Whether a case with this cassette goes upstream under a record mode ("none" included).

    "once" records only where there is no file yet; a file that exists is then replayed by a Tape.
    """
    return mode in ("new_episodes", "all") or (mode == "once" and not path.is_file())


@contextmanager
def recording(
    path: Path, *, mode: RecordMode, metadata: Mapping[str, Any], secrets: Iterable[str] = ()
) -> Iterator[Recording]:
    """Record all model requests of this process in the block, over whatever sockets they use.

    `once` makes a new file, `new_episodes` plays what the file has and adds the rest, `all` records everything anew.
    The file appears when the block ends, whole; an exception leaves it as it was. Keys in use, those in `secrets`
    and what looks like a key are replaced by markers. Raises ConfigError for an unknown mode, an existing file with
    `once`, or a second recording at the same time; CassetteFileError when the file cannot be read or written.
    """
    before, kept = _check(path, mode)
    if not _active.acquire(blocking=False):
        raise ConfigError(f"{path}: another recording is under way in this process; record one case at a time")
    try:
        from pytest_agentsafety.cassettes.through_vcr import Recorder  # vcrpy is only needed from here on

        started = {**kept, "recorded_at": datetime.now(UTC).date().isoformat(), **metadata}
        log = Recording(path=path, metadata=started)
        recorder = Recorder(log, mode, before=before, secrets=tuple(secrets))
        with recorder:
            yield log
        if not log.discarded:
            recorder.save()
    finally:
        _active.release()


def _check(path: Path, mode: str) -> tuple[str | None, Mapping[str, Any]]:
    """The sha256 of the file that is there already, None where there is none, and the metadata to keep of it."""
    if mode not in get_args(RecordMode):
        raise UnknownNameError("record mode", mode, get_args(RecordMode), place=str(path))
    if not path.is_file():
        return None, {}
    if mode == "once":
        raise ConfigError(f"{path}: exists already, so mode 'once' replays it; use 'new_episodes' or 'all' to record")
    try:
        before = file_sha256(path)
    except OSError as exc:
        raise CassetteFileError(f"{path}: cannot be read: {exc.strerror}") from exc
    # A damaged file is named before anything is sent; `all` may replace it.
    return before, read_cassette(path).metadata if mode == "new_episodes" else {}
