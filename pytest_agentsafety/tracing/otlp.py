"""Spans as plain data and their OTLP JSON form."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite
from typing import Any

from pytest_agentsafety.model.jsonl import dump_line

try:
    from orjson import dumps
except ImportError:  # no build of it for this machine

    def dumps(_: object) -> bytes:  # type: ignore[misc]
        raise TypeError("no compiled encoder")


INTERNAL, CLIENT = 1, 3
OK, ERROR = 1, 2


@dataclass(kw_only=True)
class Span:
    """A span under way. Times in nanoseconds since 1970; `end` is 0 while it is open. `status` 0 is unset."""

    name: str
    trace_id: str
    span_id: str
    start: int
    parent_id: str = ""
    kind: int = INTERNAL
    end: int = 0
    status: int = 0
    message: str = ""
    attributes: dict[str, Any] = field(default_factory=dict)
    events: list[tuple[str, int, Mapping[str, Any]]] = field(default_factory=list)

    def close(self, at: int, *, status: int = 0, message: str = "") -> None:
        self.end = max(at, self.start)
        self.status, self.message = status, message
        self.attributes["agentsafety.duration_ms"] = (self.end - self.start) / 1_000_000


def new_id(size: int) -> str:
    """A random id of `size` bytes in hex, never all zeros (which OTLP calls invalid)."""
    return (os.urandom(size - 1) + b"\x01").hex()


def to_otlp(spans: Sequence[Span], *, resource: Mapping[str, Any], scope: str) -> dict[str, Any]:
    """One `resourceSpans` document."""
    scoped = {"scope": {"name": scope}, "spans": [_span(span) for span in spans]}
    return {"resourceSpans": [{"resource": {"attributes": _attributes(resource)}, "scopeSpans": [scoped]}]}


def to_line(document: Mapping[str, Any]) -> bytes:
    """A document as UTF-8 with its newline. Lone surrogates are written as escapes."""
    try:
        return dumps(document) + b"\n"
    except TypeError:
        return dump_line(document)


def _span(span: Span) -> dict[str, Any]:
    record: dict[str, Any] = {
        "traceId": span.trace_id,
        "spanId": span.span_id,
        "name": span.name,
        "kind": span.kind,
        "startTimeUnixNano": str(span.start),
        "endTimeUnixNano": str(span.end),
        "attributes": _attributes(span.attributes),
        "status": {"code": span.status, **({"message": span.message} if span.message else {})},
    }
    if span.parent_id:
        record["parentSpanId"] = span.parent_id
    if span.events:
        record["events"] = [
            {"name": name, "timeUnixNano": str(at), "attributes": _attributes(more)} for name, at, more in span.events
        ]
    return record


def _attributes(values: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "key": key,
            "value": {"stringValue": value} if (of := value.__class__) is str else _VALUES.get(of, _other)(value),
        }
        for key, value in values.items()
        if value is not None
    ]


def _whole(value: int) -> dict[str, Any]:
    """64-bit numbers are strings in OTLP JSON."""
    return {"intValue": str(value)} if -(2**63) <= value < 2**63 else {"stringValue": str(value)}


def _list(value: Sequence[Any]) -> dict[str, Any]:
    return {"arrayValue": {"values": [_VALUES.get(item.__class__, _other)(item) for item in value]}}


_VALUES: dict[type, Callable[[Any], dict[str, Any]]] = {
    bool: lambda value: {"boolValue": value},
    int: _whole,
    float: lambda value: {"doubleValue": value} if isfinite(value) else {"stringValue": str(value)},
    list: _list,
    tuple: _list,
}


def _other(value: Any) -> dict[str, Any]:
    """Of a class of its own: as what it is made from, else as text."""
    for kind, made in _VALUES.items():
        if isinstance(value, kind):
            return made(value)
    return {"stringValue": str(value)}
