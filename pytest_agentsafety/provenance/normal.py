"""Text in one spelling, and whole-token search in it. Everything is linear in the text."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import pairwise

_JOINERS = frozenset("@._-+/\\:%&=?#~$'")
# Characters that nobody sees: soft hyphens, zero-width ones, direction marks, tags.
_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\U000e0000-\U000e0fff]"
)
_AT = re.compile(r"\s?[(\[{]\s?(?:at|@)\s?[)\]}]\s?", re.IGNORECASE)
_DOT = re.compile(r"\s?[(\[{]\s?(?:dot|\.)\s?[)\]}]\s?", re.IGNORECASE)
# Inside a longer word, and apart from any: most of what stands beside a value.
_INSIDE = frozenset(char for char in map(chr, range(128)) if char.isalnum() or char == "_")
_APART = frozenset(["", *" \n\t()[]{}<>|\"!;*'"])
_INTRODUCING = _APART | {":", "="}
_SHORT = 80  # characters of a value; longer texts are not remembered
_DIGIT = re.compile("[0-9]")
WORD = re.compile(r"[^\W_]+")
# For plain ASCII the same as `WORD`, many times as fast: everything but letters and digits.
_BLANK = dict.fromkeys((code for code in range(128) if not chr(code).isalnum()), " ")


def plain(text: str) -> str:
    """Without unseen characters, and compatible ones (full-width letters) as the plain ones they look like."""
    return text if text.isascii() else _UNSEEN.sub("", unicodedata.normalize("NFKC", text))


def has_unseen(text: str) -> bool:
    """Does it hold a character that is not shown?"""
    return not text.isascii() and _UNSEEN.search(text) is not None


def has_digit(text: str) -> bool:
    """Does it hold a digit of any kind?"""
    return _DIGIT.search(text) is not None if text.isascii() else any(map(str.isdigit, text))


def normalise(text: str) -> str:
    """Case, runs of white space, unseen characters and the width of letters do not matter."""
    return _remembered(text) if len(text) <= _SHORT else _normalised(text)


def _normalised(text: str) -> str:
    return " ".join(plain(text).casefold().split())


# One value is spelled anew for every voice and result that it is looked for in.
_remembered = lru_cache(maxsize=8192)(_normalised)


def undefanged(text: str) -> str:
    """A text in which addresses that were written to slip past ("eve (at) x[.]test") stand as addresses."""
    shown = plain(text)
    if not any(mark in shown for mark in "([{"):
        return shown
    return _DOT.sub(".", _AT.sub("@", shown))


def words_only(text: str) -> str:
    """Nothing but words, a space between and around them."""
    return spaced(text.lower() if text.isascii() else normalise(text))


def spaced(text: str) -> str:
    """The words of a text, a space between and around them."""
    words = text.translate(_BLANK).split() if text.isascii() else WORD.findall(text)
    return f" {' '.join(words)} "


def squeeze(text: str) -> str:
    """Runs of white space do not matter, case does."""
    return " ".join(text.split())


def _is_word(char: str) -> bool:
    """Part of a longer word? Scripts written without spaces have no word boundaries to ask for."""
    if not (char.isalnum() or char == "_"):
        return False
    return not ("\u0e00" <= char <= "\u0eff" or "\u2e80" <= char <= "\ua4cf" or "\uac00" <= char <= "\ud7a3")


def _starts_token(text: str, start: int) -> bool:
    """Does a token begin at `start`, or is this the inside of a longer one ("ob@x.com", "evil-example.com")?"""
    if start == 0:
        return True
    before = text[start - 1]
    if _is_word(before):
        return False
    if before == "," and text[start].isdigit():
        return not (start > 1 and text[start - 2].isdigit())
    if before not in _JOINERS or before in ":='":  # "iban:DE12", "to=bob" and quotes introduce a value
        return True
    return not (start > 1 and _is_word(text[start - 2]))


def _ends_token(text: str, end: int) -> bool:
    if end == len(text):
        return True
    after = text[end]
    if _is_word(after):
        return False
    following = text[end + 1] if end + 1 < len(text) else " "
    if after == "," or after == ":":
        return not following.isdigit()
    if after == "'":  # "Anna's"
        return True
    return after not in _JOINERS or not _is_word(following)


def is_token(text: str, start: int, end: int) -> bool:
    """Is this part of a text a token by itself?"""
    before, after = text[start - 1 : start] if start else "", text[end : end + 1]
    if before in _INSIDE or after in _INSIDE:
        return False
    if before in _INTRODUCING and after in _APART:
        return True
    return _starts_token(text, start) and _ends_token(text, end)


def whole_places(text: str, token: str) -> list[int]:
    """Where `token` stands in `text` as a whole, without overlaps. Both are in the same spelling."""
    found: list[int] = []
    place, size = 0, len(token)
    for before, after in pairwise(text.split(token)):
        place += len(before)
        if before[-1:] not in _INSIDE and after[:1] not in _INSIDE and is_token(text, place, place + size):
            found.append(place)
        place += size
    return found


def has_token(text: str, value: str) -> bool:
    """Does `value` stand in `text` as a whole? Both are in the same spelling."""
    if not value:
        return False
    start = text.find(value)
    while start >= 0:
        end = start + len(value)
        if is_token(text, start, end):
            return True
        # Going on behind this hit keeps the search linear; a hit missed by it only asks once too often.
        start = text.find(value, end)
    return False
