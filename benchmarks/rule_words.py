"""Write `guards/rule_words.json`: for each rule that is tried by its words, those without which it can not match.

    python benchmarks/rule_words.py

One look at a text's words spares most texts the patterns (`guards.prefilter`). Run it after each change of a rule: a
rule whose pattern is not the one in the file is searched for everywhere, slowly (a test says when it was forgotten). A
pattern is read as Python's own `re` reads it. Of what has to occur the three rarest are chosen: each match holds one
word of each of them. `kill` is that word, `kill*` the beginning of one; `span` bounds the gaps in a match.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Sequence
from math import inf
from pathlib import Path
from re import _constants as ops  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from pytest_agentsafety.guards.content_lexicon import shipped
from pytest_agentsafety.guards.engine import expand
from pytest_agentsafety.guards.injection import filtered_rules
from pytest_agentsafety.guards.prefilter import CLAUSES, WORDS, Need, Way, fingerprint

MOST = 8
# What counts as white space in `guards.blocks`: marks of quoted lines, too.
_GAP = " \t\n\r\f\v\x1c\x1d\x1e\x1f\x85\xa0>"
TARGET = ROOT / "pytest_agentsafety" / "guards" / WORDS
# How often a word stands in ordinary text, roughly, per 10 KB; what is not listed is rare.
_COMMON = {
    100.0: "the a an to and of in is for i it on that with as be",
    20.0: (
        "self not pro con short generat the and that for you with are this his her they from have was has can all "
        "our out one any use who how your their what which when where there will would could should she him its "
        "into about more some them then than other time people make get like way want need write create give tell "
        "show find take help work day new good best man men ing age ear com sit set car ran end per art old act "
        "add app own son ass ate eat tea data key hav mak story call over read pos copy trans stor document method "
        "works see feel without money business mobile home log deep recipe email access rais real control follow "
        "check hid cyber information instruct fix serve bug rat child effective human change security software "
        "machine customer market state collect engin tak fir number body power life invent mean down monitor "
        "personal "
    ),
    6.0: (
        "website mail message letter post article video code script program account phone computer network system "
        "server bank card school house city store shop company children kid woman women girl boy person someone "
        "somebody friend family student teacher user client employee manager boss doctor judge official police "
        "government president book song poem game file text picture photo image name word page test plan guide "
        "step learn teach explain describe build run start stop put keep hold ask pay buy sell order send share "
        "play record track watch location private history country public local food drink water pass price product "
        "service animal dog cat white black young chance marriage career open close move bring carry because "
        "online generate produce design develop prepare plant spread release deliver print group member world "
        "earth virus cancer exam creat giv writ us shar mov liv let produc manag clos chang sign wom chil crea "
        "peopl someon employ report claim stat under hidden support heal releas prevent "
    ),
}
_WEIGHT = {word: weight for weight, words in reversed(_COMMON.items()) for word in words.split()}
_BY_LENGTH = {1: 60.0, 2: 30.0, 3: 3.0, 4: 0.4}
_TOO_COMMON = 150.0
_HARDLY_RARE = 80.0  # a clause that is fulfilled nearly everywhere tells nothing beside a rarer one
_SHORTEST = 3  # beginning of a word
_MOST_ENDINGS = 24
_IDEOGRAPHS = 0x2E80  # from here on letters have no case
_REPEATS = (ops.MAX_REPEAT, ops.MIN_REPEAT)
_UNKNOWN = (None, None)  # a node of which nothing is known

Clause = frozenset[str]
Nodes = Sequence[Any]


def need_of(pattern: str) -> Need:
    """What a match of an expanded pattern holds. Without ways where nothing has to occur."""
    nodes = list(parser.parse(pattern, 0))
    ways = [_unlike(_rarest(_clauses(way, False, ())[0], MOST)) for way in _ways(nodes)]
    gaps = _gaps(nodes)
    return Need(_joined(ways) if all(ways) else (), None if gaps == inf else int(gaps))


def _ways(nodes: Nodes) -> list[Nodes]:
    """A pattern that is nothing but alternatives, one by one."""
    inner = [at for at, (op, _) in enumerate(nodes) if op is not ops.AT]
    if len(inner) != 1:
        return [nodes]
    (at,) = inner
    op, value = nodes[at]
    if op is ops.SUBPATTERN:
        return _ways([*nodes[:at], *value[3], *nodes[at + 1 :]])
    if op is not ops.BRANCH:
        return [nodes]
    return [way for branch in value[1] for way in _ways([*nodes[:at], *branch, *nodes[at + 1 :]])]


def _joined(ways: list[list[Clause]]) -> tuple[Way, ...]:
    """Ways of one clause are as well one way; of the others those with a clause in common."""
    by_last: dict[Clause, Clause] = {}
    single: Clause = frozenset()
    for first, *more in ways:
        if more:
            by_last[more[0]] = by_last.get(more[0], frozenset()) | first
        else:
            single |= first
    found = [(first, last) for last, first in by_last.items()]
    return tuple(tuple(tuple(sorted(one)) for one in way) for way in (*([(single,)] if single else []), *found))


def _rarest(clauses: Iterable[Clause], most: int) -> list[Clause]:
    usable = {clause for clause in clauses if _cost(clause) <= _TOO_COMMON}
    return sorted(usable, key=lambda clause: (_cost(clause), sorted(clause)))[:most]


def _unlike(clauses: Iterable[Clause]) -> list[Clause]:
    """The first ones that share few words: what one word fulfils twice says nothing new."""
    chosen: list[Clause] = []
    for clause in clauses:
        if chosen and _cost(clause) > _HARDLY_RARE:
            break
        if len(chosen) < CLAUSES and all(len(clause & one) * 4 <= min(len(clause), len(one)) for one in chosen):
            chosen.append(clause)
    return chosen


def _cost(words: Iterable[str]) -> float:
    return round(sum(map(_frequency, words)), 6)  # rounded: whatever the order was


def _frequency(word: str) -> float:
    stem = word.rstrip("*")
    if not stem.isascii():
        return 5.0 if len(stem) == 1 else 0.2
    return _WEIGHT.get(stem, _BY_LENGTH.get(len(stem), 0.05)) * (2 if word != stem and len(stem) < 5 else 1)


def _clauses(nodes: Nodes, start: bool, behind: Nodes) -> tuple[list[Clause], bool]:
    """Of a sequence: the sets of words of which one has to occur. `start`: a letter here would begin a word (and the
    second answer: one behind it would); `behind` is what follows."""
    found: list[Clause] = []
    run, run_start = "", start
    for at, (op, value) in enumerate([*nodes, _UNKNOWN]):
        if op is ops.LITERAL:
            run_start = run_start if run else start
            run += chr(value).lower()
            start = not _is_letter(value)
            continue
        rest = [*nodes[at:], *behind]
        found += _of_run(run, run_start, rest)
        run = ""
        if op is None:
            break
        inner, start = _part(op, value, start, [*nodes[at + 1 :], *behind])
        found += inner
    return found, start


def _of_run(run: str, start: bool, rest: Nodes) -> list[Clause]:
    found: list[Clause] = []
    for piece in re.finditer(r"[a-z0-9]+|[^\W\x00-\u2e7f]+", run):
        word = piece[0]
        if not word.isascii():
            found.append(frozenset({word}))
        elif start or piece.start():
            endings = _endings(rest) if piece.end() == len(run) else {""}
            if endings is not None:
                found.append(frozenset(word + ending for ending in endings))
            elif len(word) >= _SHORTEST:
                found.append(frozenset({f"{word}*"}))
    return found


def _part(op: Any, value: Any, start: bool, behind: Nodes) -> tuple[list[Clause], bool]:
    if op is ops.AT:
        return [], start or value in (ops.AT_BOUNDARY, ops.AT_BEGINNING)
    if op is ops.SUBPATTERN:
        return _clauses(list(value[3]), start, behind)
    if op is ops.BRANCH:
        branches = [_clauses(list(branch), start, behind) for branch in value[1]]
        return _either([clauses for clauses, _ in branches]), all(end for _, end in branches)
    if op in _REPEATS:
        least, most, inner = value
        clauses, end = _clauses(list(inner), start, behind if most == 1 else [_UNKNOWN])
        return (clauses if least >= 1 else []), end and (start or least >= 1)
    return [], _is_no_letter(op, value)


def _either(branches: list[list[Clause]]) -> list[Clause]:
    """One of the branches: the rarest of each together, then the next of each."""
    rarest = [_rarest(clauses, CLAUSES) for clauses in branches]
    if not all(rarest):
        return []
    return [frozenset().union(*(one[min(number, len(one) - 1)] for one in rarest)) for number in range(CLAUSES)]


def _endings(nodes: Nodes) -> set[str] | None:
    """With what a word may go on in front of `nodes` until it ends; None if that can not be listed."""
    if not nodes:
        return None
    (op, value), rest = nodes[0], nodes[1:]
    if op is ops.LITERAL:
        return {""} if not _is_letter(value) else _longer(chr(value).lower(), _endings(rest))
    if op is ops.AT:
        return {""} if value is ops.AT_BOUNDARY else None
    if op is ops.SUBPATTERN:
        return _endings([*value[3], *rest])
    if op is ops.BRANCH:
        return _any_of([[*branch, *rest] for branch in value[1]])
    if op in _REPEATS:
        least, most, inner = value
        return _any_of([[*inner, *(rest if most == 1 else [_UNKNOWN])], *([] if least else [rest])])
    if op is ops.IN and all(kind is ops.LITERAL for kind, _ in value):
        return _any_of([[one, *rest] for one in value])
    return {""} if op is not None and _is_no_letter(op, value) else None


def _longer(letter: str, endings: set[str] | None) -> set[str] | None:
    return None if endings is None else {letter + ending for ending in endings}


def _any_of(ways: list[Nodes]) -> set[str] | None:
    found: set[str] = set()
    for way in ways:
        endings = _endings(way)
        if endings is None or len(found | endings) > _MOST_ENDINGS:
            return None
        found |= endings
    return found


def _is_letter(code: int) -> bool:
    return chr(code).isascii() and chr(code).isalnum()


def _is_no_letter(op: Any, value: Any) -> bool:
    """Does this match no letter or digit of ASCII?"""
    if op is ops.IN:
        return all(_is_no_letter(*one) for one in value)
    if op is ops.CATEGORY:
        return value in (ops.CATEGORY_SPACE, ops.CATEGORY_NOT_WORD)
    return op is ops.LITERAL and not _is_letter(value)


def _gaps(nodes: Nodes) -> float:
    """How many stretches of white space a match may hold at most."""
    count, in_gap = 0.0, False
    for op, value in nodes:
        of_space = _is_space(op, value) or (op in _REPEATS and len(value[2]) == 1 and _is_space(*value[2][0]))
        if not (of_space and in_gap):  # it goes on
            count += _gaps_of(op, value)
        in_gap = of_space
    return count


def _gaps_of(op: Any, value: Any) -> float:
    if op is ops.SUBPATTERN:
        return _gaps(value[3])
    if op is ops.BRANCH:
        return max(_gaps(branch) for branch in value[1])
    if op in _REPEATS:
        _, most, inner = value
        each = _gaps(inner)
        if not each or (len(inner) == 1 and _is_space(*inner[0])):
            return min(each, 1)
        if most is ops.MAXREPEAT:
            return inf
        # Of single characters at most every other one begins a stretch.
        single = len(inner) == 1 and inner[0][0] not in (ops.SUBPATTERN, ops.BRANCH)
        return (most + 1) // 2 if single else most * each
    return float(op is not ops.AT and _may_be_space(op, value))


def _is_space(op: Any, value: Any) -> bool:
    if op is ops.IN:
        return all(_is_space(*one) for one in value)
    return (op is ops.CATEGORY and value is ops.CATEGORY_SPACE) or (op is ops.LITERAL and chr(value) in _GAP)


def _may_be_space(op: Any, value: Any) -> bool:
    if op is ops.IN and value[0][0] is ops.NEGATE:
        return not any(one == (ops.CATEGORY, ops.CATEGORY_SPACE) for one in value[1:])
    if op is ops.IN:
        return any(_may_be_space(*one) for one in value)
    if op is ops.CATEGORY:
        return value in (ops.CATEGORY_SPACE, ops.CATEGORY_NOT_WORD, ops.CATEGORY_NOT_DIGIT)
    if op is ops.RANGE:
        return any(value[0] <= ord(c) <= value[1] for c in _GAP)
    return op in (ops.ANY, ops.NOT_LITERAL) or (op is ops.LITERAL and chr(value) in _GAP)


def all_needs() -> dict[str, dict[str, Any]]:
    """By rule; `of` tells the pattern that it was made from."""
    patterns = {rule.id: rule.pattern for rule in filtered_rules()} | {one.rule: one.pattern for one in shipped()}
    found = {}
    for name, pattern in patterns.items():
        need = need_of(expand(pattern))
        found[name] = {"of": fingerprint(expand(pattern)), "span": need.span, "ways": need.ways}
    return found


def as_json(needs: dict[str, dict[str, Any]]) -> str:
    """One rule a line."""
    lines = (f"{json.dumps(name)}: {json.dumps(need, ensure_ascii=False)}" for name, need in needs.items())
    return "{\n" + ",\n".join(lines) + "\n}\n"


if __name__ == "__main__":
    TARGET.write_text(as_json(all_needs()), encoding="utf-8")
