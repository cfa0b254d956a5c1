"""Which of a result's records the user means: by words, dates and numbers of the task, or as first or last of all."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from pytest_agentsafety import lexicon
from pytest_agentsafety.provenance.dates import clock_of, days_in
from pytest_agentsafety.provenance.normal import has_token, normalise
from pytest_agentsafety.provenance.numbers import as_number
from pytest_agentsafety.provenance.reading import Reading, content_words, numerals_in, read
from pytest_agentsafety.provenance.records import Field, Record
from pytest_agentsafety.provenance.vocabulary import STOP, TEXT_KEYS

Mention = Literal["none", "weak", "strong"]
_SHORTEST = 3
_READ, _READ_IN_ALL = 2_000, 40_000  # characters of a text, and of all
_TITLE = 8  # words; half of a longer text is no name
_PROSE = 12  # blanks
_CLOSE = 0.6  # of the best record's score
_IN_LABEL = 0.5  # a word in a description says less than one in a title
_FILE_ENDING = re.compile(r"\.[a-z][a-z0-9]{0,4}$", re.IGNORECASE)
_LOCAL_PART = re.compile(r"[._+-]")
_TOPICS = TEXT_KEYS | {"title", "topic", "headline", "label", "tag", "tags", "category", "date", "id"}
_UNITS = re.compile(r"[$\u20ac\u00a3\u00a5%]|\b[A-Za-z]{1,5}\.?$|^[A-Z]{3}\b|\s")
_PRICED = re.compile(r"\b(?:cheap\w*|expensive|priciest|dearest|costl\w+)", re.IGNORECASE)
_PRICE = re.compile(
    r"price|cost|fee|rate|fare|spent|amount|total|charge|(?:^|_)(?:eur|usd|gbp|chf|euros?|dollars?)(?:$|_)"
)
_WORTH = re.compile(r"amount|price|total|cost|sum|value|balance|fee|rate|salary|fare")


@dataclass
class Mark:
    """How the task speaks of one record. `best`: no record of the same result is meant more; `aside`: a word of
    the task stands in a field of this record alone, which another sentence may mean; `words`: what of the
    record stands in the task, whole values (`whole`) marked with "="."""

    mention: Mention = "none"
    score: float = 0.0
    best: bool = False
    extreme: bool = False
    aside: bool = False
    by_name: bool = False
    by_person: bool = False
    whole: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()

    @property
    def meant(self) -> bool:
        return self.best and self.mention != "none"

    @property
    def surely(self) -> bool:
        return self.best and self.mention == "strong"


@lru_cache(maxsize=8192)
def _words(field: Field) -> frozenset[str]:
    kind = field.kind
    if kind == "email":
        local = field.value.split("@", 1)[0].lower()
        return frozenset(word for word in _LOCAL_PART.split(local) if len(word) > 2)
    if kind in ("number", "date", "account", "phone", "url"):
        return frozenset()
    return content_words(field.value) | numerals_in(field.value)


def _named_value(field: Field, reading: Reading) -> bool:
    """Does the whole value stand in the task?"""
    kind = field.kind
    if kind == "number":
        number = as_number(field.value)
        telling = "." in field.value or len(field.value) > 2 or bool(_WORTH.search(field.key))
        return number is not None and telling and number in reading.spoken.numbers
    if kind == "date":
        return bool(days_in(field.value) & reading.days) if days_in(field.value) else _named_clock(field, reading)
    if len(field.spelling) < _SHORTEST and not (field.value[:1].isdigit() and field.value[-1:].isalpha()):
        return False  # "3B" says more than "on"
    if field.spelling in STOP:
        return False
    written = field.spelling if kind in ("name", "email") else normalise(field.value)
    return has_token(reading.folded, written)


def _called(field: Field, reading: Reading) -> list[str]:
    """What the task calls a value that stands in it: two hours of one day share the day."""
    days = sorted(days_in(field.value) & reading.days) if field.kind == "date" else []
    if not days:
        return [f"={field.spelling}"]
    return [
        *(f"=day {day.month}-{day.day}" for day in days),
        *([f"=clock {clock_of(field.value)}"] if _named_clock(field, reading) else []),
    ]


def _named_clock(field: Field, reading: Reading) -> bool:
    return bool(reading.clocks) and clock_of(field.value) in reading.clocks


def _ending(value: str) -> str:
    """The ending of a file's name, "" where it has none."""
    match = _FILE_ENDING.search(value)
    return f"*{match[0].lower()}" if match is not None else ""


def _features(record: Record, reading: Reading, dull: frozenset[str]) -> tuple[dict[str, float], bool, bool]:
    """What of the record the task speaks of, by weight; whether one whole value (or most of one) is among it; and
    whether that value names somebody or something, and is no topic."""
    found: dict[str, float] = {}
    strong = person = False
    spoken = reading.telling
    for heavy, part in ((_IN_LABEL, record.labels), (1.0, record.fields)):
        for field in part:
            words = _words(field)
            longest = _PROSE if field.key in TEXT_KEYS else _TITLE  # what is longer is prose, and names nothing
            weight = heavy if field.value.count(" ") < longest else _IN_LABEL
            hits = frozenset[str]()
            if not words.isdisjoint(spoken):
                words = words - dull
                hits = words & spoken
                found.update(dict.fromkeys(hits, weight))
            if field.kind == "date" and reading.months:
                found.update(
                    (f"month {day.month}", _IN_LABEL) for day in days_in(field.value) if day.month in reading.months
                )
            ending = _ending(field.value) if reading.endings and field.kind == "name" else ""
            if ending and ending[1:] in reading.endings:
                found[ending] = 3 * weight
            whole = _named_value(field, reading)
            if whole:
                found |= dict.fromkeys(_called(field, reading), weight)
            telling = whole and not (field.kind == "name" and not words - dull and field.value.isalpha())
            named = telling or (bool(hits) and len(words) <= _TITLE and 2 * len(hits) >= len(words))
            strong = strong or named
            person = person or (named and part is record.fields and field.key not in _TOPICS)
    return found, strong, person


