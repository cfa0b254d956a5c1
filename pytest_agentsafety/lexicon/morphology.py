"""Words of a text or identifier, and their base forms. simplemma's English dictionary is loaded at first need."""

from __future__ import annotations

import re
from functools import lru_cache

from pytest_agentsafety.lexicon.data import irregular_pasts, noun_table, noun_verbs, verb_table

_ENDINGS = (("ies", "y"), ("es", ""), ("s", ""), ("ied", "y"), ("ed", ""), ("ed", "e"), ("ing", ""), ("ing", "e"))
_LONGEST = 40  # a longer run of letters is no English word
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_WORD = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)*")


@lru_cache(maxsize=1)
def _own_words() -> frozenset[str]:
    """Base forms this lexicon knows: they need no dictionary."""
    verbs = (entry.clear | entry.possible for entry in verb_table().values())
    nouns = (group.nouns for group in noun_table().values())
    return noun_verbs().union(*verbs, *nouns)


@lru_cache(maxsize=65536)
def lemma(word: str) -> str:
    """The base form of an English word in lower case ("sent" gives "send"); an unknown word as it is."""
    word = word.lower()
    if not word or len(word) > _LONGEST:
        return word
    if word in irregular_pasts():
        return irregular_pasts()[word]
    if word in _own_words():
        return word
    import simplemma

    base = simplemma.lemmatize(word, lang="en").lower()
    doubled = base != word and base[-2:-1] == base[-1:]
    if doubled and base[:-1] in _own_words() and base not in _own_words():
        return base[:-1]  # British spelling: "cancelled", "labelled"
    return base if base != word else _regular(word) or word


def _regular(word: str) -> str | None:
    """The base of a regular form of a word that no dictionary has: "unstages", "upserted"."""
    for ending, instead in (
        ("ies", "y"),
        ("es", ""),
        ("s", ""),
        ("ied", "y"),
        ("ed", ""),
        ("ed", "e"),
        ("ing", ""),
        ("ing", "e"),
    ):
        base = word.removesuffix(ending) + instead
        stems = (base, base.removeprefix("un"), base.removeprefix("re"))
        if word.endswith(ending) and any(stem in _own_words() for stem in stems):
            return base
    return None


@lru_cache(maxsize=65536)
def in_dictionary(word: str) -> bool:
    """An English word, by this lexicon or by simplemma's dictionary."""
    word = word.lower()
    if not word or len(word) > _LONGEST:
        return False
    if word in _own_words() or lemma(word) in _own_words():
        return True
    import simplemma

    return bool(simplemma.is_known(word, lang="en"))


def words(text: str) -> list[str]:
    """The alphabetic words of a text in lower case; identifiers are split (`sendHTTPMail_to`: send, http, mail, to)."""
    return [part.lower() for token in _WORD.findall(text.replace("_", " ")) for part in _HUMP.split(token)]
