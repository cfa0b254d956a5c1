"""One masked JSON text per event, shared by all files it goes to."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import fields
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
SPOKEN = frozenset({"new_messages", "content"})
# A key that is longer, or no name, could carry data: see `plain`.
PLAIN_KEY = 16
_WORDS = {None: "null", True: "true", False: "false"}
_quote = json.encoder.encode_basestring


def _encoder(*, ascii_only: bool) -> Callable[[Any], str]:
    compiled = getattr(json.encoder, "c_make_encoder", None)
    if compiled is None:  # not CPython
        plain_encoder = json.JSONEncoder(ensure_ascii=ascii_only, separators=(",", ":"), allow_nan=False, default=str)
        return plain_encoder.encode
    # JSONEncoder.encode makes this anew for every call, and the making costs as much as the call. No check for
    # cycles: what comes here is a copy made of plain data.
    quote = json.encoder.encode_basestring_ascii if ascii_only else _quote
    make = compiled(None, str, quote, None, ":", ",", False, False, False)
    return lambda value: "".join(make(value, 0))


encode = _encoder(ascii_only=False)
encode_ascii = _encoder(ascii_only=True)


def masked_text(event: Event, mask: Mask) -> tuple[str, str]:
    """The event as a JSON object (not ASCII only), `mask` applied to every string that may hold foreign text.

    Second, what a model was told or said (a field named in SPOKEN) as it stands in the object; "" where nothing was.
    Written by hand for the strings and numbers most events consist of: this is the larger part of a record's cost.
    """
    cls = event.__class__
    opening, members = _SHAPES.get(cls) or _shape(cls)
    parts = [opening]
    spoken = ""
    add = parts.append
    for (member, name, foreign), value in zip(members, event.__dict__.values(), strict=True):
        kind = value.__class__
        if kind is str:
            add(member + _quote(mask(value) if foreign else value))
        elif kind is int or (kind is float and isfinite(value)):
            add(member + repr(value))
        elif value is None or kind is bool:
            add(member + _WORDS[value])
        else:
            text = encode(_nested(name, value, mask))
            add(member + text)
            if name in SPOKEN:
                spoken = text
    add("}")
    return "".join(parts), spoken


_Shape = tuple[str, tuple[tuple[str, str, bool], ...]]
_SHAPES: dict[type[Event], _Shape] = {}


def _shape(cls: type[Event]) -> _Shape:
    """The opening of an event class's object, then `,"<name>":`, the name and whether it is foreign, by field."""
    members = tuple((f",{_quote(one.name)}:", one.name, one.name not in _OURS) for one in fields(cls))
    _SHAPES[cls] = shape = (f'{{"type":{_quote(cls.type)}', members)
    return shape


def _nested(name: str, value: Any, mask: Mask) -> Any:
    if name == "result" and isinstance(value, Mapping):  # a result row: ids and hashes of ours, and an error text
        return plain({**value, "error": _masked_error(value.get("error"), mask)}, str)
    if name in _OURS:
        return plain(value, str)
    return {key: mask(item) for key, item in value.items()} if _is_simple(value) else plain(value, mask)


def _is_simple(value: Any) -> bool:
    """Texts under plain names, as most tools' arguments are: what `plain` would give needs no walk."""
    if value.__class__ is not dict:
        return False
    for key, item in value.items():
        if item.__class__ is not str or key.__class__ is not str or len(key) > PLAIN_KEY or not key.isidentifier():
            return False
    return True


def _masked_error(value: Any, mask: Mask) -> Any:
    return mask(value) if isinstance(value, str) else value
