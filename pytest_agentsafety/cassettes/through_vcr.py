"""The part that touches vcrpy. Imported only while recording."""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

from vcr import VCR
from vcr.cassette import Cassette
from vcr.patch import PATCHER_NAMES
from vcr.persisters.filesystem import CassetteNotFoundError, FilesystemPersister
from vcr.request import Request
from vcr.serialize import serialize

from pytest_agentsafety.cassettes.file import SECTION, CassetteFileError, render_cassette, write_whole
from pytest_agentsafety.cassettes.fingerprint import endpoint, request_key
from pytest_agentsafety.cassettes.secrets import scrub
from pytest_agentsafety.cassettes.state import Recording
from pytest_agentsafety.model.own_body import own_body

MODEL_ENDPOINTS = frozenset({"/v1/messages", "/v1/messages/count_tokens", "/v1/chat/completions", "/v1/responses"})
_REQUEST_HEADERS = frozenset({"content-type", "anthropic-version", "anthropic-beta"})
_RESPONSE_HEADERS = frozenset({"content-type", "request-id", "retry-after", "retry-after-ms", "x-should-retry"})
_KEY_HEADERS = ("x-api-key", "authorization", "api-key", "x-goog-api-key")
_HOST = "http://recorded.invalid"  # which host and port answered is no part of a recording
_DURATION = "duration_ms"
_KEY_LENGTH = 16


class Recorder:
    """vcrpy's cassette, set up for model traffic: install with `with`, then `save`."""

    def __init__(self, log: Recording, mode: str, *, before: str | None, secrets: tuple[str, ...]) -> None:
        self._log, self._before, self._secrets = log, before, set(secrets)
        vcr = VCR()
        vcr.register_serializer("agentsafety", self)
        vcr.register_matcher("agentsafety", _same_request)
        config = vcr.get_merged_config(
            path=str(log.path),
            serializer="agentsafety",
            match_on=("agentsafety",),
            record_mode="new_episodes" if mode == "new_episodes" else "all",
            before_record_request=_clean_request,
            before_record_response=self._clean_response,
            decode_compressed_response=True,
            persister=_Persister(self, fresh=mode != "new_episodes"),
            skip_patchers=tuple(name for name in PATCHER_NAMES if name not in ("httpx", "httpx2")),
        )
        self._saving = False
        self._context = _TimedCassette.use_arg_getter(lambda: {**config, "recorder": self})
        self._cassette: _TimedCassette | None = None
        self._level = logging.NOTSET

    def __enter__(self) -> Recorder:
        # vcrpy logs whole responses at INFO, before anything was taken out of them.
        logger = logging.getLogger("vcr")
        self._level = logger.level
        logger.setLevel(logging.WARNING)
        self._cassette = self._context.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._context.__exit__(kind, error, trace)  # takes the patches away; the persister ignores its save
        finally:
            logging.getLogger("vcr").setLevel(self._level)
            if self._cassette is not None:
                self._log.recorded = self._cassette.fresh

    def save(self) -> None:
        """Write the file if anything was recorded."""
        if self._cassette is not None and self._cassette.fresh:
            self._saving = True
            self._cassette._save(force=True)

    def persist(self, cassette: Mapping[str, Any]) -> None:
        if self._saving:
            write_whole(self._log.path, serialize(cassette, self), replacing=self._before)

    def serialize(self, data: Mapping[str, Any]) -> str:
        """vcrpy's serializer protocol. Bodies are text here; what is not is refused."""
        durations: list[float | None] = []
        for number, row in enumerate(data["interactions"]):
            durations.append(row["response"].pop(_DURATION, None))
            self._scrub(row, number)
        if self._log.secrets_removed:
            self._log.metadata["secrets_removed"] = self._log.secrets_removed
        section = {**self._log.metadata, "durations_ms": durations}
        return self._clean(render_cassette(section, data["interactions"]))

    def deserialize(self, text: str) -> dict[str, Any]:
        data: dict[str, Any] = json.loads(text)
        durations = data.get(SECTION, {}).get("durations_ms") or [None] * len(data["interactions"])
        for row, duration in zip(data["interactions"], durations, strict=True):
            row["response"][_DURATION] = duration
        return data

    def learn_secrets(self, headers: Mapping[str, str]) -> None:
        """Keys in use: nowhere in the file may they stand. What is too plain for a key ("test") stays content."""
        for name in _KEY_HEADERS:
            key = str(headers.get(name) or "").rpartition(" ")[2]
            if len(key) >= _KEY_LENGTH and any(char.isdigit() for char in key):
                self._secrets.add(key)

    def _clean_response(self, response: dict[str, Any]) -> dict[str, Any]:
        names = {name.lower() for name in response["headers"]}
        if "content-encoding" in names:
            raise CassetteFileError(f"{self._log.path}: an answer came in an encoding that cannot be unpacked")
        kept = {name: values for name, values in response["headers"].items() if name.lower() in _RESPONSE_HEADERS}
        return {**response, "headers": kept}

    def _scrub(self, row: dict[str, Any], number: int) -> None:
        for part in (row["request"]["body"], row["response"]["body"]["string"]):
            if not isinstance(part, str):
                raise CassetteFileError(
                    f"{self._log.path}: interaction {number}: a body is no text, it is not recorded"
                )
        row["request"]["body"] = self._clean(row["request"]["body"])
        row["response"]["body"]["string"] = self._clean(row["response"]["body"]["string"])

    def _clean(self, text: str) -> str:
        text, found = scrub(text, self._secrets)
        self._log.secrets_removed += found
        return text


