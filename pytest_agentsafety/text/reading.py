"""A text and every reading of it that a model could follow, with offsets that lead back."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from functools import cached_property, lru_cache
from threading import Lock
from typing import NamedTuple

from pytest_agentsafety.text.ciphers import (
    ALPHABETIC,
    ROT47,
    likeliest_shift,
    read_backwards,
    read_cipher,
    read_leet,
    read_reversed,
)
from pytest_agentsafety.text.fold import back_to_unfolded, fold
from pytest_agentsafety.text.gate import Found, is_plain, look, says_something
from pytest_agentsafety.text.hidden import hidden
from pytest_agentsafety.text.tokens import KINDS, Unread, decode_tokens, decode_whole, is_base64
from pytest_agentsafety.text.views import View

MAX_DEPTH = 6
MAX_VIEWS = 32
# All readings together are not longer than this many times the text, small texts aside.
MAX_GROWTH = 2.5
SMALL = 1 << 16
SHORT = 1 << 11
MUCH = 1 << 14
TINY = 16
# So many words, and none that any language is full of: a cipher, or a language that is not known here.
MANY_WORDS = 6
MAX_PLACES = 64
_LEADS = "%&\\="
_SURE = {"base64", "hex"}  # these are not found in anything else
_PEELING = frozenset({"decoded", "hidden"})
_SET_APART = frozenset({"letters", "apart"})
_GAPLESS = ("split", "glued", "solid")  # words cut in two or run together, the surest first
_ENDS = 4  # blanks at the ends of a text that joining its lines takes away
_SPELLINGS = frozenset({"leet", "tripled", "joined", "tagged", *_GAPLESS})
_TURNING = frozenset({"cipher", "reversed", "spelling", "guess"})
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
        self._root = _source(source)
        self._joined: list[View] = []
        self._unread = False
        self._stuffed: set[bytes] = set()
        self._room = 0
        self._lock = Lock()
        self._made_views: tuple[View, ...] | None = None

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

    @property
    def views(self) -> tuple[View, ...]:
        made = self._made_views
        if made is not None:
            return made
        # Guards ask from threads of their own: the first one makes them, the others wait.
        with self._lock:
            if self._made_views is None:
                self._made_views = tuple(self._views())
            return self._made_views

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
        guessed: deque[_Step] = deque()
        count = 0
        while waiting or guessed:
            step = (waiting or guessed).popleft()
            if step.view.data in seen:
                continue
            if count >= MAX_VIEWS:
                self._unread |= any(left.kinds <= _PEELING for left in (step, *waiting))
                return
            seen.add(step.view.data)
            count += 1
            yield step.view
            for further in self._further(step):
                (guessed if "guess" in further.kinds else waiting).append(further)

    def _read(self, name: str, raw: View, before: _Step) -> Iterator[_Step]:
        """A new text folded, and what folding would lose of it."""
        yield _Step(_folded(name, raw), before.depth, before.kinds)
        if "hidden" not in before.kinds:
            for other in hidden(raw):
                kinds = before.kinds | {"hidden"}
                yield _Step(_folded(other.name, other), before.depth, kinds)

    def _further(self, step: _Step) -> Iterator[_Step]:
        """Every reading of a reading."""
        # What is base64 as a whole says nothing else.
        whole = decode_whole(step.view) if step.depth < MAX_DEPTH else None
        found = look(step.view.data) if whole is None else Found({"base64"}, {})
        if step.depth >= MAX_DEPTH:
            self._unread |= not found.names.isdisjoint(_SURE)
            return
        for kind, view in self._made(step, found, whole):
            # What was decoded is a new text, in which something may be hidden again.
            kinds = step.kinds - {"hidden"} if kind == "decoded" else step.kinds
            after = _Step(view, step.depth + 1, kinds | {kind})
            self._room -= len(view.data)
            if self._room < 0:
                self._unread |= after.kinds <= _PEELING
                return
            yield from self._read(view.name, view, after)

    def _made(self, step: _Step, found: Found, whole: View | None) -> Iterator[tuple[str, View]]:
        names, view = found.names, step.view
        decoded = self._decoded(view, names, whole)
        if decoded is not None:
            yield "decoded", decoded
        elif step.kinds.isdisjoint(_TURNING) and TINY <= len(view.data) <= SHORT and not is_plain(view.data):
            yield from self._guesses(view, _in_no_language(view.data) - names)
        if not names.isdisjoint(_SET_APART) and "letters" not in step.kinds:
            yield from self._letters(view, names)
        # Of a large text that holds more than is decoded the word is said already.
        if "lines" in names and "lines" not in step.kinds and not self._given_up(view):
            yield "lines", _joined_lines(view)
        if "spelling" not in step.kinds:
            respelled = self._respelled(view, found, encoded=decoded is not None)
            yield from (("spelling", other) for other in respelled)
        if "cipher" not in step.kinds:
            yield from (("cipher", read) for name in _CIPHERS if name in names for read in read_cipher(view, name))
        if "reversed" in names and "reversed" not in step.kinds:
            yield from (("reversed", turned) for turned in read_reversed(view))

    def _guesses(self, view: View, names: set[str]) -> Iterator[tuple[str, View]]:
        """What nothing tells: of a few words where it says something. Read when all else is read."""
        reads = [read for name in _CIPHERS if name in names for read in read_cipher(view, name)]
        if "reversed" in names:
            reads += read_reversed(view)
        many = len(view.data.split()) >= MANY_WORDS
        yield from (("guess", read) for read in reads if many or says_something(read.data))

    def _letters(self, view: View, names: set[str]) -> Iterator[tuple[str, View]]:
        from pytest_agentsafety.text import letters

        if "apart" in names:
            closed_signs = letters.close_signs(view)
            yield "letters", closed_signs
            if len(closed_signs.data) <= SMALL:
                yield "letters", read_reversed(closed_signs)[0]
        if "letters" not in names:
            return
        view, left_out = letters.runs(view)
        self._unread |= left_out
        closed = letters.close_gaps(view)
        if closed is not None:
            yield "letters", closed[0]
            if len(closed[1].data) <= SMALL:
                self._join(closed[1])
        spaced = letters.close_spaces(view) if len(view.data) <= SMALL else None
        if spaced is not None:
            yield "letters", spaced

    def _respelled(self, view: View, found: Found, *, encoded: bool) -> Iterator[View]:
        names = found.names
        if "backwards" in names and len(view.data) <= SMALL:
            yield read_backwards(view)
        # Digits and letters side by side are those of the encoding, where there is one; what it says is read next.
        mixed = "mixed" in names and len(view.data) <= SHORT and not encoded
        if not mixed and names.isdisjoint(_SPELLINGS):
            return
        from pytest_agentsafety.text import letters

        if "leet" in names or mixed:
            yield from read_leet(self._around(view, found, "leet"))
        if "tripled" in names:
            yield letters.shorten(self._around(view, found, "tripled"))
        if "joined" in names:
            yield letters.set_words_apart(view)
        if "tagged" in names:
            yield letters.untag(view)
        elif "split" in names:
            yield letters.untag(self._around(view, found, "split"))
        if not names.isdisjoint(_GAPLESS):
            self._join(letters.squeeze(self._around(view, found, *_GAPLESS)))

    def _around(self, view: View, found: Found, *kinds: str) -> View:
        from pytest_agentsafety.text.letters import around

        places = [place for kind in kinds for place in found.places.get(kind, ())]
        return around(view, places, MAX_PLACES)

    def _join(self, view: View) -> None:
        self._room -= len(view.data)
        if len(view.data) <= MUCH or all(view.data != other.data for other in self._joined):
            self._joined.append(view)

    def _decoded(self, view: View, found: set[str], whole: View | None) -> View | None:
        """One layer of every encoding taken off; of a large text more, where there is nothing to read in between."""
        latest = view
        for lead in _LEADS:
            if lead in found:
                latest = self._unescaped(latest, lead)
        if not found.isdisjoint(KINDS) and not self._full(view):
            try:
                # An escape may have cut in two what looks like base64 now.
                uncut = latest is view or "long" not in found
                found = found if uncut else found | {"base64"}
                latest = self._tokens(latest, found) if whole is None else self._deeper(whole)
            except Unread:
                self._unread = True
                self._stuffed.add(view.data)
        return None if latest is view else latest

    def _given_up(self, view: View) -> bool:
        return len(view.data) > SMALL and view.data in self._stuffed

    def _full(self, view: View) -> bool:
        """Is it one that holds more than is decoded, with but its lines joined?"""
        before = view
        while before.name == "lines" and before.parent is not None:
            before = before.parent
        alike = 0 <= len(before.data) - len(view.data) <= _ENDS
        return before is not view and alike and before.data in self._stuffed

    def _unescaped(self, view: View, lead: str) -> View:
        from pytest_agentsafety.text.escapes import unescape

        for _ in range(MAX_DEPTH):
            plain = unescape(view, lead)
            if plain is None:
                return view
            dense = len(plain.data) * 8 < len(view.data) * 7
            view = plain
            if len(view.data) <= SMALL or not dense:
                return view
        self._unread |= lead.encode() in view.data
        return view

    def _tokens(self, view: View, found: AbstractSet[str]) -> View:
        plain = decode_tokens(view, found)
        return view if plain is None else self._deeper(plain)

    def _deeper(self, view: View) -> View:
        """What was base64 once may be so again."""
        for _ in range(MAX_DEPTH - 1):
            if len(view.data) <= SMALL or not is_base64(view.data):
                return view
            plain = decode_whole(view) or decode_tokens(view, _SURE)
            if plain is None:
                return view
            view = plain
        self._unread |= len(view.data) > SMALL and is_base64(view.data)
        return view


def _joined_lines(view: View) -> View:
    from pytest_agentsafety.text.letters import join_lines

    return join_lines(view)


def _in_no_language(data: bytes) -> set[str]:
    """What to try of a short text without a common word."""
    likely = likeliest_shift(data)
    return {"rot13", "atbash", ROT47, "reversed"} | ({likely} if likely else set())


def normalise(text: str) -> Normalised:
    """Fold and decode a text, lazily and in linear time. Guards of one stage share the result."""
    return _small(text) if len(text) <= SMALL else _large(text)


_small = lru_cache(maxsize=8)(Normalised)
# With all its readings a text takes several times its size, so not many of these are kept.
_large = lru_cache(maxsize=1)(Normalised)


def readings(text: str) -> tuple[str, ...]:
    """Every way to read a text: first the folded text, then its decoded forms, then letters put together again.

    Without repetitions; their number and their sizes together are bounded by a constant times `len(text)`. Costs
    what `normalise` costs, nothing more where a guard has looked at the same text before.
    """
    normal = normalise(text)
    return tuple(dict.fromkeys(view.text for view in (*normal.views, *normal.joined)))


# Half characters mean nothing, and cost much to encode: something invisible stands for them.
_HALVES = re.compile("[\ud800-\udfff]")


def _source(text: str) -> View:
    try:
        view = View("source", text.encode())
    except UnicodeEncodeError:
        return View("source", _HALVES.sub("\u200b", text).encode())
    view.text = text
    return view


def _folded(name: str, raw: View) -> View:
    text = raw.text
    folded = fold(text)
    same = folded == text
    view = View(name, raw.data, raw) if same else View(name, folded.encode(), raw, back_to_unfolded(text))
    if same or len(text) <= SMALL:
        view.text = folded
    return view
