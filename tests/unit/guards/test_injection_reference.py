"""numpy's answer is that of plain whole numbers, for any text: so it is the same on every machine."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_agentsafety.guards.injection_features import text_features, to_bytes, words
from pytest_agentsafety.guards.injection_model import TABLE_BITS, HashedModel, Lexicon
from tests.unit.guards import injection_reference as plain

RNG = np.random.default_rng(7)
CELLS = RNG.integers(0, 1 << 16, 1 << TABLE_BITS, dtype=np.uint16)
PLAIN_CELLS = CELLS.tolist()
MODEL = HashedModel(CELLS, Lexicon(np.zeros(0, np.uint32), np.zeros(0, np.uint32)), unit=1 / 24, bias=-1.5, window=5)
WORDS = st.sampled_from(
    [
        "ignore",
        "rules",
        "a",
        "instructions",
        "internationalization",
        "x" * 40,
        "\u00fcber",
        "\u0437\u0430\u0431\u0443\u0434\u044c",
        "\u5ffd\u7565",
        "\u30eb\u30fc\u30eb",
        "\ubb34\uc2dc",
        "\U0001f600",
        "1n5",
        "don't",
        "\ud83d",
        "<|x|>",
        "\u0130stanbul",
    ]
)
TEXTS = st.one_of(
    st.text(max_size=60), st.lists(WORDS, max_size=30).map(" ".join), st.lists(WORDS, max_size=8).map("".join)
)


@given(TEXTS)
@settings(max_examples=200, deadline=None)
def test_words_and_hashes(text: str) -> None:
    data = to_bytes(text)
    found = words(data)
    expected = plain.split(text)
    assert [data[a:b] for a, b in zip(found.starts, found.ends, strict=True)] == expected
    assert found.hashes.tolist() == [plain.word_hash(word) for word in expected]
    assert found.stems.tolist() == [plain.stem_hash(word) for word in expected]


@given(TEXTS)
@settings(max_examples=200, deadline=None)
def test_features(text: str) -> None:
    expected = plain.split(text)
    columns = text_features(words(to_bytes(text))).T.tolist()
    assert columns == [plain.features(expected, at) for at in range(len(expected))]


@given(TEXTS)
@settings(max_examples=200, deadline=None)
def test_scores(text: str) -> None:
    expected = plain.logit(text, PLAIN_CELLS, unit=1 / 24, bias=-1.5, window=5)
    assert MODEL.best(text).logit == expected