def _written(record: Record, reading: Reading, dull: frozenset[str]) -> dict[str, float]:
    """The words of the task that stand in a record's free text."""
    words = frozenset(word for text in record.texts for word in content_words(text[:_READ]))
    return dict.fromkeys((words & reading.words) - dull, _IN_LABEL)


def _dull(objects: Iterable[str], reading: Reading) -> frozenset[str]:
    """Words that name the sort of thing or the act, and so no single one of them."""
    return frozenset(objects) | reading.orders


def _spread(features: Iterable[dict[str, float]]) -> Counter[tuple[str, float]]:
    """In how many records a feature has at least that weight."""
    found: Counter[tuple[str, float]] = Counter()
    for hits in features:
        for hit, weight in hits.items():
            found[hit, weight] += 1
            if weight > _IN_LABEL:
                found[hit, _IN_LABEL] += 1
    return found


def marks(records: Sequence[Record], reading: Reading, objects: frozenset[str]) -> dict[Record, Mark]:
    """How the task speaks of each record of one result. A part is meant where the whole is."""
    dull = _dull(objects, reading)
    features = {record: _features(record, reading, dull) for record in records}
    written = not any(hits for hits, _, _ in features.values())
    written = written and sum(len(text) for record in records for text in record.texts) < _READ_IN_ALL
    if written:  # only what is written in them tells them apart
        features = {record: (_written(record, reading, dull), False, False) for record in records}
    spread = _spread(found for found, _, _ in features.values())
    found = {record: Mark() for record in records}
    for record, (hits, strong, person) in features.items():
        if not hits:
            continue
        score = sum(weight / spread[hit, weight] for hit, weight in hits.items())
        found[record].score = score
        telling = any(spread[hit] < len(records) for hit in hits.items()) or (len(records) == 1 and bool(hits))
        strong = strong or (not written and any(hit in reading.names and spread[hit, _IN_LABEL] == 1 for hit in hits))
        found[record].mention = ("strong" if strong else "weak") if telling else "none"
        found[record].by_person = person
        found[record].aside = any(
            weight == 1.0 and spread[hit, weight] == 1 and hit.isalpha() for hit, weight in hits.items()
        )
        found[record].whole = frozenset(filter(_is_name, hits))
        found[record].words = frozenset(hits)
        found[record].by_name = any(not hit.startswith("month ") and not _is_number(hit) for hit in hits)
    best = max((mark.score for mark in found.values()), default=0.0)
    for record in records:  # parents stand before their parts
        mark = found[record]
        mark.best = mark.score >= _CLOSE * best and best > 0
        above = found.get(record.parent) if record.parent is not None else None
        if above is not None and above.meant and not mark.meant:
            mark.mention, mark.best = above.mention, True
    things = frozenset(word for name in objects for word in lexicon.noun_group(name)) | frozenset(objects)
    # "The newest report": a word that all have is the sort of thing they are.
    things |= {hit for hits, _, _ in features.values() for hit in hits if spread[hit, _IN_LABEL] == len(records) > 1}
    _mark_extremes(records, reading, things, found)
    return found


def _mark_extremes(
    records: Sequence[Record], reading: Reading, things: frozenset[str], found: dict[Record, Mark]
) -> None:
    wanted_ends = reading.extremes(things)
    if not wanted_ends or len(records) < 2:
        return
    # "The latest invoice of X" is one of X's: what the same sentence names narrows the choice.
    sentence = read(" ".join(dict.fromkeys(wanted_ends.values())))
    named = [record for record in records if any(map(_is_name, _features(record, sentence, things)[0]))]
    columns: dict[str, list[tuple[float | str, Record]]] = {}
    for record in named or records:
        for field in record.fields:
            value = _ordered(field)
            if value is not None and field.key not in ("id", ""):
                columns.setdefault(field.key, []).append((value, record))
    said = [key for key in columns if content_words(key.replace("_", " ")) & sentence.words]
    if _PRICED.search(sentence.text):  # "the cheapest clicks" are the ones of the lowest price
        said = [key for key in columns if _PRICE.search(key)] or said
    for column in [columns[key] for key in said] or columns.values():
        texts = {isinstance(value, str) for value, _ in column}
        if len(column) < 2 or len(texts) > 1:
            continue
        unit = "time" if True in texts else "number"
        values = [value for value, _ in column]
        for end, wanted in ((max(values), f"max {unit}"), (min(values), f"min {unit}")):
            if wanted in wanted_ends:
                for value, record in column:
                    found[record].extreme |= value == end


def _is_name(hit: str) -> bool:
    return hit.startswith("=") and not _is_number(hit)


def _is_number(hit: str) -> bool:
    return hit.startswith("=") and as_number(hit[1:]) is not None


def _ordered(field: Field) -> float | str | None:
    """What a field's value is sorted by: a number, or a day and time as ISO text."""
    if field.kind == "date" and field.value[:4].isdigit():
        return field.value
    number = as_number(_UNITS.sub("", field.value))
    return None if number is None else float(number)
