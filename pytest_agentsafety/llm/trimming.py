"""Take events out of a stream on its way to the agent."""

from __future__ import annotations

import re
from collections.abc import Callable

_END = re.compile(rb"\r?\n\r?\n")
_LONGEST_END = 4


class Trimmer:
    """Takes the events out for which `unwanted` (the event's bytes) is true. Everything else passes as it came."""

    def __init__(self, unwanted: Callable[[bytes], bool]) -> None:
        self._unwanted = unwanted
        self._rest = b""

    def feed(self, chunk: bytes) -> bytes:
        """The next piece of the stream; what may be the start of an unwanted event is kept back."""
        searched = max(0, len(self._rest) - _LONGEST_END)
        self._rest += chunk
        wanted: list[bytes] = []
        done = 0
        for end in _END.finditer(self._rest, searched):
            event = self._rest[done : end.end()]
            done = end.end()
            if not self._unwanted(event):
                wanted.append(event)
        self._rest = self._rest[done:]
        return b"".join(wanted)

    def end(self) -> bytes:
        """What was kept back when the stream ended."""
        rest, self._rest = self._rest, b""
        return rest
