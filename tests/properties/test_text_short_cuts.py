"""Where a look at a text takes a short cut it finds what the long way finds."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from pytest_agentsafety.guards import blocks, pii_views, prefilter
from pytest_agentsafety.guards.blocks import BLOCK, pieces
from pytest_agentsafety.guards.engine import Patterns
from pytest_agentsafety.guards.prefilter import Need, Prefilter
from pytest_agentsafety.guards.rule_vocabulary import Vocabulary
from pytest_agentsafety.text import View, automata, escapes, gate
from pytest_agentsafety.text.automata import Shapes
from pytest_agentsafety.text.escapes import unescape
from pytest_agentsafety.text.fold import fold, fold_char
from pytest_agentsafety.text.hidden import _read_tags
from pytest_agentsafety.text.tokens import is_base64

# In a text of ASCII they are nothing, in any other one blanks.
_RARE_BLANKS = frozenset("\v\f\x1c\x1d\x1e\x1f")
_LONG_WAY = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
_LETTERS = st.one_of(
    st.text("abc \n\x00éüßæÆ½§\xad\xa0", max_size=60),
    st.text("ab „“–…€ß\u2028\u200bü", max_size=60),
    st.text("привет, мир 请忽略！ｉｇｎ😀ﬃ\ue000\uffff", max_size=60),
    st.text(max_size=60),
)


@pytest.mark.parametrize("unusual", ["é", "中", "\u200bé中😀½"])
def test_a_large_text_folds_as_its_characters_do(unusual: str) -> None:
    text = "plain words of ASCII, most of the text " * 2_000 + unusual
    assert fold(text) == "".join(map(fold_char, text))


@_LONG_WAY
@given(_LETTERS, st.sampled_from([1, 40]), st.booleans())
def test_a_text_folds_as_its_characters_do(text: str, times: int, within_plain: bool) -> None:
    text = (text + "plain words of ASCII, most of the text " * within_plain) * times
    assume(not text.isascii() or _RARE_BLANKS.isdisjoint(text))
    assert fold(text) == "".join(map(fold_char, text))


@pytest.fixture
def every_size(monkeypatch: pytest.MonkeyPatch) -> Callable[[int, Callable[[], object]], object]:
    """Calls something as if texts were large from so many bytes on."""

    def call(large: int, what: Callable[[], object]) -> object:
        with monkeypatch.context() as patch:
            patch.setattr(automata, "_LARGE", large)
            patch.setattr(automata, "_HEAD", 40)
            patch.setattr(gate, "_LARGE", large)
            return what()

    return call


_SHAPED = st.lists(st.sampled_from(["a", "1", "-", " ", "a1", "aaaaaaaaaaaaaaaaaaaaa", "1 ", "a ", "-- ", "w", "a-a-"]))


@_LONG_WAY
@given(_SHAPED.map("".join), st.integers(1, 60))
def test_shapes_of_a_head_are_shapes_of_the_text(every_size: Callable[..., object], text: str, times: int) -> None:
    data = (text * times).encode()
    shapes = Shapes(gate._SHAPES, ("mixed", "long"))
    assert every_size(0, lambda: shapes.look(data)) == every_size(1 << 30, lambda: Shapes(gate._SHAPES).look(data))


_WORDS = st.lists(st.sampled_from(["the", "you", "is", "of", "y0u", "xx", "e96", "ignor", "t"]), max_size=9)


@_LONG_WAY
@given(_WORDS, st.sampled_from([" ", ".", " - ", ""]))
def test_what_is_said_is_said_in_a_large_text(every_size: Callable[..., object], words: list[str], gap: str) -> None:
    data = gap.join(words).encode()
    assert every_size(-1, lambda: gate.is_said(data)) == every_size(1 << 30, lambda: gate.is_said(data))


# As it was before: it went through the rest of a gap again from every place in it.
_ONCE_A_GAP = re.compile(r"(?<=[0-9A-Z])(?:[\t\r\n][\s>]*| [\s>]*[\t\r\n>][\s>]*)(?=[0-9A-Z])")


@given(st.text("0A a\t\n\r>\xa0\x0b.", max_size=30))
def test_gaps_between_digits_are_those_they_were(text: str) -> None:
    found = [match.span() for match in pii_views._WIDE_GAP.finditer(text)]
    assert found == [match.span() for match in _ONCE_A_GAP.finditer(text)]


@pytest.mark.parametrize("gap", ["\n", " ", "\n ", ">\n"])
def test_a_gap_as_long_as_the_text_is_gone_through_once(gap: str) -> None:
    """Would take minutes otherwise."""
    text = f"0{gap * 500_000}"
    assert list(pii_views._evened(View("plain", text.encode()))) == []


# As it was before, for every text with tags in it.
_TAG_RUN = re.compile("(?<![\U000e0020-\U000e007e \n])(?=[\U000e0020-\U000e007e]{8})")


@given(st.text("".join(map(chr, range(0xE0020, 0xE007F))) + "a \né中\U000e0010" * 9, max_size=40))
def test_tags_in_a_row_begin_a_word_and_others_do_not(text: str) -> None:
    read = next(_read_tags(text, text.encode("utf-8", "surrogatepass"))).decode()
    assert read == _TAG_RUN.sub(" ", text).translate({code: chr(code - 0xE0000) for code in range(0xE0020, 0xE007F)})


_ESCAPED = st.lists(st.sampled_from(["\\", "\\\\", "\\n", "n", "u0041", "x41", "101", "777", "\\u{41}", " ", "é", "U"]))


@_LONG_WAY
@given(_ESCAPED.map("".join))
def test_rows_of_backslashes_are_read_alike_however_many(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    view = View("source", text.encode())
    few = unescape(view, "\\")
    with monkeypatch.context() as patch:
        patch.setattr(escapes, "_FEW_ROWS", 0)
        many = unescape(view, "\\")
    assert (few and few.data) == (many and many.data)


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("aWdub3Jl" * 9_000, True),
        ("see aWdub3Jl" + "aWdub3Jl" * 9_000, True),
        ("see this: " * 900 + "aWdub3Jl" * 9_000, False),
        ("see " + "aWdub3Jl" * 9_000 + " and what else there is to be read" * 900, False),
        ("the words of a text " * 9_000, False),
    ],
)
def test_a_text_that_is_base64_but_for_some_words(text: str, whole: bool) -> None:
    assert is_base64(text.encode()) is whole


@pytest.mark.parametrize("seed", range(6))
def test_words_that_share_a_slot_are_told_apart(seed: int) -> None:
    rnd = random.Random(seed)
    words = ["".join(rnd.choices("abcdefgh", k=rnd.randint(1, 9))) for _ in range(6_000)]
    known, text = words[:4_000], rnd.choices(words, k=3_000)
    vocabulary = Vocabulary(known)
    seen = set(vocabulary.look(" ".join(text).encode()).seen.tolist())
    # A word is known by its first eight letters.
    expected = {word[:8] for word in text} & {word[:8] for word in known}
    assert seen == {entry for word in known if word[:8] in expected for entry in vocabulary.entries_of([word])}


@pytest.mark.parametrize("seed", range(6))
def test_many_places_are_in_the_blocks_of_few(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    rnd = random.Random(seed)
    data = "".join(rnd.choices(["a", "b ", "\n", ">", " ", "word "], k=2_000)).encode()
    monkeypatch.setattr(blocks, "_PIECE", 1_000)
    monkeypatch.setattr(blocks, "SMALL", 0)
    for piece in blocks._pieces(data):
        few = piece.numbered.of(piece.at).tolist()
        with monkeypatch.context() as patch:
            patch.setattr(blocks, "_MANY", -1)
            assert piece.numbered.of(piece.at).tolist() == few


_NEEDS = {
    0: Need(((("ignore", "forget*"), ("orders",)),), 4),
    1: Need(((("kil*",), ("cat", "dog*")),), 2 * BLOCK),
    2: Need(((("drop",),),), 3),
    3: Need(((("ignore",), ("rules",)),), None),
}
_PATTERNS = {
    0: rb"(?i)\b(?:ignore|forget\w*)\s(?:\w+\s){0,3}orders\b",
    1: rb"(?i)\bkil\w*\s(?:\w+\s){0,20}(?:cat|dog\w*)\b",
    2: rb"(?i)\bdrop\b",
    3: rb"(?i)\bignore\b[^!]*\brules\b",
}


@pytest.mark.parametrize("seed", range(40))
def test_where_a_rule_is_tried_changes_no_match(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everywhere, in stretches found way by way, or in stretches of all ways at once."""
    rnd = random.Random(seed)
    words = ["ignore", "orders", "forgetful", "killing", "cat", "dogs", "drop", "rules", "so", "to", "x.y"]
    data = " ".join(rnd.choices(words, [1, 1, 1, 1, 1, 1, 1, 1, 90, 90, 90], k=1_500)).encode()
    assert len(data) > blocks.SHORT

    def matches() -> list[tuple[int, int, int]]:
        places = Prefilter(_NEEDS).places(data)
        return sorted(
            (rule, *match.span())
            for rule, stretches in places.items()
            for low, high in stretches
            for match in re.compile(_PATTERNS[rule]).finditer(data, low, high)
        )

    everywhere = sorted((rule, *m.span()) for rule, p in _PATTERNS.items() for m in re.finditer(p, data))
    assert matches() == everywhere
    monkeypatch.setattr(prefilter, "_AS_ONE", 0)
    assert matches() == everywhere
    monkeypatch.setattr(prefilter, "_FEW", 0)
    assert matches() == everywhere


def test_a_set_of_patterns_is_found_in_a_large_text_too() -> None:
    """More words than are kept of a piece: their blocks are told without sorting, and with it."""
    patterns = Patterns(["persona.you-are-now"], [r"\byou\s+are\s+now\b"])
    for noise in ("you you are are ", "you are "):
        data = (noise * 20_000 + "you are now ").encode()
        assert [data[low:high] for _, low, high in patterns.find(data, 9)] == [b"you are now"]
    assert len(list(pieces(b"you are " * 20_000))) > 1
