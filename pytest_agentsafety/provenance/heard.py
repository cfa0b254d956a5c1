"""What the tools of one run returned, indexed once: whole values of fields, and free text."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import accumulate, repeat
from operator import contains
from typing import Any, NamedTuple

from pytest_agentsafety.model.decisions import Origin
from pytest_agentsafety.model.safe_text import one_line
from pytest_agentsafety.provenance.dates import Day, days_in
from pytest_agentsafety.provenance.disguise import CODE, REMEMBERED, closed, decoded, is_code, is_spelled_otherwise
from pytest_agentsafety.provenance.naming import Mark
from pytest_agentsafety.provenance.normal import has_token, normalise, words_only
from pytest_agentsafety.provenance.numbers import as_number, spellings
from pytest_agentsafety.provenance.passages import passages_of, words_of
from pytest_agentsafety.provenance.records import Field, Record
from pytest_agentsafety.provenance.together import BETWEEN, SEARCHED, Together
from pytest_agentsafety.provenance.values import Item, Kind, host_of, kind_of, same_spelling

_FEW = 8  # passages, that are looked for without a look at their words
_NO_CODES: frozenset[Kind] = frozenset({"date", "number", "url", "text"})
_OTHERWISE: tuple[Kind, ...] = ("url", "account", "phone")  # kinds that free text may spell in other ways
_SECRET_KEY = re.compile(
    r"passw|passcode|passphrase|secret|token|credential|api_?key|private_?key|\bpin\b|cvv|cvc|otp|security_?code|ssn|"
    r"recovery|seed"
)
_SHORT = 80  # characters of a value; longer texts are not remembered
_TELLING = 4  # characters from which a number speaks for itself
_NOWHERE: Mapping[Source, Sequence[int]] = {}
_TELLING_WORDS = 5  # characters, with the blanks around it, that a value has to be longer than


@dataclass(eq=False)
class Source:
    """One tool result. `outside`: people other than the user may have written in it; `pointed`: the user's words led
    to reading it; `ours`: the agent's own write returned it; `whole`: one text, which the user named; `followed`:
    what a link led to that the user did not write: no further link counts from there on; `looked_up`: what stands
    under an id that the task means."""

    tool: str
    outside: bool
    pointed: bool
    ours: bool
    arguments: Mapping[str, Any]
    records: list[Record]
    whole: bool = False
    followed: bool = False
    looked_up: bool = False
    things: frozenset[str] = frozenset()
    marks: dict[Record, Mark] = field(default_factory=dict)
    told: dict[Record, Mark] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.shown = f"the result of {one_line(self.tool)}"  # how a reason speaks of it

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        """Its free texts, a record each."""
        return tuple(Block(record, self) for record in self.records if record.texts)

    @cached_property
    def flat(self) -> str:
        """All its free text in one spelling."""
        return BETWEEN.join(block.record.flat for block in self.blocks)

    @cached_property
    def surely(self) -> int:
        """How many records the task names for sure."""
        return sum(mark.surely for mark in self.marks.values())

    @cached_property
    def counts(self) -> frozenset[int]:
        """How many records it has, and how many share a value of a field."""
        shared: dict[tuple[str, str], int] = {}
        for record in self.records:
            for found in record.fields, record.labels:
                for item in found:
                    key = item.key, item.spelling
                    shared[key] = shared.get(key, 0) + 1
        return frozenset({len(self.records), *shared.values()} - {0, 1})

    @cached_property
    def days(self) -> frozenset[Day]:
        """The days that its fields name."""
        found = (days_in(item.value) for record in self.records for item in record.fields)
        return frozenset().union(*found)

    @cached_property
    def spelled(self) -> str:
        """All its fields in one spelling."""
        return BETWEEN.join(item.spelling for record in self.records for item in record.fields)

    @cached_property
    def words(self) -> str:
        """All its free text as words only."""
        return words_of(self.flat).spaced

    def shared(self, runs: Sequence[str]) -> Iterator[str]:
        """Which runs of a few words of another text (`passages_of`, each word) stand in its free text too."""
        if not runs or not self.flat:
            return iter(())
        if len(self.words) >= SEARCHED:
            return (run for run in runs if run in self._passages)
        few = len(runs) <= _FEW
        known = frozenset[str]() if few else words_of(self.flat).all
        return (run for run in runs if (few or known.issuperset(run.split())) and run in self.words)

    @cached_property
    def _passages(self) -> frozenset[str]:
        return frozenset(passages_of(self.words))

    @cached_property
    def secrets(self) -> tuple[Field, ...]:
        """Its fields whose keys say that they are secret."""
        found = (item for record in self.records for item in record.fields)
        return tuple(item for item in found if len(item.value) >= _TELLING and _is_secret(item.key))

    def told_in(self, words: str) -> Mapping[Record, Sequence[tuple[str, str]]]:
        """The telling values of its records that stand in a text of words only, as written and as words; in order."""
        starts = dict.fromkeys(words.split())
        found = sorted(spot for start in starts for spot in self._telling.get(start, ()) if spot[2] in words)
        told: dict[Record, list[tuple[str, str]]] = {}
        for record, item, spelled in found:
            told.setdefault(self.records[record], []).append((self.records[record].fields[item].value, spelled))
        return told

    @cached_property
    def _telling(self) -> Mapping[str, Sequence[tuple[int, int, str]]]:
        """Its keyed values as words only, by their first words: the numbers of record and field, and the value."""
        found: dict[str, list[tuple[int, int, str]]] = {}
        for number, record in enumerate(self.records):
            for at, item in enumerate(record.fields):
                spelled = words_only(item.value) if item.key else ""
                if len(spelled) > _TELLING_WORDS:
                    found.setdefault(spelled.split(maxsplit=1)[0], []).append((number, at, spelled))
        return found

    @cached_property
    def raw(self) -> str:
        """All its free text as it was written."""
        return "\n".join(text for block in self.blocks for text in block.record.texts)

    @cached_property
    def encoded(self) -> bool:
        """May its free text say more than it shows?"""
        return bool(self._decoded) or is_spelled_otherwise(self.raw)

    @cached_property
    def _decoded(self) -> tuple[str, ...]:
        return decoded(self.raw)

    @property
    def disguised(self) -> Iterator[tuple[Block, str]]:
        """Its texts in other readings, if it has any."""
        if self.encoded:
            yield from ((block, text) for block in self.blocks for text in block.record.otherwise.flats)

    @cached_property
    def hidden(self) -> tuple[str, ...]:
        """Its free text with what stands there in other encodings decoded."""
        return tuple(normalise(text) for text in self._decoded)

    @cached_property
    def _starts(self) -> list[int]:
        sizes = (len(block.record.flat) + len(BETWEEN) for block in self.blocks)
        return [0, *accumulate(sizes)]

    def block_at(self, place: int) -> int:
        """The number of the block at a place of `flat`."""
        return bisect_right(self._starts, place) - 1 if len(self.blocks) > 1 else 0

    def mark(self, record: Record) -> Mark:
        return self.marks[record]


class Place(NamedTuple):
    """A field and where it stands."""

    field: Field
    record: Record
    source: Source


class Block(NamedTuple):
    """The free text of one record."""

    record: Record
    source: Source


class Heard:
    """All results so far. Looking a value up costs a dictionary look-up and one search per block of outside text."""

    def __init__(self) -> None:
        self.sources: list[Source] = []
        self._fields: dict[str, list[tuple[Field, Record, Source]]] = {}
        self._seen: dict[str, tuple[Block, ...]] = {}
        self._found: dict[object, list[Place]] = {}
        self._free, self._in_fields = Together[Source](), Together[Source]()
        self._typed: dict[tuple[Kind, str], dict[Source, list[int]]] = {}
        self._typed_in = self._spelled_in = 0
        self._encoded: list[Source] = []
        self._codes: dict[str, list[tuple[str, Place]]] = {}

    def add(self, source: Source) -> None:
        self.sources.append(source)
        _ = source.flat, source.hidden, source.secrets  # now, not in the middle of a decision
        if source.encoded and len(source.flat) <= SEARCHED:
            _ = [block.record.otherwise.words for block in source.blocks if len(block.record.flat) < REMEMBERED]
        self._free.add(source.flat, source)
        if source.hidden:
            self._encoded.append(source)
        index = self._fields
        for record in source.records:
            for found in record.fields:
                index.setdefault(found.spelling, []).append((found, record, source))
        self._index_codes(source)
        # New ones: a search that goes on elsewhere must not leave in them what it did not find.
        self._seen, self._found = {}, {}

    def own_codes(self, run: str) -> Iterator[Place]:
        """The codes of the user's own data that stand anywhere in a closed-up text."""
        for at in range(len(run) - CODE + 1):
            for code, place in self._codes.get(run[at : at + CODE], ()):
                if run.startswith(code, at):
                    yield place

    @property
    def has_codes(self) -> bool:
        """Are there any?"""
        return bool(self._codes)

    def _index_codes(self, source: Source) -> None:
        for record in () if source.outside or source.ours else source.records:
            for found in record.fields:
                code = "" if found.kind in _NO_CODES else _code(found.value)
                if code:
                    self._codes.setdefault(code[:CODE], []).append((code, Place(found, record, source)))

    @property
    def blocks(self) -> Iterator[Block]:
        """All free texts, newest result first."""
        return (block for source in reversed(self.sources) for block in source.blocks)

    def places(self, value: object) -> list[Place]:
        """The fields whose whole value it is, newest first."""
        known = self._found
        key = value if type(value) is str else (str(value),)  # 1e20 is a number, and "1e+20" is none
        places = known.get(key)
        if places is None:
            found = self._fields.get(same_spelling(str(value)))
            if found is None and (number := as_number(value)) is not None:
                found = next(filter(None, map(self._fields.get, spellings(number))), None)
            places = known[key] = [] if found is None else list(map(Place._make, reversed(found)))
        return places

    def in_text(self, value: object) -> tuple[Block, ...]:
        """The blocks of free text in which the value stands, newest first; a short number where it is called an id."""
        seen, key = self._seen, value if type(value) is str else str(value)
        found = seen.get(key)
        if found is None:
            found = seen[key] = tuple(self._searched(value, key))
        return found

    def mentioned(self, value: object) -> Block | None:
        """A block in which the value stands in any sense, also a short number."""
        found = [places for token in _tokens(value) if (places := self._free.places(token))]
        if found:
            for source in reversed(self.sources):
                for places in found:
                    if source in places:
                        return source.blocks[source.block_at(places[source][0])]
        return None

    def _searched(self, value: object, text: str) -> Sequence[Block]:
        bare = len(text) < _TELLING and as_number(value) is not None
        free = self._free
        found = [places for token in _tokens(value) if (places := free.places(token, labelled=bare))]
        kind = kind_of(text)
        spelled = self._spelled_so(kind, same_spelling(text)) if kind in _OTHERWISE else _NOWHERE
        if not found and not spelled:
            return ()
        blocks: list[Block] = []
        for source in reversed(self.sources):
            whole = source.blocks
            if source not in spelled and not any(map(contains, found, repeat(source))):
                continue
            if len(whole) == 1:
                blocks += whole
                continue
            here = set(spelled.get(source, ()))
            for places in found:
                here.update(map(source.block_at, places.get(source, ())))
            blocks += [whole[index] for index in sorted(here)]
        return blocks

    def _spelled_so(self, kind: Kind, spelling: str) -> Mapping[Source, Sequence[int]]:
        """The blocks that have a typed value in whatever spelling, by source, oldest first."""
        for source in self.sources[self._typed_in :]:
            for index, block in enumerate(source.blocks):
                for one in _OTHERWISE:
                    for value in block.record.items.get(one, ()):
                        self._typed.setdefault((one, value), {}).setdefault(source, []).append(index)
        self._typed_in = len(self.sources)
        return self._typed.get((kind, spelling), {})

    def origin(self, value: object) -> Origin | None:
        """Where it was seen: outside text before fields of outside results, before the user's own data."""
        short = len(str(value)) < _TELLING and as_number(value) is not None
        told = next(iter(self.in_text(value)), None) if short else self._told(value)
        if told is not None:
            return Origin(source=f"tool:{told.source.tool}", detail="untrusted: free text")
        places = self.places(value)
        for place in sorted(places, key=lambda place: not place.source.outside):
            trust = "untrusted" if place.source.outside else "trusted"
            return Origin(source=f"tool:{place.source.tool}", detail=f"{trust}: {_key(place)}")
        told = self.mentioned(value) if short else None
        if told is not None:
            return Origin(source=f"tool:{told.source.tool}", detail="untrusted: free text")
        return self._hidden(value)

    def _told(self, value: object) -> Block | None:
        """A block of free text that has the value: as it is written, which is quickly seen, or in another spelling."""
        seen = self._seen.get(str(value))
        if seen is not None and (not seen or seen[0].source is seen[-1].source):
            return next(iter(seen), None)  # looked for before; of several results the right one has to be searched for
        told = self.mentioned(value)
        if told is None and kind_of(str(value)) in _OTHERWISE:
            told = next(iter(self.in_text(value)), None)
        return told

    def names_host(self, host: str) -> bool:
        """Does any free text have this host, in a link or by itself?"""
        return self._host_source(host) is not None

    def host_origin(self, item: Item) -> Origin | None:
        """Where the host of a link was seen."""
        source = self._host_source(host_of(item.value)) if item.kind == "url" else None
        return None if source is None else Origin(source=f"tool:{source.tool}", detail="untrusted: free text")

    def _host_source(self, host: str) -> Source | None:
        if not host or not self._free.holds(host):
            return None
        return next((source for source in reversed(self.sources) if host in source.flat), None)

    def _hidden(self, value: object) -> Origin | None:
        """Does it stand somewhere in another encoding?"""
        if not isinstance(value, str) or len(value) < 6:
            return None
        wanted = normalise(value)
        for source in self.sources[self._spelled_in :]:
            self._in_fields.add(source.spelled, source)
        self._spelled_in = len(self.sources)
        inside = self._in_fields.holds(wanted)
        for source in reversed(self.sources if inside else self._encoded):
            if any(has_token(inner, wanted) for inner in source.hidden):
                return Origin(source=f"tool:{source.tool}", detail="untrusted: encoded in free text")
            if wanted in source.spelled and has_token(source.spelled, wanted):
                return Origin(source=f"tool:{source.tool}", detail="part of a field")
        return None


@lru_cache(maxsize=4096)
def _code(value: str) -> str:
    """A field's value closed up, where that is a code; "" where it is none."""
    code = closed(value)
    return code if is_code(code) else ""


@lru_cache(maxsize=4096)
def _is_secret(key: str) -> bool:
    return _SECRET_KEY.search(key) is not None


def _key(place: Place) -> str:
    return f"field {place.field.key}" if place.field.key else "a value of its own"


def _tokens(value: object) -> tuple[str, ...]:
    return _short_tokens(value) if type(value) is str and len(value) <= _SHORT else _tokens_of(value)


def _tokens_of(value: object) -> tuple[str, ...]:
    number = as_number(value)
    if number is not None:
        return spellings(number)
    text = normalise(str(value))
    return (text,) if text else ()


_short_tokens = lru_cache(maxsize=8192)(_tokens_of)
