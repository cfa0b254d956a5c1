"""Automata that look for many things in one pass over a text: plain strings, and small patterns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from itertools import islice
from typing import Any

import re2

# So many strings are looked at in a text.
MAX_WORDS = 512
_LARGE, _HEAD, _SHORT = 1 << 16, 1 << 13, 1 << 11
_MAX_SETS = 32
# Matches at the end of any text, and only there: what matches at every byte makes the pass a third longer.
_END = r"\z"


class Words:
    """Plain strings by name, in one automaton: it shares their beginnings, which a set of patterns would not."""

    def __init__(self, strings: Mapping[str, Iterable[str]]) -> None:
        self._names: dict[bytes, set[str]] = {}
        for name, words in strings.items():
            for word in words:
                self._names.setdefault(word.encode(), set()).add(name)
        self._any = re2.compile(b"|".join(sorted(self._names)), options())

    def look(self, data: bytes) -> dict[str, list[int]]:
        """Names of the strings found and where, at least of the first ones."""
        found: dict[str, list[int]] = {}
        for match in islice(self._any.finditer(data), MAX_WORDS):
            for name in self._names[match.group()]:
                found.setdefault(name.partition(" ")[0], []).append(max(0, match.start() - 1))
        return found


class Shapes:
    """A few patterns by name. None of them may look at what is behind it: what a text holds a longer one holds, too.

    A set takes several times as long from the first match on. So what a text shows at its head is not looked for in the
    rest; in one that is not large only that counts which many texts show (`often`).
    """

    def __init__(self, patterns: Mapping[str, str], often: Iterable[str] = ()) -> None:
        self._patterns, self._often = patterns, frozenset(often)
        self._names = ("", *patterns)
        self._without = lru_cache(maxsize=_MAX_SETS)(self._others)
        self._set = re2.Set.SearchSet(options())
        for pattern in (_END, *patterns.values()):
            self._set.Add(pattern)
        self._set.Compile()

    def look(self, data: bytes) -> set[str]:
        """Names of the patterns found. All of them where the matcher gave up: then everything is tried."""
        large = len(data) > _LARGE
        if not (large or (self._often and len(data) > _SHORT)):
            return self._look(data)
        found = self._look(data[: _HEAD if large else _SHORT // 2])
        if not large:
            found &= self._often
        if not found:
            return self._look(data)
        return found | self._without(frozenset(found))._look(data) if len(found) < len(self._patterns) else found

    def _others(self, found: frozenset[str]) -> Shapes:
        return Shapes({name: pattern for name, pattern in self._patterns.items() if name not in found})

    def _look(self, data: bytes) -> set[str]:
        matched = self._set.Match(data)
        return {self._names[i] for i in matched if i} if 0 in matched else set(self._names[1:])


def options() -> Any:
    """Those of an automaton over bytes."""
    options = re2.Options()
    options.never_capture = True
    options.encoding = re2.Options.Encoding.LATIN1  # bytes are enough here, and make the automaton small
    options.log_errors = False
    options.max_mem = 64 << 20
    return options
