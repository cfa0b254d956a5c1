"""A text and every reading of it that a model could follow, with offsets that lead back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property, lru_cache

import re2

from pytest_agentsafety.guards.decode import MAX_DEPTH, decode_once
from pytest_agentsafety.guards.fold import fold, fold_edits, read_tags
from pytest_agentsafety.guards.spans import Edit, View

# Letters that stand alone, six or more in a row: s p a c e d, s.p.a.c.e.d, s-p-a-c-e-d.
_SPACED = r"(?:[^\s][ \t._*|-]{1,4}){6,}[^\s]"
_SPACED_HINT = re2.compile(rb"(?:^|[\s\"'(])(?:[^\s][ \t._*|-]{1,4}){6}")
_SPACED_RUN = re2.compile(r"(?:^|[\s\"'(])(" + _SPACED + r")(?:$|[\s\"').,!?])")
_OVERRIDE = "\u202e"
_BACKWARDS = re.compile("\u202e([^\u202c\u2029\n]*)")
_GAP = re.compile(r"[ \t._*|-]{2,}|[ \t._*|-]")


class Normalised:
    """What became of one text. `text` is the folded form; `views` starts with it and adds decoded forms.

    `spaced` are views of letter-by-letter runs with the gaps closed; words in them may have grown together.
    """

    def __init__(self, source: str) -> None:
        self.source = source
        self._root = View("source", source)

    @cached_property
    def base(self) -> View:
        return _folded("plain", self._root)

    @property
    def text(self) -> str:
        return self.base.text

    @cached_property
    def offsets(self) -> tuple[int, ...]:
        """For each character of `text`, and for its end, the offset in `source`."""
        starts = [self.base.origin(i, i + 1)[0] for i in range(len(self.text))]
        return (*starts, len(self.source))

    @cached_property
    def views(self) -> tuple[View, ...]:
        return tuple(self._views())

    @cached_property
    def spaced(self) -> tuple[View, ...]:
        return tuple(run for view in self.views if (run := _unspaced(view)) is not None)

    def _views(self) -> Iterator[View]:
        yield from _decoded(self.base)
        shown = read_tags(self.source)
        if shown is not None:
            yield from _decoded(_folded("tags", View("tags", shown, self._root)))
        if _OVERRIDE in self.source:
            yield from _decoded(_folded("bidi", _displayed(self._root)))


@lru_cache(maxsize=8)
def normalise(text: str) -> Normalised:
    """Fold and decode a text, lazily and in linear time. Guards of one stage share the result."""
    return Normalised(text)


def _folded(name: str, parent: View) -> View:
    text = fold(parent.text)
    if text is parent.text:
        return View(name, text, parent)
    return View(name, text, parent, lambda: fold_edits(parent.text))


def _decoded(view: View) -> Iterator[View]:
    """The view, then one more per layer of encoding."""
    yield view
    for _ in range(MAX_DEPTH):
        step = decode_once(view.text)
        if step is None:
            return
        text, edits = step
        view = _folded("decoded", View("decoded", text, view, lambda edits=edits: edits))  # type: ignore[misc]
        yield view


def _displayed(view: View) -> View:
    """What is shown of text behind a right-to-left override: each run backwards."""
    runs = [match.span(1) for match in _BACKWARDS.finditer(view.text)]
    text = _BACKWARDS.sub(lambda m: "\u202e" + m.group(1)[::-1], view.text)
    return View("bidi", text, view, lambda: [Edit(start, end, start, end) for start, end in runs])


def _unspaced(view: View) -> View | None:
    if _SPACED_HINT.search(view.text.encode("utf-8", "surrogatepass")) is None:
        return None
    runs = [match.span(1) for match in _SPACED_RUN.finditer(view.text)]
    if not runs:
        return None
    text = "".join(_GAP.sub(_gap, view.text[start:end]) + "\n" for start, end in runs)
    return View("spaced", text, view, lambda: _gap_edits(view.text, runs))


def _gap(gap: re.Match[str]) -> str:
    """A gap wider than one character is the gap between two words."""
    return " " if len(gap.group()) > 1 else ""


def _gap_edits(text: str, runs: list[tuple[int, int]]) -> list[Edit]:
    edits: list[Edit] = []
    size = done = 0
    for start, end in runs:
        size += _append(edits, Edit(size, size, done, start))
        done = start
        for gap in _GAP.finditer(text, start, end):
            size += gap.start() - done
            size += _append(edits, Edit(size, size + len(_gap(gap)), gap.start(), gap.end()))
            done = gap.end()
        size += end - done
        size += _append(edits, Edit(size, size + 1, end, end))
        done = end
    return edits


def _append(edits: list[Edit], edit: Edit) -> int:
    edits.append(edit)
    return edit.out_end - edit.out_start
