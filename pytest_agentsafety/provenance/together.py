"""Many texts that are searched as one."""

from __future__ import annotations

from threading import Lock

SEARCHED = 20_000  # characters up to which a search is quicker than a set, and two texts are joined
BETWEEN = " \n "  # no token goes across it


class Together:
    """Many texts, searched at once: small ones are joined, so that a search costs what they are long, however many."""

    def __init__(self) -> None:
        self._full: tuple[str, ...] = ()
        self._open = ""
        self._now: tuple[tuple[str, ...], dict[str, bool]] = ((), {})
        self._lock = Lock()

    def add(self, text: str) -> None:
        with self._lock:
            if len(text) > SEARCHED:
                self._full += (text,)
            elif text:
                self._open = f"{self._open}{BETWEEN}{text}"
            if len(self._open) > SEARCHED:
                self._full, self._open = (*self._full, self._open), ""
            self._now = (*self._full, self._open), {}

    def holds(self, words: str) -> bool:
        """Do they stand in any of the texts, if only inside a longer word?"""
        texts, known = self._now
        found = known.get(words)
        if found is None:
            found = known[words] = any(words in text for text in texts)
        return found
