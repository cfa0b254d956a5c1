"""The harmful acts, things and texts of the content policy (`content_*.toml`), and where they stand in a text."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal, NamedTuple

from pytest_agentsafety.guards.engine import Patterns, expand
from pytest_agentsafety.model.policy import ContentRules

Mode = Literal["act", "plot", "thing", "text", "claim", "always"]

FILES = ("content_en.toml", "content_en_more.toml", "content_en_wide.toml", "content_i18n.toml")
MAX_FOUND = 40
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
    """Entries, compiled. Linear in the text."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.entries = tuple(entries)
        self._patterns = Patterns([entry.rule for entry in self.entries], [expand(one.pattern) for one in self.entries])

    def find(self, text: str) -> Iterator[Found]:
        """Places entry by entry, at most MAX_FOUND of each. Raises EngineError."""
        return self.find_in(text.encode("utf-8", "surrogatepass"))

    def find_in(self, data: bytes) -> Iterator[Found]:
        """The same for a text in UTF-8; places are those of the characters."""
        ascii_only = data.isascii()
        for index, start, end in self._patterns.find(data, MAX_FOUND):
            if not ascii_only:
                start, end = (len(data[:at].decode("utf-8", "surrogatepass")) for at in (start, end))
            yield Found(self.entries[index], start, end)
