"""Character folding: what a reader or a model sees as the same letter becomes the same letter.

Each character is folded by itself (compatibility form, no accents, look-alikes to ASCII, nothing where it is
invisible), so folding is linear and every offset can be mapped back.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from itertools import chain

from pytest_agentsafety.text.views import Edit

_MAX_CACHED = 1 << 16
_MAX_PARTS = 6  # one Arabic ligature stands for 18 characters: no text may grow like that
_UNUSUAL = re.compile("[^\t\n\r\x20-\x7e]+")
_CONTROL = bytes(c for c in chain(range(0x20), [0x7F]) if c not in b"\t\n\r")
_TAG = re.compile("[\U000e0020-\U000e007e]")
_TAG_SHIFT = {code: chr(code - 0xE0000) for code in range(0xE0020, 0xE007F)}

# Combining marks that sit on Latin, Greek and Cyrillic letters; marks of other scripts carry meaning and stay.
_MARKS = ((0x0300, 0x036F), (0x1AB0, 0x1AFF), (0x1DC0, 0x1DFF), (0x20D0, 0x20FF), (0xFE20, 0xFE2F))
# Invisible although their category is not "format".
_INVISIBLE = frozenset(chain([0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x3164, 0xFFA0], range(0x180B, 0x1810)))
_VARIATION = ((0xFE00, 0xFE0F), (0xE0000, 0xE0FFF))

_LOOKALIKES = {
    "a": "\u0430\u03b1\u0251\u0391\u0410\uab7a",
    "b": "\u0432\u0412\u0392\u0184\u13cf\u042c\u044c",
    "c": "\u0441\u0421\u03f2\u03f9\u1d04\u216d\u217d",
    "d": "\u0501\u13a0\u217e\u0257",
    "e": "\u0435\u0415\u0395\u03b5\u0454\u0404\u212e\u0259\u03f5\u04bd",
    "f": "\u0192\u03dd\u0584",
    "g": "\u0261\u0581\u050c",
    "h": "\u04bb\u041d\u043d\u0397\u0570\u210f\u04ba",
    "i": "\u0456\u0406\u03b9\u0399\u0131\u04c0\u2170\u0269\u01c0",
    "j": "\u0458\u0408\u03f3",
    "k": "\u043a\u041a\u03ba\u039a\u0138",
    "l": "\u04cf\u217c\u0196",
    "m": "\u043c\u041c\u039c\u217f",
    "n": "\u0578\u039d\u03b7\u0438\u0418\u057c",
    "o": "\u043e\u041e\u03bf\u039f\u0585\u03c3\u2c9f\u0555\u0e50\u0ed0",
    "p": "\u0440\u0420\u03c1\u03a1\u2374",
    "q": "\u051b\u0566",
    "r": "\u0433\u0280\u1d26\u044f\u042f",
    "s": "\u0455\u0405\u054f\ua731",
    "t": "\u0442\u0422\u03c4\u03a4",
    "u": "\u057d\u03c5\u1d1c\u0446",
    "v": "\u03bd\u0475\u0474\u2174",
    "w": "\u0461\u051d\u03c9\u0448\u0428",
    "x": "\u0445\u0425\u03c7\u03a7\u2179",
    "y": "\u0443\u0423\u04af\u04ae\u03b3\u03a5\u1eff",
    "z": "\u0396\u1d22",
    "'": "\u2018\u2019\u201b\u02bc\u02bb\u02b9\u00b4\u2032\u0060",
    '"': "\u201c\u201d\u201e\u201f\u00ab\u00bb\u2033",
    "-": "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2043",
    ".": "\u3002\uff61",
    "!": "\u01c3",
    "/": "\u2044\u2215",
    ":": "\u02d0\ua789\u0589",
    "<": "\u2039\u3008",
    ">": "\u203a\u3009",
    "ss": "\u00df\u1e9e",
    "ae": "\u00e6\u00c6",
    "oe": "\u0153\u0152",
}
_CONFUSABLE = {ord(c): plain for plain, chars in _LOOKALIKES.items() for c in chars if ord(c) > 0x7F}
_CONFUSABLE |= {0xF8: "o", 0xD8: "o", 0x142: "l", 0x141: "l", 0x111: "d", 0x110: "d", 0x20AC: "e"}
for _char, _plain in list(_CONFUSABLE.items()):
    # The other case of a look-alike looks like the other case, or nearly so.
    for _other in (chr(_char).upper(), chr(_char).lower()):
        if len(_other) == 1 and not _other.isascii():
            _CONFUSABLE.setdefault(ord(_other), _plain)


class _Table(dict[int, str]):
    """Folds of characters, filled on demand up to a bound (hostile text may hold every code point)."""

    def __missing__(self, code: int) -> str:
        folded = _fold_char(chr(code))
        if len(self) < _MAX_CACHED:
            self[code] = folded
        return folded


def _within(code: int, ranges: tuple[tuple[int, int], ...]) -> bool:
    return any(low <= code <= high for low, high in ranges)


def _is_invisible(char: str) -> bool:
    code = ord(char)
    return unicodedata.category(char) in ("Cf", "Cs", "Cc") or code in _INVISIBLE or _within(code, _VARIATION)


def _fold_char(char: str) -> str:
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
    return unicodedata.normalize("NFC", "".join(c for c in parts if not _within(ord(c), _MARKS)))


def _fold_part(char: str) -> str:
    return _CONFUSABLE.get(ord(char), char)


_TABLE = _Table()


def fold(text: str) -> str:
    """The text as it is read. Identical (same object) where there is nothing to fold."""
    if text.isascii():
        data = text.encode("ascii")
        kept = data.translate(None, _CONTROL)
        return text if len(kept) == len(data) else _fold_runs(text)
    plain = len(text.encode("ascii", "ignore"))
    return text.translate(_TABLE) if plain * 2 < len(text) else _fold_runs(text)


def _fold_runs(text: str) -> str:
    return _UNUSUAL.sub(lambda m: m.group().translate(_TABLE), text)


def fold_edits(text: str) -> list[Edit]:
    """Where `fold` changed lengths, in order."""
    edits: list[Edit] = []
    shift = 0
    for position, char in _unusual_chars(text):
        size = len(_TABLE[ord(char)])
        if size != 1:
            start = position + shift
            edits.append(Edit(start, start + size, position, position + 1))
            shift += size - 1
    return edits


def _unusual_chars(text: str) -> Iterator[tuple[int, str]]:
    for match in _UNUSUAL.finditer(text):
        yield from enumerate(match.group(), match.start())


def read_tags(text: str) -> str | None:
    """The text with tag characters (an invisible copy of ASCII) made visible; None where there are none.

    One character stays one character, so offsets do not move.
    """
    if text.isascii() or _TAG.search(text) is None:
        return None
    return text.translate(_TAG_SHIFT)
