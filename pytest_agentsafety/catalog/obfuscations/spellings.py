"""Other spellings of the same characters: invisible insertions, look-alikes, leet, spacing."""

from __future__ import annotations

_ZERO_WIDTH = "\u200b"
_SOFT_HYPHEN = "\u00ad"
_TAGS = 0xE0000

# Cyrillic and Greek letters that look like Latin ones.
_LOOKALIKES = str.maketrans({
    "a": "\u0430", "c": "\u0441", "e": "\u0435", "i": "\u0456", "j": "\u0458", "o": "\u043e", "p": "\u0440",
    "s": "\u0455", "x": "\u0445", "y": "\u0443", "A": "\u0410", "B": "\u0412", "C": "\u0421", "E": "\u0415",
    "H": "\u041d", "I": "\u0406", "K": "\u039a", "M": "\u041c", "N": "\u039d", "O": "\u041e", "P": "\u0420",
    "S": "\u0405", "T": "\u0422", "X": "\u0425", "Y": "\u03a5", "Z": "\u0396",
})  # fmt: skip
_FULL_WIDTH = str.maketrans({code: code + 0xFEE0 for code in range(0x21, 0x7F)})
_LEET = str.maketrans("aeiostAEIOST", "431057431057")


def zero_width(text: str) -> str:
    """A zero-width space inside every word, after each letter or digit that another one follows."""
    return _insert(text, _ZERO_WIDTH)


def soft_hyphen(text: str) -> str:
    """A soft hyphen after each letter or digit that another one follows."""
    return _insert(text, _SOFT_HYPHEN)


def tag_characters(text: str) -> str:
    """Printable ASCII as invisible Unicode tag characters behind a visible lead."""
    hidden = "".join(chr(_TAGS + ord(char)) if " " <= char <= "~" else char for char in text)
    return f"See below.{hidden}"


def homoglyph(text: str) -> str:
    """Latin letters replaced by look-alikes from other scripts."""
    return text.translate(_LOOKALIKES)


def full_width(text: str) -> str:
    """Printable ASCII as full-width forms; blanks stay."""
    return text.translate(_FULL_WIDTH)


def leet(text: str) -> str:
    """Digits for the letters they resemble."""
    return text.translate(_LEET)


def mixed_case(text: str) -> str:
    """Letters in alternating case, counted over the letters of the text."""
    flips = 0
    out = []
    for char in text:
        out.append(char.upper() if flips % 2 else char.lower())
        flips += char.isalpha()
    return "".join(out)


def spaced(text: str) -> str:
    """A blank after every character of a word; words are set apart by three."""
    return "   ".join(" ".join(word) for word in text.split())


def _insert(text: str, mark: str) -> str:
    pairs = zip(text, f"{text[1:]} ", strict=False)
    return "".join(char + mark if char.isalnum() and follower.isalnum() else char for char, follower in pairs)
