"""Orders without their verb: "put it on hold", "wake me at six", "let her have it", "if not, do it".

What is read here never pays, deletes or runs anything: it stands in no list of grave orders.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from itertools import pairwise
from typing import NamedTuple

from pytest_agentsafety import lexicon
from pytest_agentsafety.provenance.vocabulary import DETERMINERS, NEGATIONS, PHRASAL, word_set

_PLACING = word_set("put place set bring keep leave")
_STATES = word_set("on in under into to up")
_WRITTEN_BESIDE = word_set("comment note reply message remark reminder notification label tag")
_REMINDING = word_set("remind wake")
_BLOCKING = word_set("block")
_AGREEING = word_set("fine ok okay good alright approved")
_BY_ME = (("with", "me"), ("by", "me"), ("for", "me"), ("with", "us"), ("by", "us"))
_CONFIRMING = word_set("confirm acknowledge explain")
_ACCESS = word_set("access permission")
_MUST = word_set("should must ought needs has")
_RELATING = (
    ("should", "read"),
    ("should", "say"),
    ("should", "be"),
    ("is", "called"),
    ("is", "named"),
    ("is", "spelled"),
)
_GRANTING = word_set("good can looks look")
_WISHED = word_set("liked preferred wanted needed asked")
_DURATION = word_set("hour minute day morning afternoon evening time slot week")
_REMINDERS = word_set("reminder task todo to-do alarm event calendar timer")
_ME = word_set("me us")
_ASKING = word_set("did do does have has is are was were")
_AGAIN = (("do", "it"), ("do", "that"), ("do", "so"), ("do", "this"), ("go", "ahead"))
_PARTICLES = word_set("in out up off on down back over")
_NEAR = 12
_FAR = 24  # words before one that are looked at, so that no text can stall
_TELLERS = word_set("i we they he she it who which")
_MOVED = word_set("later earlier sooner")
_EXTENDED = word_set("longer")
_UNITS = word_set("minute hour day week month bit little while night")
_OUT = word_set("ahead out live in through on")
_AS_IT_IS = (("as", "it"), ("as", "is"), ("as", "they"))
_MOVING = frozenset({"move", "reschedule", "shift"})
_APPROVING = frozenset({"approve", "accept", "confirm", "release"})
_TRIGGERS = word_set("know gone read called named spelled") | (
    _MOVED
    | _EXTENDED
    | _GRANTING
    | _PLACING
    | _REMINDING
    | _BLOCKING
    | _AGREEING
    | _CONFIRMING
    | word_set("let with able do go")
)


class Indirect(NamedTuple):
    """Verbs that are meant, and the sorts of things they make."""

    verbs: frozenset[str] = frozenset()
    things: frozenset[str] = frozenset()


def implied(tokens: Sequence[str], asked: Set[str]) -> Indirect:
    """What a clause orders indirectly. `asked`: the verbs of the questions before it."""
    verbs: set[str] = set()
    things: set[str] = set()
    for index, word in enumerate(tokens):
        if word not in _TRIGGERS or not NEGATIONS.isdisjoint(tokens[max(0, index - 4) : index]):
            continue
        leads = index == 0 or not _told(tokens, index)
        if word in _PLACING and leads:
            verbs |= _state(tokens, index)
        elif word in _REMINDING and tokens[index + 1 : index + 2] and tokens[index + 1] in _ME and leads:
            verbs |= {"create", "add", "set", "schedule"}
            things |= _REMINDERS
        elif (
            word in _BLOCKING and leads and not _DURATION.isdisjoint(map(lexicon.lemma, tokens[index + 1 : index + 4]))
        ):
            verbs |= {"schedule", "create", "reserve"}
            things |= {"calendar", "event", "time"}
        elif word in _CONFIRMING and leads and ("to" in tokens[index + 1 : index + 6] or index + 1 == len(tokens)):
            verbs |= {"reply", "tell"}
        elif word == "with" and index:
            beside = _beside(tokens, index)
            verbs |= {"add", *beside} if beside else frozenset()
            things |= beside
        elif tuple(tokens[index : index + 2]) in _AGAIN and leads:
            verbs |= asked
        else:
            verbs |= _consented(tokens, index, leads=leads)
            things |= _ACCESS if word == "able" and verbs & {"grant"} else frozenset()
    return Indirect(frozenset(verbs), frozenset(things))


def _by_some_time(tokens: Sequence[str], index: int) -> bool:
    """ "An hour later", "a bit longer": of something that is to come, and not told of the past."""
    before = tokens[max(0, index - 3) : index]
    past = any(lexicon.is_past(word) and word not in _WISHED for word in tokens[max(0, index - _FAR) : index])
    return not past and not _UNITS.isdisjoint(map(lexicon.lemma, before))


def _granted(tokens: Sequence[str], index: int) -> bool:
    """ "Good to go", "can go out", "can stay as it is", "looks good"."""
    after = tuple(tokens[index + 1 : index + 3])
    if tokens[index] == "good":
        return after == ("to", "go")
    if tokens[index] in ("looks", "look"):
        return after[:1] in (("good",), ("fine",), ("ok",))
    rest = tokens[index + 1 : index + 6]
    goes = tokens[index] == "can" and rest[:1] in (("go",), ("run",)) and (len(rest) == 1 or rest[1] in _OUT)
    return index > 1 and (goes or any(pair in _AS_IT_IS for pair in pairwise(rest)))


def _said_how_it_is(tokens: Sequence[str], index: int) -> Set[str]:
    """ "Ole should know", "I want it gone", "it should read Ole", "she is called Ada now"."""
    before, word = tokens[max(0, index - _FAR) : index], tokens[index]
    if word == "know":
        told = not _MUST.isdisjoint(before[-2:]) and tokens[0] not in ("i", "we", "you", "who", "what")
        return {"tell", "inform"} if told else frozenset()
    if word == "gone":
        return {"remove", "cancel"} if "want" in before else frozenset()
    return {"rename", "correct"} if tuple(tokens[index - 1 : index + 1]) in _RELATING else frozenset()


def _consented(tokens: Sequence[str], index: int, *, leads: bool) -> Set[str]:
    """What is agreed to, allowed, or to be at another time."""
    word = tokens[index]
    if word == "able" and tokens[index + 1 : index + 2] == ("to",):
        return {"grant", "allow"}
    if word in _AGREEING and tuple(tokens[index + 1 : index + 3]) in _BY_ME:
        return _APPROVING
    if word == "let" and leads:
        return _allowed(tokens, index)
    if word in _MOVED | _EXTENDED and _by_some_time(tokens, index):
        return _MOVING if word in _MOVED else {"extend", "prolong"}
    if word in ("know", "gone", "read", "called", "named", "spelled"):
        return _said_how_it_is(tokens, index)
    return _APPROVING if word in _GRANTING and _granted(tokens, index) else frozenset()


def asked_about(tokens: Sequence[str]) -> frozenset[str]:
    """The verbs of a yes-or-no question ("did I lock the door"): what "do it" means behind it."""
    if not tokens or tokens[0] not in _ASKING:
        return frozenset()
    found = (lexicon.lemma(word) for word in tokens[2:6])
    return frozenset(verb for verb in found if lexicon.verb_effect(verb) == "write" and lexicon.clear_classes(verb))


def joined(words: Sequence[str]) -> frozenset[str]:
    """Nouns made of a verb and its particle: "check out" is about a checkout."""
    whole = frozenset(word.replace("-", "") for word in words if "-" in word)
    return whole | {first + second for first, second in pairwise(words) if second in _PARTICLES}


def together(words: Sequence[str]) -> frozenset[str]:
    """What the verbs with a particle mean, the particle up to two words behind."""
    found: set[str] = set()
    for index, word in enumerate(words):
        meanings = PHRASAL.get(lexicon.lemma(word), {})
        for after in words[index + 1 : index + 4] if meanings else ():
            found |= meanings.get(after, frozenset())
    return frozenset(found)


def _told(tokens: Sequence[str], index: int) -> bool:
    return tokens[index - 1] in _TELLERS


def _state(tokens: Sequence[str], index: int) -> frozenset[str]:
    """ "Put the two parcels on hold": the verb of what something is put into."""
    rest = tokens[index + 1 : index + 1 + _NEAR]
    for at, word in enumerate(rest[:-1]):
        if word in _STATES and at + 2 >= len(rest) - 1 and rest[at + 1] not in DETERMINERS:
            noun = lexicon.lemma(rest[at + 1])
            if lexicon.verb_effect(noun) == "write" and not lexicon.groups_of(noun):
                return frozenset({noun})
    return frozenset()


def _allowed(tokens: Sequence[str], index: int) -> frozenset[str]:
    """ "Let Ann have the plan" gives it to her; "let him check out later" allows it."""
    rest = tokens[index + 1 : index + 6]
    if not rest or rest[0] in _ME:
        return frozenset()
    for word in rest[1:]:
        if word in ("know", "let"):
            return frozenset()
        if word == "have":
            return frozenset({"give", "share", "grant"})
        if word == lexicon.lemma(word) and lexicon.verb_classes(word):
            effect = lexicon.verb_effect(word)
            return frozenset({"allow", "grant", "permit"} | ({word} if effect == "write" else set()))
    return frozenset()


def _beside(tokens: Sequence[str], index: int) -> frozenset[str]:
    """ "Close it with a short comment": what is to be written beside."""
    rest = tokens[index + 1 : index + 5]
    if not rest or rest[0] not in ("a", "an"):
        return frozenset()
    return frozenset(lexicon.lemma(word) for word in rest[1:] if lexicon.lemma(word) in _WRITTEN_BESIDE)
