"""A text and every reading of it that a model could follow, with offsets that lead back."""

from __future__ import annotations

import re
import sys
from collections import deque
from collections.abc import Iterator
from functools import cached_property, lru_cache

import re2

from pytest_agentsafety.text.decode import MAX_DEPTH, decode_once
from pytest_agentsafety.text.fold import fold, fold_edits, read_tags
from pytest_agentsafety.text.views import Edit, View

# Letters that stand alone, six or more in a row: s p a c e d, s.p.a.c.e.d, s-p-a-c-e-d.
_SPACED = r"(?:[^\s][ \t._*|-]{1,8}){6,}[^\s]"
_SPACED_HINT = re2.compile(rb"(?:^|[\s\"'(])(?:[^\s][ \t._*|-]{1,8}){6}")
_SPACED_RUN = re2.compile(r"(?:^|[\s\"'(])(" + _SPACED + r")(?:$|[\s\"').,!?])")
MAX_VIEWS = 16
_OVERRIDE = "\u202e"
_BACKWARDS = re.compile("\u202e([^\u202c\u2029\n]*)")
_GAP = re.compile(r"[ \t._*|-]+")


class Normalised:
    """What became of one text. `text` is the folded form; `views` starts with it and adds decoded forms.

    `spaced` are views of letter-by-letter runs with the gaps between letters closed; `joined` the same runs with
    every gap closed, for letters that are set apart unevenly.
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
        return tuple(_close_gaps("spaced", view, runs) for view, runs in self._spaced_runs)

    @cached_property
    def joined(self) -> tuple[View, ...]:
        return tuple(_close_gaps("spaced", view, runs, words=False) for view, runs in self._spaced_runs)

    @cached_property
    def _spaced_runs(self) -> list[tuple[View, list[tuple[int, int]]]]:
        return [(view, runs) for view in self.views if (runs := _find_spaced(view.text))]

    def _views(self) -> Iterator[View]:
        """Breadth first, so that the bound on their number cuts off the deepest nesting only."""
        waiting = deque([(self._root, "plain", self.base, 0)])
        count = 0
        while waiting and count < MAX_VIEWS:
            raw, name, view, depth = waiting.popleft()
            yield view
            count += 1
            for other, how in _hidden(raw):
                waiting.append((other, how, _folded(how, other), MAX_DEPTH if how == name else depth))
            decoded = _decoded(view) if depth < MAX_DEPTH else None
            if decoded is not None:
                waiting.append((decoded, "decoded", _folded("decoded", decoded), depth + 1))


@lru_cache(maxsize=8)
def normalise(text: str) -> Normalised:
    """Fold and decode a text, lazily and in linear time. Guards of one stage share the result."""
    return Normalised(text)


def readings(text: str) -> tuple[str, ...]:
    """Every way to read a text: first the folded text, then its decoded forms, then letters put together again.

    Without repetitions; their number and their sizes together are bounded by a constant times `len(text)`. Costs
    what `normalise` costs, nothing more where a guard has looked at the same text before.
    """
    normal = normalise(text)
    return tuple(dict.fromkeys(view.text for view in (*normal.views, *normal.spaced, *normal.joined)))


def _folded(name: str, parent: View) -> View:
    text = fold(parent.text)
    if text is parent.text:
        return View(name, text, parent)
    return View(name, text, parent, lambda: fold_edits(parent.text))


def _decoded(view: View) -> View | None:
    """One layer of encoding taken off."""
    step = decode_once(view.text)
    return None if step is None else View("decoded", step[0], view, lambda: step[1])


def _hidden(view: View) -> Iterator[tuple[View, str]]:
    """What folding would throw away although it says something: tag characters and display order."""
    shown = read_tags(view.text)
    if shown is not None:
        yield View("tags", shown, view), "tags"
    if _OVERRIDE in view.text:
        yield _displayed(view), "bidi"


def _displayed(view: View) -> View:
    """What is shown of text behind a right-to-left override: each run backwards."""
    runs = [match.span(1) for match in _BACKWARDS.finditer(view.text)]
    text = _BACKWARDS.sub(lambda m: " " + m.group(1)[::-1], view.text)
    return View("bidi", text, view, lambda: [Edit(start, end, start, end) for start, end in runs])


def _find_spaced(text: str) -> list[tuple[int, int]]:
    """Where letters stand apart."""
    if _SPACED_HINT.search(text.encode("utf-8", "surrogatepass")) is None:
        return []
    return [match.span(1) for match in _SPACED_RUN.finditer(text)]


def _close_gaps(name: str, view: View, runs: list[tuple[int, int]], *, words: bool = True) -> View:
    widths = [_letter_gap(view.text, *run) if words else sys.maxsize for run in runs]
    text = "".join(
        _GAP.sub(lambda gap, width=width: _closed(gap, width), view.text[start:end]) + "\n"  # type: ignore[misc]
        for (start, end), width in zip(runs, widths, strict=True)
    )
    return View(name, text, view, lambda: _gap_edits(view.text, runs, widths))


def _letter_gap(text: str, start: int, end: int) -> int:
    """The narrowest gap of a run is the one between letters."""
    return min(gap.end() - gap.start() for gap in _GAP.finditer(text, start, end))


def _closed(gap: re.Match[str], width: int) -> str:
    """Every wider gap is the gap between two words."""
    return " " if gap.end() - gap.start() > width else ""


def _gap_edits(text: str, runs: list[tuple[int, int]], widths: list[int]) -> list[Edit]:
    edits: list[Edit] = []
    size = done = 0
    for (start, end), width in zip(runs, widths, strict=True):
        size += _append(edits, Edit(size, size, done, start))
        done = start
        for gap in _GAP.finditer(text, start, end):
            size += gap.start() - done
            size += _append(edits, Edit(size, size + len(_closed(gap, width)), gap.start(), gap.end()))
            done = gap.end()
        size += end - done
        size += _append(edits, Edit(size, size + 1, end, end))
        done = end
    return edits


def _append(edits: list[Edit], edit: Edit) -> int:
    edits.append(edit)
    return edit.out_end - edit.out_start
