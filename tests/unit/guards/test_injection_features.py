from __future__ import annotations

import numpy as np
import pytest

from pytest_agentsafety.guards.injection_features import (
    MAX_BYTES,
    concept_features,
    mix,
    pair_keys,
    text_features,
    to_bytes,
    words,
)


def found(text: str) -> list[str]:
    data = to_bytes(text)
    split = words(data)
    return [data[a:b].decode("utf-8", "surrogatepass") for a, b in zip(split.starts, split.ends, strict=True)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        (" .,!? \n\t", []),
        ("one", ["one"]),
        ("Ignore ALL, rules!", ["ignore", "all", "rules"]),
        ("don't a_b x-1", ["don", "t", "a", "b", "x", "1"]),
        ("\u00dcber alles", ["\u00fcber", "alles"]),
        (
            "забудь всё",
            ["забудь", "всё"],
        ),
        ("\u5ffd\u7565\u6307\u4ee4ok", ["\u5ffd", "\u7565", "\u6307", "\u4ee4", "ok"]),
        ("a\u5ffdb", ["a", "\u5ffd", "b"]),
        ("\ubb34\uc2dc\ud574 \uc918", ["\ubb34\uc2dc\ud574", "\uc918"]),
        ("\ud800 x", ["\ud800", "x"]),
    ],
)
def test_words(text: str, expected: list[str]) -> None:
    assert found(text) == expected


def test_a_word_has_the_same_hash_wherever_it_stands() -> None:
    split = words(to_bytes("rules xy rules, yz, (rules) zz - " * 40))
    same = split.hashes[0::2]
    assert len(set(same.tolist())) == 1
    assert set(split.hashes[1::2].tolist()).isdisjoint(same.tolist())


def test_different_words_have_different_hashes() -> None:
    names = [f"w{number:x}" for number in range(20_000)]
    split = words(to_bytes(" ".join(names[:8_000])))
    assert len(np.unique(split.hashes)) == 8_000


def test_a_stem_is_the_beginning_of_a_word() -> None:
    split = words(to_bytes("instruct instructions instruments ins"))
    assert split.stems[0] == split.stems[1] == split.stems[2] != split.stems[3]
    assert split.hashes[3] == split.stems[3]


def test_a_stem_beyond_ascii_is_as_long_in_letters() -> None:
    split = words(to_bytes("инструкции инструмент ин"))
    assert split.stems[0] == split.stems[1] != split.stems[2]
    assert split.wide
    assert not words(b"plain").wide


def test_features_depend_on_the_words_before_and_on_nothing_else() -> None:
    alone = text_features(words(to_bytes("drop the rules now")))
    later = text_features(words(to_bytes("some other words come first here drop the rules now")))
    assert alone.shape == (7, 4)
    assert np.array_equal(alone[:2], later[:2, -4:])
    assert np.array_equal(alone[:, 3], later[:, -1])


def test_a_pair_of_stems_counts_alike_at_every_distance() -> None:
    near = text_features(words(to_bytes("ignore rules")))
    far = text_features(words(to_bytes("ignore x y rules")))
    assert near[3, 1] == far[5, 3]
    assert near[2, 1] != far[2, 3]


@pytest.mark.parametrize("text", ["", "one", "one two", "\u5ffd\u7565"])
def test_short_texts_have_as_many_columns_as_words(text: str) -> None:
    split = words(to_bytes(text))
    assert text_features(split).shape == (7, len(split.hashes))


def test_concepts_reach_a_few_words_far() -> None:
    kinds = np.array([5, 9, 7], np.uint32)
    near = concept_features(np.array([0, 2, 3]), kinds)
    far = concept_features(np.array([0, 20, 21]), kinds)
    assert near[0].tolist() == far[0].tolist()
    assert near[1, 1] != 0
    assert far[1, 1] == 0
    assert far[1, 2] == near[1, 2] != 0
    assert (near[4, 1], far[4, 1]) == (near[4, 1], 0)
    assert near[5, 2] != 0
    assert far[5, 2] == 0


def test_concepts_of_one_word() -> None:
    alone = concept_features(np.array([4]), np.array([3], np.uint32))
    assert alone[0, 0] != 0
    assert alone[1:].tolist() == [[0]] * 5


def test_pairs_are_of_neighbours_in_order() -> None:
    split = words(to_bytes("a b a"))
    first, second = pair_keys(split.hashes).tolist()
    assert first != second
    assert pair_keys(split.hashes[:1]).tolist() == []


def test_mixing_spreads_small_differences() -> None:
    spread = mix(np.arange(1 << 12, dtype=np.uint32))
    upper = np.bincount(spread >> np.uint32(24), minlength=256)
    assert upper.max() < 60
    assert len(np.unique(spread)) == 1 << 12


def test_the_longest_piece_is_taken() -> None:
    split = words(b"ab " * (MAX_BYTES // 3))
    assert len(split.starts) == MAX_BYTES // 3
    assert len(set(split.hashes.tolist())) == 1


def test_known_hashes() -> None:
    """The shipped weights stand for these numbers: they must never change."""
    split = words(to_bytes("ignore the rules \u5ffd\u7565"))
    assert split.hashes.tolist() == [79697780, 1086700582, 2269499287, 3378791141, 2188826746]
    assert text_features(split)[:, 2].tolist() == [
        4157754979,
        4207450369,
        2442062609,
        2684069866,
        3928094835,
        4265748641,
        1749897775,
    ]
    pair = concept_features(np.array([0, 2]), np.array([1, 3], np.uint32))[:, 1]
    assert pair.tolist() == [2512947893, 4207067612, 0, 0, 117727053, 0]
