"""The arithmetic of the injection model once more, slowly and in plain whole numbers: what numpy must agree with."""

from __future__ import annotations

import re

M32, M64 = (1 << 32) - 1, (1 << 64) - 1
FACTORS = (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9)
SPREAD = 0x01000193
_WORD = re.compile(rb"[\xe3-\xe9][\x80-\xff]{2}|(?:[0-9a-z]|[\x80-\xe2\xea-\xff])+")


def split(text: str) -> list[bytes]:
    """Words; ideographs stand alone."""
    data = (text if text.isascii() else text.lower()).encode("utf-8", "surrogatepass")
    return [m.group() for m in _WORD.finditer(data.lower())]


def part(word: bytes, size: int) -> int:
    return int.from_bytes(word[: min(size, 8)], "little") * FACTORS[0] % (1 << 64) >> 32


def word_hash(word: bytes) -> int:
    total = 0
    for number, factor in enumerate(FACTORS):
        chunk = word[8 * number : 8 * number + 8]
        if chunk:
            total += (int.from_bytes(chunk, "little") * factor & M64) >> 32
    return total & M32


def stem_hash(word: bytes) -> int:
    return part(word, 8 if word[0] >= 0x80 else 5)


def seeded(key: int, kind: int) -> int:
    value = (key ^ (0x3C6EF372 * kind)) & M32
    value ^= value >> 15
    value = value * 0x2C1B3C6D & M32
    value ^= value >> 12
    return value * 0x297A2D39 & M32


def pair(a: int, b: int) -> int:
    return (a * SPREAD + b) & M32


def features(words: list[bytes], at: int) -> list[int]:
    """The seven features of the word at a position."""
    h = [word_hash(word) for word in words]
    s = [stem_hash(word) for word in words]
    keys = [h[at], s[at], pair(h[at - 1], h[at]) if at else 0]
    keys += [pair(s[at - gap], s[at]) if at >= gap else 0 for gap in (1, 2, 3)]
    keys.append(pair(pair(h[at - 2], h[at - 1]), h[at]) if at >= 2 else 0)
    return [seeded(key, kind) for key, kind in zip(keys, (1, 2, 3, 4, 4, 4, 5), strict=True)]


def weight(cells: list[int], key: int) -> int:
    cell = cells[key >> 16] ^ (key & 0xFF00)
    return cell - 128 if cell <= 0xFF else 0


def logit(text: str, cells: list[int], *, unit: float, bias: float, window: int) -> float:
    """The score without concepts."""
    words = split(text)
    if not words:
        return bias
    each = [
        0 if words[at] in words[max(0, at - 6) : at] else sum(weight(cells, key) for key in features(words, at))
        for at in range(len(words))
    ]
    size = min(window, len(words))
    return bias + max(sum(each[i : i + size]) for i in range(len(words) - size + 1)) * unit
