"""Runs of letters or digits that are another text: base64, base32, hex, and lists of character codes.

A pattern describes what text looks like in an encoding (in ASCII the top bit of every byte is 0), so hashes, keys and
pictures are passed over at the speed of the pattern. Patterns are linear: no two parts of one begin alike.
"""

from __future__ import annotations

import binascii
from collections.abc import Callable
from collections.abc import Set as AbstractSet
from functools import cache
from itertools import pairwise
from typing import Any

import re2

from pytest_agentsafety.text.decoders import (
    from_base32,
    from_base64,
    from_bits,
    from_code_points,
    from_decimals,
    from_hex,
    from_morse,
    from_words,
)
from pytest_agentsafety.text.views import View, back_through, begin_of, edits_of, merged

# More readable segments than this in one text are no accident; what is behind them is left unread and says so.
MAX_SEGMENTS = 8_192
_MAX_TRIES = 256
# Whether a token is readable is seen at its head. Lists of numbers are not read to their end if they are this long.
_HEAD, _LONG = 256, 1 << 16

# More than any rule or window of the model looks at.
_LARGE, _AROUND = 1 << 16, 1 << 12
_BETWEEN = b"\n\n"

_HEAD_OF_ALL, _FEW_OTHERS = 1 << 12, 50
_DIGITS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=\r\n"

Decoder = Callable[[bytes], bytes | None]

# The four places of a quad of base64, for ASCII text.
_FIRST, _SECOND = "CDI-Za-f", "A-HQ-Xg-nw-z0-3"
_THIRD, _FOURTH = "ABEFIJMNQRUVYZcdghklopstwx014589", "A-Za-z0-9+/"
_QUAD = f"[{_FIRST}][{_SECOND}][{_THIRD}][{_FOURTH}]"
_TAIL = f"(?:[{_FIRST}][{_SECOND}](?:[{_THIRD}]=?|==)?)?"
BASE64_HINT = rf"(?:^|[^A-Za-z0-9+/_-])(?:{_QUAD.replace('+/', '+/_-')}){{4}}"
# The same backwards, and with its letters moved by thirteen places; of hex too.
REVERSED_HINT = (
    rf"(?:[{_FOURTH}][{_THIRD}][{_SECOND}][{_FIRST}]){{4}}(?:$|[^A-Za-z0-9+/])|"
    r"(?:[0-9A-Fa-f][2-7]){12}(?:$|[^0-9A-Za-z])"
)
# A run of digits alone is the same when its letters are moved.
_MOVED_HEX = "|".join(
    [f"(?:[2-7][0-9]){{{n}}}[2-7][n-s](?:[2-7][0-9n-s]){{{11 - n}}}" for n in range(11)]
    + ["(?:[2-7][0-9]){11,}[2-7][n-s]"]
)
_MOVED = r"(?:^|[^A-Za-z0-9+/])(?:[A-MPQV-Zn-s][0-3D-KN-Uajklmt-z][014589ADEHILMNORSVWZbcfgjkpqtuxy][A-Za-z0-9+/]){4}"
ROT13_HINT = _MOVED + r"|(?:^|[^0-9A-Za-z])(?:[2-7][0-9n-s]){12}"
MOVED_HINT = rf"{_MOVED}|(?:^|[^0-9A-Za-z])(?:{_MOVED_HEX})"
_GAP = r"(?:[ \t]{0,4}\r?\n[ \t]{0,8}|[ \t])?"
_LOOSE_QUAD = f"[{_FIRST}]{_GAP}[{_SECOND}]{_GAP}[{_THIRD}]{_GAP}[{_FOURTH}]{_GAP}"
LOOSE_HINT = rf"(?:^|[^A-Za-z0-9+/])(?:{_LOOSE_QUAD}){{6}}"
_WORD_TAIL = f"[{_FIRST}][{_SECOND}](?:[{_THIRD}]=|==)"
WORDS_HINT = rf"(?:{_QUAD})*{_WORD_TAIL}[ \n](?:{_QUAD}|{_WORD_TAIL})"
_PADDED = rf"(?:(?:{_QUAD})+(?:{_WORD_TAIL})?|{_WORD_TAIL})"

