"""Texts that a pattern matches, drawn at random: to see that no search for its words first loses one."""

from __future__ import annotations

import random
from re import _constants as ops  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

_LONGEST = 4  # times that something without a bound is repeated
_CLASSES = {
    ops.CATEGORY_SPACE: " \n\t",
    ops.CATEGORY_NOT_SPACE: "aZ9-",
    ops.CATEGORY_WORD: "aZ9_",
    ops.CATEGORY_NOT_WORD: " ,-",
    ops.CATEGORY_DIGIT: "0123456789",
    ops.CATEGORY_NOT_DIGIT: "a ",
}
_ANY = "ab Z9,-'é请"


def drawn(pattern: str, rnd: random.Random) -> str:
    """A text that the pattern may match: word boundaries are not looked after."""
    return "".join(_draw(op, value, rnd) for op, value in parser.parse(pattern, 0))


def _draw(op: Any, value: Any, rnd: random.Random) -> str:
    if op is ops.LITERAL:
        return rnd.choice((chr(value), chr(value), chr(value).upper()))
    if op is ops.SUBPATTERN:
        return "".join(_draw(*one, rnd) for one in value[3])
    if op is ops.BRANCH:
        return "".join(_draw(*one, rnd) for one in rnd.choice(value[1]))
    if op in (ops.MAX_REPEAT, ops.MIN_REPEAT):
        least, most, inner = value
        times = rnd.randint(least, least + _LONGEST if most is ops.MAXREPEAT else most)
        return "".join(_draw(*one, rnd) for _ in range(times) for one in inner)
    if op is ops.AT:
        return ""
    return rnd.choice(_members(op, value))


def _members(op: Any, value: Any) -> str:
    if op is ops.IN:
        if value[0][0] is ops.NEGATE:
            without = "".join(_members(*one) for one in value[1:])
            return "".join(c for c in _ANY if c not in without and not (c == " " and "\n" in without))
        return "".join(_members(*one) for one in value)
    if op is ops.CATEGORY:
        return _CLASSES[value]
    if op is ops.RANGE:
        return chr(value[0]) + chr(value[1])
    if op is ops.NOT_LITERAL:
        return "".join(c for c in _ANY if ord(c) != value)
    return chr(value) if op is ops.LITERAL else _ANY
