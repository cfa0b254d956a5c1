"""Folding of large texts, with arrays: a look-up per character in a table of code points."""

from __future__ import annotations

from threading import Lock
from typing import Any

import numpy as np

from pytest_agentsafety.text.fold import fold_char
from pytest_agentsafety.text.views import Column

_CODES = 0x30000  # beyond are only private characters, and the invisible ones of plane 14
_PIECE = 1 << 15
_LONGEST = 6
_NOT_PLAIN, _NOT_NARROW = 0xFFFFFFFF, 0xFFFF
_NO_CODE, _NO_UNIT = 0xFFFFFFFE, 0xFFFE  # of what becomes nothing: neither is a character
# Blocks whose letters are themselves, so that nobody has to ask them one by one.
_PLAIN = ((0x3400, 0x9FFF), (0xAC00, 0xD7A3), (0xE000, 0xF8FF), (0x20000, 0x2F7FF), (0x2FA20, 0x2FFFF))


class _Folds:
    """For each code point its length folded, and the fold: itself if one character, else a row of `longer`."""

    def __init__(self) -> None:
        self._lock = Lock()
        self.known = np.zeros(_CODES, dtype=bool)
        self.size = np.ones(_CODES, dtype=np.uint8)
        self.code = np.arange(_CODES, dtype=np.uint32)
        self.longer = np.zeros((1, _LONGEST), dtype=np.uint32)
        # The fold where it is known, and one character or nothing; most pieces of a text need nothing else.
        self.plain = np.full(_CODES, _NOT_PLAIN, dtype=np.uint32)
        self.narrow = np.full(1 << 16, _NOT_NARROW, dtype=np.uint16)  # the same in half the room; no surrogate is
        for low, high in _PLAIN:
            self.known[low : high + 1] = True
            self.plain[low : high + 1] = self.code[low : high + 1]
            self.narrow[low : min(high + 1, 1 << 16)] = self.code[low : min(high + 1, 1 << 16)]

    def learn(self, codes: Any) -> None:
        """Guards ask from several threads; a code counts as known when all of it is in place."""
        with self._lock:
            self._learn(codes)

    def _learn(self, codes: Any) -> None:
        for code in np.unique(codes[~self.known[codes]]).tolist():
            folded = [ord(c) for c in fold_char(chr(code))]
            self.size[code] = len(folded)
            if len(folded) > 1:
                self.longer = np.vstack([self.longer, folded + [0] * (_LONGEST - len(folded))])
                self.code[code] = len(self.longer) - 1
            elif folded:
                self.code[code] = self.plain[code] = folded[0]
                if code < _NO_UNIT and folded[0] < _NO_UNIT:
                    self.narrow[code] = folded[0]
            else:
                self.plain[code] = _NO_CODE
                if code < _NO_UNIT:
                    self.narrow[code] = _NO_UNIT
        self.known[codes] = True


_FOLDS = _Folds()


def _codes(text: str) -> Any:
    """Code points; what has no place in the table as one that is alike: invisible, or itself unchanged."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)


def fold_all(text: str) -> str:
    """What `fold` says of any text."""
    return "".join(_fold_piece(text[i : i + _PIECE]) for i in range(0, len(text), _PIECE))


def _fold_piece(text: str) -> str:
    # A character of two halves has none that is one character folded.
    narrow = _FOLDS.narrow.take(np.frombuffer(text.encode("utf-16-le", "surrogatepass"), dtype=np.uint16))
    most = narrow.max(initial=0)
    if most != _NOT_NARROW:
        narrow = narrow if most != _NO_UNIT else narrow.compress(narrow != _NO_UNIT)
        return bytes(narrow.tobytes()).decode("utf-16-le", "surrogatepass")
    codes = _codes(text)
    if codes.max(initial=0) >= _CODES:
        codes = codes.compress(~_is_tag(codes))
    if codes.max(initial=0) < _CODES:
        plain = _FOLDS.plain.take(codes)
        most = plain.max(initial=0)
        if most != _NOT_PLAIN:
            plain = plain if most != _NO_CODE else plain.compress(plain != _NO_CODE)
            return bytes(plain.tobytes()).decode("utf-32-le", "surrogatepass")
    codes, sizes = _looked_up(text)
    low = np.minimum(codes, _CODES - 1)
    out = np.where(codes < _CODES, _FOLDS.code[low], codes)
    most = int(sizes.max(initial=0))
    if most > 1:
        wide = np.zeros((len(codes), most), dtype=np.uint32)
        wide[:, 0] = out
        several = sizes > 1
        wide[several] = _FOLDS.longer[out[several], :most]
        out = wide[np.arange(most) < sizes[:, None]]
    else:
        out = out[sizes > 0]
    return bytes(out.astype("<u4").tobytes()).decode("utf-32-le", "surrogatepass")


def _looked_up(text: str) -> tuple[Any, Any]:
    """Code points and the lengths of their folds."""
    codes = _codes(text)
    low = np.minimum(codes, _CODES - 1)
    _FOLDS.learn(low)
    sizes = np.where(codes < _CODES, _FOLDS.size[low], np.where(_is_tag(codes), 0, 1))
    return codes, sizes


def _is_tag(codes: Any) -> Any:
    """Whether these are of the block that nobody sees."""
    return codes - np.uint32(0xE0000) < 0x1000


def translate(text: str, low: int, high: int, shift: int) -> str:
    """With so much taken off the code of every character of `[low, high]`, piece by piece."""
    return "".join(_shifted(text[i : i + _PIECE], low, high, shift) for i in range(0, len(text), _PIECE))


def _shifted(text: str, low: int, high: int, shift: int) -> str:
    codes = _codes(text)
    meant = codes - np.uint32(low) <= high - low
    return bytes((codes - meant * np.uint32(shift)).tobytes()).decode("utf-32-le", "surrogatepass")


def columns(text: str) -> tuple[Column, Column]:
    """Where in UTF-8 each character begins, and its fold; and the end of both."""
    sources, folded = [np.zeros(1, dtype=np.int32)], [np.zeros(1, dtype=np.int32)]
    for i in range(0, len(text), _PIECE):
        codes, sizes = _looked_up(text[i : i + _PIECE])
        sources.append(np.cumsum(_utf8_sizes(codes), dtype=np.int32) + sources[-1][-1])
        folded.append(np.cumsum(_folded_sizes(codes, sizes), dtype=np.int32) + folded[-1][-1])
    return np.concatenate(sources), np.concatenate(folded)


def _utf8_sizes(codes: Any) -> Any:
    return 1 + (codes >= 0x80).astype(np.int32) + (codes >= 0x800) + (codes >= 0x10000)


def _folded_sizes(codes: Any, sizes: Any) -> Any:
    low = np.minimum(codes, _CODES - 1)
    out = np.where(codes < _CODES, _FOLDS.code[low], codes)
    bytes_out = np.where(sizes == 0, 0, _utf8_sizes(out))
    several = sizes > 1
    rows = _FOLDS.longer[out[several]]
    bytes_out[several] = (_utf8_sizes(rows) * (rows > 0)).sum(axis=1)
    return bytes_out
