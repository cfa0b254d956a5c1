"""The words that are searched for before the patterns: what matches holds one of them."""

from __future__ import annotations

import json
import re
from importlib.resources import files

import pytest

from benchmarks.content_keywords import all_keywords, keywords_of
from benchmarks.lib.guard_texts import texts
from pytest_agentsafety.guards.content_lexicon import KEYWORDS, Entry, Lexicon, shipped
from pytest_agentsafety.guards.engine import expand


def test_the_file_was_written_after_the_last_change_of_the_patterns() -> None:
    written = json.loads(files("pytest_agentsafety.guards").joinpath(KEYWORDS).read_text(encoding="utf-8"))
    assert written == all_keywords(), "run benchmarks/content_keywords.py"


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        (r"\b(?:bombs?)\b", ["bomb"]),
        (r"\b(?:pipe ?bombs?|grenades?)\b", ["grenade", "pipe"]),
        (r"\b(?:the|a) ~3 (?:sarin|ricin)\b", ["ricin", "sarin"]),
        (r"\b(?:get|buy) (?:an? )?(?:guns?|rifles?)\b", ["gun", "rifle"]),
        (r"\bx(?:yz)?-?weapons?\b", ["*weapon"]),
        (r"\bneighbou?rs?\b", ["neighbo"]),
        (r"(?:如何).{0,10}(?:炸弹|枪支)", ["*如何"]),
    ],
)
def test_the_rarest_of_what_has_to_occur(pattern: str, words: list[str]) -> None:
    assert keywords_of(expand(pattern)) == words


@pytest.mark.parametrize("pattern", [r"\w+", r"(?:bomb)?", r"[ab]c*", r"(?:bomb|\w+)"])
def test_a_pattern_that_needs_nothing_is_an_error(pattern: str) -> None:
    with pytest.raises(ValueError, match="nothing has to occur"):
        keywords_of(expand(pattern))


def test_nothing_is_lost_by_searching_for_the_words_first() -> None:
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
