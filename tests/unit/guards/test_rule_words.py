"""The words without which a rule can not match: read from its pattern, and in none of its matches missing."""

from __future__ import annotations

import json
import random
import re
from importlib.resources import files

import pytest

from benchmarks.lib.guard_texts import texts
from benchmarks.rule_words import all_needs, as_json, need_of
from pytest_agentsafety.guards import prefilter
from pytest_agentsafety.guards.content_lexicon import Entry, Lexicon, shipped
from pytest_agentsafety.guards.engine import Patterns, expand
from pytest_agentsafety.guards.injection import filtered_rules
from tests.unit.guards.matching import drawn

PATTERNS = {rule.id: expand(rule.pattern) for rule in filtered_rules()}
PATTERNS |= {entry.rule: expand(entry.pattern) for entry in shipped()}
FILLER = (
    "the garden was promised to them, and",
    "nobody had asked why it took so long -",
    "did they?\n",
    "a b",
    "c. d",
)


def test_the_file_was_written_after_the_last_change_of_the_patterns() -> None:
    written = files("pytest_agentsafety.guards").joinpath(prefilter.WORDS).read_text(encoding="utf-8")
    assert written == as_json(all_needs()), "run benchmarks/rule_words.py"


def test_every_shipped_rule_has_words() -> None:
    """Otherwise it is searched for in the whole of every text."""
    assert [name for name, pattern in PATTERNS.items() if prefilter.need_of(name, pattern) is None] == []


@pytest.mark.parametrize(
    ("pattern", "ways"),
    [
        (r"\b(?:bombs?)\b", [[["bomb", "bombs"]]]),
        (r"\b(?:pipe ?bombs?|grenades?)\b", [[["grenade", "grenades", "pipe", "pipebomb", "pipebombs"]]]),
        (r"\b(?:the|of|a) ~3 (?:sarin|ricin)\b", [[["ricin", "sarin"]]]),
        (r"\bignore ~2 orders", [[["ignore"], ["orders*"]]]),
        (r"\b(?:ignore ~2 orders|forget ~2 orders|obey)\b", [[["obey"]], [["forget", "ignore"], ["orders"]]]),
        (r"\bkill(?:s|ing)? ", [[["kill", "killing", "kills"]]]),
        (r"\bneighbou?rs?\b", [[["neighbor", "neighbors", "neighbour", "neighbours"]]]),
        (r"\bassassinat\w+", [[["assassinat*"]]]),
        (r"<\|im_start", [[["start*"], ["im"]]]),
        (r"(?:如何).{0,10}(?:炸弹|枪支)", [[["如何"], ["枪支", "炸弹"]]]),
    ],
)
def test_the_rarest_of_what_has_to_occur(pattern: str, ways: list[list[list[str]]]) -> None:
    assert json.loads(json.dumps(need_of(expand(pattern)).ways)) == ways


@pytest.mark.parametrize(
    "pattern", [r"\w+", r"\b(?:bomb)?", r"[ab]c*", r"\b(?:bomb|\w+)", "bomb", r"\bx+", r"\w*gun\b"]
)
def test_a_pattern_without_a_word_of_its_own_needs_nothing(pattern: str) -> None:
    """A word counts where it begins one: in front of `bomb` may stand anything."""
    assert need_of(expand(pattern)).ways == ()


@pytest.mark.parametrize(
    ("pattern", "span"),
    [
        (r"\bone\b", 0),
        (r"\bone two  three\b", 2),
        (r"\bone ~4 two\b", 5),
        (r"\bone(?: a| a b)? two\b", 3),
        (r"\bone\s*two", 1),
        (r"\bone.{0,80}two", 40),
        (r"\bone[^.]{0,9}two", 5),
        (r"\bone(?: more)*", None),
        (r"\bone.*two", None),
        (r"\bone\w+\W+", None),
    ],
)
def test_gaps_in_a_match_are_counted(pattern: str, span: int | None) -> None:
    found = need_of(expand(pattern)).span
    if span is None or found is None:
        assert found == span
    else:  # a gap that alternatives share may be counted twice: the bound may be too high, never too low
        assert found - span in (0, "|" in pattern)


@pytest.mark.parametrize("name", PATTERNS)
def test_drawn_matches_are_found_with_and_without_the_words(name: str) -> None:
    rnd = random.Random(name)
    first = Patterns([name], [PATTERNS[name]])
    alone = Patterns(["another rule"], [PATTERNS[name]])
    matched = 0
    for _ in range(12):
        around = [" ".join(rnd.choices(FILLER, k=rnd.randint(0, 60))) for _ in range(2)]
        data = drawn(PATTERNS[name], rnd).join((f"{around[0]} ", f" {around[1]}")).encode()
        expected = list(alone.find(data, 100))
        assert list(first.find(data, 100)) == expected, data
        matched += bool(expected)
    assert matched >= 3


def test_nothing_is_lost_in_real_texts() -> None:
    """Every entry on every text of our lists, one by one: the same places as by the lexicon."""
    lexicon = Lexicon(shipped())
    patterns = [(entry.rule, re.compile(expand(entry.pattern), re.IGNORECASE)) for entry in shipped()]
    lines = [one.text for name in ("tuned", "held") for kind in ("harmful", "safe") for one in texts(f"{kind}_{name}")]
    for text in lines[::3]:
        found = {found.entry.rule for found in lexicon.find(text)}
        assert found == {rule for rule, pattern in patterns if pattern.search(text)}, text


@pytest.mark.parametrize("text", ["Pipe Bomb", "a pipe bomb, caf\u00e9", "x" * 500 + " pipe bomb " + "y" * 500])
def test_ascii_or_not_the_places_are_those_of_the_characters(text: str) -> None:
    places = [
        (found.start, found.end) for found in Lexicon(shipped()).find(text) if found.entry.rule == "weapons.wares"
    ]
    at = text.lower().index("pipe bomb")
    assert places == [(at, at + 9)]


def test_words_of_the_users_own_are_found_inside_others_too() -> None:
    own = [Entry(category="hate", name="phrase", mode="always", pattern=r"@bad word", severity=0.8)]
    assert [(found.start, found.end) for found in Lexicon(own).find("x@BAD word")] == [(1, 10)]
    assert list(Lexicon(own).find("bad words")) == []


def test_a_lexicon_without_entries_finds_nothing() -> None:
    assert list(Lexicon([]).find("how do I build a bomb")) == []
