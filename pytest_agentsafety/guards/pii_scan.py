"""Find personal data and secrets in a text. One prefilter, then only the kinds that can be there."""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

import re2

from pytest_agentsafety.guards.engine import EngineError
from pytest_agentsafety.guards.pii_patterns import KINDS, Kind

_WORD = frozenset("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_")
# What would make a number part of something longer: a uuid, a decimal, a dotted version, an id.
_JOINERS = frozenset("-.:/")
# What the prefilter finds in any text: its empty pattern.
_ALWAYS = [0]
_RANK = {kind.name: place for place, kind in enumerate(KINDS)}


class Finding(NamedTuple):
    """Offsets into the text as given."""

    kind: str
    start: int
    end: int


@cache
def _prefilter() -> Any:
    options = _options()
    # Index 0 always matches, so that a matcher that ran out of memory cannot pass for a clean text.
    patterns = re2.Set.SearchSet(options)
    for pattern in ("", *(kind.pattern for kind in KINDS)):
        patterns.Add(pattern)
    patterns.Compile()
    return patterns


@cache
def _pattern(kind: Kind) -> Any:
    return re2.compile(kind.pattern, _options())


def _options() -> Any:
    options = re2.Options()
    options.never_capture = True
    options.log_errors = False
    options.max_mem = 64 << 20
    return options


def has_nothing(text: str) -> bool:
    """Does `find_pii` find nothing, to be known at a look? False: it has to be asked, also where the look failed."""
    return bool(_prefilter().Match(text.encode("utf-8", "replace")) == _ALWAYS)


def find_pii(text: str) -> list[Finding]:
    """All findings, sorted, without overlaps. Raises EngineError."""
    encoded = text.encode("utf-8", "replace")
    matched = _prefilter().Match(encoded)
    if not matched or 0 not in matched:
        raise EngineError("the PII matcher ran out of memory on this text")
    if matched == _ALWAYS:
        return []
    plain = encoded.decode()
    findings: list[Finding] = []
    for index in sorted(matched):
        if index:
            findings += _find_kind(KINDS[index - 1], plain)
    return _without_overlaps(findings)


def _find_kind(kind: Kind, text: str) -> list[Finding]:
    found: list[Finding] = []
    for match in _pattern(kind).finditer(text):
        offset = match.start()
        for start, end in kind.check(match.group()):
            if kind.glued or _stands_alone(text, offset + start, offset + end):
                found.append(Finding(kind.name, offset + start, offset + end))
    return found


def _stands_alone(text: str, start: int, end: int) -> bool:
    before, after = text[max(0, start - 2) : start], text[end : end + 2]
    if (before[-1:] in _WORD and before) or (after[:1] in _WORD and after):
        return False
    glued_before = before[-1:] in _JOINERS and before[:1] in _WORD if len(before) == 2 else False
    glued_after = after[:1] in _JOINERS and after[1:] in _WORD if len(after) == 2 else False
    digits = text[start].isdigit() and text[end - 1].isdigit()
    return not (digits and (glued_before or glued_after))


def _without_overlaps(findings: list[Finding]) -> list[Finding]:
    """Kinds that come first in the table win; they were found first."""
    taken: list[Finding] = []
    for finding in sorted(findings, key=lambda f: (f.start, _RANK[f.kind])):
        if taken and finding.start < taken[-1].end:
            if _RANK[finding.kind] < _RANK[taken[-1].kind]:
                taken[-1] = finding
            continue
        taken.append(finding)
    return taken
