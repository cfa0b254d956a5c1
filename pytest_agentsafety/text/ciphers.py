"""Readings that put one letter for another, or letters in another order. Each is one pass in C."""

from __future__ import annotations

import re
from string import ascii_lowercase, ascii_uppercase

from pytest_agentsafety.text.views import View, back_reversed, back_whole

ROT47 = "rot47"
# Letters by letters; `rot13` is its own inverse, `rot3` reads what was moved by three places.
ALPHABETIC = ("rot13", "atbash", *(f"rot{n}" for n in range(1, 26) if n != 13))
# What may stand for a letter.
LEET_LETTERS = {
    "a": "4@^", "b": "8", "c": "(", "e": "3", "g": "69", "i": "1!|", "l": "1|!", "o": "0", "q": "9", "s": "5$",
    "t": "7+", "z": "2",
}  # fmt: skip


def _tables() -> dict[str, bytes]:
    both = (ascii_lowercase + ascii_uppercase).encode()
    tables = {"atbash": bytes.maketrans(both, (ascii_lowercase[::-1] + ascii_uppercase[::-1]).encode())}
    for n in range(1, 26):
        lower, upper = ascii_lowercase[n:] + ascii_lowercase[:n], ascii_uppercase[n:] + ascii_uppercase[:n]
        tables[f"rot{n}"] = bytes.maketrans(both, (lower + upper).encode())
    shown = bytes(range(33, 127))
    tables[ROT47] = bytes.maketrans(shown, shown[47:] + shown[:47])
    return tables


_TABLES = _tables()
_UNDO = {name: f"rot{26 - int(name[3:])}" if name[3:].isdigit() and name != ROT47 else name for name in _TABLES}
LEET = bytes.maketrans(b"4@^8369105$7+2(", b"aaabeggiossttzc")
# An exclamation mark at a word's end is one, but for a word in quotation marks of its own.
_STROKE = re.compile(rb"[!|](?=[A-Za-z0-9@$])|(?<=[A-Za-z0-9])[!|](?=[`'\"])")
_LEET_L = re.compile(
    rb"1(?=1)|(?<=[1l])1|(?<=[bcfgkpBCFGKP])1(?=[aeiouy034])|(?<=[aeou034])1(?=[aeouy034]|\b)|\b1(?=[aeou034@])"
)
_LARGE = 1 << 16
_OTHER_LETTERS = re.compile(rb"[\xc3-\xd6][\x80-\xbf]")  # Latin with accents, Greek, Cyrillic, Armenian


def apply(name: str, word: str) -> str:
    """A word written in a cipher."""
    return word.encode().translate(_TABLES[name]).decode()


# For each shift, where the most frequent letters (e t a o i n s r h) would stand.
_FREQUENT = tuple([(letter - 97 + shift) % 26 for letter in b"etaoinsrh"] for shift in range(26))


def likeliest_shift(data: bytes) -> str | None:
    """The `rot` name in which the most letters of a text are frequent ones; None where it is as it is."""
    lower = data.lower()
    count = [lower.count(letter) for letter in ascii_lowercase.encode()]
    scores = [sum(map(count.__getitem__, places)) for places in _FREQUENT]
    best = scores.index(max(scores))
    return f"rot{best}" if best else None


def read_cipher(view: View, name: str) -> list[View]:
    """The text read as one written in a cipher of that name.

    Letters with accents, or of other scripts, are left alone by a cipher, so it is also undone before they are folded.
    """
    table = _TABLES[_UNDO[name]]
    views = [View(name, view.data.translate(table), view)]
    before = view.parent
    if before is not None and _OTHER_LETTERS.search(before.data) is not None:
        views.append(View(name, before.data.translate(table), before))
    return views


def read_reversed(view: View) -> list[View]:
    """Backwards as a whole, and, where that is no large text, each word by itself."""
    text = view.text[::-1]
    turned = View("reversed", text.encode(), view, back_reversed(len(view.data)))
    if len(view.data) > _LARGE:
        return [turned]
    words = View("reversed", b" ".join(turned.data.split(b" ")[::-1]), view, back_whole(len(view.data)))
    return [turned, words]


def read_backwards(view: View) -> View:
    """The words in the opposite order."""
    return View("reversed", b" ".join(view.data.split()[::-1]), view, back_whole(len(view.data)))


def read_leet(view: View) -> list[View]:
    """Digits and signs as letters: where `1` may be an l as one, and everywhere as an i."""
    data = _STROKE.sub(b"1", view.data)
    plain = data.translate(LEET)
    with_l = _LEET_L.sub(b"l", data).translate(LEET)
    return [View("leet", plain, view)] + ([View("leet", with_l, view)] if with_l != plain else [])
