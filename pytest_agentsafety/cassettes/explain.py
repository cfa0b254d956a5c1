"""Say why a request is not on the tape."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import Any

from pytest_agentsafety.cassettes.fingerprint import normalised
from pytest_agentsafety.model.canonical import canonical_json
from pytest_agentsafety.model.safe_text import one_line

_ABSENT = object()
_SHOWN = 120
_LEAD = 30


def explain(payload: Mapping[str, Any], recorded: Sequence[Mapping[str, Any]]) -> str:
    """Name the nearest recording and the first place where the request differs, with both values shortened.

    The nearest shares the most leading messages; among those, the most other fields.
    """
    if not recorded:
        return "nothing is recorded"
    asked = normalised(payload)
    candidates = [normalised(other) for other in recorded]
    number = max(range(len(candidates)), key=lambda n: (*_likeness(asked, candidates[n]), -n))
    nearest = candidates[number]
    same, total = _leading(asked, nearest), len(_messages(asked))
    head = f"nearest is recording {number + 1} of {len(recorded)} (first {same} of {total} messages equal)"
    difference = next(_differences(nearest, asked, ""), None)
    if difference is None:
        return f"{head}; it is equal, but was asked for more often than it was recorded"
    place, old, new = difference
    return f"{head}; {one_line(place)} differs: {_both(old, new)}"


def _likeness(asked: Mapping[str, Any], other: Mapping[str, Any]) -> tuple[int, int, int]:
    equal = sum(1 for key in asked if key != "messages" and asked[key] == other.get(key))
    return _leading(asked, other), equal, -abs(len(_messages(asked)) - len(_messages(other)))


def _leading(asked: Mapping[str, Any], other: Mapping[str, Any]) -> int:
    count = 0
    for mine, theirs in zip(_messages(asked), _messages(other), strict=False):
        if mine != theirs:
            break
        count += 1
    return count


def _messages(payload: Mapping[str, Any]) -> Sequence[Any]:
    messages = payload.get("messages")
    return messages if isinstance(messages, list) else ()


def _differences(old: Any, new: Any, place: str) -> Iterator[tuple[str, Any, Any]]:
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in _fields(old, new):
            name = f"{place}.{key}" if place else str(key)
            yield from _differences(old.get(key, _ABSENT), new.get(key, _ABSENT), name)
    elif isinstance(old, list) and isinstance(new, list):
        for index, (mine, theirs) in enumerate(zip_longest(old, new, fillvalue=_ABSENT)):
            yield from _differences(mine, theirs, f"{place}{_index(index, mine, theirs)}")
    elif old is _ABSENT or new is _ABSENT or type(old) is not type(new) or old != new:
        yield place, old, new


def _fields(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    first = ("model", "system", "tools", "messages", "role", "type", "name")
    return sorted({*old, *new}, key=lambda key: (first.index(key) if key in first else len(first), str(key)))


def _index(index: int, old: Any, new: Any) -> str:
    """`[3]`, and for a tool its name."""
    named = old if isinstance(old, Mapping) else new
    name = named.get("name") if isinstance(named, Mapping) else None
    return f"[{index}]({name})" if isinstance(name, str) else f"[{index}]"


def _both(old: Any, new: Any) -> str:
    if not isinstance(old, str) or not isinstance(new, str):
        return f"recorded {_shown(old)}, now {_shown(new)}"
    at = next((n for n, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))
    start = max(0, at - _LEAD)
    lead = "..." if start else ""
    return f"recorded {_quoted(lead, old[start:])}, now {_quoted(lead, new[start:])}"


def _quoted(lead: str, text: str) -> str:
    return f'"{lead}{one_line(text, _SHOWN)}"'


def _shown(value: Any) -> str:
    return "nothing" if value is _ABSENT else one_line(canonical_json(value), _SHOWN)
