"""Character folding: what a reader or a model sees as the same letter becomes the same letter.

Each character is folded by itself (compatibility form, no accents, look-alikes to ASCII, nothing where it is
invisible), so folding is linear and every offset can be mapped back.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from functools import cache
from itertools import accumulate, chain

from pytest_agentsafety.text.lookalikes import ALPHABETS, LOOKALIKES
from pytest_agentsafety.text.views import Back, Column

_MAX_CACHED = 1 << 16
_MAX_PARTS = 6  # one Arabic ligature stands for 18 characters: no text may grow like that
_LARGE = 1 << 16
_BULK = 192  # so many unusual characters, and arrays are faster than a table look-up per character
_UNUSUAL = re.compile("[^\t\n\r\x20-\x7e]+")
_CONTROL = bytes(c for c in chain(range(0x20), [0x7F]) if c not in b"\t\n\r")

# Combining marks that sit on Latin, Greek and Cyrillic letters; marks of other scripts carry meaning and stay.
_MARKS = (
    (0x0300, 0x036F), (0x0483, 0x0489), (0x1AB0, 0x1AFF), (0x1DC0, 0x1DFF), (0x20D0, 0x20FF), (0xA66F, 0xA67D),
    (0xFE20, 0xFE2F),
)  # fmt: skip
# Invisible although their category is not "format".
_INVISIBLE = frozenset(chain([0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x3164, 0xFFA0], range(0x180B, 0x1810)))
_VARIATION = ((0xFE00, 0xFE0F), (0xE0000, 0xE0FFF))
# LATIN SMALL LETTER TURNED A WITH HOOK, LATIN LETTER SMALL CAPITAL A, MODIFIER LETTER CAPITAL A ...
_LATIN = re.compile(
    r"(?:LATIN|MODIFIER|FULLWIDTH LATIN) (?:SMALL |CAPITAL )?LETTER (?:SMALL |CAPITAL |TURNED |REVERSED |INVERTED |"
    r"DOTLESS |BARRED |SIDEWAYS |STRETCHED |OPEN |SCRIPT |BLACKLETTER )*([A-Z])(?: WITH .*)?"
)

_CONFUSABLE = {ord(c): plain for plain, chars in LOOKALIKES.items() for c in chars if ord(c) > 0x7F}
_CONFUSABLE |= {0xF8: "o", 0xD8: "o", 0x142: "l", 0x141: "l", 0x111: "d", 0x110: "d", 0x20AC: "e"}
for _letters, _shapes in ALPHABETS:
    for _plain, _char in zip(_letters, _shapes, strict=True):
        if not _char.isascii():
            _CONFUSABLE.setdefault(ord(_char), _plain)
for _code, _plain in list(_CONFUSABLE.items()):
    # The other case of a look-alike looks like the other case, or nearly so.
    for _other in (chr(_code).upper(), chr(_code).lower()):
        if len(_other) == 1 and not _other.isascii():
            _CONFUSABLE.setdefault(ord(_other), _plain)
for _code, _plain in list(_CONFUSABLE.items()):
    # A capital stays one: what is written in look-alikes may be base64.
    if len(_plain) == 1 and chr(_code).isupper():
        _CONFUSABLE[_code] = _plain.upper()


class _Table(dict[int, str]):
    """Folds of characters, filled on demand up to a bound (hostile text may hold every code point)."""

    def __missing__(self, code: int) -> str:
        folded = fold_char(chr(code))
        if len(self) < _MAX_CACHED:
            self[code] = folded
        return folded


def _within(code: int, ranges: tuple[tuple[int, int], ...]) -> bool:
    return any(low <= code <= high for low, high in ranges)


def _is_invisible(char: str) -> bool:
    code = ord(char)
    return unicodedata.category(char) in ("Cf", "Cs", "Cc") or code in _INVISIBLE or _within(code, _VARIATION)


def fold_char(char: str) -> str:
    """What one character becomes: nothing, a character, or a few."""
    if char in "\t\n\r" or " " <= char <= "~":
        return char
    if char in "\u2028\u2029\x85":
        return "\n"
    if ord(char) in _CONFUSABLE:
        return _CONFUSABLE[ord(char)]
    if char.isspace() or char == "\u2800":
        return " "
    if _is_invisible(char):
        return ""
    return "".join(_fold_part(c) for c in _compatible(char))


def _compatible(char: str) -> str:
    """Compatibility form without accents; composed again, because Hangul falls apart otherwise."""
    parts = unicodedata.normalize("NFKD", char)
    if len(parts) > _MAX_PARTS:
        return char
    short = unicodedata.normalize("NFC", "".join(c for c in parts if not _within(ord(c), _MARKS)))
    return char if _size(short) > 2 * _size(char) else short


def _size(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))


def _fold_part(char: str) -> str:
    found = _CONFUSABLE.get(ord(char))
    if found is not None or ord(char) < 0x80 or (not 0x100 <= ord(char) < 0x1E00 and not 0x2C60 <= ord(char) < 0xAB70):
        return char if found is None else found
    latin = _LATIN.fullmatch(unicodedata.name(char, ""))
    return char if latin is None else latin[1].lower()


_TABLE = _Table()


def fold(text: str) -> str:
    """The text as it is read. Identical (same object) where there is nothing to fold."""
    if text.isascii():
        data = text.encode("ascii")
        kept = data.translate(None, _CONTROL)
        return text if len(kept) == len(data) else kept.decode("ascii")
    unusual = len(text) - len(text.encode("ascii", "ignore"))
    if unusual * 2 < len(text) and len(text) <= _LARGE:
        latin = _fold_latin(text)
        if latin is not None:
            return latin
    if unusual >= _BULK or len(text) > _LARGE:
        from pytest_agentsafety.text.bulk import fold_all

        return fold_all(text)
    return text.translate(_TABLE) if unusual * 2 > len(text) else _fold_runs(text)


def _fold_latin(text: str) -> str | None:
    """A text in Latin-1 and the marks that are set in print, by a table of bytes. None for any other.

    Those that become more than one character (sharp s, ligatures, and the dots that are one) are replaced first.
    """
    for mark, folded in _IN_PRINT:
        text = text.replace(mark, folded)
    try:
        data = text.encode("latin-1")
    except UnicodeEncodeError:
        return None
    table, gone = _latin_table()
    kept = data.translate(table, gone)
    if _NOT_ONE in kept:
        return None
    return text if kept == data else kept.decode("latin-1")


_NOT_ONE = 1  # marks what does not become one character of Latin-1; no folded text holds it
_IN_PRINT = tuple(
    (mark, fold_char(mark)) for mark in "\u2018\u2019\u201c\u201d\u201e\u2013\u2014\u2026\u20ac\xdf\xc6\xe6"
)


@cache
def _latin_table() -> tuple[bytes, bytes]:
    """What each byte of Latin-1 becomes, and which become nothing."""
    folds = [fold_char(chr(code)) for code in range(256)]
    table = bytes(ord(f) if len(f) == 1 and ord(f) < 256 else _NOT_ONE for f in folds)
    return table, bytes(code for code, folded in enumerate(folds) if not folded)


def _fold_runs(text: str) -> str:
    return _UNUSUAL.sub(lambda m: m.group().translate(_TABLE), text)


def back_to_unfolded(text: str) -> Back:
    """The way from the UTF-8 of `fold(text)` to that of `text`, made when it is first asked."""
    columns: list[tuple[Column, Column]] = []

    def back(start: int, end: int) -> tuple[int, int]:
        if not columns:
            columns.append(_columns(text))
        sources, folded = columns[0]
        # Between equal ends stand invisible characters: the first of the letter's own, not of what is before it.
        first = bisect_right(folded, start) - 1
        last = bisect_right(folded, end - 1) - 1 if end > start else first - 1
        return int(sources[first]), int(sources[max(first, last + 1)])

    return back


def _columns(text: str) -> tuple[Column, Column]:
    """Where each character begins, and its fold; and the end of both."""
    if len(text) >= _BULK:
        from pytest_agentsafety.text.bulk import columns

        return columns(text)
    sources = accumulate((_size(c) for c in text), initial=0)
    folded = accumulate((_size(_TABLE[ord(c)]) for c in text), initial=0)
    return list(sources), list(folded)
