"""Words of English grammar, and which tokens are verbs."""

from __future__ import annotations

from pytest_agentsafety.lexicon import often_noun, verb_base, verb_classes
from pytest_agentsafety.permissions.words import CODED, word_set

_NO_VERBS = word_set("input output new example note warning time")
STATIVE = frozenset({"know"})  # "belongs to", "contains": nothing is done
DETERMINERS = word_set(
    "a an the this that these those your my its their his her our any all some one each every another new it "
    "them multiple several single given specified existing specific"
)
STOPS = word_set(
    "of to from in on at by with for as into via using based that which when where whose who if so about "
    "within through between under without over and or but be is are than then while once during after before "
    "per against across upon until up out including such like"
)
ARTICLES = word_set("the a an your my our their this these those its")
DESCRIBING = word_set(
    "plain full current latest recent detailed complete raw basic general daily upcoming available all"
)
_CIPHERS = CODED | word_set(
    "promo promotion discount coupon voucher qr bar verification access area tracking reference referral gift "
    "activation confirmation booking auth dial discount redemption security swift sort door entry lock morse dress"
)
# Nouns made of verbs that the dictionary does not lead back.
DEVERBAL = {
    "payment": "pay",
    "purchase": "buy",
    "deletion": "delete",
    "removal": "remove",
    "creation": "create",
    "calculation": "calculate",
    "computation": "compute",
    "analysis": "analyse",
    "comparison": "compare",
    "reservation": "reserve",
    "booking": "book",
    "appointment": "schedule",
    "cancellation": "cancel",
    "translation": "translate",
    "conversion": "convert",
    "transaction": "pay",
    "installation": "install",
    "deployment": "deploy",
    "subscription": "subscribe",
    "submission": "submit",
    "retrieval": "retrieve",
    "lookup": "search",
    "operation": "operate",
    "modification": "modify",
    "verification": "verify",
    "validation": "validate",
    "evaluation": "evaluate",
    "extraction": "extract",
    "generation": "generate",
    "transformation": "transform",
    "summary": "summarise",
    "inspection": "inspect",
    "investigation": "investigate",
    "aggregation": "aggregate",
    "withdrawal": "withdraw",
    "screenshot": "capture",
    "snapshot": "capture",
    "query": "search",
    "action": "do",
    "division": "divide",
    "multiplication": "multiply",
    "addition": "calculate",
    "subtraction": "subtract",
    "detection": "detect",
    "classification": "classify",
    "recognition": "recognise",
    "enumeration": "enumerate",
}


def is_verb(token: str) -> bool:
    """Whether a token is a verb's base, third person or -ing form (a past is an adjective here: "deleted files")."""
    base = verb_base(token)
    return (
        token not in _NO_VERBS
        and bool(verb_classes(base) - STATIVE)
        and (token == base or token.endswith(("s", "ing")))
    )


def without_ciphers(nouns: list[str]) -> list[str]:
    """The nouns without a "code" that is no program: "a promo code", "the QR code"."""
    return [noun for place, noun in enumerate(nouns) if not (noun == "code" and place and nouns[place - 1] in _CIPHERS)]


def made_of(noun: str) -> str | None:
    """The verb that a noun is made of, None when it is none: "a payment", "a search"."""
    if noun in DEVERBAL:
        return DEVERBAL[noun]
    return noun if verb_classes(noun) and often_noun(noun) else None
