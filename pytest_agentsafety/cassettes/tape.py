"""Answer model requests from a recording: strictly, offline, without patches."""

from __future__ import annotations

import shlex
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pytest_agentsafety.cassettes.bodies import strings, with_secrets
from pytest_agentsafety.cassettes.explain import explain
from pytest_agentsafety.cassettes.file import (
    CassetteFile,
    CassetteFileError,
    Interaction,
    MissingRecordingError,
    read_cassette,
)
from pytest_agentsafety.cassettes.fingerprint import endpoint, request_key
from pytest_agentsafety.cassettes.secrets import MARKER_HEAD, Find, Scrubber, nothing, replaced
from pytest_agentsafety.model.errors import CassetteMiss
from pytest_agentsafety.model.messages import ModelReply, ModelRequest
from pytest_agentsafety.model.safe_text import one_line


def record_command(case_id: str | None, mode: str) -> str:
    """The pytest command that records a case. `mode` is a record mode, as vcrpy's."""
    chosen = f" --agent-safety-case={shlex.quote(case_id)}" if case_id else ""
    return f"pytest --agent-safety --agent-safety-mode=recorded{chosen} --agent-safety-record={mode}"


class Tape:
    """A Responder over one cassette, for one run of one case. Thread-safe; a lookup is one hash and one dict access.

    A request that was recorded n times is answered n times, in the recorded order, and is a miss after that. Misses
    are counted here, where an agent that swallows the error cannot hide them. `find` tells secrets as it did when the
    cassette was recorded: those of a request are replaced before it is looked up, and stand in the answer again.
    """

    def __init__(self, cassette: CassetteFile, *, find: Find = nothing, again: str | None = None) -> None:
        self._cassette, self._again = cassette, again
        self._scrubber = Scrubber(find, hashed=cassette.removed)
        self._real: dict[str, str] = {}  # marker -> the secret that it stands for, as far as requests have shown it
        self._waiting: dict[str, list[Interaction]] = {}
        try:
            for interaction in reversed(cassette.interactions):
                key = request_key(interaction.path, strings(interaction.payload, self._scrubber.change))
                self._waiting.setdefault(key, []).append(interaction)
        except RecursionError:
            raise CassetteFileError(
                f"{cassette.path}: a recorded request is nested too deeply to be compared"
            ) from None
        self._lock = threading.Lock()
        self._misses = 0
        self._last_miss: CassetteMiss | None = None

    @classmethod
    def load(cls, path: Path, *, case_id: str | None = None, find: Find = nothing, again: str | None = None) -> Tape:
        """Read a cassette. `again` is the command that records it anew, for the words of a miss (default: pytest's).

        Raises MissingRecordingError with the command that makes it, CassetteFileError for a damaged file.
        """
        try:
            return cls(read_cassette(path), find=find, again=again)
        except FileNotFoundError:
            what = f"case {case_id!r} has no recording" if case_id else "there is no recording"
            message = f"{path}: {what}. Record it: {record_command(case_id, 'once')}"
            raise MissingRecordingError(message) from None

    @property
    def misses(self) -> int:
        """Requests asked for that are not (or no longer) on the tape."""
        return self._misses

    @property
    def last_miss(self) -> CassetteMiss | None:
        return self._last_miss

    @property
    def unused(self) -> int:
        """Recorded answers nobody asked for yet."""
        with self._lock:
            return sum(len(waiting) for waiting in self._waiting.values())

    @property
    def sha256(self) -> str:
        """Of the cassette file."""
        return self._cassette.sha256

    @property
    def metadata(self) -> Mapping[str, Any]:
        """What was written down at recording: recorded_by, recorded_at, policy_sha256, ..."""
        return self._cassette.metadata

    @property
    def recorded_ms(self) -> float:
        """Duration of all recorded calls together."""
        return sum(interaction.recorded_ms or 0.0 for interaction in self._cassette.interactions)

    def respond(self, request: ModelRequest) -> ModelReply:
        """The next recorded answer. Raises CassetteMiss, which names the nearest recording and what differs."""
        try:
            payload = strings(request.own, self._hide)
            found = self._take(request_key(request.path, payload))
        except RecursionError:
            raise self._miss("the request is nested too deeply to be compared") from None
        if found is None:
            raise self._miss(self._explain(request.path, payload))
        return self._reply(found)

    def find(self, request: ModelRequest) -> ModelReply | None:
        """As `respond`; None where nothing is recorded, or no more."""
        try:
            found = self._take(request_key(request.path, strings(request.own, self._hide)))
        except RecursionError:
            return None
        return None if found is None else self._reply(found)

    def _take(self, key: str) -> Interaction | None:
        with self._lock:
            waiting = self._waiting.get(key)
            return waiting.pop() if waiting else None

    def _hide(self, text: str, name: str) -> str:
        changes = self._scrubber.changes(text, name)
        if not changes:
            return text
        for start, end, mark in changes:
            self._real[mark] = text[start:end]
        return replaced(text, changes)

    def _reply(self, found: Interaction) -> ModelReply:
        body = found.body
        if MARKER_HEAD.encode() in body and self._real:
            body = with_secrets(body.decode("utf-8", "surrogatepass"), self._real).encode("utf-8", "surrogatepass")
        return ModelReply(raw=body, status=found.status, headers=dict(found.headers), recorded_ms=found.recorded_ms)

    def _explain(self, path: str, payload: Mapping[str, Any]) -> str:
        asked = endpoint(path)
        same = [i.payload for i in self._cassette.interactions if endpoint(i.path) == asked]
        return explain(payload, same) if same else f"nothing is recorded for {one_line(asked)}"

    def _miss(self, reason: str) -> CassetteMiss:
        case_id = self.metadata.get("case_id")
        command = self._again or record_command(case_id if isinstance(case_id, str) else None, "all")
        miss = CassetteMiss(
            f"{self._cassette.path}: the request is not on the cassette: {reason}. Record again: {command}"
        )
        with self._lock:
            self._misses += 1
            self._last_miss = miss
        return miss
