"""A model request with the answer it got: what a recording is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Passage:
    """The agent's own request, and the answer that it was given: of several attempts the last.

    `body` is unpacked where the client knows the encoding that `headers` name; `ms` is the duration of the attempt.
    """

    path: str
    request_headers: Mapping[str, str]
    request_body: bytes
    status: int
    headers: Mapping[str, str]
    body: bytes
    ms: float
