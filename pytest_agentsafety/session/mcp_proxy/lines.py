"""Lines of JSON-RPC. What two parsers could read differently goes on as we read it, or not at all."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

_KNOWN = ("jsonrpc", "id", "method", "params", "result", "error")
INVALID_REQUEST, INVALID_PARAMS, PARSE_ERROR = -32600, -32602, -32700

Kind = Literal["request", "notification", "response"]


class BadLine(Exception):
    """The bytes are no JSON-RPC message."""


@dataclass(frozen=True, kw_only=True)
class Message:
    """One message. `raw` is what goes on where nothing is changed, with its line break."""

    kind: Kind
    body: dict[str, Any]
    raw: bytes

    @property
    def method(self) -> str:
        return str(self.body.get("method", ""))

    @property
    def params(self) -> Mapping[str, Any]:
        params = self.body.get("params")
        return params if isinstance(params, dict) else {}

    @property
    def key(self) -> str:
        """The id as text: 1, "1" and 1.0 are three."""
        return json.dumps(self.body.get("id"))


def read(line: bytes) -> list[Message]:
    """The messages in a line; several where it is a batch. Raises BadLine."""
    doubled: list[str] = []
    try:
        value = json.loads(line.decode("utf-8"), object_pairs_hook=lambda pairs: _object(pairs, doubled))
    except (ValueError, RecursionError) as error:
        raise BadLine(f"no JSON: {type(error).__name__}: {error}") from None
    if isinstance(value, list):
        if not value:
            raise BadLine("an empty batch")
        return [_message(one, encode(one)) for one in value]
    return [_message(value, encode(value) if doubled else line.rstrip(b"\r\n") + b"\n")]


def _object(pairs: list[tuple[str, Any]], doubled: list[str]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        doubled.append("a name stands twice in an object")
    return made


def _message(value: Any, raw: bytes) -> Message:
    if not isinstance(value, dict):
        raise BadLine(f"a {type(value).__name__}, no JSON-RPC message")
    strange = [name for name in value if name not in _KNOWN]
    if any(name.lower() in _KNOWN for name in strange):  # some parsers know no upper case in names
        raise BadLine(f"a message with the member {strange[0]!r}")
    if strange:
        value = {name: value[name] for name in _KNOWN if name in value}
        raw = encode(value)
    if isinstance(value.get("method"), str) and "result" not in value and "error" not in value:
        return Message(kind="request" if "id" in value else "notification", body=value, raw=raw)
    if "method" not in value and "id" in value and ("result" in value) != ("error" in value):
        return Message(kind="response", body=value, raw=raw)
    raise BadLine("neither a request nor a notification nor a response")


def encode(value: Any) -> bytes:
    """One line. All ASCII, so that no parser splits it elsewhere."""
    return json.dumps(value, separators=(",", ":")).encode("ascii") + b"\n"


def answer(request: Message, result: Mapping[str, Any]) -> bytes:
    return encode({"jsonrpc": "2.0", "id": request.body.get("id"), "result": result})


def failure(identity: Any, code: int, message: str) -> bytes:
    return encode({"jsonrpc": "2.0", "id": identity, "error": {"code": code, "message": message}})
