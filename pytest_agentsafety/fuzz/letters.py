"""Changes of single characters that a reader or a model reads over: look-alikes, widths, case, marks, invisible noise.

Plain functions over text, each with an explicit alphabet: blind text finds no hole that needs one certain character.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import count

ZERO_WIDTH = "\u200b\u200c\u200d\u2060\ufeff\u00ad\u180e\u034f"
BIDI_MARKS = "\u200e\u200f\u061c\u2066\u2069"
VARIATION_SELECTORS = "\ufe0f\ufe00\U000e0100"
COMBINING = "\u0301\u0308\u0336\u0332\u0303\u20dd"
HOMOGLYPHS: Mapping[str, str] = {
    "a": "\u0430", "c": "\u0441", "d": "\u0501", "e": "\u0435", "h": "\u04bb", "i": "\u0456", "j": "\u0458",
    "o": "\u043e", "p": "\u0440", "q": "\u051b", "s": "\u0455", "w": "\u051d", "x": "\u0445", "y": "\u0443",
    "A": "\u0410", "B": "\u0412", "C": "\u0421", "E": "\u0415", "H": "\u041d", "I": "\u0406", "K": "\u041a",
    "M": "\u041c", "O": "\u041e", "P": "\u0420", "S": "\u0405", "T": "\u0422", "X": "\u0425",
}  # fmt: skip
GREEK: Mapping[str, str] = {
    "a": "\u03b1", "i": "\u03b9", "o": "\u03bf", "p": "\u03c1", "v": "\u03bd", "x": "\u03c7", "y": "\u03b3",
    "A": "\u0391", "B": "\u0392", "E": "\u0395", "H": "\u0397", "I": "\u0399", "K": "\u039a", "M": "\u039c",
    "N": "\u039d", "O": "\u039f", "P": "\u03a1", "T": "\u03a4", "X": "\u03a7", "Y": "\u03a5", "Z": "\u0396",
}  # fmt: skip
SCRIPTS: Mapping[str, Mapping[str, str]] = {"cyrillic": HOMOGLYPHS, "greek": GREEK}
LEET: Mapping[str, str] = {"a": "4", "e": "3", "i": "1", "o": "0", "s": "5", "t": "7"}
_FULL_WIDTH = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
# Where the mathematical alphabets start that have no gaps: capitals, then small letters.
STYLES: Mapping[str, int] = {"bold": 0x1D400, "sans": 0x1D5A0, "monospace": 0x1D670}


def _every(text: str, every: int, change: Callable[[str], str]) -> str:
    chars = list(text)
    chars[::every] = [change(c) for c in chars[::every]]
    return "".join(chars)


def _insert(text: str, char: str, every: int) -> str:
    return _every(text, every, lambda c: c + char)


def zero_width(text: str, char: str = ZERO_WIDTH[0], every: int = 1) -> str:
    """An invisible character behind every `every`-th character."""
    return _insert(text, char, every)


def soft_hyphen(text: str, every: int = 1) -> str:
    """A soft hyphen behind every `every`-th character."""
    return _insert(text, "\u00ad", every)


def bidi_marks(text: str, char: str = BIDI_MARKS[0], every: int = 1) -> str:
    """A mark of writing direction, invisible and without effect on a left-to-right text."""
    return _insert(text, char, every)


def variation(text: str, char: str = VARIATION_SELECTORS[0], every: int = 1) -> str:
    """A variation selector behind every `every`-th character; none of them has variants."""
    return _insert(text, char, every)


def combining(text: str, mark: str = COMBINING[0], every: int = 1) -> str:
    """A combining mark on every `every`-th letter."""
    return _on_letters(text, every, lambda c: c + mark)


def mixed_case(text: str, every: int = 2) -> str:
    """Every `every`-th character in the other case."""
    return _every(text, every, lambda c: c.swapcase() if len(c.swapcase()) == 1 else c)


def homoglyph(text: str, every: int = 1, script: str = "cyrillic") -> str:
    """Latin letters as those of the same look in another script."""
    table = SCRIPTS[script]
    return _every(text, every, lambda c: table.get(c, c))


def full_width(text: str, every: int = 1) -> str:
    """ASCII as its full-width forms; spaces stay."""
    return _every(text, every, lambda c: c.translate(_FULL_WIDTH))


def styled(text: str, every: int = 1, style: str = "bold") -> str:
    """Latin letters as mathematical ones, as they pass for bold type in plain text."""
    return _every(text, every, lambda c: _styled(c, STYLES[style]))


def _styled(char: str, start: int) -> str:
    if not (char.isascii() and char.isalpha()):
        return char
    return chr(start + ord(char) - ord("A")) if char.isupper() else chr(start + 26 + ord(char) - ord("a"))


def leet(text: str, every: int = 1) -> str:
    """Digits for the letters they resemble, every `every`-th time; addresses and links stay as they are."""
    return " ".join(word if "@" in word or "://" in word else _leet(word, every) for word in text.split(" "))


def _leet(word: str, every: int) -> str:
    return _on_letters(word, every, lambda c: LEET.get(c.lower(), c), among=LEET)


def _on_letters(text: str, every: int, change: Callable[[str], str], among: Mapping[str, str] | None = None) -> str:
    """Count only what can be changed, so that every word of some length has a changed letter."""
    number = count()
    return "".join(
        change(c) if (c.isalpha() if among is None else c.lower() in among) and next(number) % every == 0 else c
        for c in text
    )
