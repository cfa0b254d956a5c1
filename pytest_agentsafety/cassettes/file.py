"""The cassette file: vcrpy's JSON layout with a section of ours, written whole or not at all."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pytest_agentsafety.model.errors import ConfigError

VERSION = 1
_FRAMING = frozenset({"content-encoding", "content-length", "transfer-encoding"})
SECTION = "agentsafety"
REMOVED = "removed"
_LONGEST_REMOVED, _MOST_LENGTHS = 20_000, 50


class CassetteFileError(ConfigError):
    """A cassette that cannot be read or written; the message names the file and the place in it."""


class MissingRecordingError(ConfigError):
    """A case has no cassette; the message holds the command that records it."""


@dataclass(frozen=True, kw_only=True)
class Interaction:
    """One recorded request with its answer. `body` is the answer's body as it came (decompressed)."""

    path: str
    payload: Mapping[str, Any]
    status: int
    headers: Mapping[str, str]
    body: bytes
    recorded_ms: float | None


@dataclass(frozen=True, kw_only=True)
class CassetteFile:
    """A whole cassette in memory. `sha256` is that of the bytes, `rows` are its interactions as they stand there.

    `removed` are lengths and digests of secrets that were taken out of requests where their form does not tell them.
    """

    path: Path
    sha256: str
    metadata: Mapping[str, Any]
    interactions: Sequence[Interaction]
    removed: Mapping[int, frozenset[str]] = field(default_factory=dict)
    rows: Sequence[Any] = ()
    durations: Sequence[float | None] = ()


def read_cassette(path: Path) -> CassetteFile:
    """Read and check a cassette. Raises FileNotFoundError, or CassetteFileError naming what is wrong where."""
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        raise
    except OSError as exc:
        raise CassetteFileError(f"{path}: cannot be read: {exc.strerror}") from exc
    try:
        data = json.loads(raw)
    except (ValueError, RecursionError) as exc:
        raise CassetteFileError(f"{path}: not a JSON cassette: {exc}; record it again") from None
    if not isinstance(data, dict) or data.get("version") != VERSION:
        raise CassetteFileError(f'{path}: not a cassette: "version" must be {VERSION}; record it again')
    section = _expect(path, "", data.get(SECTION, {}), SECTION, dict)
    rows = _expect(path, "", data.get("interactions"), "interactions", list)
    durations = _durations(path, section, len(rows))
    interactions = [_interaction(path, n, row, durations[n]) for n, row in enumerate(rows)]
    metadata = {key: value for key, value in section.items() if key not in ("durations_ms", REMOVED)}
    return CassetteFile(
        path=path,
        sha256=sha256(raw).hexdigest(),
        metadata=metadata,
        interactions=interactions,
        removed=_removed(path, section.get(REMOVED, [])),
        rows=rows,
        durations=durations,
    )


def render_cassette(section: Mapping[str, Any], interactions: Sequence[Mapping[str, Any]]) -> str:
    """The file's text: ASCII, one interaction a line, so that a diff shows what was recorded anew."""
    rows = ",\n".join(json.dumps(row, separators=(",", ":")) for row in interactions)
    head = json.dumps(section, separators=(",", ":"), sort_keys=True, default=str)
    return f'{{"version":{VERSION},\n"{SECTION}":{head},\n"interactions":[\n{rows}\n]}}\n'


