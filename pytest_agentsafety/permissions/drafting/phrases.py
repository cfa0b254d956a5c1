"""Phrases of a description that say something without its main verb: noun phrases, asides, and who is made to do it."""

from __future__ import annotations

from collections.abc import Iterator

from pytest_agentsafety.lexicon import (
    action_noun,
    clear_classes,
    groups_of,
    is_past,
    known,
    lemma,
    often_noun,
    verb_base,
    verb_classes,
)
from pytest_agentsafety.permissions.drafting.grammar import (
    ARTICLES,
    DESCRIBING,
    DETERMINERS,
    DEVERBAL,
    STATIVE,
    STOPS,
    is_verb,
)
from pytest_agentsafety.permissions.words import word_set

QUESTION = word_set("what who whom whose which when where why how is are was were does did has")
_BE = word_set("is are be gets get being becomes")
_BETWEEN = word_set("then also immediately automatically first only thereby permanently directly instantly at once")
_UNREAL = word_set(
    "that which who whom if when where whether once until unless after before not no never cannot as like how"
)
_ASIDE = word_set("billed charged debited deducted")
_BEHIND = word_set("of for over from in per at by on since between with around about under within during across to")
_SUPERLATIVE = word_set("most least mean average median total expected estimated next previous last past remaining")
_VERBAL = ("ate", "ise", "ize", "ify")
CAUSING = word_set("let have make")
_RECEIVING = word_set("somebody someone them him her people everybody everyone anybody anyone others")
_SELF = word_set("user users you me us caller agent assistant model")
_TOOLS = word_set(
    "tool function api method endpoint utility operation action command wrapper tools server plugin client"
)
_AFTER_PLURAL = _BEHIND | {"and", ",", "that", "which", "who", "whose"}
_WHOLE = 6  # words of a noun phrase before its preposition


def passives(tokens: list[str]) -> Iterator[str]:
    """What is done besides: "the card is charged", "; billed monthly". Not what may be so, or is so of something."""
    for index, token in enumerate(tokens):
        if token in _BE and not _UNREAL & set(tokens[max(0, index - 6) : index]):
            rest = [word for word in tokens[index + 1 : index + 4] if word not in _BETWEEN]
            if rest and is_past(rest[0]) and not _UNREAL & set(rest[:1]):
                yield verb_base(rest[0])
        if token in (";", ",") and tokens[index + 1 : index + 2] and tokens[index + 1] in _ASIDE:
            yield lemma(tokens[index + 1])


def _phrase_head(tokens: list[str]) -> int | None:
    """Where the noun stands that a noun phrase is about, if the tokens start with a whole one."""
    start = 0
    while start < len(tokens) and tokens[start] in ARTICLES | {"all", "this"}:
        start += 1
    for index in range(start, min(len(tokens), start + _WHOLE)):
        token = tokens[index]
        if token in _BEHIND or token in (".", "("):
            return index - 1 if index > start else None
        if token in DETERMINERS | ARTICLES or not (token in ("and", ",") or (token.isalpha() and known(token))):
            return None
        if is_verb(token) and not often_noun(lemma(token)) and not groups_of(lemma(token)):
            return None
    return None


def is_whole_phrase(tokens: list[str]) -> bool:
    """ "Mean error over a day", "Observers' notes for a night", "Which lifts are running": things, and nothing done.

    An unknown word that an article follows may be a verb ("Zaps the user"), and so may one that ends like a verb.
    """
    if not tokens or _TOOLS & set(tokens[:3]):
        return False
    tokens = tokens[1:] if tokens[0] in ARTICLES and tokens[1:] else tokens
    if STATIVE & verb_classes(lemma(tokens[0])) and tokens[0] not in _SUPERLATIVE:
        return False
    token, following = tokens[0], (*tokens[1:], "")[0]
    if len(tokens) < 3 or (token.endswith("s") and not groups_of(lemma(token)) and following not in _AFTER_PLURAL):
        return token in QUESTION  # "Frob.", "Frobs parcels for the user": may be a verb that nobody knows
    if token in QUESTION - {"is", "are", "has"} or token in DESCRIBING | _SUPERLATIVE or token.endswith("'s"):
        return True
    if (token.endswith("est") and len(token) > 4 and not is_verb(token)) or (
        is_past(token) and following not in DETERMINERS and following not in _BEHIND
    ):
        return True
    if is_verb(token) or token.endswith(_VERBAL) or lemma(token).endswith(_VERBAL):
        return False
    return _phrase_head(tokens) is not None


def action_named(tokens: list[str]) -> str | None:
    """ "Removal of a member": a noun phrase about an action, by the verb that its noun is made of."""
    head = _phrase_head(tokens)
    if head is None or tokens[head + 1] not in ("of", ".", "for", "with", "from"):
        return None
    noun = tokens[head]
    return None if groups_of(noun) or often_noun(noun) else DEVERBAL.get(noun) or action_noun(noun)


def hands_over(tokens: list[str], start: int) -> bool:
    """ "Gives a user a role", "give somebody access": one who gets it stands before what is given."""
    index = start + 1
    if tokens[index : index + 1] and tokens[index] in _RECEIVING:
        return True
    owned, self = False, _SELF
    while index < len(tokens) and tokens[index] in DETERMINERS:
        self = frozenset() if tokens[index] in ("a", "an", "another", "any") else _SELF
        owned, index = True, index + 1
    for place in range(index + 1, min(len(tokens), index + 4)):
        if tokens[place - 1] in self or tokens[place] in STOPS or not tokens[place][0].isalpha():
            return tokens[place : place + 1] in (["to"], ["away"]) and tokens[place - 1] not in self
        if tokens[place] in DETERMINERS and owned:
            return True
    return owned and bool({"access", "permission", "permissions", "rights"} & set(tokens[index + 1 : index + 4]))


def caused(tokens: list[str], start: int) -> str | None:
    """ "Have a car towed", "Let a policy lapse": what is made to happen."""
    for index in range(start + 2, min(len(tokens), start + 7)):
        token = tokens[index]
        if not token[0].isalpha() or (token in STOPS and token != "be"):  # noqa: S105 - a word
            return None
        made_to = tokens[start] in ("has", "have") or tokens[start + 1] in DETERMINERS
        if made_to and (index > start + 2 or tokens[start + 1] not in DETERMINERS):
            if is_past(token) and verb_classes(lemma(token)):
                return lemma(token)
            if lemma(tokens[start]) in ("let", "make") and clear_classes(token) and not groups_of(token):
                return token
    return None
