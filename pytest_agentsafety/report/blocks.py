"""Transcripts packed for the page: blocks of cases, deflated, inflated by the browser when a case is opened."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pytest_agentsafety.checklist.facts import transcript_path
from pytest_agentsafety.report.data import Block, CaseView
from pytest_agentsafety.report.transcript import MAX_CASE, case_steps

BLOCK_BYTES = 400_000
TOTAL_BYTES = 24_000_000


@dataclass
class Packed:
    """`places[i]` is (block, position) of case i, None where it was left out for the size of the page."""

    blocks: list[Block] = field(default_factory=list)
    places: list[tuple[int, int] | None] = field(default_factory=list)

    @property
    def left_out(self) -> int:
        return sum(place is None for place in self.places)


def pack(folder: Path, cases: Sequence[CaseView], *, total: int = TOTAL_BYTES) -> Packed:
    """Pack the transcripts of `cases`, failing ones first, until `total` bytes of base64 are reached."""
    packed = Packed(places=[None] * len(cases))
    order = sorted(range(len(cases)), key=lambda index: not cases[index].failing)
    room = total
    for group in _groups(folder, cases, order) if total > 0 else ():
        data = deflate([steps for _, steps in group])
        if len(data) > room:
            break
        room -= len(data)
        for position, (index, _) in enumerate(group):
            packed.places[index] = (len(packed.blocks), position)
        packed.blocks.append(Block(number=len(packed.blocks), data=data))
    return packed


def deflate(value: Any) -> str:
    """JSON, zlib, base64: what the page's `DecompressionStream("deflate")` undoes."""
    raw = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "backslashreplace")
    return base64.b64encode(zlib.compress(raw, 6)).decode("ascii")


def _groups(
    folder: Path, cases: Sequence[CaseView], order: Iterable[int]
) -> Iterable[list[tuple[int, list[dict[str, Any]]]]]:
    """Cases in this order, gathered to about BLOCK_BYTES of transcript (at most MAX_CASE counts for each)."""
    root = folder.resolve()
    group: list[tuple[int, list[dict[str, Any]]]] = []
    size = 0
    for index in order:
        path = transcript_path(root, cases[index].transcript)
        group.append((index, case_steps(path)))
        size += min(path.stat().st_size, MAX_CASE) if path else 0
        if size >= BLOCK_BYTES:
            yield group
            group, size = [], 0
    if group:
        yield group
