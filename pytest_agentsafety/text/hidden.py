"""What folding would throw away although it says something: tag characters, display order, selectors as bytes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from pytest_agentsafety.text.lookalikes import UPSIDE_DOWN
from pytest_agentsafety.text.views import View, back_through, back_whole, edits_of

_OVERRIDE = "\u202e"
_BACKWARDS = re.compile("\u202e([^\u202c\u2029\n]*)")
_TAG = re.compile("[\U000e0020-\U000e007e]")
_TAG_RUN = re.compile("(?<![\U000e0020-\U000e007e ])(?=[\U000e0020-\U000e007e]{8})")
_TAG_SHIFT = {code: chr(code - 0xE0000) for code in range(0xE0020, 0xE007F)}
_SELECTED = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]{8,}")
_SELECTOR = {0xFE00 + i: chr(i) for i in range(16)} | {0xE0100 + i: chr(16 + i) for i in range(240)}
_TURNED = re.compile(f"[{''.join(c for c in UPSIDE_DOWN if not c.isascii())}]")
_UPSIDE_DOWN = {ord(c): plain for c, plain in UPSIDE_DOWN.items()}
# First bytes tell whether one of them can be there.
_TURNED_LEADS = tuple({c.encode()[:1] for c in UPSIDE_DOWN if not c.isascii()} - {b"\xc4"})
_FEWEST_TURNED = 5
_MOST_TURNED = 1 << 14
_MOST_RUNS = 1_000


def hidden(view: View) -> Iterator[View]:
    """Readings of a text that was not folded yet. Nothing in ASCII."""
    if view.data.isascii():
        return
    text, data = view.text, view.data
    if b"\xf3" in data and _TAG.search(text) is not None:
        yield View("tags", _read_tags(text), view, back_whole(len(view.data)))
    if _OVERRIDE in text:
        yield _displayed(view, text)
    if (b"\xf3" in data or b"\xef" in data) and _SELECTED.search(text) is not None:
        yield _selectors(view, text)
    if any(lead in data for lead in _TURNED_LEADS) and _TURNED.search(text) is not None:
        lines = [line for line in text.split("\n") if len(_TURNED.findall(line)) >= _FEWEST_TURNED]
        turned = "\n".join(lines)[:_MOST_TURNED].translate(_UPSIDE_DOWN)[::-1]
        if turned:
            yield View("upside down", turned.encode("utf-8", "surrogatepass"), view, back_whole(len(view.data)))


def _read_tags(text: str) -> bytes:
    """In place; a long run of them begins a word; short ones stand for letters of words."""
    return _TAG_RUN.sub(" ", text).translate(_TAG_SHIFT).encode("utf-8", "surrogatepass")


def _displayed(view: View, text: str) -> View:
    """What is shown of text behind a right-to-left override: each run backwards."""
    parts: list[bytes] = []
    rows: list[tuple[int, int, int, int]] = []
    done = at = 0
    for match in islice(_BACKWARDS.finditer(text), _MOST_RUNS):
        before = text[done : match.start()].encode("utf-8", "surrogatepass") + b" "
        run = match[1][::-1].encode("utf-8", "surrogatepass")
        parts += (before, run)
        at += len(before)
        # The mark itself, three bytes, became a blank.
        rows.append((at - 1, at, at - 1 + 2 * len(rows), at + 2 + 2 * len(rows)))
        at += len(run)
        done = match.end()
    if len(rows) == _MOST_RUNS:  # nobody writes like that: the rest is one run
        text = text[:done] + text[done:][::-1]
    data = b"".join([*parts, text[done:].encode("utf-8", "surrogatepass")])
    return View("bidi", data, view, back_through(lambda: edits_of(rows)))


def _selectors(view: View, text: str) -> View:
    """Bytes that are written as variation selectors."""
    found = b"\n".join(match[0].translate(_SELECTOR).encode("latin-1") for match in _SELECTED.finditer(text))
    return View("tags", found.decode("utf-8", "replace").encode(), view, back_whole(len(view.data)))
