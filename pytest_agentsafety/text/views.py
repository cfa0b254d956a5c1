"""Texts derived from texts, and the way back to what was written. Offsets inside are those of UTF-8."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from typing import Any, NamedTuple

Back = Callable[[int, int], tuple[int, int]]
Column = Any  # of offsets: a sequence of int, or an array of numpy


_MAX_ORIGINS = 64
_TURNS = ("rot", "atbash", "reversed")
_GUESSES = ("leet", "rot", "atbash", "reversed", "tripled", "split", "squeezed", "joined")


class Edits(NamedTuple):
    """Row by row: `[out_start, out_end)` of the new text stands for `[src_start, src_end)` of the old one."""

    out_start: Column
    out_end: Column
    src_start: Column
    src_end: Column


def edits_of(rows: Sequence[tuple[int, int, int, int]]) -> Edits:
    """Edits from rows, sorted and without overlaps."""
    return Edits(*zip(*rows, strict=True)) if rows else Edits((), (), (), ())


class View:
    """A reading of a text. `back` maps a span of its bytes to one of the parent's; by default nothing moved.

    `partial`: what is the same in the parent is left out, but for some of it around what is not.
    """

    partial = False

    def __init__(self, name: str, data: bytes, parent: View | None = None, back: Back | None = None) -> None:
        self.name, self.data, self.parent, self._back = name, data, parent, back
        self._origins: dict[tuple[int, int], tuple[int, int]] = {}

    def __repr__(self) -> str:
        return f"View({self.name!r}, {self.text!r})"

    @cached_property
    def text(self) -> str:
        return self.data.decode("utf-8", "surrogatepass")

    @cached_property
    def guessed(self) -> bool:
        """Was a letter taken for another, or its place, on the way here? A decoding is no guess, a cipher is one.

        A guess that is wrong reads as nonsense: what looks for words in it finds few, what looks for shapes many.
        """
        return self.name.startswith(_GUESSES) or (self.parent is not None and self.parent.guessed)

    @cached_property
    def turned(self) -> bool:
        """Was nothing guessed at but a cipher, or the order of letters?"""
        view: View | None = self
        while view is not None:
            if view.name.startswith(_GUESSES) and not view.name.startswith(_TURNS):
                return False
            view = view.parent
        return self.guessed

    def origin(self, start: int, end: int) -> tuple[int, int]:
        """The span of the source that characters `[start, end)` of `text` come from; whole encoded segments."""
        if self._ascii:
            return self.origin_of_bytes(start, end)
        first = len(_encode(self.text[:start]))
        return self.origin_of_bytes(first, first + len(_encode(self.text[start:end])))

    def origin_of_bytes(self, start: int, end: int) -> tuple[int, int]:
        """The same for bytes of `data`; the answer is in characters of the source."""
        view, path = self, []
        while view.parent is not None:
            if view._back is not None:
                start, end = view._back(start, end)
            view = view.parent
            # Of one encoded segment all parts come from the same place.
            known = view._origins.get((start, end))
            if known is not None:
                break
            path.append((view._origins, (start, end)))
        else:
            known = view._characters(start, end)
        for origins, span in path:
            if len(origins) < _MAX_ORIGINS:
                origins[span] = known
        return known

    @cached_property
    def _ascii(self) -> bool:
        return self.data.isascii()

    def _characters(self, start: int, end: int) -> tuple[int, int]:
        if self._ascii:
            return start, end
        first = _length(self.data[:start])
        return first, first + _length(self.data[start:end])


def _encode(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _length(data: bytes) -> int:
    """In characters: every byte but those that continue one."""
    return len(data.translate(None, _CONTINUATION))


_CONTINUATION = bytes(range(0x80, 0xC0))


def back_through(make: Callable[[], Edits]) -> Back:
    """The way back through edits, which are only made when something has been found."""
    made: list[Edits] = []

    def back(start: int, end: int) -> tuple[int, int]:
        if not made:
            made.append(make())
        first = _back(made[0], start, last=False)
        # The end is mapped through the last byte inside, so that text inserted behind it is left out.
        final = _back(made[0], end - 1, last=True) if end > start else first
        return first, max(first, final)

    return back


def _back(edits: Edits, position: int, *, last: bool) -> int:
    index = bisect_right(edits.out_start, position) - 1
    if index < 0:
        return position + last
    out_end, src_end = int(edits.out_end[index]), int(edits.src_end[index])
    if position < out_end:
        return src_end if last else int(edits.src_start[index])
    return src_end + position - out_end + last


def back_reversed(size: int) -> Back:
    """The way back from a text that was turned around."""
    return lambda start, end: (size - end, size - start)


def back_whole(size: int) -> Back:
    """Where no part of the new text belongs to one part of the old."""
    return lambda _start, _end: (0, size)


def begin_of(data: bytes, place: int) -> int:
    """That place of a text in UTF-8, or where the character begins that it is inside of."""
    place = min(max(0, place), len(data))
    while 0 < place < len(data) and data[place] & 0xC0 == 0x80:
        place -= 1
    return place


def overwrite(out: Any, at: Any, count: Any, value: int) -> None:
    """Put a value in so many places of an array from each of those on; nowhere is one twice."""
    if not len(at):
        return
    done = int(count.min())
    for place in range(done):
        out[at + place] = value
    while True:
        more = count > done
        if not more.any():
            return
        at, count = at.compress(more), count.compress(more)
        out[at + done] = value
        done += 1


def merged(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Sorted, overlapping and touching spans joined."""
    done: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if done and start <= done[-1][1]:
            done[-1] = (done[-1][0], max(end, done[-1][1]))
        else:
            done.append((start, end))
    return done
