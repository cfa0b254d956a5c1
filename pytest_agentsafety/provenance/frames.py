"""The sentences that an order stands in: what may go before its verb, and requests that are none by their form.

What is read by `softly` ("can we move it?", "moving it would be great") never pays, deletes or runs anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from pytest_agentsafety import lexicon
from pytest_agentsafety.provenance.vocabulary import DETERMINERS, IS, JOINING, ME, word_set

_NEAR = 24  # words around a verb that are looked at, so that no text can stall
_FEW = 8  # words that may call before an order
# Right before an order, wherever it stands in its clause.
_LEADERS = JOINING | word_set("so otherwise else pls plz let's lets you'd quickly immediately promptly therefore wanna")
# Only at the start of a clause: "right, move it", not "the right move".
_CALLS = word_set(
    "ok okay hey hi hello yes yeah yep sure right better cool great alright well sorry thanks thx actually maybe "
    "perhaps"
)
# Short conditions and connections that need no comma.
_FRONTED = frozenset(
    {
        *(("if", word) for word in ("not", "so", "possible", "necessary", "needed", "free", "available", "ok", "okay")),
        *((first, word) for first in ("once", "when") for word in ("done", "ready", "finished")),
        *((first, word) for first in ("that's", "it's") for word in ("ok", "okay", "fine", "possible")),
        *(("after", word) for word in ("that", "this")),
        *(("as", word) for word in ("always", "usual", "discussed", "agreed", "planned")),
        ("that", "case"),
        ("at", "it"),
    }
)
_WHEN = word_set("on this next tomorrow today tonight by from at")
_DAYS = word_set(
    "monday tuesday wednesday thursday friday saturday sunday today tomorrow tonight morning afternoon evening noon "
    "week weekend month"
)
_OBJECT = DETERMINERS | word_set("it them him her everything everyone")
_SURE = (("make", "sure"), ("see", "that"), ("see", "to"), ("be", "sure"))
_BECOMES = IS | word_set("gets get be been is are")
_NEEDING = word_set("needs need want wants require requires")
_PRAISE = word_set("appreciate appreciated grateful great nice good kind lovely helpful thankful perfect fantastic")
_OPINION = word_set("think wonder wondering reckon believe guess whether")
_ASKED = word_set("did was were")
_ASKING = word_set("who which what when where why how whose")
_GOES_ON = word_set("and then please so")


def leads(tokens: Sequence[str], index: int) -> bool:
    """Does the word at `index` stand where an imperative begins?"""
    if index == 0 or tokens[index - 1] in _LEADERS:
        return True
    before = tokens[index - 1]
    if tuple(tokens[max(0, index - 2) : index]) in _FRONTED:
        return True
    if before in _CALLS:
        return index <= _FEW and all(word in _CALLS or word in JOINING for word in tokens[: index - 1])
    if before in ME and tokens[index - 2 : index - 1] == ("help",):
        return True
    return (
        before in _DAYS and tokens[0] in _WHEN and tokens[index + 1 : index + 2] != () and tokens[index + 1] in _OBJECT
    )


def asked_about(verb: str, tokens: Sequence[str], index: int, *, question: bool) -> bool:
    """ "Did you move it?", "which of them should be moved?": a question about what was or ought to be changed."""
    if index == 0 or lexicon.verb_effect(verb) in ("read", "egress", None):
        return False
    first = tokens[0]
    past = first in _ASKED or (first in ("has", "have") and "been" in tokens[max(0, index - _NEAR) : index])
    return (past or (question and first in _ASKING)) and _GOES_ON.isdisjoint(tokens[max(1, index - _NEAR) : index])


def softly(tokens: Sequence[str], index: int, *, question: bool) -> str | None:
    """The verb that the word at `index` asks for without an imperative, None where it asks for nothing."""
    word = tokens[index]
    lemma = lexicon.lemma(word)
    if not lexicon.verb_classes(lemma):
        return None
    if word.endswith("ing") and word != lemma:
        wished = index > 0 and tokens[index - 1] in _NEEDING
        welcome = index == 0 and any(pair == ("would", "be") for pair in pairwise(tokens[1:_NEAR]))
        return lemma if wished or welcome else None
    if lexicon.is_past(word):
        return lemma if index and _to_become(tokens, index) else None
    return lemma if word == lemma and index > 1 and _suggested(tokens, index, question=question) else None


def _to_become(tokens: Sequence[str], index: int) -> bool:
    """ "Make sure that it is moved", "it is to be moved", "I'd be glad if you moved it"."""
    before = tokens[max(0, index - _NEAR) : index]
    if before[-1] in _BECOMES and before[-1] not in ("was", "were"):
        sure = any(pair in _SURE for pair in pairwise(before)) or "ensure" in before
        planned = before[-1] == "be" and before[-2:-1] == ("to",) and before[-3:-2] != () and before[-3] in IS
        return sure or planned
    return (
        before[-1] == "you" and "if" in before and not _PRAISE.isdisjoint(tokens[max(0, index - _NEAR) : index + _NEAR])
    )


def _suggested(tokens: Sequence[str], index: int, *, question: bool) -> bool:
    """ "We should move it", "can we move it?", "why don't we move it?"."""
    two = tuple(tokens[index - 2 : index])
    if two in (("we", "should"), ("we", "must"), ("i", "must"), ("i", "should")):
        return not question and _OPINION.isdisjoint(tokens[max(0, index - _NEAR) : index])
    if two in (("can", "we"), ("could", "we")):
        called = index <= _FEW and all(word in _CALLS or word in JOINING for word in tokens[: index - 2])
        return tokens[0] in ("can", "could") or called
    return two == ("why", "not") or tuple(tokens[index - 3 : index]) in (
        ("why", "don't", "you"),
        ("why", "don't", "we"),
    )
