"""How a record stands to the others of its result: alone, beside the one that the task names, or against it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pytest_agentsafety import lexicon
from pytest_agentsafety.provenance.heard import Place, Source
from pytest_agentsafety.provenance.records import PIECE, Record


def is_alone(record: Record, records: list[Record]) -> bool:
    """Is it the only one of a result, and no entry of a list in it?"""
    if sum(other.parent is None for other in records) > 1:
        return False
    return record.parent is None or sum(other.parent is record.parent for other in records) == 1


def beside_the_named(place: Place) -> bool:
    """One of several values of a list in a record ("crew": Ann and Bo), of which the task names another."""
    whole = place.source.mark(place.record).whole
    if not whole:
        return False
    if f"={place.field.spelling}" in whole or place.field.key in ("", PIECE):
        return False
    return any(item.key == place.field.key and f"={item.spelling}" in whole for item in place.record.fields)


def said_by(source: Source, place: Place, names: frozenset[str], *, only_part: bool) -> Iterator[str]:
    """The values that records of a source give in place of this one, where the task names those records too.

    What others write does not contest the user's own data. `only_part`: in the user's own list, what has only a part of
    the words that the task says is no rival of what has them all.
    """
    if source.outside and not place.source.outside:
        return
    kind, spelling, own = place.field.kind, place.field.spelling, place.source.mark(place.record)
    for record, mark in source.marks.items():
        if not (mark.whole or mark.words or mark.surely):
            continue  # the task says nothing of it
        # A word that the user's own list has for many ("open") makes no rivals of what more is said of, nor does a day.
        shared = own.whole & mark.whole
        less = source is place.source and not mark.best and mark.words < own.words
        less = less and (
            (not source.outside and (only_part or _only_sorts(shared, (place.record, record))))
            or all(map(_is_when, shared))
        )
        alike = not less and (not own.whole.isdisjoint(mark.whole) or (mark.surely and source is place.source))
        if place.source.outside and not source.outside:  # the user's own data knows somebody of that name
            alike = alike or not names.isdisjoint(own.words & mark.words)
        if not alike or record.holds(spelling):
            continue
        for item in record.fields:
            same_sort = item.key == place.field.key and source.tool == place.source.tool
            if item.kind == kind and (same_sort or kind in ("email", "account", "url", "phone")):
                yield item.value


def _is_when(shared: str) -> bool:
    """A day or an hour, that anything may have."""
    return shared.startswith(("=day ", "=clock "))


def _only_sorts(shared: frozenset[str], records: Iterable[Record]) -> bool:
    """Are the values that records share plain words for a sort ("open"), and no names?"""
    spelled = {value.removeprefix("=") for value in shared}
    found = [item.value for record in records for item in record.fields if item.spelling in spelled]
    return all(value.isalpha() and value.islower() and lexicon.known(value) for value in found)
