"""What a recording knows about itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(kw_only=True)
class Recording:
    """A recording under way. `metadata` may be added to until the block ends; the counts are final after it."""

    path: Path
    metadata: dict[str, Any]
    recorded: int = 0
    secrets_removed: int = 0
    discarded: bool = field(default=False, repr=False)

    def discard(self) -> None:
        """Write nothing: what was recorded so far is not worth keeping."""
        self.discarded = True
