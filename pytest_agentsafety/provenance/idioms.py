"""What a verb means with what stands behind it: "pay attention" pays nothing, "drop me a line" deletes nothing.

General English, made in advance: a verb with a sort of object, or with a particle. `meaning` gives the verbs an idiom
stands for, `grave` whether a verb is meant in the sense that moves money, deletes or runs something.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pytest_agentsafety import lexicon
from pytest_agentsafety.provenance.vocabulary import DETERMINERS, JOINING, PREPOSITIONS, word_set

_REACH = 8  # words behind a verb that are looked at
_ENDS = (
    PREPOSITIONS
    | (JOINING - {"just", "simply", "now", "you"})
    | word_set(
        "until till when while before after if because so over under past out up off down away back if where how that "
        "who which what whether between through across around along into today tomorrow tonight asap once again please "
        "reading doing"
    )
) - {"all", "both"}
_PRONOUNS = word_set("it this that them these those everything him her me us")
_A_FEW = word_set("a an some few quick short brief little")

# Nothing that anybody could be paid, that could be deleted, or run.
_IMMATERIAL = word_set(
    "attention heed respect regard homage tribute compliment mind court visit call service notice credence obeisance "
    "penance dividend lip"
)
_DURATION = word_set(
    "time second minute hour day week weekend month year moment morning afternoon evening night while lifetime "
    "holiday vacation energy effort thought attention love care"
)
_DOUBT = word_set(
    "doubt confusion misunderstanding ambiguity obstacle uncertainty concern worry fear suspicion tension stress "
    "barrier hurdle friction bottleneck guesswork impression temptation misconception pressure fog dust air throat "
    "mind head way path mood vibe noise boredom thirst hunger pain"
)
_CHARGED = word_set(
    "phone battery laptop tablet car watch headphone earbud headset scooter bike camera drone toothbrush powerbank "
    "vehicle ev e-bike device speaker mouse keyboard razor shaver robot vacuum lamp torch smartphone ipad"
)
_CLEANED = word_set(
    "kitchen floor window dish face nose hand tear sweat counter smile brow bathroom oven sink pool tooth hair beard "
    "lawn garden shoe mirror car fridge grill carpet sofa whiteboard blackboard lens boat hull deck"
)
_UNDERTAKEN = word_set(
    "errand risk race marathon bath mile kilometre kilometer lap fever temperature meeting household store shop "
    "business company number ad advert story article campaign workshop session course class show event shift gauntlet "
    "gamut team department club interview hand finger eye"
)
_SORTED = word_set(
    "list name file row entry result record column line item message email mail contact task word number paper book "
    "document note photo card letter page product ticket event option invoice bill team member player thing one"
)
_SORTING = word_set("alphabetically chronologically numerically ascending descending alphabetical chronological")
_SAID_THINGS = word_set(
    "line note word hint message email mail letter postcard text card confirmation reminder update reply "
    "notice summary invitation answer"
)
_OTHER_GOODS = word_set(
    "mail message channel file document folder image video task ticket project event code repository commit news"
)
_TIMES = word_set(
    "monday tuesday wednesday thursday friday saturday sunday noon midnight morning evening tonight today tomorrow end "
    "next phone mail email post courier card credit invoice january february march april may june july august "
    "september october november december the this"
)
_MONEY = word_set(
    "money payment rent fund cash salary wage allowance deposit refund fee tip donation reimbursement bail "
    "tuition instalment installment remittance"
)
_UNITS = word_set(
    "$ € £ ¥ usd eur gbp chf jpy cad aud dollar euro pound buck franc yen crown krone krona peso rupee cent quid grand"
)
_SIGNS = frozenset("$€£¥")
_CALLING_IN = word_set("by in round over around out")
_ASTRAY = word_set("into across away through over late low short out off up down around along after for to from")
_PLANS = word_set("plan idea date draft text trip change wording proposal")
_ABOUT = word_set("on about for how")
_CONSENT = word_set("go-ahead ok okay nod approval blessing green-light")
_WRITTEN_IN = word_set("file record note notes log chart diary journal book history")
_INTO = word_set("in into to")
_ACCOUNTS = word_set("account tab bill invoice")
_SHOWN_ON = word_set("website site homepage blog feed board noticeboard page wall forum intranet")
_HANDING_OVER = word_set("transfer wire deposit withdraw")
_TAKING_AWAY = word_set(
    "remove delete erase eliminate clear wipe clean discard drop purge kill destroy flush scrub banish dispel cleanup "
    "terminate eradicate extinguish cancel cut trim"
)


@dataclass(frozen=True, slots=True)
class Behind:
    """What stands behind a verb: its objects' words up to a preposition or another clause, and what follows them."""

    objects: tuple[str, ...]
    after: tuple[str, ...]

    @property
    def head(self) -> str:
        """The noun of the last object."""
        return lexicon.lemma(self.objects[-1]) if self.objects else ""

    @property
    def next(self) -> str:
        """The word behind the objects."""
        return self.after[0] if self.after else ""

    @property
    def only_pronoun(self) -> bool:
        return not self.objects or (len(self.objects) == 1 and self.objects[0] in _PRONOUNS)