_SEP = r"[\s:,;._|/-]{0,2}"
_PRE = r"(?:0[xX]|\\[xX])?"
_ASCII_HEX = rf"{_PRE}(?:[2-7][0-9A-Fa-f]|0[9AaDd]){_SEP}"
_CONT_HEX = rf"{_PRE}[89ABab][0-9A-Fa-f]{_SEP}"
_HEX_UNIT = (
    rf"(?:{_ASCII_HEX}|{_PRE}[CDcd][0-9A-Fa-f]{_SEP}{_CONT_HEX}|{_PRE}[Ee][0-9A-Fa-f]{_SEP}(?:{_CONT_HEX}){{2}}|"
    rf"{_PRE}[Ff][0-7]{_SEP}(?:{_CONT_HEX}){{3}})"
)
HEX_HINT = rf"(?:{_HEX_UNIT}){{10}}"
BASE32_HINT = r"\b[A-Z2-7]{24}"
BITS_HINT = r"(?:[01]{8}[\s,]{0,2}){6}"
DECIMALS_HINT = r"(?:\b(?:9|1[03]|3[2-9]|[4-9][0-9]|1[0-9][0-9]|2[0-4][0-9])[\s,;]{1,2}){12}"
POINTS_HINT = r"(?:U\+[0-9A-Fa-f]{4,6}[\s,]{0,2}){4}"
MORSE_HINT = r"(?:[.-]{1,6}(?: {1,3}| ?[/|] ?)){8}"


@cache
def _compiled(pattern: str) -> Any:
    """By RE2, which is several times as fast as `re` where a pattern nearly matches."""
    options = re2.Options()
    options.encoding = re2.Options.Encoding.LATIN1
    options.log_errors = False
    options.max_mem = 32 << 20
    return re2.compile(pattern.encode(), options)


_START = "[^A-Za-z0-9+/]"
_ANY = "[A-Za-z0-9+/]"
_IN_RUN = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="
_BREAK = r"\r?\n[ \t]{0,8}"
_LINE = rf"(?:{_BREAK}{_ANY}{{4,}})*"
_LOOSELY = ("loose", "words64")
_BEHIND = b" \t\r\n,;:"
_SHORTEST = 14  # three padded quads with blanks between
# Which kinds tell of it, the pattern (one byte that may stand before a run, and the run), and who reads it.
_BASE64: tuple[tuple[tuple[str, ...], str, Decoder], ...] = (
    (
        # Wrapped in lines, or not.
        ("base64", *_LOOSELY),
        f"{_START}(?:(?:(?:{_QUAD}){{8,}}{_BREAK})+(?:{_QUAD})*|(?:{_QUAD}){{4,}}){_TAIL}",
        from_base64,
    ),
    (_LOOSELY, f"{_START}(?:{_LOOSE_QUAD}){{4,}}{_TAIL}", from_base64),
    (_LOOSELY, f"{_START}(?:{_PADDED} ){{2,}}{_PADDED}", from_words),
    (
        ("base64", "long", *_LOOSELY),
        f"{_START}(?:{_ANY}{{32,}}|{_ANY}{{16,}}{_BREAK}{_ANY}{{4,}}){_LINE}={{0,2}}",
        from_base64,
    ),
)
_OTHERS: dict[str, tuple[str, Decoder]] = {
    "hex": (f"[^0-9A-Za-z]{HEX_HINT[:-1]},}}", from_hex),
    "base32": (r"[^0-9A-Za-z][A-Z2-7]{24,}={0,6}", from_base32),
    "bits": (r"[^0-9A-Za-z](?:[01]{8}[\s,]{0,2}){6,}", from_bits),
    "decimals": (f"[^0-9A-Za-z]{DECIMALS_HINT[:-1]},}}(?:1?[0-9]{{2}}\\b)?", from_decimals),
    "points": (f"[^0-9A-Za-z]{POINTS_HINT[:-1]},}}", from_code_points),
    "morse": (r"[^.\-](?:[.-]{1,6}(?: {1,3}| ?[/|] ?)){8,}[.-]{1,6}", from_morse),
}
_SLOW = (from_decimals, from_code_points, from_morse)
_URL_SAFE = bytes.maketrans(b"-_", b"+/")


