"""Find personal data and secrets in a text. One prefilter, then only the kinds that can be there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, NamedTuple

import re2

from pytest_agentsafety.guards.pii_kinds import Kind
from pytest_agentsafety.guards.pii_patterns import KINDS
from pytest_agentsafety.guards.pii_phones import NATIONAL_PATTERN, find_national, find_shapes
from pytest_agentsafety.guards.pii_secrets import DOUBTFUL

_WORD = frozenset("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_")
# What would make a number part of something longer: a uuid, a decimal, a dotted version, an id. A colon does so in a
# time, between digits: what stands before it else is a name, and what comes behind it a port or the next field.
_JOINERS = frozenset("-./")
_DIGITS = frozenset("0123456789")
# What the prefilter finds at the end of any text, and only there: what matches at each character slows the pass down.
_END = r"\z"
_ALWAYS = [0]
# A text that holds nothing of this holds no number with a name before it.
_NUMBER_LIKE = r"\d(?:[ ()./-]{0,3}\d){3}|[A-Z]\d{2}[A-Z]|\b[A-Z0-9]{8,17}\b|\b[1-9A-HJ-NP-Za-km-z]{25}"
_RANK: dict[str, int] = {}
for _kind in KINDS:
    _RANK.setdefault(_kind.name, len(_RANK))
_PLACE = {id(kind): place for place, kind in enumerate(KINDS)}
# A costly check is asked this often, and once more for so many characters; what looks like it then counts as it.
_ASKED, _PER_CHARACTERS = 64, 16_384


class Finding(NamedTuple):
    """Offsets into the text as given."""

    kind: str
    start: int
    end: int


def _options() -> Any:
    options = re2.Options()
    options.never_capture = True
    options.log_errors = False
    options.max_mem = 64 << 20
    return options


class _Matcher:
    """Which of some kinds may be in a text, in one pass."""

    def __init__(self, kinds: Sequence[Kind]) -> None:
        formed = [kind for kind in kinds if not kind.words]
        self._named = [kind for kind in kinds if kind.words]
        self._formed = [*formed, None] if self._named else formed
        self._match = _set([*(kind.hint or kind.pattern for kind in formed), _NUMBER_LIKE][: len(self._formed)])
        self._match_names = _set([kind.words for kind in self._named])
        number = len(self._formed)
        self._number_alone = ([number, 0], [0, number])

    def nothing(self, encoded: bytes) -> bool:
        matched = self._match(encoded)
        return bool(matched == _ALWAYS or (matched in self._number_alone and self._match_names(encoded) == _ALWAYS))

    def names(self, encoded: bytes) -> bool:
        """Is there a name of a kind that needs one?"""
        return bool(self._match_names(encoded) != _ALWAYS)

    def candidates(self, encoded: bytes) -> list[Kind]:
        """All kinds, where a pass ran out of memory: each is then looked for by itself, which needs little."""
        matched = self._match(encoded)
        if matched == _ALWAYS:
            return []
        found = _chosen(matched, self._formed)
        if None in found:
            found += _chosen(self._match_names(encoded), self._named)
        return [kind for kind in found if kind is not None]


def _set(patterns: Sequence[str]) -> Any:
    """Bytes to the indices of the patterns in them. Index 0 always matches, so that a matcher that ran out of memory
    cannot pass for a clean text."""
    patterns_set = re2.Set.SearchSet(_options())
    for pattern in (_END, *patterns):
        patterns_set.Add(pattern)
    patterns_set.Compile()
    return patterns_set.Match


def _chosen(matched: list[int], kinds: Sequence[Kind | None]) -> list[Kind | None]:
    if not matched or 0 not in matched:
        return list(kinds)
    return [kinds[index - 1] for index in sorted(matched) if index]


# Two automata and not one: secrets and numbers move on different letters, and one for both has a state for each pair of
# their states, made when a text first leads there. It costs more to make these than to look at a text twice.
@cache
def _personal() -> _Matcher:
    return _Matcher([kind for kind in KINDS if not kind.secret])


@cache
def _strong() -> _Matcher:
    return _Matcher([kind for kind in KINDS if kind.strong])


@cache
def _secrets() -> _Matcher:
    return _Matcher([*(kind for kind in KINDS if kind.secret), *DOUBTFUL])


@cache
def _keys() -> _Matcher:
    return _Matcher([kind for kind in KINDS if kind.strong and (kind.secret or kind.name == "iban")])


@cache
def _pattern(pattern: str) -> Any:
    return re2.compile(pattern, _options())


def has_nothing(text: str) -> bool:
    """Does `find_pii` find nothing, to be known at a look? False: it has to be asked, also where the look failed."""
    return leaves(text.encode("utf-8", "replace"))


def leaves(encoded: bytes) -> bool:
    """As `has_nothing`, of UTF-8."""
    return _personal().nothing(encoded) and _secrets().nothing(encoded)


def is_name(text: str) -> bool:
    """May a value that stands beside this be what only its name tells?"""
    return _personal().names(text.encode("utf-8", "replace")) or _SECRET_NAME.search(text) is not None


_SECRET_NAME = re.compile(r"pass|pwd|key|token|secret|phrase|mnemonic", re.IGNORECASE)


def find_pii(text: str, regions: Sequence[str] = ()) -> list[Finding]:
    """All findings, sorted, without overlaps.

    `regions` are codes like "GB": telephone numbers in their national form then count without a word for it before.
    """
    encoded = text.encode("utf-8", "replace")
    kinds = _in_order(_secrets().candidates(encoded), _personal().candidates(encoded))
    findings = [finding for _, found in _found(kinds, text, encoded) for finding in found]
    return _without_overlaps([*findings, *_national(text, regions)] if regions else findings)


def find_strong(text: str) -> list[Finding]:
    """What its own form tells, for readings of a text in which every other number would be found too."""
    return _without_overlaps(_find(_strong(), text))


def find_secrets(text: str) -> list[tuple[int, int]]:
    """The places of what gives or may give access to something, sorted, without overlaps; no personal data."""
    return [(finding.start, finding.end) for finding in _without_overlaps(_find(_secrets(), text))]


def find_both(text: str) -> tuple[list[tuple[int, int]], list[Finding]]:
    """What `find_secrets` and `find_pii` find, at the cost of one of them."""
    encoded = text.encode("utf-8", "replace")
    secret, personal = _secrets().candidates(encoded), _personal().candidates(encoded)
    if not secret and not personal:
        return [], []
    found = _found([*_in_order(secret, personal), *(kind for kind in secret if id(kind) not in _PLACE)], text, encoded)
    secrets = [finding for kind, findings in found if kind.secret for finding in findings]
    findings = [finding for kind, findings in found if id(kind) in _PLACE for finding in findings]
    places = [(finding.start, finding.end) for finding in _without_overlaps(secrets)]
    return places, _without_overlaps(findings)


def find_keys(text: str) -> list[Finding]:
    """Keys that are told by their form."""
    return _without_overlaps(_find(_keys(), text))


def _find(matcher: _Matcher, text: str) -> list[Finding]:
    encoded = text.encode("utf-8", "replace")
    return [finding for _, found in _found(matcher.candidates(encoded), text, encoded) for finding in found]


def _in_order(secret: list[Kind], personal: list[Kind]) -> list[Kind]:
    """The kinds of the table among both, as they stand there."""
    known = [kind for kind in secret if id(kind) in _PLACE]
    return sorted([*known, *personal], key=lambda kind: _PLACE[id(kind)]) if known else personal


def _found(kinds: Sequence[Kind], text: str, encoded: bytes) -> list[tuple[Kind, list[Finding]]]:
    if not kinds:
        return []
    plain = text if len(encoded) == len(text) and text.isascii() else encoded.decode()
    return [(kind, _find_kind(kind, plain)) for kind in kinds]


def _find_kind(kind: Kind, text: str) -> list[Finding]:
    found: list[Finding] = []
    check, loose, asked = kind.check, kind.glued, _asked(text) if kind.costly else len(text) + 1
    for offset, candidate in _candidates(kind.pattern, text):
        asked -= 1
        for start, end in check(candidate) if asked >= 0 else find_shapes(candidate):
            if loose or _stands_alone(text, offset + start, offset + end, strict=kind.strict):
                found.append(Finding(kind.name, offset + start, offset + end))
    return found


def _asked(text: str) -> int:
    return _ASKED + len(text) // _PER_CHARACTERS


def _candidates(pattern: str, text: str) -> Iterator[tuple[int, str]]:
    """Bytes are quicker to look through, where they are characters too."""
    if text.isascii():
        for match in _pattern(pattern).finditer(text.encode()):
            start, end = match.span()
            yield start, text[start:end]
        return
    for match in _pattern(pattern).finditer(text):
        yield match.start(), match.group()


def _national(text: str, regions: Sequence[str]) -> list[Finding]:
    """Bounded as any costly kind."""
    asked = _asked(text)
    found: list[Finding] = []
    for offset, candidate in _candidates(NATIONAL_PATTERN, text):
        asked -= 1
        for start, end in find_national(candidate, regions) if asked >= 0 else ():
            if _stands_alone(text, offset + start, offset + end):
                found.append(Finding("phone", offset + start, offset + end))
    return found


def _stands_alone(text: str, start: int, end: int, *, strict: bool = False) -> bool:
    before, after = text[max(0, start - 2) : start], text[end : end + 2]
    if before[-1:] in _WORD or after[:1] in _WORD:  # which "" is not
        return False
    glued_before = _joins(before[-1:], before[:1], _DIGITS) if len(before) == 2 else False
    glued_after = _joins(after[:1], after[1:], _WORD if strict else frozenset()) if len(after) == 2 else False
    digits = strict or (text[start].isdigit() and text[end - 1].isdigit())
    return not (digits and (glued_before or glued_after))


def _joins(joiner: str, next_to_it: str, by_colon: frozenset[str]) -> bool:
    return next_to_it in (by_colon if joiner == ":" else _WORD if joiner in _JOINERS else ())


def _without_overlaps(findings: list[Finding]) -> list[Finding]:
    """Kinds that come first in the table win; they were found first."""
    if len(findings) < 2:
        return findings
    taken: list[Finding] = []
    for finding in sorted(findings, key=lambda f: (f.start, _RANK[f.kind])):
        if taken and finding.start < taken[-1].end:
            if _RANK[finding.kind] < _RANK[taken[-1].kind]:
                taken[-1] = finding
            continue
        taken.append(finding)
    return taken
