"""What is saved between two steps of a run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from pytest_agentsafety.model.errors import AgentSafetyError
from pytest_agentsafety.model.safe_text import one_line

VERSION = 1


class CheckpointError(AgentSafetyError):
    """A checkpoint that may not be used (torn, of another version, of other rules) or could not be written."""


@dataclass(frozen=True, kw_only=True)
class Mark:
    """A call with a write effect was about to run: its tool and its position in the run."""

    tool: str
    position: int

    def to_dict(self) -> dict[str, Any]:
        return {"tool": self.tool, "position": self.position}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Mark:
        """Raises CheckpointError."""
        return cls(tool=_typed(data, "tool", str), position=_count(data, "position"))


@dataclass(frozen=True, kw_only=True)
class RunState:
    """A run after `position` executed tool calls. `messages` and `spent` hold JSON values only.

    `pending` is filled by restoring: a write that was about to run and whose outcome is unknown.
    """

    messages: tuple[Mapping[str, Any], ...]
    position: int
    spent: Mapping[str, Any]
    policy_sha256: str
    tools_sha256: str
    version: int = VERSION
    pending: Mark | None = field(default=None, compare=False)

    def to_dict(self) -> dict[str, Any]:
        return {
            "version": self.version,
            "policy_sha256": self.policy_sha256,
            "tools_sha256": self.tools_sha256,
            "position": self.position,
            "spent": dict(self.spent),
            "messages": [dict(message) for message in self.messages],
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> RunState:
        """Raises CheckpointError for another version, a missing or unknown field, or a wrong type."""
        if data.get("version") != VERSION:
            raise CheckpointError(f"has version {_shown(data.get('version'))}, this version reads {VERSION}")
        names = {f.name for f in fields(cls)} - {"pending"}
        if strange := sorted(str(key) for key in data.keys() - names):
            raise CheckpointError(f"has unknown fields: {one_line(', '.join(strange))}")
        messages = _typed(data, "messages", list)
        if not all(isinstance(message, dict) for message in messages):
            raise CheckpointError("messages: expected a list of objects")
        return cls(
            messages=tuple(messages),
            position=_count(data, "position"),
            spent=_typed(data, "spent", dict),
            policy_sha256=_typed(data, "policy_sha256", str),
            tools_sha256=_typed(data, "tools_sha256", str),
        )


def _typed(data: Mapping[str, Any], key: str, kind: type) -> Any:
    if key not in data:
        raise CheckpointError(f"lacks {key}")
    if not isinstance(data[key], kind):
        raise CheckpointError(f"{key}: expected {kind.__name__}, got {_shown(data[key])}")
    return data[key]


def _count(data: Mapping[str, Any], key: str) -> int:
    value = _typed(data, key, int)
    if isinstance(value, bool) or value < 0:
        raise CheckpointError(f"{key}: expected a whole number from 0, got {_shown(value)}")
    return int(value)


def _shown(value: Any) -> str:
    return one_line(repr(value), 60)
