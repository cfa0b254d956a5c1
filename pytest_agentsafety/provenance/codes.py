"""A code in a text that the user means: which one, if there is only one it could be."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from pytest_agentsafety.provenance.normal import normalise
from pytest_agentsafety.provenance.normal import squeeze as normalise_keeping_case
from pytest_agentsafety.provenance.reading import Reading

_CODE = re.compile(r"(?<![\w@./-])@?(?=[\w-]{0,40}\d)[A-Za-z0-9]+(?:[-_][A-Za-z0-9]+)*(?![\w@/-]|\.\w)")
_SHORT = 3
# A house number beside a name, a post code, a unit of a building.
_HOUSE = re.compile(
    r"\b\d{1,4}[a-z]?,? [A-Z][a-z]+|[A-Z][a-z.]+ \d{1,4}[a-z]?\b(?! ?[%\u20ac$])|"
    r"\b\d{4,5} [A-Z]|\b[A-Z]{1,2}\d{1,2} \d[A-Z]{2}\b"
)
_PLAIN = re.compile(r"\d{1,4}(?:st|nd|rd|th|am|pm|h|kg|km|cm|mm|g|ml|l|k|x|%)?|\d{4}-\d\d-\d\d", re.IGNORECASE)
# "The log says which one", "as she asks", "see his ticket".
_LEFT_TO = re.compile(
    r"\b(?:as|that|what|which|whatever|whichever|when|where|how (?:many|much)) (?:\w+ ){0,2}?(?:he|she|they|it|\w+) "
    r"(?:says?|said|asks?|asked|wants?|wanted|needs?|suggests?|suggested|offers?|offered|recommends?|recommended|mentions?|"
    r"mentioned|names?|named|writes?|wrote|proposes?|proposed|requests?|requested|specif(?:y|ies|ied)|describes?|described)\b"
    r"|\bsays? (?:which|what|where|when|how)\b|"
    r"\b(?:see|check|according to|as per|per) (?:his|her|their|its|the|my|that)\b"
    r"|\b(?:he|she|they|it) (?:asks?|needs?|wants?|offers?|recommends?|names?|suggests?)\b"
    r"|\b(?:suggested|recommended|asked for|requested|proposed|quoted|offered)\b"
    r"|\bon (?:his|her|their|the) (?:quote|offer|proposal|suggestion|request)\b"
    r"|\b(?:is|are|it's|it is|stands?|given|mentioned|named|written) in (?:his|her|their|its|the|my|that)\b",
    re.IGNORECASE,
)


@lru_cache(maxsize=256)
def left_to_a_text(task: str) -> bool:
    """Does a task leave something to what somebody wrote ("the way she asks", "the log says which one")?"""
    return _LEFT_TO.search(task) is not None


def codes_in(text: str) -> frozenset[str]:
    """The codes of a text: words with a digit that are no plain number, quantity or day, and no part of a post code."""
    found = (match[0] for match in _CODE.finditer(text))
    return frozenset(code for code in found if not _PLAIN.fullmatch(code) and (len(code) > _SHORT or "-" in code))


def only_code(value: str, texts: Iterable[str], reading: Reading, known: frozenset[str]) -> bool:
    """Does the task leave something to these texts, and is the value the only code there that the task does not give
    itself and that is not `known`?"""
    if not left_to_a_text(reading.text):
        return False
    wanted = normalise(value)
    found = {normalise(code) for code in codes_in("\n".join(texts))}
    return wanted in found and not any(
        code != wanted and code not in known and not reading.states(code) for code in found
    )


def only_place(value: str, texts: Iterable[str]) -> bool:
    """Is it a postal address, and does nothing else in these texts look like a part of one?"""
    if _HOUSE.search(value) is None or value.count(" ") < 2:
        return False
    joined = normalise_keeping_case("\n".join(texts))
    spelled = normalise_keeping_case(value)
    return spelled in joined and _HOUSE.search(joined.replace(spelled, " ")) is None
