"""The harmful acts, things and texts of the content policy (`content_*.toml`), and where they stand in a text."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import islice
from typing import Literal, NamedTuple

import re2

from pytest_agentsafety.guards.engine import EngineError, expand
from pytest_agentsafety.model.policy import ContentRules

Mode = Literal["act", "plot", "thing", "text", "claim", "always"]

FILES = ("content_en.toml", "content_en_more.toml", "content_i18n.toml")
MAX_FOUND = 40
_MEMORY = 64 << 20
# The third person is written out here: "a mail that tricks people" asks for the same.
_FORMS = {
    "(?:ing)?": "(?:s|es|ing)?",
    "(?:e|ing)": "(?:e|es|ing)",
    "(?:ping)?": "(?:s|ping)?",
    "(?:ming)?": "(?:s|ming)?",
}
_NAME = re.compile(r"<(\w+)>")


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One harm. `mode` says what makes it a request, see `content_en.toml`."""

    category: str
    name: str
    mode: Mode
    pattern: str
    severity: float = 0.7

    @property
    def rule(self) -> str:
        return f"{self.category}.{self.name}"


class Found(NamedTuple):
    """An entry at `[start, end)` of the text that was looked at."""

    entry: Entry
    start: int
    end: int


@cache
def shipped() -> tuple[Entry, ...]:
    """The entries that come with the package."""
    return tuple(entry for name in FILES for entry in _read(name))


def _read(name: str) -> Iterator[Entry]:
    data = tomllib.loads(files("pytest_agentsafety.guards").joinpath(name).read_text(encoding="utf-8"))
    words: dict[str, str] = {}
    for key, pattern in data["words"].items():
        words[key] = _filled(pattern, words)
    for one in data["entry"]:
        pattern = _filled(one.pop("pattern"), words)
        yield Entry(pattern=pattern if one.pop("bare", False) else rf"\b(?:{pattern})\b", **one)


def _filled(pattern: str, words: dict[str, str]) -> str:
    """Line breaks are nothing; a name in angle brackets is a pattern of its own."""
    pattern = _NAME.sub(lambda name: words[name[1]], pattern.replace("\n", ""))
    for short, full in _FORMS.items():
        pattern = pattern.replace(short, full)
    return pattern


def entries_for(rules: ContentRules) -> tuple[Entry, ...]:
    """The shipped entries of the categories that are on, and the user's own terms and phrases."""
    own: list[Entry] = []
    for category, more in rules.categories.items():
        own += _own(category, "term", "thing", more.terms)
        own += _own(category, "phrase", "always", more.phrases)
    return tuple(entry for entry in (*own, *shipped()) if rules.action_of(entry.category) != "allow")


def _own(category: str, name: str, mode: Mode, texts: Iterable[str]) -> Iterator[Entry]:
    for text in texts:
        words = r" ".join(re.escape(word) for word in text.casefold().split())
        head, tail = (r"\b" if text.strip()[at].isalnum() else "" for at in (0, -1))
        plural = "s?" if tail and mode == "thing" else ""
        yield Entry(category=category, name=name, mode=mode, pattern=f"{head}{words}{plural}{tail}", severity=0.8)


class Lexicon:
    """Entries, compiled. Linear in the text.

    Index 0 of the set matches always: that it does not shows that the matcher ran out of memory.
    """

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.entries = tuple(entries)
        options = re2.Options()
        options.case_sensitive, options.never_capture, options.max_mem, options.log_errors = False, True, _MEMORY, False
        patterns = [expand(entry.pattern) for entry in self.entries]
        self._set = re2.Set.SearchSet(options)
        for pattern in ("", *patterns):
            self._set.Add(pattern)
        self._set.Compile()
        self._patterns = patterns
        self._options = options
        self._compiled: dict[int, object] = {}

    def find(self, text: str) -> list[Found]:
        """At most MAX_FOUND places per entry. Raises EngineError."""
        matched = self._set.Match(text)
        if 0 not in matched:
            raise EngineError("the rule engine ran out of memory on this text")
        return [found for index in sorted(matched) if index for found in self._locate(index - 1, text)]

    def _locate(self, index: int, text: str) -> Iterator[Found]:
        pattern = self._compiled.get(index)
        if pattern is None:
            pattern = self._compiled[index] = re2.compile(self._patterns[index], self._options)
        for match in islice(pattern.finditer(text), MAX_FOUND):  # type: ignore[attr-defined]
            yield Found(self.entries[index], *match.span())
