"""Write `guards/content_keywords.json`: for each entry of the content lexicon, words of which a match has to hold one.

    python benchmarks/content_keywords.py

One search for all these words spares most texts the patterns. Run it after each change of `content_*.toml` (a test says
when it was forgotten). A pattern is read as Python's own `re` reads it; of what has to occur, the rarest is chosen.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable
from pathlib import Path
from re import _constants as ops  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from pytest_agentsafety.guards.content_lexicon import KEYWORDS, shipped
from pytest_agentsafety.guards.engine import expand

TARGET = ROOT / "pytest_agentsafety" / "guards" / KEYWORDS
# How often a word stands in ordinary text, roughly, per 10 KB; what is not listed is rare.
_COMMON = {
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
_WEIGHT = {word: weight for weight, words in _COMMON.items() for word in words.split()}
_BY_LENGTH = {1: 500.0, 2: 100.0, 3: 3.0, 4: 0.4}

Needs = frozenset[str] | None


def keywords_of(pattern: str) -> list[str]:
    """Lower-case texts of which each match holds at least one, at the start of a word; "*" before one that may stand
    inside a word. Raises ValueError where there is no such set."""
    found, _ = _needs(list(parser.parse(pattern, 0)), False)
    if found is None:
        raise ValueError(f"nothing has to occur in {pattern[:80]!r}")
    return sorted(found)


def _needs(nodes: list[Any], start: bool) -> tuple[Needs, bool]:
    """Of a sequence: the cheapest of what its parts need. `start`: does a word start here, and may one start behind?"""
    options: list[frozenset[str]] = []
    run, run_start = "", start
    for op, value in [*nodes, (None, None)]:
        if op is ops.LITERAL:
            if not run:
                run_start = start
            run += chr(value).lower()
            start = not chr(value).isalnum()
            continue
        options += [frozenset({word if at else f"*{word}"}) for word, at in _words(run, run_start)]
        run = ""
        if op is None:
            break
        inner, start = _part(op, value, start)
        if inner is not None:
            options.append(inner)
    return min(options, key=lambda words: (_cost(words), sorted(words)), default=None), start


def _words(run: str, start: bool) -> list[tuple[str, bool]]:
    """The words of a run of literals, and whether each starts one."""
    found, at = [], start
    for piece in re.findall(r"\w+|\W+", run):
        if piece[0].isalnum():
            found.append((piece, at))
        at = not piece[-1].isalnum()
    return found


def _part(op: Any, value: Any, start: bool) -> tuple[Needs, bool]:
    if op is ops.AT:
        return None, start or value is ops.AT_BOUNDARY
    if op is ops.SUBPATTERN:
        return _needs(list(value[3]), start)
    if op is ops.BRANCH:
        branches = [_needs(list(branch), start) for branch in value[1]]
        ends = all(end for _, end in branches)
        known = [needs for needs, _ in branches if needs is not None]
        return (frozenset().union(*known) if len(known) == len(branches) else None), ends
    if op in (ops.MAX_REPEAT, ops.MIN_REPEAT):
        needs, end = _needs(list(value[2]), start)
        return (needs if value[0] >= 1 else None), end and (start or value[0] >= 1)
    if op is ops.IN:
        return None, all(_is_no_letter(*one) for one in value)
    return None, _is_no_letter(op, value)


def _is_no_letter(op: Any, value: Any) -> bool:
    if op is ops.CATEGORY:
        return value in (ops.CATEGORY_SPACE, ops.CATEGORY_NOT_WORD)
    return op is ops.LITERAL and not chr(value).isalnum() and value != ord("_")


def _cost(words: Iterable[str]) -> float:
    total = sum(
        _WEIGHT.get(word.lstrip("*"), _BY_LENGTH.get(len(word.lstrip("*")), 0.05)) * (9 if word[0] == "*" else 1)
        for word in words
    )
    return round(total, 6)  # whatever the order was


def all_keywords() -> dict[str, list[str]]:
    return {entry.rule: keywords_of(expand(entry.pattern)) for entry in shipped()}


if __name__ == "__main__":
    TARGET.write_text(json.dumps(all_keywords(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"{TARGET.name}: {len(all_keywords())} entries")
