"""Words of a text and the blocks they stand in."""

from __future__ import annotations

import random

import pytest

from pytest_agentsafety.guards import blocks
from pytest_agentsafety.guards.blocks import BLOCK, Piece, pieces


def words(piece: Piece) -> list[str]:
    return [int(value).to_bytes(8, "little").rstrip(b"\0").decode() for value in piece.whole]


def test_words_are_letters_and_digits_of_ascii_in_lower_case() -> None:
    (piece,) = pieces("Say: HELLO_w0rld, (it's) über-fine请ok".encode())
    assert words(piece) == ["say", "hello", "w0rld", "it", "s", "ber", "fine", "ok"]
    assert piece.at.tolist()[:3] == [0, 5, 11]


def test_of_a_long_word_the_first_eight_bytes() -> None:
    (piece,) = pieces(b"instructions to")
    assert words(piece) == ["instruct", "to"]
    assert [int(value).to_bytes(8, "little") for value in piece.parts][1].startswith(b"to ")


def test_every_character_without_case_is_a_place() -> None:
    (piece,) = pieces("ab请忽c".encode())
    assert piece.wide_at.tolist() == [2, 5]
    assert int(piece.wide[0]).to_bytes(8, "little")[:6].decode() == "请忽"


def test_blocks_are_of_so_many_stretches_without_white_space() -> None:
    (piece,) = pieces(b" " + b"a-b-c \n " * (2 * BLOCK + 1))
    assert piece.blocks.tolist() == [0, 1 + 8 * (BLOCK - 1), 1 + 8 * (2 * BLOCK - 1)]
    assert piece.numbered.of(piece.at)[[0, 3 * BLOCK - 4, 3 * BLOCK - 3, -1]].tolist() == [0, 0, 1, 2]


def test_an_empty_text_has_nothing() -> None:
    assert list(pieces(b"")) == []
    (piece,) = pieces(b" .,")
    assert (len(piece.at), len(piece.wide_at)) == (0, 0)


@pytest.mark.parametrize("seed", range(8))
def test_in_pieces_a_text_has_the_same_words(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    rnd = random.Random(seed)
    data = "".join(rnd.choices("ab Z9. \n请é", k=3000)).encode()
    (whole,) = pieces(data)
    monkeypatch.setattr(blocks, "_PIECE", 97)
    monkeypatch.setattr(blocks, "SMALL", 0)
    monkeypatch.setattr(blocks, "_SHORT_WORDS", 0)
    parts = list(blocks._pieces(data))
    assert len(parts) > 20
    for field in ("at", "whole", "wide_at", "blocks"):
        joined = [value for part in parts for value in getattr(part, field).tolist()]
        assert joined == getattr(whole, field).tolist()
    numbers = [number for part in parts for number in part.numbered.of(part.at).tolist()]
    assert numbers == whole.numbered.of(whole.at).tolist()


@pytest.mark.parametrize("seed", range(20))
def test_what_a_large_text_says_again_and_again_is_left_out_but_once_in_a_block(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    rnd = random.Random(seed)
    some = ["a ", "a\n", "a,", "b.", "- ", "ab ", "ab-", "请a "][: 2 + seed % 7]
    data = "".join(rnd.choice(some) * rnd.choice((1, 3, 40)) for _ in range(60)).encode()
    (whole,) = pieces(data)
    monkeypatch.setattr(blocks, "_PIECE", 97)
    monkeypatch.setattr(blocks, "SMALL", 0)
    parts = list(blocks._pieces(data))
    assert _said(parts) == _said([whole])
    assert sum(len(part.at) for part in parts) < len(whole.at)


def _said(parts: list[Piece]) -> set[tuple[int, int, int]]:
    """Of every block each word, and its first four bytes with what is behind it."""
    return {
        (number, word, start & 0xFFFFFFFF)
        for part in parts
        for number, word, start in zip(
            part.numbered.of(part.at).tolist(), part.whole.tolist(), part.parts.tolist(), strict=True
        )
    }
