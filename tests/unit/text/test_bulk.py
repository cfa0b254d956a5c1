from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from itertools import accumulate

import pytest

from pytest_agentsafety.text import bulk
from pytest_agentsafety.text.fold import back_to_unfolded, fold, fold_char


def mixture(seed: int, size: int) -> str:
    rnd = random.Random(seed)
    common = ["a", "\u00df", "\u00e9", "\u200b", "\u00bd", "\u4e2d", "\U0001d400", "\ud800", "\U000e0041", "\ufb03"]
    pools = (lambda: chr(rnd.randrange(0x110000)), lambda: chr(rnd.randrange(0x3000)), lambda: rnd.choice(common))
    return "".join(rnd.choice(pools)() for _ in range(size))


@pytest.mark.parametrize("seed", range(5))
def test_arrays_fold_like_the_table(seed: int) -> None:
    text = mixture(seed, 5_000)
    assert bulk.fold_all(text) == "".join(map(fold_char, text))


def test_large_texts_are_folded_the_same_whatever_piece_they_are_cut_into(monkeypatch: pytest.MonkeyPatch) -> None:
    text = mixture(9, 4_999)
    whole = bulk.fold_all(text)
    monkeypatch.setattr(bulk, "_PIECE", 7)
    assert bulk.fold_all(text) == whole == fold(text)


def test_threads_learn_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "_FOLDS", bulk._Folds())
    texts = [mixture(seed, 3_000) for seed in range(8)]
    with ThreadPoolExecutor(8) as pool:
        folded = list(pool.map(bulk.fold_all, texts))
    assert folded == ["".join(map(fold_char, text)) for text in texts]


def test_columns_count_bytes() -> None:
    text = mixture(3, 5_000)
    sources, folded = bulk.columns(text)
    assert list(sources) == list(accumulate((_size(c) for c in text), initial=0))
    assert list(folded) == list(accumulate((_size(fold_char(c)) for c in text), initial=0))


def test_the_way_back_is_the_same_for_large_texts() -> None:
    text = "x\u200b\u00df\u0456" * 2_000
    small, large = back_to_unfolded(text[:400]), back_to_unfolded(text)
    assert [small(i, i + 1) for i in range(300)] == [large(i, i + 1) for i in range(300)]


def _size(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))
