"""What verbs do: classes of verbs of one meaning, each with an effect."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import lru_cache

from pytest_agentsafety.lexicon.data import irregular_pasts, noun_verbs, phrasal_verbs, verb_table
from pytest_agentsafety.lexicon.morphology import lemma
from pytest_agentsafety.lexicon.nouns import groups_of
from pytest_agentsafety.model.policy import Effect

_NONE: frozenset[str] = frozenset()
_AGAIN, _UNDOING, _UNDONE = (
    ("re", "auto", "multi", "bulk", "pre", "over", "under", "mis"),
    ("un", "de", "dis"),
    frozenset({"restore"}),
)
_GIVEN, _TAKEN_AWAY = (
    frozenset(
        {"mark", "subscribe", "rate", "react", "assign", "share", "publish", "invite", "permit", "enrol", "list"}
    ),
    frozenset({"uninstall"}),
)
_SPELLINGS = (("ise", "ize"), ("ize", "ise"), ("yse", "yze"), ("yze", "yse"))
_NOUN_ENDINGS = (
    ("ication", "ish"),
    ("ication", "y"),
    ("llation", "l"),
    ("ocation", "oke"),
    ("isation", "ise"),
    ("ization", "ize"),
    ("ation", "ate"),
    ("ation", "e"),
    ("ation", ""),
    ("ition", "e"),
    ("ion", ""),
    ("ion", "e"),
    ("ssion", "t"),
    ("ment", ""),
    ("al", ""),
    ("al", "e"),
    ("ial", "y"),
    ("ance", ""),
    ("ance", "e"),
    ("ure", ""),
    ("ure", "e"),
)
# From harmless to grave: of several effects the gravest counts.
GRAVITY: tuple[Effect, ...] = ("read", "write", "egress", "delete", "pay", "execute")


@lru_cache(maxsize=1)
def _clear() -> Mapping[str, frozenset[str]]:
    return _index({name: entry.clear for name, entry in verb_table().items()})


@lru_cache(maxsize=1)
def _all() -> Mapping[str, frozenset[str]]:
    return _index({name: entry.clear | entry.possible for name, entry in verb_table().items()})


def _index(classes: Mapping[str, frozenset[str]]) -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for name, verbs in classes.items():
        for verb in verbs:
            found[verb].add(name)
    return {verb: frozenset(names) for verb, names in found.items()}


@lru_cache(maxsize=65536)
def verb_classes(verb: str) -> frozenset[str]:
    """The classes a verb (its base form) belongs to, clear and possible senses; empty when it is not known.

    A verb made of a known one counts as that one ("resend"), its undoing as a restoration ("unresolve"), and either
    spelling as the other ("equalise").
    """
    return _looked_up(verb, _all()) or _derived(verb, _all())


def _looked_up(verb: str, index: Mapping[str, frozenset[str]]) -> frozenset[str]:
    if verb in index:
        return index[verb]
    for ending, instead in _SPELLINGS:
        if verb.endswith(ending) and len(verb) > 5:
            return index.get(verb.removesuffix(ending) + instead, _NONE)
    return _NONE


def _derived(verb: str, index: Mapping[str, frozenset[str]]) -> frozenset[str]:
    for prefix in _AGAIN:
        stem = verb.removeprefix(prefix)
        if stem != verb and len(stem) > 2 and stem in index:
            return index[stem]
    for prefix in _UNDOING:
        stem = verb.removeprefix(prefix)
        if stem != verb and len(stem) > 3 and stem in _all():
            return _TAKEN_AWAY if _all()[stem] & _GIVEN else _UNDONE
    return _NONE


@lru_cache(maxsize=65536)
def verb_base(word: str) -> str:
    """The base form of a word as a verb: as `lemma`, but "playing" gives "play" also where it is listed as a noun."""
    base = lemma(word)
    if word.endswith("ing") and not verb_classes(base):
        stem = word.removesuffix("ing")
        for verb in (stem, f"{stem}e", stem[:-1]):
            if verb in _all():
                return verb
    return base


def agent_noun(noun: str) -> str | None:
    """The verb that a doer's noun is made of: "converter" gives "convert", "calculator" gives "calculate"."""
    for ending, instead in (("er", ""), ("er", "e"), ("or", ""), ("or", "e")):
        if noun.endswith(ending) and len(noun) > 5:
            stem = noun.removesuffix(ending) + instead
            doubled = stem[:-1] if len(stem) > 2 and stem[-1] == stem[-2] else stem
            for verb in (stem, doubled):
                if verb in _clear():
                    return verb
    return None


def action_noun(noun: str) -> str | None:
    """The verb that the noun of an action is made of: "removal" gives "remove", "termination" gives "terminate"."""
    for ending, instead in _NOUN_ENDINGS:
        verb = noun.removesuffix(ending) + instead
        if noun.endswith(ending) and len(noun) > len(ending) + 2 and verb in _all():
            return verb
    return None


def clear_classes(verb: str) -> frozenset[str]:
    """The classes of a verb's clear senses only."""
    return _looked_up(verb, _clear()) or (_NONE if verb in _all() else _derived(verb, _clear()))


def class_effect(name: str) -> Effect:
    """What the verbs of a class do. Raises KeyError for no class."""
    return verb_table()[name].effect


def gravest(effects: Iterable[Effect]) -> Effect | None:
    """The gravest of some effects, None of none."""
    return max(effects, key=GRAVITY.index, default=None)


@lru_cache(maxsize=4096)
def verb_effect(verb: str) -> Effect | None:
    """The gravest effect of a verb's clear senses; of its possible ones if none is clear; None when it is not known."""
    return gravest(class_effect(name) for name in clear_classes(verb) or verb_classes(verb))


def senses(verb: str, objects: Iterable[str]) -> frozenset[str]:
    """The classes a verb is meant in when it acts on these nouns: clear ones, and possible ones the nouns call for."""
    return clear_classes(verb) | called_for(verb, objects) or verb_classes(verb)


def called_for(verb: str, nouns: Iterable[str]) -> frozenset[str]:
    """The classes of a verb that are only meant with nouns like these ("start" with "command": run)."""
    groups = frozenset[str]().union(*(groups_of(noun) for noun in nouns))
    return frozenset(name for name in verb_classes(verb) if verb_table()[name].objects & groups)


def phrasal(verb: str, particle: str) -> str | None:
    """The plain verb that a verb (its base form) and its particle mean together: "take", "off" gives "remove"."""
    return phrasal_verbs().get(f"{verb} {particle}")


def same_action(first: str, second: str) -> bool:
    """Whether two verbs (any form) are the same or share a class to which at least one of them clearly belongs."""
    one, other = lemma(first), lemma(second)
    shared = verb_classes(one) & verb_classes(other)
    return one == other or bool(shared & (clear_classes(one) | clear_classes(other)))


def often_noun(word: str) -> bool:
    """Whether a verb (its base form) is met as often as a noun ("order", "email"), or has no clear sense."""
    return word in noun_verbs() or (word in _all() and word not in _clear())


def is_past(word: str) -> bool:
    """Whether a word is a verb's past or participle: "sent", "booked". Forms equal to the base ("put") are not."""
    word = word.lower()
    if word.endswith(("s", "ing")):
        return False
    base = lemma(word)
    return base != word and (bool(verb_classes(base)) or word.endswith("ed") or word in irregular_pasts())
