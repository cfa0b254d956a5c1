"""What a kind of personal data is, and the small tools that the tables of kinds are made with."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

Spans = tuple[tuple[int, int], ...]
Finder = Callable[[str], Spans]
Test = Callable[[str], bool]

# Between the name of a number and the number: `ssn: 1`, `"ssn": "1"`, `my ssn is 1`, `row["ssn"] = 1`. No `]` alone:
# `[redacted ssn]` names nothing; no comma: the next field of a record has a name of its own.
GAP = r"(?:[^0-9\n\],]|[\"']\]){0,24}?"
# The same where the number may hold letters, so that words between are not told from it by their letters.
LOOSE_GAP = r"(?:[^\n\],]|[\"']\]){0,24}?"
# Asked for in one line, told in the next: `your ssn?`, `bo: it's 1`, with a time before whoever says it.
ASKED = r"[^\n0-9?,]{0,24}\?[^\n]{0,8}\n\W{0,2}(?:\d\d:\d\d(?::\d\d)?\W{1,2})?[^\n0-9]{0,32}?"
# The number first: `1 is my ssn`, `1 (ssn)`, `1 als ssn`.
LINK = (
    r"[\"'`)]?(?: is (?:the|my|your|his|her|their|our) (?:[a-z]{1,8} )?|"
    r" as (?:(?:the|a|an|my|your|his|her|their|our) )?|"
    r" als (?:[a-z]{1,6} )?| (?:comme|como|come) (?:[a-z]{1,4} )?)"
)


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One kind of data. `check` gets a candidate and says which parts of it are real.

    `hint` is looked for instead of the pattern at first, where the pattern would make that slow: everything that the
    pattern matches holds it. `words` is the same of a kind with a name before it: the name, which is looked for only in
    texts that hold something like a number. `glued` candidates may touch other word characters; all others must stand
    alone. `secret` gives access to something; `strong` is told by its own form (prefix or check digits), and so is
    found in unlikely readings too. `costly` has a check that is asked a bounded number of times per text. A `strict`
    one is part of something longer where a joiner follows, although it need not end with a digit.
    """

    name: str
    pattern: str
    check: Finder
    hint: str = ""
    words: str = ""
    glued: bool = False
    secret: bool = False
    strong: bool = False
    costly: bool = False
    strict: bool = False


def whole(candidate: str) -> Spans:
    return ((0, len(candidate)),)


def when(test: Test) -> Finder:
    """The whole candidate, if the test says so."""
    return lambda candidate: whole(candidate) if test(candidate) else ()


_SEPARATORS = str.maketrans("", "", " -./()<")


def flat(text: str) -> str:
    """Letters and digits alone, in capitals."""
    short = text.translate(_SEPARATORS)
    if short.isalnum():
        return short.upper()
    return "".join(c for c in text if c.isalnum()).upper()


def flat_when(test: Test) -> Finder:
    """The whole candidate, if the test says so of its letters and digits."""
    return lambda candidate: whole(candidate) if test(flat(candidate)) else ()


_NUMBER = r"(?:[ _-]?(?:nummer|number|numero|num|nr|no))?"


def name_of(words: str, foreign: str = "") -> str:
    """The pattern of a name before a number. `foreign`: names in other scripts, which have no edges that RE2 knows."""
    own = rf"(?:\b|_)(?i:(?:{words}){_NUMBER})(?:\b|_)"
    return rf"(?:{own}|(?i:{foreign}))" if foreign else own


def after_name(name: str, number: str, test: Test | None = None, *, gap: str = GAP) -> tuple[str, Finder]:
    """Pattern and check for a number that only its name tells from others: some characters before it, or behind it."""
    tail = re.compile(rf"(?:\b|(?<=_))(?:{number})\Z", re.ASCII)
    head = re.compile(rf"(?:{number})\b", re.ASCII)

    def check(candidate: str) -> Spans:
        matches = (head.match(candidate), tail.search(candidate))
        spans = [m.span() for m in matches if m is not None and (test is None or test(flat(m.group())))]
        return tuple(spans[:1] if len(spans) == 2 and spans[1][0] < spans[0][1] else spans)

    behind = rf"(?:{gap}|{ASKED})\b(?:{number})\b"
    return rf"(?:{name}{behind}|\b(?:{number})\b(?:{LINK}{name}(?:{behind})?| \({name}\)))", check


def named(
    name: str,
    words: str,
    number: str,
    test: Test | None = None,
    *,
    gap: str = GAP,
    secret: bool = False,
    foreign: str = "",
) -> Kind:
    """A kind that is found beside its name only."""
    pattern, check = after_name(name_of(words, foreign), number, test, gap=gap)
    return Kind(name=name, pattern=pattern, check=check, secret=secret, words=name_of(words, foreign))


def formed(name: str, number: str, test: Test = bool, *, strong: bool = False) -> Kind:
    """A kind that its own form and its check digits tell from others."""
    return Kind(name=name, pattern=rf"\b(?:{number})\b", check=flat_when(test), strong=strong)
