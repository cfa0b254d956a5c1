"""Reads the word lists beside this module: plain TOML, words separated by blanks.

A verb list's plain word is a sense the verb clearly has; `word?` is one it may have, depending on what it acts on.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import cast

from pytest_agentsafety.model.policy import EFFECTS, Effect
from pytest_agentsafety.model.sense import ResultKind

_VERB_FILES = ("verbs_reading.toml", "verbs_changing.toml", "verbs_reaching.toml")
_OFTEN_NOUN = "often_noun"


@dataclass(frozen=True, kw_only=True)
class VerbClass:
    """Verbs of one meaning: what they do, and the noun groups they need to be meant when marked `?`."""

    name: str
    effect: Effect
    clear: frozenset[str]
    possible: frozenset[str]
    objects: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class NounGroup:
    """Nouns that name the same sort of thing, and what a read of such a thing hands back."""

    name: str
    nouns: frozenset[str]
    result: ResultKind


def _tables(name: str) -> dict[str, dict[str, str]]:
    text = files("pytest_agentsafety.lexicon").joinpath(name).read_text(encoding="utf-8")
    return tomllib.loads(text)


def _verb_class(name: str, table: Mapping[str, str]) -> VerbClass:
    words = table["verbs"].split()
    effect = table["effect"]
    if effect not in EFFECTS:
        raise ValueError(f"lexicon: verb class {name}: effect {effect!r} is none of {', '.join(EFFECTS)}")
    return VerbClass(
        name=name,
        effect=effect,
        clear=frozenset(word for word in words if not word.endswith("?")),
        possible=frozenset(word.removesuffix("?") for word in words if word.endswith("?")),
        objects=frozenset(table.get("objects", "").split()),
    )


@lru_cache(maxsize=1)
def verb_table() -> Mapping[str, VerbClass]:
    """All verb classes by name."""
    return {name: _verb_class(name, table) for file in _VERB_FILES for name, table in _tables(file).items()}


@lru_cache(maxsize=1)
def noun_table() -> Mapping[str, NounGroup]:
    """All noun groups by name."""
    return {
        name: NounGroup(name=name, nouns=frozenset(table["nouns"].split()), result=cast("ResultKind", table["result"]))
        for name, table in _tables("nouns.toml").items()
        if name != _OFTEN_NOUN
    }


@lru_cache(maxsize=1)
def irregular_pasts() -> Mapping[str, str]:
    """Base forms by irregular past."""
    return _tables("irregular.toml")["past"]


@lru_cache(maxsize=1)
def phrasal_verbs() -> Mapping[str, str]:
    """Plain verbs by verb and particle ("take off": remove)."""
    return _tables("phrasal.toml")["phrasal"]


@lru_cache(maxsize=1)
def noun_verbs() -> frozenset[str]:
    """Words met as often as a noun as they are as a verb."""
    return frozenset(_tables("nouns.toml")[_OFTEN_NOUN]["nouns"].split())
