"""The envelope all events share."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any, ClassVar

from pytest_agentsafety.model.quick import quick


@quick
@dataclass(frozen=True, kw_only=True)
class Event:
    """`ts` is Unix time in seconds; `task_id` the run of the agent it belongs to; `call_id` the model or tool call."""

    type: ClassVar[str] = "event"
    task_id: str = ""
    call_id: str = ""
    ts: float = field(default_factory=time.time)

    def to_dict(self) -> dict[str, Any]:
        """Shallow: nested values are plain data already."""
        return {"type": self.type, **self.__dict__}
