"""What a tool was understood to do, before anybody wrote a rule for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

ResultKind = Literal["own", "outside", "value"]


@dataclass(frozen=True, kw_only=True)
class ToolSense:
    """A tool's meaning, read from its name, description, parameters and types.

    `verbs` are the base forms of what it does, `classes` their verb classes, `objects` the base forms of the nouns it
    acts on (of its name, and of its description's first sentence). `unknown` lists words that mattered and were not
    understood. `result`: "own" records of the user, text that may have been written "outside", or a mere "value"
    (ids, numbers, status). `reasons` says why, by "effect", "result_trust" and "roles.NAME".
    """

    tool: str
    verbs: frozenset[str] = frozenset()
    classes: frozenset[str] = frozenset()
    objects: frozenset[str] = frozenset()
    unknown: tuple[str, ...] = ()
    result: ResultKind = "outside"
    reasons: Mapping[str, str] = field(default_factory=dict)