class Unread(Exception):
    """More encoded segments than are decoded."""


_BASE64_ALONE = frozenset({"base64"})
BASE64_KINDS = frozenset({"base64", "loose", "words64", "long"})
KINDS = BASE64_KINDS | _OTHERS.keys()
Segment = tuple[int, int, bytes]


def decode_tokens(view: View, kinds: AbstractSet[str]) -> View | None:
    """The text with such runs read, `kinds` being those of `KINDS` that may be in it.

    None where nothing readable is found. Raises Unread.
    """
    segments: list[Segment] = []
    for name, (pattern, decoder) in _OTHERS.items():
        if name in kinds:
            segments = _merged(segments, _segments(pattern, decoder, view.data))
    if not kinds.isdisjoint(BASE64_KINDS) and _has_room(segments, len(view.data)):
        segments = _merged(segments, _base64(view.data, kinds))
    return None if not segments else _decoded(view, segments)


def decode_whole(view: View) -> View | None:
    """A large text that is one run of base64 in ASCII, but for a few bytes, read. None for any other."""
    if len(view.data) <= _LARGE or view.data[_HEAD : 2 * _HEAD].translate(None, _IN_RUN):
        return None
    segments = _as_one(view.data, _BASE64_ALONE)
    return _decoded(view, segments) if segments else None


def _decoded(view: View, segments: list[Segment]) -> View:
    """With what is decoded in place; of a large text, where little is, no more than stands around it."""
    parts: list[bytes] = []
    rows: list[tuple[int, int, int, int]] = []
    ahead = iter([*segments, (len(view.data) + 1, 0, b"")])
    begin, end, plain = next(ahead)
    size = 0
    stretches = _stretches(view.data, segments)
    for low, high in stretches:
        if low:
            parts.append(_BETWEEN * bool(rows))
            size += len(parts[-1])
            rows.append((size, size, low, low))
        done = low
        while begin < high:
            parts += (view.data[done:begin], plain)
            size += begin - done
            rows.append((size, size + len(plain), begin, end))
            size += len(plain)
            done = end
            begin, end, plain = next(ahead)
        parts.append(view.data[done:high])
        size += high - done
    decoded = View("decoded", b"".join(parts), view, back_through(lambda: edits_of(rows)))
    decoded.partial = stretches != [(0, len(view.data))]
    return decoded


def _stretches(data: bytes, segments: list[Segment]) -> list[tuple[int, int]]:
    """The parts of a text that are worth reading again."""
    whole = [(0, len(data))]
    if len(data) <= _LARGE:
        return whole
    spans = merged((begin_of(data, start - _AROUND), begin_of(data, end + _AROUND)) for start, end, _ in segments)
    return spans if sum(end - start for start, end in spans) * 4 <= len(data) * 3 else whole


def is_base64(data: bytes) -> bool:
    """Does a text begin like one that is base64 as a whole, but for some words?"""
    first = _compiled(f"(?:{_QUAD}){{60}}").search(data[:_HEAD_OF_ALL])
    if first is None or not first.start():
        return first is not None
    return len(data.translate(None, _DIGITS)) * _FEW_OTHERS < len(data)


def _has_room(segments: list[Segment], size: int) -> bool:
    """Is there any place between these for base64?"""
    begins = (*(start for start, _, _ in segments), size)
    ends = (0, *(end for _, end, _ in segments))
    return any(begin - end >= _SHORTEST for begin, end in zip(begins, ends, strict=True))


def _base64(data: bytes, kinds: AbstractSet[str]) -> list[Segment]:
    """By whichever pattern most of the text can be read."""
    if b"-" in data or b"_" in data:
        data = data.translate(_URL_SAFE)
    whole = _as_one(data, kinds)
    if whole is not None:
        return whole
    best: list[Segment] = []
    for told_by, pattern, decoder in _BASE64:
        if kinds.isdisjoint(told_by):
            continue
        found = _segments(pattern, decoder, data)
        covered, before = sum(map(_length, found)), sum(map(_length, best))
        if covered > 1.1 * before or (covered >= before and len(found) < len(best)):
            best = found
        if 10 * covered > 9 * len(data):
            break
    return best


