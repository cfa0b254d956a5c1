"""One masked copy of an event, shared by all files it goes to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import isfinite
from typing import Any

from pytest_agentsafety.model.events import Event
from pytest_agentsafety.model.leaves import plain

Mask = Callable[[str], str]

# Fields the harness fills itself. Masking an id that looks like a phone number would break the evidence apart.
_OURS = frozenset(
    {"type", "ts", "task_id", "call_id", "case_id", "mode", "policy_sha256", "guards", "outcome", "guard", "rule"}
    | {"status", "stage", "action", "effect", "kind", "level", "latency_source"}
)


_SCALARS = frozenset({int, bool, type(None)})


def masked_event(event: Event, mask: Mask) -> dict[str, Any]:
    """The event as plain JSON data, `mask` applied to every string that may hold foreign text."""
    copy: dict[str, Any] = {"type": event.type}
    # Most fields are short strings and numbers: they skip the general walk, this runs for every event.
    for name, value in event.__dict__.items():
        kind = value.__class__
        if kind is str:
            copy[name] = value if name in _OURS or not value else mask(value)
        elif kind in _SCALARS or (kind is float and isfinite(value)):
            copy[name] = value
        else:
            copy[name] = _nested(name, value, mask)
    return copy


def _nested(name: str, value: Any, mask: Mask) -> Any:
    if name == "result" and isinstance(value, Mapping):  # a result row: ids and hashes of ours, and an error text
        return plain({**value, "error": _masked_text(value.get("error"), mask)}, str)
    return plain(value, str if name in _OURS else mask)


def _masked_text(value: Any, mask: Mask) -> Any:
    return mask(value) if isinstance(value, str) else value
