"""The harmful acts, things and texts of the content policy (`content_*.toml`), and where they stand in a text."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import islice
from typing import Any, Literal, NamedTuple

import re2

from pytest_agentsafety.guards.engine import expand
from pytest_agentsafety.model.policy import ContentRules

Mode = Literal["act", "plot", "thing", "text", "claim", "always"]

KEYWORDS = "content_keywords.json"
FILES = ("content_en.toml", "content_en_more.toml", "content_en_wide.toml", "content_i18n.toml")
MAX_FOUND = 40
# Characters before and behind a word in which the rest of a match has to be; longer gaps are no one sentence.
_REACH = 160
_LONGEST_WORD = 40
# Before a word that may stand inside a longer one.
_INSIDE = "*"
_FIRST_WORD = re.compile(r"(?<!\\)[^\W_]+")
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

    One search for the words that a match has to hold (`content_keywords.json`), then the patterns of the entries whose
    words were found, each around its words.
    """

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.entries = tuple(entries)
        self._patterns = [expand(entry.pattern) for entry in self.entries]
        self._compiled: dict[tuple[int, type], Any] = {}
        needs = [_keywords(entry) for entry in self.entries]
        self._starting = _Words(needs, inside=False)
        self._inside = _Words(needs, inside=True)

    def find(self, text: str) -> Iterator[Found]:
        """Places entry by entry, at most MAX_FOUND of each."""
        # Offsets into bytes cost the engine nothing; only where they are those of the characters, too, will they do.
        data: str | bytes = text.encode() if text.isascii() else text
        places: dict[int, list[int]] = {}
        for words in (self._starting, self._inside):
            words.look(data, places)
        for index, starts in places.items():
            yield from islice(self._locate(index, text, data, starts), MAX_FOUND)

    def _locate(self, index: int, text: str, data: str | bytes, starts: list[int]) -> Iterator[Found]:
        pattern = self._compiled.get((index, type(data)))
        if pattern is None:
            pattern = self._compiled[index, type(data)] = _compile(self._patterns[index], data)
        for low, high in _windows(text, starts):
            for match in pattern.finditer(data[low:high]):
                yield Found(self.entries[index], low + match.start(), low + match.end())


class _Words:
    """The words that entries need: those that start a word of the text, or those that may stand `inside` one."""

    def __init__(self, needs: Sequence[Sequence[str]], *, inside: bool) -> None:
        self._of: dict[str, frozenset[int]] = {}
        own: dict[str, set[int]] = {}
        for index, words in enumerate(needs):
            for word in words:
                if word.startswith(_INSIDE) is inside:
                    own.setdefault(word.removeprefix(_INSIDE), set()).add(index)
        # The longest word is found; shorter ones that it begins with (or holds) stand there too.
        for word in own:
            starts = range(len(word)) if inside else (0,)
            parts = {word[start:end] for start in starts for end in range(start + 1, len(word) + 1)}
            self._of[word] = frozenset().union(*(own[part] for part in parts if part in own))
        # Words with letters beyond ASCII are in no ASCII text, where the search is for bytes.
        self._searches: dict[type, Any] = {}
        for example in ("", b""):
            words = [re.escape(word) for word in sorted(own) if example == "" or word.isascii()]
            pattern = "|".join(words)
            if words:
                pattern = pattern if inside else rf"\b(?:{pattern})"
                self._searches[type(example)] = _compile(pattern, example, longest=True)
        self._of_bytes = {word.encode(): indexes for word, indexes in self._of.items()}

    def look(self, data: str | bytes, places: dict[int, list[int]]) -> None:
        """Add where the words of each entry stand."""
        search = self._searches.get(type(data))
        if search is None:
            return
        entries: Any = self._of if isinstance(data, str) else self._of_bytes
        for match in search.finditer(data):
            start, end = match.span()
            for index in entries.get(data[start:end].lower(), ()):
                places.setdefault(index, []).append(start)


def _windows(text: str, starts: list[int]) -> Iterator[tuple[int, int]]:
    """Stretches around the places, joined where they touch, that begin and end between words."""
    low = high = -1
    for start in sorted(starts):
        if start - _REACH > high >= 0:
            yield _widened(text, low, high)
            low = high = -1
        low, high = (start - _REACH if low < 0 else low), start + _REACH
        low = max(low, 0)
    if high >= 0:
        yield _widened(text, low, high)


def _widened(text: str, low: int, high: int) -> tuple[int, int]:
    """Not in the middle of a word: an edge would look like the start of one."""
    before = text.rfind(" ", max(0, low - _LONGEST_WORD), low + 1) if low else 0
    after = text.find(" ", high, high + _LONGEST_WORD)
    return max(before, 0) if before >= 0 else low, after if after >= 0 else high


def _compile(pattern: str, like: str | bytes, *, longest: bool = False) -> Any:
    return re2.compile(pattern if isinstance(like, str) else pattern.encode(), _options(longest=longest))


def _options(*, longest: bool = False) -> Any:
    options = re2.Options()
    options.case_sensitive, options.never_capture, options.log_errors = False, True, False
    options.longest_match = longest
    options.max_mem = _MEMORY
    return options


def _keywords(entry: Entry) -> Sequence[str]:
    """What a match holds; of the user's own texts it is their first word."""
    shipped_words = _shipped_keywords().get(entry.rule)
    if shipped_words is not None:
        return shipped_words
    first = _FIRST_WORD.search(entry.pattern)
    assert first is not None, "a term or phrase has a word"
    return (f"{_INSIDE}{first[0]}",)


@cache
def _shipped_keywords() -> dict[str, list[str]]:
    found: dict[str, list[str]] = json.loads(
        files("pytest_agentsafety.guards").joinpath(KEYWORDS).read_text(encoding="utf-8")
    )
    return found
