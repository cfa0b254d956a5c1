"""Offsets through changed text: edits from one text to the next, and the way back."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import NamedTuple


class Edit(NamedTuple):
    """`[out_start, out_end)` of the new text stands for `[src_start, src_end)` of the old one."""

    out_start: int
    out_end: int
    src_start: int
    src_end: int


class View:
    """A text derived from another. `edits` is only asked when an offset has to be mapped back."""

    def __init__(
        self, name: str, text: str, parent: View | None = None, edits: Callable[[], Sequence[Edit]] = tuple
    ) -> None:
        self.name, self.text, self.parent, self._make_edits = name, text, parent, edits

    @cached_property
    def _edits(self) -> Sequence[Edit]:
        return self._make_edits()

    @cached_property
    def _starts(self) -> list[int]:
        return [edit.out_start for edit in self._edits]

    def origin(self, start: int, end: int) -> tuple[int, int]:
        """The span of the first ancestor that `[start, end)` of this text comes from; whole decoded segments."""
        if self.parent is None:
            return start, end
        first = self._back(start, last=False)
        # The end is mapped through the last character inside, so that text inserted behind it is left out.
        final = self._back(end - 1, last=True) if end > start else first
        return self.parent.origin(first, max(first, final))

    def _back(self, position: int, *, last: bool) -> int:
        index = bisect_right(self._starts, position) - 1
        if index < 0:
            return position + last
        edit = self._edits[index]
        if position < edit.out_end:
            return edit.src_end if last else edit.src_start
        return edit.src_end + position - edit.out_end + last
