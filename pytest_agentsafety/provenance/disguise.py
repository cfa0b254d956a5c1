"""Other ways to write the same: codes backwards, spaced, in groups; texts in an encoding or another spelling."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cached_property, lru_cache

import re2

from pytest_agentsafety.provenance.normal import has_digit, normalise, words_only
from pytest_agentsafety.provenance.vocabulary import word_set
from pytest_agentsafety.text import readings

REMEMBERED = 2_000  # characters of a text whose readings are
CODE = 6  # characters from which letters and digits are a code
# Short groups with one or two characters between them: "4 7 1 1", "x-k-7-7", "12 34 56". Bounded, so linear.
_ROT13 = str.maketrans(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", "nopqrstuvwxyzabcdefghijklmNOPQRSTUVWXYZABCDEFGHIJKLM"
)
_LEET = str.maketrans("013457@$", "oieastas")
_GROUPS = re.compile(r"(?:[^\W_]{1,5}[^\w\n]{1,3}){2,60}[^\W_]{1,5}")
_ENCODED = re2.compile(
    r"&#|&[A-Za-z]{2,31};|%[0-9A-Fa-f]{2}|\\[ux][0-9A-Fa-f]{2}|(?:[0-9A-Fa-f]{2}[ :,]){8}|"
    r"(?:[^\s][ \t._*|-]{1,8}){6}[^\s](?:\s|$)"
)
_LONG = re2.compile(r"[A-Za-z0-9+/_-]{16,}")
_HEX = re.compile(rb"(?:[0-9a-fA-F]{2}){8,}")
# Two words with digits inside, as in "t3ll 7he"; a word that mixes Latin letters with their look-alikes.
_MIXED = re2.compile(
    r"[A-Za-z][013457@$][A-Za-z]\S*\s(?:\S*\s){0,3}?\S*[A-Za-z][013457@$][A-Za-z]|"
    r"[A-Za-z][\x{370}-\x{58f}]|[\x{370}-\x{58f}][A-Za-z]"
)
# Words without which hardly anything is ordered; none of them is another word when it is turned.
_TELLTALE = word_set(
    "the you this that with your must please tell say send recommend mention include answer write state inform add "
    "suggest advise visit repeat reply announce promote transfer delete create forward share invite"
)
_TURNED = re2.compile(
    "(?i)\\b(?:"
    + "|".join(turned for word in sorted(_TELLTALE) for turned in (word[::-1], word.translate(_ROT13)))
    + ")\\b"
)


def closed(text: str) -> str:
    """Letters and digits only, in one case."""
    return words_only(text).replace(" ", "")


def is_code(closed_text: str) -> bool:
    """Is it long enough, and with a digit, so that it stands nowhere by chance?"""
    return len(closed_text) >= CODE and any(char.isdigit() for char in closed_text)


def hidden_codes(text: str) -> Iterator[str]:
    """What a text may hold without showing it, closed up: words backwards, and groups put together, either way."""
    if not has_digit(text):
        return
    for word in text.split():
        if word.isascii() and not any(map(str.isdigit, word)):
            continue
        turned = closed(word)[::-1]
        if is_code(turned):
            yield turned
    for match in _GROUPS.finditer(text):
        run = closed(match[0])
        if is_code(run):
            yield run
            yield run[::-1]


def holds_secret(closed_text: str, secret: str) -> bool:
    """Does a text (closed up) hold a secret, forwards or backwards?"""
    bare = closed(secret)
    return len(bare) >= CODE and (bare in closed_text or bare[::-1] in closed_text)


class Otherwise:
    """A text in other readings than the one that is shown: `flats`, each of them normalised."""

    def __init__(self, text: str) -> None:
        self.flats = disguised(text)

    @cached_property
    def spaced(self) -> tuple[str, ...]:
        """Each as words only."""
        return tuple(map(words_only, self.flats))

    @cached_property
    def words(self) -> frozenset[str]:
        """The words of all of them."""
        return frozenset(word for one in self.spaced for word in one.split())


def read_otherwise(text: str) -> Otherwise:
    """A text in its other readings. The same results are read in one task after the other."""
    return _remembered(text) if len(text) <= REMEMBERED else Otherwise(text)


_remembered = lru_cache(maxsize=512)(Otherwise)


def disguised(text: str) -> tuple[str, ...]:
    """What a text says once it is decoded or spelled plainly, normalised; without the text as it stands."""
    shown = normalise(text)
    plainly, *decoded_forms = readings(text)
    others = (
        plainly,
        *_readings(text, decoded_forms),
        text[::-1],
        *(text.translate(table) for table in (_ROT13, _LEET)),
    )
    return tuple(other for other in dict.fromkeys(map(normalise, others)) if other and other != shown)


def decoded(text: str) -> tuple[str, ...]:
    """What a text says in every encoding that is looked for; empty where there is none to be seen."""
    raw = text.encode("utf-8", "replace")
    if text.isascii() and _ENCODED.search(raw) is None and not any(map(_packed, _LONG.findall(raw))):
        return ()
    return _readings(text, readings(text)[1:])


def _readings(text: str, whole: Sequence[str]) -> tuple[str, ...]:
    """The decoded forms: of runs that go over several lines (`whole`), and of each line by itself."""
    if "\n" not in text or not any(map(_packed, _LONG.findall(text.encode("utf-8", "replace")))):
        return tuple(whole)
    return (*whole, *readings(text.replace("\n", " \n "))[1:])


def is_spelled_otherwise(text: str) -> bool:
    """May a text say more than it shows, because words are turned, or spelled with other signs?"""
    raw = text.encode("utf-8", "replace")
    return any(pattern.search(raw) is not None for pattern in (_MIXED, _TURNED))


def _packed(run: bytes) -> bool:
    """Can a run of letters and digits be base64 or hex of a text? Words, links and paths in one case are neither."""
    return not (run.islower() or run.isupper()) or _HEX.fullmatch(run) is not None