class _Persister:
    """Loads as vcrpy does, unless all is recorded anew; writes only when told to, and whole."""

    def __init__(self, recorder: Recorder, *, fresh: bool) -> None:
        self._recorder, self._fresh = recorder, fresh

    def load_cassette(self, path: str, serializer: Any) -> Any:
        if self._fresh:
            raise CassetteNotFoundError(path)
        return FilesystemPersister.load_cassette(Path(path), serializer)

    def save_cassette(self, path: str, cassette_dict: Mapping[str, Any], serializer: Any) -> None:
        del path, serializer
        self._recorder.persist(cassette_dict)


class _TimedCassette(Cassette):  # type: ignore[misc]  # vcrpy is untyped
    """Measures each request, and never plays back what was recorded in the same block.

    vcrpy would answer the second of two equal new requests from the first: the recording would then hold one answer
    where the agent got two.
    """

    def __init__(self, *, recorder: Recorder, **config: Any) -> None:
        super().__init__(**config)
        self._recorder = recorder
        self._appending = threading.Lock()
        self.fresh = 0

    def can_play_response_for(self, request: Request) -> bool:
        if _clean_request(request) is None:
            return False
        self._recorder.learn_secrets(request.headers)
        request.agentsafety_started = time.perf_counter()
        return bool(super().can_play_response_for(request))

    def append(self, request: Request, response: dict[str, Any]) -> None:
        started = getattr(request, "agentsafety_started", None)
        if started is not None:
            response = {**response, _DURATION: round((time.perf_counter() - started) * 1000, 3)}
        with self._appending:
            before = len(self.data)
            super().append(request, response)
            if started is not None and len(self.data) > before:
                self.play_counts[before] += 1
                self.fresh += 1


def _clean_request(request: Request) -> Request | None:
    """The request as it is kept; None for what is no model request: it passes by unrecorded."""
    path = urlsplit(request.uri).path
    payload = _payload(request)
    if request.method != "POST" or endpoint(path) not in MODEL_ENDPOINTS or payload is None:
        return None
    if "model" not in payload:  # a web service may have a path that ends like a model's
        return None
    headers = {name: value for name, value in request.headers.items() if name.lower() in _REQUEST_HEADERS}
    return Request(request.method, _HOST + path, own_body(request.body), headers)


def _payload(request: Request) -> Mapping[str, Any] | None:
    try:
        payload = json.loads(request.body or b"")
    except (ValueError, RecursionError):
        return None
    return payload if isinstance(payload, dict) else None


def _same_request(one: Request, other: Request) -> None:
    """vcrpy's matcher protocol: an AssertionError means different."""
    if _key(one) != _key(other):
        raise AssertionError("another request")


def _key(request: Request) -> str:
    known = getattr(request, "agentsafety_key", None)
    if known is None:
        known = request_key(urlsplit(request.uri).path, _payload(request) or {})
        request.agentsafety_key = known
    return str(known)
