"""A stream of bytes as server-sent events, each as it came."""

from __future__ import annotations

import re
from collections.abc import Iterator

_BLANK_LINE = re.compile(rb"\r\n\r\n|\n\n|\r\r|\n\r\n")
_LONGEST = 4


class Splitter:
    """Gives each event as soon as the empty line that ends it is there."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._searched = 0

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        self._buffer += chunk
        while found := _BLANK_LINE.search(self._buffer, max(0, self._searched - _LONGEST)):
            event = bytes(self._buffer[: found.end()])
            del self._buffer[: found.end()]
            self._searched = 0
            yield event
        self._searched = len(self._buffer)
