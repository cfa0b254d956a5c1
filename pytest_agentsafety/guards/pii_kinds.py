"""What a kind of personal data is, and the small tools that the tables of kinds are made with."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

Spans = tuple[tuple[int, int], ...]
Finder = Callable[[str], Spans]
Test = Callable[[str], bool]

# Between the name of a number and the number: `ssn: 1`, `"ssn": "1"`, `my ssn is 1`. No `]`: `[redacted ssn]` names
# nothing; no comma: the next field of a record has a name of its own.
GAP = r"[^0-9\n\],]{0,24}?"
# The same where the number may hold letters, so that words between are not told from it by their letters.
LOOSE_GAP = r"[^\n\],]{0,24}?"


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


def name_of(words: str) -> str:
    """The pattern of a name before a number."""
    return rf"(?:\b|_)(?i:{words})(?:\b|_)"


def after_name(words: str, number: str, test: Test | None = None, *, gap: str = GAP) -> tuple[str, Finder]:
    """Pattern and check for a number that only its name tells from others: `words` some characters before `number`."""
    tail = re.compile(rf"(?:\b|(?<=_))(?:{number})\Z")

    def check(candidate: str) -> Spans:
        match = tail.search(candidate)
        if match is None or (test is not None and not test(flat(match.group()))):
            return ()
        return (match.span(),)

    return rf"{name_of(words)}{gap}\b(?:{number})\b", check


def named(
    name: str, words: str, number: str, test: Test | None = None, *, gap: str = GAP, secret: bool = False
) -> Kind:
    """A kind that is found behind its name only."""
    pattern, check = after_name(words, number, test, gap=gap)
    return Kind(name=name, pattern=pattern, check=check, secret=secret, words=name_of(words))


def formed(name: str, number: str, test: Test = bool, *, strong: bool = False) -> Kind:
    """A kind that its own form and its check digits tell from others."""
    return Kind(name=name, pattern=rf"\b(?:{number})\b", check=flat_when(test), strong=strong)
