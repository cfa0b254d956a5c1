"""Words whose letters were set apart, cut in two, run together or multiplied."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import islice
from typing import Any

import numpy as np
import re2

from pytest_agentsafety.text.gate import SHORT_LINE
from pytest_agentsafety.text.pieces import PIECE, matches
from pytest_agentsafety.text.views import Back, Column, Edits, View, back_through, begin_of, edits_of, merged, overwrite

_RUN = 6  # so many letters in a row have to stand alone
_WIDEST = 12
_SHORTEST_RUN = _RUN * (1 + _WIDEST)
_LONGEST_TAG = 80
_TAG = re.compile(rb"<[^<>]{0,80}>")
_BETWEEN = bytes(c for c in range(33, 127) if not chr(c).isalnum() and chr(c) not in '<>"().!?')
_NO_LETTER = bytes(c for c in range(128) if not chr(c).isalnum() and c != 10)
_WORD_GAPS = bytes(c if chr(c) not in "-_.+*/|~,;:" else 32 for c in range(128)) + bytes(range(128, 256))
_MOST_ROWS = 2_000
_PART = r"(?:[A-Za-z0-9']|[\xc2-\xf4][\x80-\xbf]{1,3}){1,15}[?!]?"  # characters are not cut in two
_MANY = re.compile(rb"([A-Za-z])\1{2,}")
_MORE = re.compile(rb"([A-Za-z])\1{3,}")
_AROUND = 200
_SENTENCE = 320
_SMALL = 1 << 13
_PIECE = 1 << 16
_BETWEEN_SIGNS = re.compile(rb"(?<=[\x80-\xbf])[ \t\n.*_|/\\,+~-]{1,3}(?=[\xe3-\xed])")
_MOST_IN_RUNS = 1 << 16
_ALPHA = bytes(c for c in range(128) if chr(c).isalpha())
_LINE_BREAK = re.compile(rb"[ \t]?\r?\n[\s>]*")
_BREAK = b"\n\n"
_IRREGULAR = (b"\r", b"\t", b"\v", b"\f", b">")
_ONE_LINE = bytes.maketrans(b"\n", b" ")
_NO_BYTE = b"\xff"
_LETTER = np.zeros(256, dtype=bool)
_LETTER[[c for c in range(128) if chr(c).isalnum() or chr(c) in "@$!"]] = True


@cache
def _run() -> Any:
    options = re2.Options()
    options.encoding = re2.Options.Encoding.LATIN1
    return re2.compile(rb"(?:[A-Za-z0-9@$!][^A-Za-z0-9@$!]{1,12}){6,}", options)


def runs(view: View) -> tuple[View, bool]:
    """Of a large text the runs of single letters, and whether some of them are left out."""
    if len(view.data) <= _MOST_IN_RUNS:
        return view, False
    rows: list[tuple[int, int, int, int]] = []
    parts: list[bytes] = []
    at = 0
    for begin, close in _runs_in(view.data):
        start, end = max(0, begin - 1), min(close + 1, begin + _MOST_IN_RUNS - at)
        rows.append((at, at, start, start))
        parts.append(view.data[start:end])
        at += end - start + 1
        if at >= _MOST_IN_RUNS:
            break
    data = b"\n".join(parts)
    letters = len(data) - len(data.translate(None, _ALPHA))
    left_out = at >= _MOST_IN_RUNS and letters * 4 > len(data)
    return View("spaced", data, view, back_through(lambda: edits_of(rows))), left_out


def _runs_in(data: bytes) -> Iterator[tuple[int, int]]:
    """Where runs begin and end. One that is longer than what is read of all may end earlier here."""
    at = 0
    while at < len(data):
        window = at + 2 * _MOST_IN_RUNS
        found = _run().search(data, at, window)
        if found is None:
            at = window - _SHORTEST_RUN
        elif found.end() + _WIDEST < window or window >= len(data) or found.end() - found.start() > _MOST_IN_RUNS:
            yield found.span()
            at = found.end()
        else:
            at = found.start()


@cache
def _row() -> Any:
    options = re2.Options()
    options.encoding = re2.Options.Encoding.LATIN1
    return re2.compile(rf"{_PART}(?:[-_.+*/|~,;:]{{1,2}}{_PART}){{3,}}".encode(), options)


def close_gaps(view: View) -> tuple[View, View] | None:
    """Runs of single letters closed up: once with the wider gaps kept as gaps of words, once without any.

    None where there is no run. A run ends with a line.
    """
    data = np.frombuffer(view.data, dtype=np.uint8)
    return _close_gaps(view, data, _LETTER.take(data))


def close_signs(view: View) -> View:
    """Without what stands between characters of Chinese, Japanese or Korean."""
    data = _BETWEEN_SIGNS.sub(b"", view.data)
    return View("spaced", data, view, back_through(lambda: _signs_closed(view.data)))


def _signs_closed(data: bytes) -> Edits:
    rows: list[tuple[int, int, int, int]] = []
    gone = 0
    for match in _BETWEEN_SIGNS.finditer(data):
        start, end = match.span()
        rows.append((start - gone, start - gone, start, end))
        gone += end - start
    return edits_of(rows)


def close_spaces(view: View) -> View | None:
    """The same where white space, or what is not ASCII, is set between letters: then signs are kept."""
    data = np.frombuffer(view.data, dtype=np.uint8)
    closed = _close_gaps(view, data, (data > 32) & (data < 127))
    return None if closed is None else closed[0]


def _close_gaps(view: View, data: Any, is_letter: Any) -> tuple[View, View] | None:
    at = np.flatnonzero(is_letter).astype(np.int32)
    gap = np.diff(at, prepend=-(_WIDEST + 2), append=len(data) + _WIDEST + 1) - 1
    single = (gap[:-1] > 0) & (gap[1:] > 0)
    begins = single & ~(np.concatenate([[False], single[:-1]]) & (gap[:-1] <= _WIDEST))
    chosen = np.flatnonzero(single)
    if not chosen.size:
        return None
    run = np.cumsum(begins.take(chosen), dtype=np.int32) - 1
    long = (np.bincount(run) >= _RUN).take(run)
    if not long.all():
        chosen, run = chosen.compress(long), run.compress(long)
    if not chosen.size:
        return None
    last = np.append(run[1:] != run[:-1], True)
    behind = np.where(last, _WIDEST + 1, gap[chosen + 1])
    firsts = np.flatnonzero(np.append(True, last[:-1]))
    narrow = np.repeat(np.minimum.reduceat(behind, firsts), np.diff(firsts, append=len(run)))
    words = np.where(last, 10, np.where(behind > narrow, 32, 0))
    return _closed("spaced", view, data, at[chosen], words), _closed(
        "spaced", view, data, at[chosen], np.where(last, 10, 0)
    )


def _closed(name: str, view: View, data: Any, at: Any, behind: Any) -> View:
    """The letters at those places, each with the character that goes behind it (0: none)."""
    more = behind.nonzero()[0]
    places = np.arange(len(at), dtype=np.int32)
    if more[0] < len(at) - 1:
        places[1:] += np.cumsum(behind[:-1] > 0, dtype=np.int32)
    out = np.empty(len(at) + len(more), dtype=np.uint8)
    out[places] = data.take(at)
    out[places.take(more) + 1] = behind.take(more)
    return View(name, out.tobytes(), view, _back_to(places, at))


def _back_to(places: Column, at: Column) -> Back:
    """From letters that were picked out to where they stand."""

    def back(start: int, end: int) -> tuple[int, int]:
        first = max(0, bisect_right(places, start) - 1)
        last = max(first, bisect_right(places, end - 1) - 1)
        return int(at[first]), int(at[last]) + 1

    return back


def _without_tags(data: bytes) -> bytes:
    """A large text in pieces that end behind a tag: what is remembered of the cuts is many times the text."""
    if len(data) <= _SMALL or b"<" not in data:
        return _TAG.sub(b"", data)
    parts, done = [], 0
    while done < len(data):
        end = len(data) if len(data) - done <= _PIECE else data.rfind(b">", done, done + _PIECE) + 1
        end = end if end > done else done + _PIECE
        parts.append(_tags_marked(data[done:end]).translate(None, _NO_BYTE))
        done = end
    return b"".join(parts)


def _tags_marked(data: bytes) -> bytes:
    """With a byte that UTF-8 does not have for all of each tag."""
    raw = np.frombuffer(data, dtype=np.uint8)
    marks = ((raw | 2) == ord(">")).nonzero()[0]  # both, and no other character
    size = marks[1:] - marks[:-1] + 1
    kind = raw.take(marks)
    tags = ((kind[:-1] == ord("<")) & (kind[1:] == ord(">")) & (size <= _LONGEST_TAG + 2)).nonzero()[0]
    out = raw.copy()
    overwrite(out, marks.take(tags), size.take(tags), _NO_BYTE[0])
    return bytes(out.tobytes())


def untag(view: View) -> View:
    """Without tags and signs inside words; gaps of words stay."""
    data = _without_tags(view.data).translate(None, _BETWEEN)
    return View("split", data, view, back_through(lambda: _subsequence(view.data, _BETWEEN)))


def join_lines(view: View) -> View:
    """Of lines of a word or two, sentences; of the rest of the text what stands around them."""
    runs = [run.span() for run in _short_lines().finditer(view.data)]
    some = surroundings(view, [(start - _SENTENCE, end + _SENTENCE) for start, end in merged(runs)])
    if some is not view:
        view, runs = some, [run.span() for run in _short_lines().finditer(some.data)]
    parts: list[bytes] = []
    done = 0
    for start, end in runs:
        parts += (view.data[done:start], _on_one_line(view.data[start:end]))
        done = end
    data = b"".join([*parts, view.data[done:]])
    return View("lines", data, view, back_through(lambda: edits_of(_joints(view.data))))


def _on_one_line(run: bytes) -> bytes:
    """A run of short lines with a blank for each break, piece by piece as `_joints` goes through it."""
    return b"".join(map(_joined_piece, (run[at : at + PIECE] for at in range(0, len(run), PIECE))))


def _joined_piece(piece: bytes) -> bytes:
    """Between words there is one blank or a break, so no pattern is needed where all white space is of these two."""
    if not any(sign in piece for sign in _IRREGULAR):
        line = piece.translate(_ONE_LINE)
        if b"  " not in line:
            return line
    if b">" in piece or b"\t" in piece or piece[:1].isspace() or piece.endswith((b" ", b"\r")):
        return _LINE_BREAK.sub(b" ", piece)
    return b" ".join(piece.split()) + b" " * piece[-1:].isspace()


@cache
def _short_lines() -> Any:
    options = re2.Options()
    options.encoding = re2.Options.Encoding.LATIN1
    return re2.compile(f"{SHORT_LINE}{{2,}}".encode(), options)


def _joints(data: bytes) -> list[tuple[int, int, int, int]]:
    """Each break and what quotes the next line, as one blank."""
    rows: list[tuple[int, int, int, int]] = []
    shrunk = 0
    for run in _short_lines().finditer(data):
        for offset, match in matches(_LINE_BREAK, run.group()):
            start, end = (place + offset + run.start() for place in match.span())
            rows.append((start - shrunk, start - shrunk + 1, start, end))
            shrunk += end - start - 1
    return rows


def squeeze(view: View) -> View:
    """Letters and digits alone, line by line, for rules that need no gaps."""
    data = _without_tags(view.data).translate(None, _NO_LETTER)
    return View("squeezed", data, view, back_through(lambda: _subsequence(view.data, _NO_LETTER)))


def around(view: View, places: Iterable[int], most: int) -> View:
    """Of a large text the surroundings of these places, each piece with lines of its own."""
    if len(view.data) <= _SMALL:
        return view
    return surroundings(view, [(place - _AROUND, place + _AROUND) for place in islice(places, most)])


def surroundings(view: View, spans: Iterable[tuple[int, int]]) -> View:
    """Some parts of a text, each with lines of its own; the text itself where that is most of it."""
    spans = merged((begin_of(view.data, start), begin_of(view.data, end)) for start, end in spans)
    if sum(end - start for start, end in spans) * 4 > len(view.data) * 3:
        return view
    rows: list[tuple[int, int, int, int]] = []
    at = 0
    for start, end in spans:
        rows.append((at, at, start, start))
        at += end - start + len(_BREAK)
    data = _BREAK.join(view.data[start:end] for start, end in spans)
    return View(view.name, data, view, back_through(lambda: edits_of(rows)))


def _subsequence(data: bytes, dropped: bytes) -> Edits:
    """Edits of a text that lost its tags and these bytes."""
    raw = np.frombuffer(data, dtype=np.uint8)
    kept = ~np.isin(raw, np.frombuffer(dropped, dtype=np.uint8))
    for match in _TAG.finditer(data):
        kept[match.start() : match.end()] = False
    at = np.flatnonzero(kept).astype(np.int32)
    places = np.arange(len(at), dtype=np.int32)
    return Edits(places, places + 1, at, at + 1)


def set_words_apart(view: View) -> View:
    """Rows of words with signs between them, as words."""
    spans = [match.span() for match in islice(_row().finditer(view.data), _MOST_ROWS)]
    data = b"\n".join([view.data[start:end] for start, end in spans]).translate(_WORD_GAPS)
    return View("joined", data, view, back_through(lambda: _rows(spans)))


def _rows(spans: Sequence[tuple[int, int]]) -> Edits:
    """Each row stands behind a line break of its own."""
    rows: list[tuple[int, int, int, int]] = []
    at = 0
    for start, end in spans:
        rows.append((at, at, start, start))
        at += end - start + 1
    return edits_of(rows)


def shorten(view: View) -> View:
    """A letter written three times, once; and twice where it is written more often, since it was doubled before."""
    data = _MANY.sub(rb"\1", _MORE.sub(rb"\1\1", view.data))
    return View("tripled", data, view, back_through(lambda: _shortened(view.data)))


def _shortened(data: bytes) -> Edits:
    rows: list[tuple[int, int, int, int]] = []
    shrunk = 0
    for match in _MANY.finditer(data):
        start, end = match.span()
        size = 1 if end - start == 3 else 2
        rows.append((start - shrunk, start - shrunk + size, start, end))
        shrunk += end - start - size
    return edits_of(rows)
