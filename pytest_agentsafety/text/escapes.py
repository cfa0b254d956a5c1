"""Escapes of single characters: HTML entities, percent, backslash and quoted-printable, a whole text at a time.

Arrays instead of a loop: a hostile megabyte holds hundreds of thousands of escapes. An escape is always longer than
what it stands for, so a text never grows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from html.entities import html5
from typing import Any, NamedTuple

import numpy as np

from pytest_agentsafety.text.views import Edits, View, back_through, overwrite

_PIECE = 1 << 16
_BACKSLASH = ord("\\")
_LONGEST = 40
_FEW_ROWS = 256
_RAW = 1 << 24  # marks a byte as it is, beside code points
_NOTHING = 1 << 25
_GONE = b"\xff"
_HEX = np.full(256, 255, dtype=np.uint8)
for _value, _digits in enumerate(
    ("0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "aA", "bB", "cC", "dD", "eE", "fF")
):
    for _digit in _digits:
        _HEX[ord(_digit)] = _value
_DEC = np.where(_HEX < 10, _HEX, 255).astype(np.uint8)
_OCT = np.where(_HEX < 8, _HEX, 255).astype(np.uint8)
_NAME = np.zeros(256, dtype=bool)
_NAME[[c for c in range(128) if chr(c).isalnum()]] = True


class _Found(NamedTuple):
    """Escapes of a piece of text: `[start, end)` stands for a code point, a raw byte, or nothing."""

    start: Any
    end: Any
    code: Any


def _number(data: Any, at: Any, digits: Any, base: int, most: int) -> tuple[Any, Any]:
    """Value and count of the digits from each position on."""
    value, count = np.zeros(len(at), dtype=np.int64), np.zeros(len(at), dtype=np.int32)
    active, at = None, at.copy()  # None: all of them
    for _ in range(most):
        digit = digits.take(data.take(at))
        going = digit != 255
        if not going.all():
            active = going.nonzero()[0] if active is None else active.compress(going)
            at, digit = at.compress(going), digit.compress(going)
        if not at.size:
            break
        if active is None:
            value *= base
            value += digit
            count += 1
        else:
            value[active] = value.take(active) * base + digit
            count[active] += 1
        at += 1
    return value, count


def _fixed(data: Any, at: Any, skip: int, digits: int, table: Any = _HEX, base: int = 16) -> _Found:
    """Escapes with a fixed number of digits behind `skip` characters."""
    if len(at):  # mostly the first digit tells
        first = table.take(data.take(at + skip)) != 255
        at = at if first.all() else at.compress(first)
    value, good = np.zeros(len(at), dtype=np.int32), np.ones(len(at), dtype=bool)
    for place in range(skip, skip + digits) if len(at) else ():
        digit = table.take(data.take(at + place))
        good &= digit != 255
        value *= base
        value += digit
    if not good.all():
        at, value = at.compress(good), value.compress(good)
    return _Found(at, at + (skip + digits), value)


def _raw(found: _Found) -> _Found:
    return found._replace(code=found.code | _RAW)


def _html(data: Any, at: Any) -> list[_Found]:
    number = at[data[at + 1] == ord("#")]
    is_hex = (data[number + 2] | 32) == ord("x")
    return [
        _entity(data, number[~is_hex], 2, _DEC, 10),
        _entity(data, number[is_hex], 3, _HEX, 16),
        _named(data, at[_NAME[data[at + 1]]]),
    ]


def _entity(data: Any, at: Any, skip: int, table: Any, base: int) -> _Found:
    value, count = _number(data, at + skip, table, base, 8)
    good = (count > 0) & (value < 0x110000) & (value > 0)
    at, end, value = at[good], (at + skip + count)[good], value[good]
    return _Found(at, end + (data[end] == ord(";")), value)


def _hash(name: str) -> int:
    value = 0
    for char in name:
        value = (value * 131 + ord(char)) & 0xFFFFFFFFFFFFFFFF
    return value


_NAMES = sorted((_hash(name[:-1]), ord(char)) for name, char in html5.items() if name[-1] == ";" and len(char) == 1)
_NAME_HASHES = np.array([key for key, _ in _NAMES], dtype=np.uint64)
_NAME_CODES = np.array([code for _, code in _NAMES], dtype=np.int64)
_SPREAD, _SLOT_BITS = np.uint64(0x9E3779B97F4A7C15), np.uint64(64 - 16)


def _slots(hashes: Any) -> Any:
    return ((hashes * _SPREAD) >> _SLOT_BITS).astype(np.intp)


# Where in the list a hash may stand; those that share a place are searched for.
_SLOTS = _slots(_NAME_HASHES)
_PLACES = np.zeros(1 << 16, dtype=np.int16)
_PLACES[_SLOTS] = np.arange(len(_SLOTS))
_SHARED = (np.bincount(_SLOTS, minlength=1 << 16) > 1).take(_SLOTS)


def _entry(hashes: Any) -> tuple[Any, Any]:
    """The row of the table that each of these may be, and whether it is."""
    row = _PLACES.take(_slots(hashes)).astype(np.intp)
    same = _NAME_HASHES.take(row) == hashes
    others = (_SHARED.take(row) & ~same).nonzero()[0]
    if len(others):
        found = np.minimum(np.searchsorted(_NAME_HASHES, hashes.take(others)), len(_NAME_HASHES) - 1)
        row[others], same[others] = found, _NAME_HASHES.take(found) == hashes.take(others)
    return row, same


def _named(data: Any, at: Any) -> _Found:
    value, end = np.zeros(len(at), dtype=np.uint64), at + 1
    active, place = None, at + 1  # None: all of them
    for _ in range(1, 33):
        char = data.take(place)
        going = _NAME.take(char)
        if not going.all():
            active = going.nonzero()[0] if active is None else active.compress(going)
            place, char = place.compress(going), char.compress(going)
        if not place.size:
            break
        if active is None:
            value *= np.uint64(131)
            value += char
            end += 1
        else:
            value[active] = value.take(active) * np.uint64(131) + char
            end[active] += 1
        place += 1
    row, good = _entry(value)
    good &= data.take(end) == ord(";")
    return _Found(at.compress(good), end.compress(good) + 1, _NAME_CODES.take(row.compress(good)))


def _percent(data: Any, at: Any) -> list[_Found]:
    is_u = (data.take(at + 1) | 32) == ord("u")
    if not is_u.any():
        return [_raw(_fixed(data, at, 1, 2))]
    return [_raw(_fixed(data, at[~is_u], 1, 2)), _pairs(_fixed(data, at[is_u], 2, 4))]


def _quoted(data: Any, at: Any) -> list[_Found]:
    after = data[at + 1]
    crlf = at[(after == 13) & (data[at + 2] == 10)]
    newline = at[after == 10]
    breaks = np.concatenate([newline, crlf])
    ends = np.concatenate([newline + 2, crlf + 3])
    return [_raw(_fixed(data, at, 1, 2)), _Found(breaks, ends, np.full(len(breaks), _NOTHING))]


_SIMPLE = np.zeros(256, dtype=np.int64)
for _char, _meaning in {"n": 10, "r": 32, "t": 32, "\\": 92, '"': 34, "'": 39, "/": 47}.items():
    _SIMPLE[ord(_char)] = _meaning


def _backslash(data: Any, at: Any) -> list[_Found]:
    at = _escaping(at)
    after = data.take(at + 1)
    meaning = _SIMPLE.take(after)
    is_simple = meaning > 0
    simple = at.compress(is_simple)
    found = _Found(simple, simple + 2, meaning.compress(is_simple))
    if len(simple) == len(at):
        return [found]
    unicode = at[after == ord("u")]
    braces = unicode[data[unicode + 1 + 1] == ord("{")]
    value, count = _number(data, braces + 3, _HEX, 16, 6)
    closed = (count > 0) & (data[braces + 3 + count] == ord("}")) & (value < 0x110000)
    return [
        found,
        _pairs(_fixed(data, unicode, 2, 4)),
        _Found(braces[closed], (braces + 4 + count)[closed], value[closed]),
        *_capital(data, at[after == ord("U")]),
        _raw(_fixed(data, at[after == ord("x")], 2, 2)),
        _octal(data, at[after & 0xFC == ord("0")]),
    ]


def _capital(data: Any, at: Any) -> list[_Found]:
    """Eight digits, or four where somebody changed the case of a small one."""
    long = _fixed(data, at, 2, 8)
    return [long, _pairs(_fixed(data, np.setdiff1d(at, long.start), 2, 4))]


def _octal(data: Any, at: Any) -> _Found:
    """The first digit is 0 to 3."""
    found = _fixed(data, at, 1, 3, _OCT, 8)
    small = found.code < 256
    return _raw(_Found(found.start[small], found.end[small], found.code[small]))


def _escaping(at: Any) -> Any:
    """Of backslashes in a row every other one escapes, beginning with the first."""
    if not at.size:
        return at
    begins = np.append(0, np.flatnonzero(at[1:] - at[:-1] > 1) + 1)
    if len(begins) == len(at):
        return at
    if len(begins) <= _FEW_ROWS:
        ends = (*begins[1:].tolist(), len(at))
        return np.concatenate([at[begin:end:2] for begin, end in zip(begins.tolist(), ends, strict=True)])
    sizes = np.diff(begins, append=len(at))
    return at[(np.arange(len(at)) - np.repeat(begins, sizes)) & 1 == 0]


def _pairs(found: _Found) -> _Found:
    """Two halves of a character of the astral planes become one."""
    start, end, code = found
    high = (code[:-1] >> 10 == 0x36) & (code[1:] >> 10 == 0x37) & (end[:-1] == start[1:])
    first = np.flatnonzero(high)
    if not first.size:
        return found
    code[first] = 0x10000 + ((code[first] & 0x3FF) << 10) + (code[first + 1] & 0x3FF)
    end[first] = end[first + 1]
    kept = np.ones(len(code), dtype=bool)
    kept[first + 1] = False
    return _Found(start[kept], end[kept], code[kept])


_FAMILIES: dict[int, Callable[[Any, Any], list[_Found]]] = {
    ord("&"): _html,
    ord("%"): _percent,
    ord("\\"): _backslash,
    ord("="): _quoted,
}


def unescape(view: View, lead: str) -> View | None:
    """The text without escapes that begin with `lead`: `&`, `%`, a backslash or `=`. None where there are none."""
    code = ord(lead)
    data = b"".join(_without(piece, code) for _, piece in _pieces(view.data, code))
    if len(data) == len(view.data):
        return None
    return View("decoded", _valid(data), view, back_through(lambda: _edits(view.data, code)))


def _without(piece: bytes, lead: int) -> bytes:
    if lead == _BACKSLASH and not len(piece) % 2 and not piece.strip(b"\\"):
        return piece[: len(piece) // 2]  # a row of them
    return _replaced(*_looked_at(piece, lead))


def _pieces(data: bytes, lead: int) -> Iterator[tuple[int, bytes]]:
    """Pieces of the text that cut no escape in two, with the offset of each."""
    begin, letter = 0, bytes([lead])
    while begin < len(data):
        end = min(begin + _PIECE, len(data))
        if end < len(data):
            near = data.find(letter, end - _LONGEST, end)
            near -= len(data[begin:near]) - len(data[begin:near].rstrip(letter))  # not inside a row of them
            end = near if near > begin else end
        yield begin, data[begin:end]
        begin = end


def _looked_at(data: bytes, lead: int) -> tuple[Any, _Found]:
    piece = np.frombuffer(data + bytes(_LONGEST), dtype=np.uint8)
    return piece, _found(piece, lead)


def _found(piece: Any, lead: int) -> _Found:
    at = np.flatnonzero(piece[:-_LONGEST] == lead)
    parts = [part for part in _FAMILIES[lead](piece, at) if len(part.start)]
    if not parts:
        return _Found(at[:0], at[:0], at[:0])
    start, end, code = parts[0]
    if len(parts) > 1:
        start = np.concatenate([part.start for part in parts])
        order = np.argsort(start, kind="stable")
        end = np.concatenate([part.end for part in parts])[order]
        start, code = start[order], np.concatenate([part.code for part in parts])[order]
    half = (code.astype(np.uint32) - np.uint32(0xD800)) < 0x800
    return _Found(start, end, np.where(half, ord("?"), code) if half.any() else code)


def _sizes(code: Any) -> Any:
    """Bytes of UTF-8."""
    most = code.max(initial=0)
    if most < 0x80 or (most < _NOTHING and code.min() >= _RAW):
        return np.ones(len(code), dtype=np.int32)
    size = 1 + (code >= 0x80).astype(np.int32) + (code >= 0x800) + (code >= 0x10000)
    return np.where(code >= _NOTHING, 0, np.where(code >= _RAW, 1, size))


def _replaced(piece: Any, found: _Found) -> bytes:
    size = len(piece) - _LONGEST
    if not found.start.size:
        return bytes(piece[:size].tobytes())
    out = piece.copy()
    sizes = _sizes(found.code)
    _write(out, found.start, found.code, sizes)
    overwrite(out, found.start + sizes, found.end - found.start - sizes, _GONE[0])
    return bytes(out[:size].tobytes()).translate(None, _GONE)


def _write(out: Any, start: Any, code: Any, sizes: Any) -> None:
    one = sizes == 1
    if one.all():
        out[start] = _byte(code)
        return
    out[start[one]] = _byte(code[one])
    for size, mark in ((2, 0xC0), (3, 0xE0), (4, 0xF0)):
        chosen = sizes == size
        at, value = start[chosen], code[chosen]
        for place in range(size):
            bits = value >> 6 * (size - 1 - place)
            out[at + place] = (bits | mark if place == 0 else bits & 0x3F | 0x80).astype(np.uint8)


def _byte(code: Any) -> Any:
    """Neither of the two highest ones is in UTF-8; one of them stands here for what is left out."""
    return np.minimum(code.astype(np.uint8), _GONE[0] - 1)


def _edits(data: bytes, lead: int) -> Edits:
    starts, ends, sizes = [], [], []
    for offset, piece in _pieces(data, lead):
        found = _looked_at(piece, lead)[1]
        starts.append(found.start + offset)
        ends.append(found.end + offset)
        sizes.append(_sizes(found.code))
    start, end, size = np.concatenate(starts), np.concatenate(ends), np.concatenate(sizes)
    shrunk = np.cumsum(end - start - size)
    out_start = start - np.concatenate([[0], shrunk[:-1]])
    return Edits(*(column.astype(np.int32) for column in (out_start, out_start + size, start, end)))


_ESCAPED_BYTES = dict.fromkeys(range(56448, 56576), "?")


def _valid(data: bytes) -> bytes:
    """UTF-8, with a question mark for each byte that is none."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("utf-8", "surrogateescape").translate(_ESCAPED_BYTES).encode("utf-8")
    return data
