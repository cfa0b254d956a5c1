"""Does the user's task want what a tool does?"""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

from pytest_agentsafety import lexicon
from pytest_agentsafety.model.policy import Effect, ToolRule
from pytest_agentsafety.model.sense import ToolSense
from pytest_agentsafety.provenance.orders import verb_of_noun
from pytest_agentsafety.provenance.reading import Reading

Want = Literal["act and thing", "act", "thing", "nothing"]
# What cannot be taken back counts only in the user's own words, never in those of a text the user pointed to.
OWN_WORDS_ONLY = frozenset({"pay", "delete", "execute"})
_MOST = 1_000  # tools whose orders are remembered for one task
_MAKING = frozenset({"create", "make", "add", "issue", "submit", "place", "enter"})
_ANYTHING = frozenset({"item", "object", "thing", "entry", "record", "element", "resource"})  # names no sort of thing
_HANDED_OVER = frozenset({"send", "give", "share", "equip", "upload"})  # verb classes that may hand over anything


@lru_cache(maxsize=4096)
def things_of(objects: frozenset[str]) -> frozenset[str]:
    """The words for the sorts of things that a tool acts on."""
    return frozenset(word for name in objects for word in (*lexicon.noun_group(name), lexicon.lemma(name)))


def ordered(reading: Reading, sense: ToolSense, effect: Effect) -> bool:
    """Is the tool's act ordered, by its own verb or one for the same act? Every way to pay is paying,
    every way to reach somebody is reaching somebody.

    What cannot be taken back needs a verb that clearly means it ("take" may mean anything), in a sense that can
    ("pay attention" pays nobody). "Send" is an order to pay where it is money that is to be sent.
    """
    key = sense.verbs, sense.objects, effect
    known = reading.known.get(key)
    if known is None:
        if len(reading.known) > _MOST:
            reading.known.clear()
        known = reading.known[key] = _ordered(reading, sense, effect)
    return known


def _made_by_noun(sense: ToolSense, found: frozenset[str]) -> bool:
    """ "Lend it to Ole" and "create_loan": the verb of what is made is ordered, in a sense that both clearly have."""
    if not sense.verbs <= _MAKING:
        return False
    nouns = (verb for name in sense.objects if (verb := verb_of_noun(name)) is not None)
    return any(
        lexicon.class_effect(name) != "read" and name not in _HANDED_OVER
        for verb in nouns
        for order in found
        for name in lexicon.clear_classes(verb) & lexicon.clear_classes(order)
    )


def _ordered(reading: Reading, sense: ToolSense, effect: Effect) -> bool:
    if effect in OWN_WORDS_ONLY:
        return _gravely_ordered(reading, sense, effect)
    found = reading.orders
    if effect == "egress" and "write" not in sense.verbs and "message" not in found:
        found = found - {"write"}  # a text is written for the user; "write to somebody" is a message
    if effect == "egress" and any(_clearly(order, effect) for order in found):
        return True
    if effect == "write" and _made_by_noun(sense, found):
        return True
    return any(lexicon.same_action(verb, order) for verb in sense.verbs for order in found)


def _gravely_ordered(reading: Reading, sense: ToolSense, effect: Effect) -> bool:
    found = reading.ordered.grave
    if effect in ("pay", "delete") and any(_clearly(order, effect) for order in found):
        return effect != "delete" or spoken_of(reading, sense)
    if effect == "pay" and (reading.ordered.money or _made_by_noun(sense, found)):
        return True
    # Whatever a rule says that a "fetch" does, "read" does not order it; nor does "send" order a payment.
    too_little = _HANDED_OVER if effect == "pay" else frozenset[str]()
    return any(
        lexicon.class_effect(name) != "read" and name not in too_little
        for verb in sense.verbs
        for order in found
        for name in lexicon.verb_classes(verb)
        & (lexicon.verb_classes(order) if verb == order else lexicon.clear_classes(order))
    )


def clearly_ordered(reading: Reading, effect: Effect) -> bool:
    """Does a verb that clearly means it order this effect, on whatever?"""
    return any(_clearly(order, effect) for order in reading.ordered.grave)


def named_to_be_made(reading: Reading, sense: ToolSense, names: frozenset[str] = frozenset()) -> bool:
    """ "I need an ad", "make her an offer": is the thing itself asked for, whatever the tool calls its making?

    `names`: the words that the call names it by ("I need the blue boat")."""
    return not reading.made.isdisjoint(things_of(sense.objects) | names)


def _clearly(verb: str, effect: Effect) -> bool:
    return any(lexicon.class_effect(name) == effect for name in lexicon.clear_classes(verb))


def spoken_of(reading: Reading, sense: ToolSense) -> bool:
    """Is the sort of thing that the tool acts on spoken of? True where the tool names none."""
    return sense.objects <= _ANYTHING or not reading.things.isdisjoint(things_of(sense.objects))


def wanted(rule: ToolRule, sense: ToolSense, own: Reading, delegated: Reading | None) -> Want:
    """How much of what the tool does the task asks for; `delegated` is a text the user told to follow."""
    act, thing = ordered(own, sense, rule.effect), spoken_of(own, sense)
    if delegated is not None and rule.effect not in OWN_WORDS_ONLY:
        act = act or ordered(delegated, sense, rule.effect)
        thing = thing or spoken_of(delegated, sense)
    if act:
        return "act and thing" if thing else "act"
    return "thing" if thing else "nothing"
