"""What the command line prints, made safe for a terminal and a CI log."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TextIO

from pytest_agentsafety.model.safe_text import printable


class Others(io.RawIOBase):
    """Takes what an agent prints, and counts its lines: agents that stream their answers would fill the screen."""

    def __init__(self, ours: TextIO) -> None:
        super().__init__()
        self.ours = ours
        self.lines = 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any, /) -> int:
        chunk = bytes(data)
        self.lines += chunk.count(b"\n")
        return len(chunk)

    def fileno(self) -> int:
        """Ours: somebody may hand it to a process."""
        return self.ours.fileno()


_others: list[Others] = []


@contextmanager
def only_ours() -> Iterator[Others]:
    """While it lasts, what anybody else prints to stdout is not shown; `say` and `rewrite` are."""
    before = sys.stdout
    others = Others(before)
    _others.append(others)
    sys.stdout = io.TextIOWrapper(others, encoding="utf-8", errors="replace", write_through=True)
    try:
        yield others
    finally:
        sys.stdout = before
        _others.remove(others)


def stdout() -> TextIO:
    """Where our own words go."""
    return _others[-1].ours if _others else sys.stdout


def say(text: str = "") -> None:
    print(printable(text), file=stdout(), flush=True)


def rewrite(text: str) -> None:
    """Put `text` in the place of the terminal's last line."""
    print(f"\r\x1b[K{printable(text)}", end="", file=stdout(), flush=True)


def say_error(text: str) -> None:
    print(f"agentsafety: {printable(text)}", file=sys.stderr)


def say_json(value: Any) -> None:
    """One JSON document; non-ASCII as escapes, so that no terminal interprets it."""
    print(json.dumps(value, indent=2, default=str), file=stdout())
