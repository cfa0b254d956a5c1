"""One run's checkpoint file, and beside it the mark of a write that is about to run.

Both are written to a temporary file in the same folder, synced and renamed: a reader finds the old content or the
new, never half of one. Each carries the sha256 of its content.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from pytest_agentsafety.checkpoint.state import CheckpointError, Mark, RunState
from pytest_agentsafety.model.canonical import digest


class CheckpointManager:
    """Saves and restores one run's state at `path`; the mark stands at `<path>.mark`.

    With `policy_sha256` and `tools_sha256` a state of other rules or other tools is refused.
    """

    def __init__(self, path: Path, *, policy_sha256: str | None = None, tools_sha256: str | None = None) -> None:
        self.path = path
        self._mark_path = path.with_name(f"{path.name}.mark")
        self._policy, self._tools = policy_sha256, tools_sha256

    def save(self, state: RunState) -> None:
        """Replace the saved state. It settles a mark of an earlier position. Raises CheckpointError."""
        self._check_hashes(state)
        _write(self.path, state.to_dict())
        mark = self._read_mark()
        if mark is not None and mark.position < state.position:
            self._mark_path.unlink(missing_ok=True)

    def mark(self, tool: str, position: int) -> None:
        """A write is about to run as call number `position` (from 0). Durable when this returns.

        Raises CheckpointError.
        """
        _write(self._mark_path, Mark(tool=tool, position=position).to_dict())

    def restore(self) -> RunState | None:
        """The saved state, None when there is none; `pending` where a write's outcome is unknown.

        Raises CheckpointError when the file is torn, altered, of another version, policy or set of tools, or when a
        write was marked before anything was saved: starting afresh would repeat it.
        """
        mark = self._read_mark()
        data = _read(self.path)
        if data is None:
            if mark is not None:
                raise CheckpointError(
                    f"{self.path}: no state was saved, but {mark.tool!r} was about to run; whether it ran is unknown. "
                    f"Find out, then remove {self._mark_path} to start afresh."
                )
            return None
        state = self._state(data)
        self._check_hashes(state)
        open_mark = mark if mark is not None and mark.position >= state.position else None
        return replace(state, pending=open_mark)

    def clear(self) -> None:
        """The run is over: remove state and mark."""
        self._mark_path.unlink(missing_ok=True)
        self.path.unlink(missing_ok=True)

    def _state(self, data: Mapping[str, Any]) -> RunState:
        try:
            return RunState.from_dict(data)
        except CheckpointError as error:
            raise CheckpointError(f"{self.path}: {error}") from None

    def _read_mark(self) -> Mark | None:
        data = _read(self._mark_path)
        try:
            return None if data is None else Mark.from_dict(data)
        except CheckpointError as error:
            raise CheckpointError(f"{self._mark_path}: {error}") from None

    def _check_hashes(self, state: RunState) -> None:
        for what, expected, found in (
            ("policy", self._policy, state.policy_sha256),
            ("tools", self._tools, state.tools_sha256),
        ):
            if expected is not None and expected != found:
                raise CheckpointError(
                    f"{self.path}: the {what} changed: the state has {found[:12]}, this run {expected[:12]}. "
                    f"Restore the {what}, or remove the file to start afresh."
                )


def _write(path: Path, content: Mapping[str, Any]) -> None:
    """Atomic and durable. Raises CheckpointError."""
    try:
        text = json.dumps({"sha256": digest(content), "content": content}, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise CheckpointError(f"{path}: the state cannot be written as JSON: {error}") from error
    try:
        _replace(path, text.encode("ascii"))
    except OSError as error:
        raise CheckpointError(f"{path}: cannot be written: {error.strerror}") from error


def _replace(path: Path, data: bytes) -> None:
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".tmp", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """The rename itself must survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _read(path: Path) -> dict[str, Any] | None:
    """The content of a file written by `_write`, None when there is no file. Raises CheckpointError."""
    try:
        envelope = json.loads(path.read_bytes())
    except FileNotFoundError:
        return None
    except OSError as error:
        raise CheckpointError(f"{path}: cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise CheckpointError(f"{path}: torn or not a checkpoint: {error}") from error
    content = envelope.get("content") if isinstance(envelope, dict) else None
    if not isinstance(content, dict):
        raise CheckpointError(f"{path}: torn or not a checkpoint: it has no content")
    if digest(content) != envelope.get("sha256"):
        raise CheckpointError(f"{path}: its content does not match its sha256: it was altered or damaged")
    return content