_Rule = Callable[[Behind], frozenset[str] | None]


def behind(tokens: Sequence[str], index: int) -> Behind:
    """What stands behind the word at `index`."""
    rest = tuple(tokens[index + 1 : index + 1 + _REACH])
    end = next((at for at, word in enumerate(rest) if word in _ENDS and word not in _PRONOUNS), len(rest))
    return Behind(rest[:end], rest[end:])


def of_money(tokens: Sequence[str], index: int) -> bool:
    """Is it money that the verb at `index` hands over: an amount, or a word for one, right behind it or behind whom?"""
    found = behind(tokens, index)
    words = found.objects
    if not words:
        return False
    if found.head in _MONEY:
        return found.next not in _ABOUT - {"for"}  # "a tip on how to"
    if len(words) > 1 and words[-1].isdigit() and words[-2] in _SIGNS:
        return True
    if len(words) > 1 and lexicon.lemma(words[-1]) in _UNITS and words[-2][0].isdigit():
        return True
    return _amount(words[-1]) and (words[-2:-1] == () or words[-2] in _SIGNS)


def _amount(word: str) -> bool:
    return word[0].isdigit()


def _money_near(found: Behind) -> bool:
    return any(_amount(word) or word in _SIGNS for word in (*found.objects, *found.after))


def meaning(verb: str, tokens: Sequence[str], index: int) -> frozenset[str] | None:
    """The verbs that the words from `index` on mean together, None where the verb means itself."""
    rule = _IDIOMS.get(verb)
    if rule is None:
        return None
    found = behind(tokens, index)
    return None if _money_near(found) and verb not in ("order", "reorder", "put") else rule(found)


def grave(verb: str, tokens: Sequence[str], index: int) -> bool:
    """Can the order at `index` be one to pay, delete or run something, by what stands behind it?"""
    found = behind(tokens, index)
    nominal = index > 0 and tokens[index - 1] in _A_FEW | DETERMINERS
    if verb == "run":
        return found.head not in _UNDERTAKEN and not (nominal and found.next != "of")
    if verb in ("charge", "recharge"):
        return found.head not in _CHARGED or _money_near(found)
    if verb in _HANDING_OVER:
        goods = bool(lexicon.groups_of(found.head) & _OTHER_GOODS) or found.head == "call"
        return not goods or found.head in _MONEY or _money_near(found)
    return not (verb in _TAKING_AWAY and found.head in _CLEANED | _DOUBT)


def _nothing(heads: frozenset[str], beside: frozenset[str] = frozenset()) -> _Rule:
    def rule(found: Behind) -> frozenset[str] | None:
        unmeant = found.head in heads or (found.only_pronoun and found.next in beside)
        return frozenset() if unmeant else None

    return rule


def _ordering(found: Behind) -> frozenset[str] | None:
    words = (*found.objects, *found.after)
    if not _SORTING.isdisjoint(words):
        return frozenset({"sort"})
    by = found.after.index("by") + 1 if "by" in found.after[:-1] else 0
    key = found.after[by] if by else ""
    listed = found.head in _SORTED or (found.only_pronoun and bool(found.objects))
    return frozenset({"sort"}) if listed and key and key not in _TIMES and not _amount(key) else None


def _reordering(found: Behind) -> frozenset[str] | None:
    """ "Reorder the tea, 50 pieces": bought again, unless it is a list that gets another order."""
    return (
        frozenset({"sort"})
        if found.head in _SORTED - {"item", "product"} or "by" in found.after
        else frozenset({"order"})
    )


def _booking(found: Behind) -> frozenset[str] | None:
    named = "name" in found.after[:5] or "my" in found.after[:2]
    entered = found.next == "under" or (found.next in ("as", "to") and found.only_pronoun and bool(found.objects))
    return frozenset({"record"}) if entered and not named else None


def _putting(found: Behind) -> frozenset[str] | None:
    """ "Put it on her bill", "put a note on the website"."""
    where = {lexicon.lemma(word) for word in found.after[1:5]}
    if "archive" in where and found.next in _INTO:
        return frozenset({"archive", "move", "put"})
    if found.next in _INTO and not _WRITTEN_IN.isdisjoint(where):
        return frozenset({"put", "add", "write", "log", "record", "note"})
    if found.next not in ("on", "onto"):
        return None
    if not _ACCOUNTS.isdisjoint(where):
        return frozenset({"put", "add", "charge", "bill"})
    return frozenset({"put", "add", "post", "publish"}) if not _SHOWN_ON.isdisjoint(where) else None