def write_whole(path: Path, text: str, *, replacing: str | None) -> None:
    """Write by way of a temporary file. `replacing` is the sha256 of the file as it was when recording began.

    Raises CassetteFileError when it cannot be written, or when somebody else wrote the file meanwhile.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".tmp")
        temporary = Path(name)
        try:
            with os.fdopen(handle, "w", encoding="ascii") as stream:
                stream.write(text)
                stream.flush()
                os.fsync(stream.fileno())
            temporary.chmod(0o644)
            if file_sha256(path) != replacing:
                raise CassetteFileError(
                    f"{path}: was written by another recording meanwhile; record a case once at a time"
                )
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as exc:
        raise CassetteFileError(f"{path}: cannot be written: {exc.strerror}") from exc


def file_sha256(path: Path) -> str | None:
    """Hex sha256 of the file, None when there is none."""
    return sha256(path.read_bytes()).hexdigest() if path.is_file() else None


def _durations(path: Path, section: Mapping[str, Any], count: int) -> list[float | None]:
    values: list[float | None] = _expect(
        path, f"{SECTION}.", section.get("durations_ms", [None] * count), "durations_ms", list
    )
    bad = [v for v in values if v is not None and (isinstance(v, bool) or not isinstance(v, int | float) or v < 0)]
    if len(values) != count or bad:
        raise CassetteFileError(
            f"{path}: {SECTION}.durations_ms must hold {count} numbers >= 0 or nulls, one a request"
        )
    return values


def _removed(path: Path, pairs: Any) -> dict[int, frozenset[str]]:
    found: dict[int, set[str]] = {}
    for pair in _expect(path, f"{SECTION}.", pairs, REMOVED, list):
        length, digest = pair if isinstance(pair, list) and len(pair) == 2 else (0, "")
        if not (isinstance(length, int) and 0 < length <= _LONGEST_REMOVED and isinstance(digest, str)):
            raise CassetteFileError(f"{path}: {SECTION}.{REMOVED} must hold pairs of a length and a digest")
        found.setdefault(length, set()).add(digest)
    if len(found) > _MOST_LENGTHS:
        raise CassetteFileError(f"{path}: {SECTION}.{REMOVED} holds more than {_MOST_LENGTHS} lengths")
    return {length: frozenset(digests) for length, digests in found.items()}


def _interaction(path: Path, number: int, row: Any, recorded_ms: float | None) -> Interaction:
    place = f"interactions[{number}]"
    if not isinstance(row, dict):
        raise CassetteFileError(f"{path}: {place}: expected an object, found {type(row).__name__}")
    request = _expect(path, f"{place}.", row.get("request"), "request", dict)
    response = _expect(path, f"{place}.", row.get("response"), "response", dict)
    status = _expect(path, f"{place}.response.", response.get("status"), "status", dict)
    body = _expect(path, f"{place}.response.", response.get("body"), "body", dict)
    inner = f"{place}.response."
    code = _expect(path, f"{inner}status.", status.get("code"), "code", int)
    if not 100 <= code <= 599:
        raise CassetteFileError(f"{path}: {inner}status.code: {code} is no HTTP status")
    return Interaction(
        path=urlsplit(_expect(path, f"{place}.request.", request.get("uri"), "uri", str)).path,
        payload=_payload(path, place, request.get("body")),
        status=code,
        headers=_headers(path, inner, response.get("headers", {})),
        body=_expect(path, f"{inner}body.", body.get("string"), "string", str).encode("utf-8", "surrogatepass"),
        recorded_ms=recorded_ms,
    )


def _payload(path: Path, place: str, body: Any) -> Mapping[str, Any]:
    text = _expect(path, f"{place}.request.", body, "body", str)
    try:
        payload = json.loads(text)
    except (ValueError, RecursionError) as exc:
        raise CassetteFileError(f"{path}: {place}.request.body: not JSON: {exc}") from None
    checked: Mapping[str, Any] = _expect(path, f"{place}.request.", payload, "body", dict)
    return checked


def _headers(path: Path, place: str, headers: Any) -> dict[str, str]:
    """vcrpy keeps a list of values per name; one string is what the reply needs. The body is stored unpacked."""
    flat: dict[str, str] = {}
    for name, values in _expect(path, place, headers, "headers", dict).items():
        if name.lower() in _FRAMING:
            continue
        flat[name.lower()] = values if isinstance(values, str) else ", ".join(str(value) for value in values)
    return flat


def _expect(path: Path, place: str, value: Any, name: str, kind: type) -> Any:
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        found = "nothing" if value is None else type(value).__name__
        raise CassetteFileError(f"{path}: {place}{name}: expected {_WORDS[kind]}, found {found}")
    return value


_WORDS: dict[type, str] = {dict: "an object", list: "a list", str: "a string", int: "a whole number"}
