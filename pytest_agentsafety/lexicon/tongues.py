"""Orders in German, Spanish and French, as the English verbs they mean (own table, `tongues.toml`)."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

_LEAST = 2  # small words that tell a language


@dataclass(frozen=True, kw_only=True)
class Tongue:
    """How one language orders: words that tell it, that ask or join, that say who acts, that forbid; the English
    verbs by their imperatives and by their infinitives."""

    marks: frozenset[str]
    please: frozenset[str]
    asks: frozenset[str]
    subjects: frozenset[str]
    no: frozenset[str]
    to_me: frozenset[str]
    imperatives: Mapping[str, str]
    infinitives: Mapping[str, str]


def _words(table: Mapping[str, object], key: str) -> frozenset[str]:
    return frozenset(str(table.get(key, "")).split())


def _tongue(table: Mapping[str, object]) -> Tongue:
    rows = table.get("verbs", {})
    verbs: Mapping[str, str] = rows if isinstance(rows, dict) else {}
    parts = {verb: row.split("|") for verb, row in verbs.items()}
    return Tongue(
        marks=_words(table, "marks"),
        please=_words(table, "please"),
        asks=_words(table, "asks"),
        subjects=_words(table, "subjects"),
        no=_words(table, "no"),
        to_me=_words(table, "to_me"),
        imperatives={form: verb for verb, (plain, _) in parts.items() for form in plain.split()},
        infinitives={form: verb for verb, (_, bare) in parts.items() for form in bare.split()},
    )


@lru_cache(maxsize=1)
def _tongues() -> Mapping[str, Tongue]:
    text = files("pytest_agentsafety.lexicon").joinpath("tongues.toml").read_text(encoding="utf-8")
    return {name: _tongue(table) for name, table in tomllib.loads(text).items()}


@lru_cache(maxsize=1)
def _foreign_marks() -> frozenset[str]:
    return frozenset(mark for name, tongue in _tongues().items() if name != "english" for mark in tongue.marks)


def tongue_of(tokens: Sequence[str]) -> Tongue | None:
    """The language of a text by its small words; None for English, and where they do not tell."""
    if sum(map(_foreign_marks().__contains__, tokens)) < _LEAST:
        return None
    counts = {name: sum(token in tongue.marks for token in tokens) for name, tongue in _tongues().items()}
    name = max(counts, key=lambda one: counts[one])
    return (
        _tongues()[name] if name != "english" and counts[name] >= _LEAST and counts[name] > counts["english"] else None
    )


def ordered_in(tongue: Tongue, clause: Sequence[str]) -> Iterator[str]:
    """The English verbs of what a clause (lower case words) in that language orders."""
    if not tongue.no.isdisjoint(clause):
        return
    asking = not tongue.asks.isdisjoint(clause)
    for index, word in enumerate(clause):
        before = clause[:index]
        if not tongue.to_me.isdisjoint(clause[index + 1 : index + 2]):
            continue
        leads = not before or before[-1] in tongue.please
        if word in tongue.imperatives and leads:
            yield tongue.imperatives[word]
        elif word in tongue.infinitives and (asking or (leads and tongue.subjects.isdisjoint(before))):
            yield tongue.infinitives[word]
