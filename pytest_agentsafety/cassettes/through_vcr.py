"""The part that touches vcrpy: what passed the model door, as a cassette of vcrpy's. Imported only while recording."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from importlib.util import find_spec
from typing import Any

from vcr.request import Request
from vcr.serialize import serialize

from pytest_agentsafety.cassettes.bodies import edited, scrubbed, strings
from pytest_agentsafety.cassettes.file import REMOVED, CassetteFileError, render_cassette
from pytest_agentsafety.cassettes.fingerprint import endpoint
from pytest_agentsafety.cassettes.header_secrets import in_headers
from pytest_agentsafety.cassettes.recording import Recording
from pytest_agentsafety.cassettes.secrets import Change, Find, Scrubber, digest_of, inner
from pytest_agentsafety.model.passage import Passage

_REQUEST_HEADERS = frozenset({"content-type", "anthropic-version", "anthropic-beta"})
_RESPONSE_HEADERS = frozenset({"content-type", "request-id", "retry-after", "retry-after-ms", "x-should-retry"})
_HOST = "http://recorded.invalid"  # which host and port answered is no part of a recording
_MOST_REMOVED, _LONGEST_REMOVED = 50, 20_000


def text_of(log: Recording, find: Find, secrets: Iterable[str]) -> str:
    """The whole file. Raises CassetteFileError for what is no text, or where a secret could not be taken out."""
    return _Writer(log, find, secrets).text()


class _Writer:
    """One file. Secrets are first collected from everything, then taken out of everything."""

    def __init__(self, log: Recording, find: Find, secrets: Iterable[str]) -> None:
        self._log = log
        self._scrubber = Scrubber(find, known=secrets)
        self._hidden: dict[str, None] = {}  # known secrets in requests whose form does not tell them

    def text(self) -> str:
        for passage in self._log.passages:
            self._collect(passage)
        data = {
            "requests": [self._request(passage, n) for n, passage in enumerate(self._log.passages)],
            "responses": [self._response(passage, n) for n, passage in enumerate(self._log.passages)],
        }
        text: str = serialize(data, self)
        left = self._scrubber.left_in(text)
        if left is not None:
            raise CassetteFileError(
                f"{self._log.path}: not written: a secret of {len(left)} characters could not be taken out of it"
            )
        return text

    def serialize(self, data: Mapping[str, Any]) -> str:
        """vcrpy's serializer protocol."""
        log, old = self._log, self._log.old
        rows = [*map(self._again, old.rows if old is not None else ()), *data["interactions"]]
        durations = [*(old.durations if old is not None else ()), *(round(p.ms, 3) for p in log.passages)]
        head = self._clean(json.dumps({**log.metadata, "durations_ms": durations}, default=str))
        section = json.loads(head)
        if log.secrets_removed:
            section["secrets_removed"] = log.metadata["secrets_removed"] = log.secrets_removed
        removed = self._removed()
        if removed:
            section[REMOVED] = removed
        return render_cassette(section, rows)

    def _again(self, row: Any) -> Any:
        """An interaction that the file had: what is known to be secret now goes there, too."""
        request, body = row["request"], row["response"]["body"]
        asked, answered = self._clean(request["body"]), self._clean(body["string"])
        if (asked, answered) == (request["body"], body["string"]):
            return row
        response = {**row["response"], "body": {**body, "string": answered}}
        return {**row, "request": {**request, "body": asked}, "response": response}

    def _removed(self) -> list[list[int | str]]:
        old = self._log.old.removed if self._log.old is not None else {}
        pairs: set[tuple[int, str]] = {(length, digest) for length in old for digest in old[length]}
        pairs |= {(len(secret), digest_of(secret)) for secret in self._hidden if len(secret) <= _LONGEST_REMOVED}
        return [list(pair) for pair in sorted(pairs)[:_MOST_REMOVED]]

    def _collect(self, passage: Passage) -> None:
        learn = self._scrubber.learn
        learn(in_headers(passage.request_headers))
        learn(in_headers(passage.headers))

        def look(text: str, name: str) -> list[Change]:
            found = [text[start:end] for start, end in self._scrubber.found(text, name)]
            learn([*found, *(part for secret in found for part in inner(secret))])
            return []

        for body in (passage.request_body, passage.body):
            edited(body.decode("utf-8", "replace"), look)

    def _request(self, passage: Passage, number: int) -> Request:
        body = self._decoded(passage.request_body, number)
        payload = json.loads(body)
        clean = strings(payload, self._hide)
        if clean is not payload:
            body = json.dumps(clean, separators=(",", ":"))
        return Request(
            "POST", _HOST + endpoint(passage.path), body, self._kept(passage.request_headers, _REQUEST_HEADERS)
        )

    def _hide(self, text: str, name: str) -> str:
        """As at a replay, where only form and field name tell; what else goes is remembered by its digest."""
        told = set(self._scrubber.found(text, name))
        changes = self._scrubber.changes(text, name)
        for start, end, _ in changes:
            if (start, end) not in told:
                self._hidden[text[start:end]] = None
        self._log.secrets_removed += len(changes)
        return self._scrubber.change(text, name)

    def _response(self, passage: Passage, number: int) -> dict[str, Any]:
        encoding = {part.strip().lower() for part in passage.headers.get("content-encoding", "").split(",")}
        if not encoding <= _unpacked():
            raise CassetteFileError(f"{self._log.path}: an answer came in an encoding that cannot be unpacked")
        headers = {name: [value] for name, value in self._kept(passage.headers, _RESPONSE_HEADERS).items()}
        return {
            "status": {"code": passage.status, "message": _phrase(passage.status)},
            "headers": headers,
            "body": {"string": self._clean(self._decoded(passage.body, number)).encode("utf-8", "surrogatepass")},
        }

    def _kept(self, headers: Mapping[str, str], names: frozenset[str]) -> dict[str, str]:
        return {name: self._clean(value) for name, value in headers.items() if name.lower() in names}

    def _clean(self, text: str) -> str:
        text, removed = scrubbed(text, self._scrubber)
        self._log.secrets_removed += removed
        return text

    def _decoded(self, body: bytes, number: int) -> str:
        try:
            return body.decode()
        except UnicodeDecodeError:
            raise CassetteFileError(
                f"{self._log.path}: interaction {number}: a body is no text, it is not recorded"
            ) from None


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


def _unpacked() -> frozenset[str]:
    """The encodings that the HTTP clients have undone."""
    known = {"", "identity", "gzip", "deflate"}
    for name, modules in (("br", ("brotli", "brotlicffi")), ("zstd", ("zstandard", "compression.zstd"))):
        if any(_installed(module) for module in modules):
            known.add(name)
    return frozenset(known)


def _installed(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:  # a parent package is missing
        return False
