"""A text and every reading of it that a model could follow, with offsets that lead back."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from functools import cached_property, lru_cache
from typing import NamedTuple

from pytest_agentsafety.text.ciphers import ALPHABETIC, ROT47, likeliest_shift, read_backwards, read_cipher, read_leet, read_reversed
from pytest_agentsafety.text.fold import back_to_unfolded, fold
from pytest_agentsafety.text.gate import Found, is_plain, look
from pytest_agentsafety.text.hidden import hidden
from pytest_agentsafety.text.tokens import KINDS, Unread, decode_tokens
from pytest_agentsafety.text.views import View

MAX_DEPTH = 6
MAX_VIEWS = 24
# All readings together are not longer than this many times the text, small texts aside.
MAX_GROWTH = 2.5
SMALL = 1 << 16
SHORT = 1 << 11
_LEADS = "%&\\="
_SURE = frozenset({"base64", "hex"})  # these are not found in anything else
_PEELING = frozenset({"decoded", "hidden"})
_TURNING = frozenset({"cipher", "reversed", "spelling"})
_CIPHERS = (*ALPHABETIC, ROT47)


class _Step(NamedTuple):
    """A folded reading, how deep it lies, and the kinds of steps that led to it."""

    view: View
    depth: int
    kinds: frozenset[str]


class Normalised:
    """What became of one text. `text` is the folded form; `views` starts with it and adds all other readings.

    `joined` are readings without gaps between words, for rules that need none. `unread` says that the bounds on
    depth, number and size left something unread: more than anybody writes by accident.
    """

    def __init__(self, source: str) -> None:
        self.source = source
        self._root = View("source", source.encode("utf-8", "surrogatepass"))
        self._joined: list[View] = []
        self._unread = False
        self._room = 0

    @cached_property
    def base(self) -> View:
        return _folded("plain", self._root, self.source)

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

    @property
    def joined(self) -> tuple[View, ...]:
        return tuple(self._joined) if self.views else ()

    @property
    def unread(self) -> bool:
        return bool(self.views) and self._unread

    def _views(self) -> Iterator[View]:
        """Breadth first, so that the bounds cut off the deepest nesting only."""
        self._room = max(SMALL * 4, int(len(self._root.data) * MAX_GROWTH))
        seen: set[bytes] = set()
        waiting = deque(self._read("plain", self._root, _Step(self._root, 0, frozenset())))
        count = 0
        while waiting:
            step = waiting.popleft()
            if step.view.data in seen:
                continue
            self._room -= len(step.view.data)
            if count and (count >= MAX_VIEWS or self._room < 0):
                self._unread |= any(left.kinds <= _PEELING for left in (step, *waiting))
                return
            seen.add(step.view.data)
            count += 1
            yield step.view
            waiting.extend(self._further(step))

    def _read(self, name: str, raw: View, before: _Step) -> Iterator[_Step]:
        """A new text folded, and what folding would lose of it."""
        yield _Step(_folded(name, raw, None), before.depth, before.kinds)
        if "hidden" not in before.kinds:
            for other in hidden(raw):
                kinds = before.kinds | {"hidden"}
                yield _Step(_folded(other.name, other, None), before.depth, kinds)

    def _further(self, step: _Step) -> Iterator[_Step]:
        """Every reading of a reading."""
        found = look(step.view.data)
        if step.depth >= MAX_DEPTH:
            self._unread |= not found.names.isdisjoint(_SURE)
            return
        for kind, view in self._made(step, found):
            after = _Step(view, step.depth + 1, step.kinds | {kind})
            yield from self._read(view.name, view, after)

    def _made(self, step: _Step, found: Found) -> Iterator[tuple[str, View]]:
        names, view = found.names, step.view
        decoded = self._decoded(view, names)
        if decoded is not None:
            yield "decoded", decoded
        elif step.kinds.isdisjoint(_TURNING) and len(view.data) <= SHORT and not is_plain(view.data):
            names |= _in_no_language(view.data)
        if "letters" in names and "letters" not in step.kinds:
            yield from self._letters(view)
        if "cipher" not in step.kinds:
            yield from (("cipher", read_cipher(view, name)) for name in _CIPHERS if name in names)
        if "reversed" in names and "reversed" not in step.kinds:
            yield from (("reversed", turned) for turned in read_reversed(view))
        if "spelling" not in step.kinds:
            yield from (("spelling", other) for other in self._respelled(view, found))

    def _letters(self, view: View) -> Iterator[tuple[str, View]]:
        from pytest_agentsafety.text.letters import close_gaps, close_spaces  # noqa: PLC0415 - numpy, where needed

        closed = close_gaps(view)
        if closed is not None:
            yield "letters", closed[0]
            self._join(closed[1])
        spaced = close_spaces(view)
        if spaced is not None:
            yield "letters", spaced

    def _respelled(self, view: View, all_found: Found) -> Iterator[View]:
        found = all_found.names
        if "leet" in found or ("mixed" in found and len(view.data) <= SHORT):
            yield from read_leet(view)
        if "backwards" in found:
            yield read_backwards(view)
        if found.isdisjoint({"split", "glued", "joined", "tripled", "tagged"}):
            return
        from pytest_agentsafety.text import letters  # noqa: PLC0415 - numpy, where it is needed alone

        if "tripled" in found:
            yield letters.shorten(view)
        if "joined" in found:
            yield letters.set_words_apart(view)
        if "split" in found or "tagged" in found:
            yield letters.untag(view)
        if all_found.places:
            self._join(letters.squeeze(view, all_found.places))

    def _join(self, view: View) -> None:
        self._room -= len(view.data)
        self._joined.append(view)

    def _decoded(self, view: View, found: set[str]) -> View | None:
        """One layer of every encoding taken off."""
        latest = view
        for lead in _LEADS:
            if lead in found:
                from pytest_agentsafety.text.escapes import unescape  # noqa: PLC0415 - numpy, where it is needed alone

                latest = unescape(latest, lead) or latest
        if not found.isdisjoint(KINDS):
            try:
                latest = decode_tokens(latest, found) or latest
            except Unread:
                self._unread = True
        return None if latest is view else latest


def _in_no_language(data: bytes) -> set[str]:
    """What to try of a short text without a common word."""
    likely = likeliest_shift(data)
    return {"rot13", "atbash", ROT47, "reversed"} | ({likely} if likely else set())


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
    return tuple(dict.fromkeys(view.text for view in (*normal.views, *normal.joined)))


def _folded(name: str, raw: View, text: str | None) -> View:
    if raw.data.isascii() and text is None:
        text = raw.text
    text = raw.text if text is None else text
    folded = fold(text)
    if folded is text:
        return View(name, raw.data, raw)
    return View(name, folded.encode("utf-8", "surrogatepass"), raw, back_to_unfolded(text))
