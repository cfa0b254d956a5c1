"""What folding would throw away although it says something: tag characters, display order, selectors as bytes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import islice
from typing import Any

import re2

from pytest_agentsafety.text.fold import fold
from pytest_agentsafety.text.lookalikes import UPSIDE_DOWN
from pytest_agentsafety.text.pieces import matches, replace
from pytest_agentsafety.text.views import View, back_through, back_whole, edits_of

_OVERRIDE = "\u202e"
_BACKWARDS = re.compile("\u202e([^\u202c\u2029\n]*)")
_TAG = re.compile("[\U000e0020-\U000e007e]")
_TAG_RUN = re.compile("(?<![\U000e0020-\U000e007e \n])(?=[\U000e0020-\U000e007e]{8})")
_TAG_RUN_IN_WORD = re.compile("[^\x00-\x7f\U000e0020-\U000e007e][\U000e0020-\U000e007e]{8}")
_TAGS, _FIRST_TAG, _LAST_TAG = 0xE0000, 0xE0020, 0xE007E
_TAG_SHIFT = {code: chr(code - _TAGS) for code in range(_FIRST_TAG, _LAST_TAG + 1)}
# The same in UTF-8.
_TAGS_IN_A_ROW = rb"(?:\xf3\xa0[\x80\x81][\x80-\xbf]){8}"
_SELECTORS = rb"(?:\xef\xb8[\x80-\x8f]|\xf3\xa0[\x84-\x86][\x80-\xbf]|\xf3\xa0\x87[\x80-\xaf]){8}"
_SELECTED = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]{8,}")
_SELECTOR = {0xFE00 + i: chr(i) for i in range(16)} | {0xE0100 + i: chr(16 + i) for i in range(240)}
_TURNED = re.compile(f"[{''.join(c for c in UPSIDE_DOWN if not c.isascii())}]")
_UPSIDE_DOWN = {ord(c): plain for c, plain in UPSIDE_DOWN.items()}
# First bytes tell whether one of them can be there.
_TURNED_LEADS = tuple({c.encode()[:1] for c in UPSIDE_DOWN if not c.isascii()} - {b"\xc4"})
# A character beyond ASCII between two like signs that set letters apart.
_APART = re.compile(r"([ .*_|/,+~-])([^\x00-\x7f])(?=\1)")
# What is nothing is no letter, some fillers aside.
_MAY_BE_APART = r"[ .*_|/,+~-](?:[^\x00-\x7f\p{L}\p{N}]|[\x{115f}\x{1160}\x{3164}\x{ffa0}])[ .*_|/,+~-]"
_STILL_RAW = ("bidi", "spaced", "tags")  # the names of readings in which something may be hidden still
_SMALL = 1 << 12
_FEWEST_TURNED = 5
_MOST_TURNED = 1 << 14
_MOST_RUNS = 1_000


def hidden(view: View) -> Iterator[View]:
    """Readings of a text that was not folded yet. Nothing in ASCII."""
    if view.data.isascii():
        return
    found = list(_hidden(view))
    yield from found
    for raw in (view, *(other for other in found if other.name in _STILL_RAW)):
        # Escapes stand between hidden characters, and those are gone once a text is folded.
        plain = _unescaped(raw)
        if plain is view:
            continue
        if raw is not view or _count(plain) > _count(raw):
            yield from _hidden(plain)
        elif plain is not raw:
            yield from _without_noise(plain, plain.text)


def _count(view: View) -> int:
    return view.data.count(b"\xf3") + view.data.count(_OVERRIDE.encode())


def _unescaped(view: View) -> View:
    for lead in "%&\\":
        if lead.encode() in view.data:
            from pytest_agentsafety.text.escapes import unescape

            view = unescape(view, lead) or view
    return view


def _hidden(view: View) -> Iterator[View]:
    text, data = view.text, view.data
    if b"\xf3" in data and _TAG.search(text) is not None:
        yield from (View("tags", read, view, back_whole(len(view.data))) for read in _read_tags(text, data))
    yield from _without_noise(view, text)
    if _OVERRIDE in text:
        yield _displayed(view, text)
    if (b"\xf3" in data or b"\xef" in data) and _in_bytes(_SELECTORS).search(data) is not None:
        yield _selectors(view, text)
    if any(lead in data for lead in _TURNED_LEADS) and _TURNED.search(text) is not None:
        lines = [line for line in text.split("\n") if len(_TURNED.findall(line)) >= _FEWEST_TURNED]
        turned = "\n".join(lines)[:_MOST_TURNED].translate(_UPSIDE_DOWN)[::-1]
        if turned:
            yield View("upside down", turned.encode("utf-8", "surrogatepass"), view, back_whole(len(view.data)))


def _read_tags(text: str, data: bytes) -> Iterator[bytes]:
    """In place; a long run of them begins a word; short ones stand for letters of words.

    Behind what is no ASCII a long one may stand for letters, too: a word's other letters were changed before.
    """
    if _in_bytes(_TAGS_IN_A_ROW).search(data) is None:
        yield _encode(_shown(text))
        return
    yield _encode(_shown(_TAG_RUN.sub(" ", text)))
    if _TAG_RUN_IN_WORD.search(text) is not None:
        yield _encode(_shown(text))


def _shown(text: str) -> str:
    """Tag characters as the letters that they stand for."""
    if len(text) <= _SMALL:
        return text.translate(_TAG_SHIFT)
    from pytest_agentsafety.text.bulk import translate

    return translate(text, _FIRST_TAG, _LAST_TAG, _TAGS)


@cache
def _in_bytes(pattern: bytes) -> Any:
    """A look at bytes, which costs a tenth of one at characters with what is around them."""
    options = re2.Options()
    options.encoding = re2.Options.Encoding.LATIN1
    return re2.compile(pattern, options)


def _encode(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _without_noise(view: View, text: str) -> Iterator[View]:
    """Letters set apart of which some are nothing: these go, each with one of the gaps beside it."""
    if _may_be_apart().search(view.data) is None or _APART.search(text) is None:
        return
    short = replace(_APART, lambda match: match[0] if fold(match[2]) else "", text)
    if short != text:
        yield View("spaced", _encode(short), view, back_through(lambda: edits_of(_noise(text))))


@cache
def _may_be_apart() -> Any:
    return re2.compile(_MAY_BE_APART.encode())


def _noise(text: str) -> list[tuple[int, int, int, int]]:
    rows: list[tuple[int, int, int, int]] = []
    done = at = gone = 0
    for offset, match in matches(_APART, text):
        if fold(match[2]):
            continue
        at += len(_encode(text[done : offset + match.start()]))
        done = offset + match.end()
        size = len(_encode(match[0]))
        rows.append((at - gone, at - gone, at, at + size))
        at += size
        gone += size
    return rows


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