def _as_one(data: bytes, kinds: AbstractSet[str]) -> list[Segment] | None:
    """What the patterns find in a large text that is hardly more than one run; None where they have to look."""
    run = _only_run(data) if len(data) > _LARGE else None
    if run is None:
        return None
    start, end = run
    plain = _read(from_base64, data[start : min(end, start + _HEAD)])
    if plain is None:
        return [] if kinds.isdisjoint(_BASE64[0][0][:1] + _LOOSELY) else None
    plain = None if (end - start) % 4 else _read(binascii.a2b_base64, data[start:end])
    return [(start, end, plain)] if plain is not None and plain.isascii() else None


def _only_run(data: bytes) -> tuple[int, int] | None:
    """The run of base64 that is the text but for a few bytes."""
    others = data.translate(None, _IN_RUN)
    if len(others) >= _SHORTEST:
        return None
    places = [-1, len(data)]
    for other in set(others):
        at = data.find(other)
        while at >= 0:
            places.append(at)
            at = data.find(other, at + 1)
    places.sort()
    size, start = max((after - before - 1, before + 1) for before, after in pairwise(places))
    end = start + size
    padding = size - len(data[start:end].rstrip(b"="))
    whole = len(data) - size < _SHORTEST and padding <= 2 and data.find(b"=", start, end - padding) < 0
    return (start, end) if whole else None


def _length(segment: Segment) -> int:
    return segment[1] - segment[0]


def _segments(pattern: str, decoder: Decoder, data: bytes) -> list[Segment]:
    found: list[Segment] = []
    known: dict[bytes, bytes | None] = {}  # short ones often are the same again
    tries = 0
    for match in _compiled(pattern).finditer(b"\n" + data):
        # What stands before a run belongs to the match; since a byte was put before the text, the place is right.
        start, end = match.span()
        token = data[start : end - 1].rstrip(_BEHIND)
        if len(token) > _HEAD:
            readable = _read_long(decoder, token)
        elif token in known:
            readable = known[token]
        else:
            readable = known[token] = _read(decoder, token)
        if readable is None:
            tries += 1
            if tries > _MAX_TRIES:
                break
        else:
            found.append((start, start + len(token), readable))
            if len(found) > MAX_SEGMENTS:
                raise Unread
    return found


def _read_long(decoder: Decoder, token: bytes) -> bytes | None:
    """The head first, which mostly tells."""
    slow = decoder in _SLOW
    if _read(decoder, _head(token) if slow else token[:_HEAD]) is None:
        return None
    if slow and len(token) > _LONG:
        raise Unread
    return _read(decoder, token)


def _head(token: bytes) -> bytes:
    """Without a number that is cut in two."""
    return token[:_HEAD].rstrip(b"0123456789ABCDEFabcdef.-")


def _read(decoder: Decoder, token: bytes) -> bytes | None:
    plain = decoder(token)
    return None if plain is None else _readable(plain)


def _readable(raw: bytes) -> bytes | None:
    """UTF-8 without control characters, as far as that goes if a character is cut off at the end."""
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start < len(raw) - 3 or not error.start:
            return None
        raw = raw[: error.start]
    return raw if raw and len(raw.translate(None, _CONTROLS)) == len(raw) else None


_CONTROLS = bytes(c for c in range(32) if c not in b"\t\n\r") + b"\x7f"


def _merged(first: list[Segment], more: list[Segment]) -> list[Segment]:
    """Both in order; where they overlap the first ones count."""
    if not first or not more:
        return first or more
    merged: list[Segment] = []
    taken = iter(first)
    ahead = next(taken, None)
    for segment in more:
        while ahead is not None and ahead[0] < segment[1]:
            merged.append(ahead)
            ahead = next(taken, None)
        if not merged or merged[-1][1] <= segment[0]:
            merged.append(segment)
    if ahead is not None:
        merged += [ahead, *taken]
    return merged
