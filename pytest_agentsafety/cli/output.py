"""What the command line prints, made safe for a terminal and a CI log."""

from __future__ import annotations

import json
import sys
from typing import Any

from pytest_agentsafety.model.safe_text import printable


def say(text: str = "") -> None:
    print(printable(text), flush=True)


def say_error(text: str) -> None:
    print(f"agentsafety: {printable(text)}", file=sys.stderr)


def say_json(value: Any) -> None:
    """One JSON document; non-ASCII as escapes, so that no terminal interprets it."""
    print(json.dumps(value, indent=2, default=str))
