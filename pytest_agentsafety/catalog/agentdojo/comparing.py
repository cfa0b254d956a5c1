"""Hand two environments to a check that compares them, so that comparing costs what has changed.

AgentDojo's checks walk both environments whole, most of it to find that nothing happened there. Where the two are
equal they are given the same objects, which such a walk steps over. A check that writes to what it is given could
tell the difference: it is found out, and asked again with two separate environments.
"""

from __future__ import annotations

import contextlib
import pickle
from collections.abc import Callable
from typing import Any

from pytest_agentsafety.catalog.agentdojo.environments import Snapshot

Check = Callable[[Any, Any], Any]
WORTH_SHARING = 16_384  # bytes of a pickled environment; below, comparing whole costs less than sharing


def compare(check: Check, before: Snapshot, after: Snapshot, base_model: type[Any]) -> Any:
    """What `check(before, after)` returns for two separate environments; raises what it raises."""
    if after.size is not None and after.size >= WORTH_SHARING:
        later = after()
        earlier = _with_shared(before(), later, base_model)
        untouched = _state(earlier, later)
        # What it raises is raised again below, unless the sharing was the cause.
        with contextlib.suppress(Exception):
            verdict = check(earlier, later)
            if _state(earlier, later) == untouched:
                return verdict
    return check(before(), after())


def _state(earlier: Any, later: Any) -> bytes:
    return pickle.dumps((earlier, later), protocol=pickle.HIGHEST_PROTOCOL)


def _with_shared(earlier: Any, later: Any, base_model: type[Any]) -> Any:
    """`earlier` with every part that equals its counterpart in `later` replaced by that counterpart."""
    if earlier is later:
        return later
    if type(earlier) is not type(later):
        return earlier
    if isinstance(earlier, base_model):
        same = _share_items(earlier.__dict__, later.__dict__, base_model) and _same_hidden(earlier, later)
        return later if same else earlier
    if type(earlier) is dict:
        return later if _share_items(earlier, later, base_model) else earlier
    if type(earlier) is list:
        return later if _share_entries(earlier, later, base_model) else earlier
    return later if earlier == later else earlier


def _share_items(earlier: dict[Any, Any], later: dict[Any, Any], base_model: type[Any]) -> bool:
    same = list(earlier) == list(later)
    for key in earlier.keys() & later.keys():
        earlier[key] = _with_shared(earlier[key], later[key], base_model)
        same = same and earlier[key] is later[key]
    return same


def _share_entries(earlier: list[Any], later: list[Any], base_model: type[Any]) -> bool:
    same = len(earlier) == len(later)
    for index, (one, other) in enumerate(zip(earlier, later, strict=False)):
        earlier[index] = _with_shared(one, other, base_model)
        same = same and earlier[index] is other
    return same


def _same_hidden(earlier: Any, later: Any) -> bool:
    """What a model holds beside its fields. Anything private may hold anything, so any is reason not to share."""
    return (
        earlier.model_fields_set == later.model_fields_set
        and not earlier.__pydantic_extra__
        and not earlier.__pydantic_private__
    )
