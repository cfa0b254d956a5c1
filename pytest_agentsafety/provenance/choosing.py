"""How a task tells which of several it means: another one, all of those, one by its number, a file by its name."""

from __future__ import annotations

import re
from functools import lru_cache

from pytest_agentsafety import lexicon
from pytest_agentsafety.provenance.normal import words_only
from pytest_agentsafety.provenance.vocabulary import word_set

_ANOTHER = re.compile(
    r"\b(?:another|(?:some|any)(?:one|body|thing) else|a different|(?:some|any) other)\b", re.IGNORECASE
)
_FILE_NAME = re.compile(r"([^\W\d]\w*(?:[ _-]\w+)+)\.[a-z0-9]{2,5}", re.IGNORECASE)
_SEVERAL = re.compile(
    r"(\b(?:one|two|three|some|any|most|many|few|none|which|each) of )?"
    r"\b(?:her|his|their|the|these|those|my|our)\s+(?:[a-z]+\s+){0,2}?([a-z]{3,}s)\b",
    re.IGNORECASE,
)


_MEASURING = word_set("set add raise lower increase decrease reduce limit cap cut extend order give change move")


@lru_cache(maxsize=256)
def chooses_another(task: str) -> bool:
    """Does it want another one than it names?"""
    return _ANOTHER.search(task) is not None


@lru_cache(maxsize=256)
def _several(task: str) -> frozenset[str]:
    found = (match[2].lower() for match in _SEVERAL.finditer(task) if match[1] is None)
    return frozenset(lexicon.lemma(word) for word in found if lexicon.lemma(word) != word)


def speaks_of_several(task: str, things: frozenset[str]) -> bool:
    """Does it speak of such things in the plural, as known ones ("her lessons"), and not of some of them?"""
    return not _several(task).isdisjoint(things)


@lru_cache(maxsize=1024)
def numbers_of(task: str, thing: str) -> frozenset[str]:
    """The whole numbers that stand behind a word for a thing ("plot 7", "plots 7 and 9", "plot no. 7")."""
    word = re.escape(thing.lower().removesuffix("s"))
    found = re.finditer(
        rf"\b{word}s? (?:(?:no|nr|number)\.? |# ?)?(\d{{1,9}})(?:(?:, | and | or )(\d{{1,9}}))?\b", task.lower()
    )
    return frozenset(number for match in found for number in match.groups() if number)


def calls(plain: str, file: str) -> bool:
    """Does a text (its words only) call a file by the words of its name ("the rowing rota" for "rowing_rota.txt")?"""
    match = _FILE_NAME.fullmatch(file)
    words = words_only(match[1].replace("_", " ")) if match is not None else ""
    return words.count(" ") > 2 and words in plain


def takes(word: str, before: str, after: str) -> bool:
    """ "Close 481.", "take over 481": a number that is done something with, and counts nothing."""
    if after.strip()[:1] not in ("", ".", ",", ";", "?", "!") or after[:1] == "%":
        return False
    verbs = [word, *lexicon.words(before[-24:])[-1:]]
    acted = [verb for verb in verbs if verb == lexicon.lemma(verb) and lexicon.verb_classes(verb)]
    return any(lexicon.verb_effect(verb) in ("write", "egress", "delete") and verb not in _MEASURING for verb in acted)