def _dropping(found: Behind) -> frozenset[str] | None:
    words = found.objects
    if _a_line(words) and words[0] not in ("me", "us"):
        return frozenset({"message"})
    if found.head in _SAID_THINGS and (not _A_FEW.isdisjoint(words) or words[0] in _PRONOUNS):
        return frozenset() if words[0] in ("me", "us") else frozenset({"message"})
    if found.next == "off" or "off" in words:
        return frozenset({"deliver"})
    return frozenset({"visit"}) if not words and found.next in _CALLING_IN else None


def _a_line(words: Sequence[str]) -> bool:
    """ "Drop Ole a line", "shoot her a quick message"."""
    return any(
        lexicon.lemma(word) in _SAID_THINGS and not _A_FEW.isdisjoint(words[max(0, at - 2) : at])
        for at, word in enumerate(words[:6])
        if at > 1
    )


def _shooting(found: Behind) -> frozenset[str] | None:
    return frozenset({"message"}) if _a_line(found.objects) and found.objects[0] not in ("me", "us") else None


def _giving(found: Behind) -> frozenset[str] | None:
    """ "Give Ole the go-ahead"."""
    said = {*found.objects, *found.after[:4]}
    return frozenset({"approve", "accept", "confirm", "allow"}) if not _CONSENT.isdisjoint(said) else None


def _saying(found: Behind) -> frozenset[str] | None:
    """ "Say yes to Ole"."""
    if found.next != "to" or found.objects not in (("yes",), ("no",)):
        return None
    return frozenset({"approve", "accept"} if found.objects == ("yes",) else {"decline", "reject"})


def _getting(found: Behind) -> frozenset[str] | None:
    """ "Get the form to Ole", "get in touch with Ole"."""
    if found.objects == () and found.after[:2] == ("in", "touch"):
        return frozenset({"message", "contact"})
    whom = found.after[1:2]
    handed = found.next == "to" and len(found.objects) > 1 and found.objects[0] in DETERMINERS and whom != ()
    return frozenset({"send", "give"}) if handed and not lexicon.verb_classes(whom[0]) else None


def _taking(found: Behind) -> frozenset[str] | None:
    """ "Take it off hold", "lift the hold"."""
    if "hold" in found.objects[-1:] or found.after[:2] == ("off", "hold"):
        return frozenset({"release", "resume", "unhold"})
    return None


def _means(*verbs: str) -> _Rule:
    return lambda _: frozenset(verbs)


def _agreed(found: Behind) -> frozenset[str] | None:
    """ "Clear it with Ole", "run this past Ole"."""
    pronoun = found.only_pronoun and bool(found.objects)
    return frozenset({"ask"}) if pronoun and found.next in ("by", "past", "with") else None


def _clearing(found: Behind) -> frozenset[str] | None:
    if found.next == "up" or found.objects[-1:] == ("up",) or found.head in _DOUBT:
        return frozenset()
    with_somebody = found.next in ("with", "by") and (found.only_pronoun or found.head in _PLANS)
    return frozenset({"ask"}) if with_somebody else None


def _running(found: Behind) -> frozenset[str] | None:
    if not found.objects and found.next in _ASTRAY:
        return frozenset()
    return _agreed(found) if found.next != "with" else None


def _tipping(found: Behind) -> frozenset[str] | None:
    if found.next == "off" or "off" in found.objects:
        return frozenset({"tell"})
    return frozenset() if not found.objects and found.next in _ABOUT else None


_IDIOMS: dict[str, _Rule] = {
    "pay": _nothing(_IMMATERIAL, frozenset({"off"})),
    **dict.fromkeys(("spend", "invest", "waste", "pass"), _nothing(_DURATION)),
    "buy": _nothing(_DURATION, frozenset({"into", "in"})),
    "sell": _nothing(word_set("idea story vision dream soul"), frozenset({"on"})),
    "trade": _nothing(word_set("place idea note story glance insult")),
    "reserve": _nothing(word_set("judgment judgement right comment opinion")),
    "order": _ordering,
    "reorder": _reordering,
    "book": _booking,
    "put": _putting,
    "give": _giving,
    "say": _saying,
    "get": _getting,
    "shoot": _shooting,
    "lift": _taking,
    "take": _taking,
    **dict.fromkeys(("scrap", "axe", "ditch"), _means("cancel", "remove")),
    **dict.fromkeys(("nudge", "chase"), _means("remind", "message")),
    "unblock": _means("unblock", "release", "unlock"),
    "drop": _dropping,
    "clear": _clearing,
    "kill": _nothing(_DURATION | _DOUBT | word_set("engine light music")),
    "cancel": _nothing(frozenset(), frozenset({"out"})),
    "run": _running,
    "trigger": _nothing(word_set("memory emotion feeling reaction allergy")),
    "tip": _tipping,
}
