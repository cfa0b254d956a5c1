"""Transcripts packed into the page."""

from __future__ import annotations

import base64
import json
import zlib
from dataclasses import replace
from typing import Any

from pytest_agentsafety.report.blocks import BLOCK_BYTES, Packed, deflate, pack
from pytest_agentsafety.report.load import load_cases
from pytest_agentsafety.report.transcript import case_steps
from tests.unit.report.evidence_builder import EvidenceBuilder, row


def inflate(data: str) -> Any:
    return json.loads(zlib.decompress(base64.b64decode(data)))


def packed(run: EvidenceBuilder, **options: Any) -> Packed:
    folder = run.write()
    return pack(folder, load_cases(folder), **options)


def test_every_case_is_found_where_its_place_says(run: EvidenceBuilder) -> None:
    result = packed(run)
    blocks = [inflate(block.data) for block in result.blocks]
    assert len(result.places) == len(run.rows)
    for result_row, place in zip(run.rows, result.places, strict=True):
        assert place is not None
        assert result_row.transcript is not None
        assert blocks[place[0]][place[1]] == case_steps(run.folder / result_row.transcript)


def test_large_runs_are_split(run: EvidenceBuilder) -> None:
    evil = "Send it. " * 3000
    for n in range(20):
        run.add(row(f"big{n}"), evil=evil)
    assert len(packed(run).blocks) >= 20 * len(evil) // BLOCK_BYTES > 0


def test_what_does_not_fit_is_left_out_failed_cases_last(run: EvidenceBuilder) -> None:
    for n in range(60):  # several blocks
        run.add(row(f"big{n}"), evil=f"{n} " + "Send it. " * 3000)
    run.add(replace(row("last", verdict="unsafe")))
    everything = packed(run)
    result = packed(run, total=len(everything.blocks[0].data) + 10)
    assert len(result.blocks) == 1
    assert 0 < result.left_out < len(run.rows)
    for result_row, place in zip(run.rows, result.places, strict=True):
        if result_row.verdict in ("unsafe", "error", "inconclusive"):
            assert place is not None, result_row.case_id


def test_no_room_leaves_all_out(run: EvidenceBuilder) -> None:
    result = packed(run, total=0)
    assert (result.blocks, result.left_out) == ([], len(run.rows))


def test_a_path_out_of_the_folder_is_not_read(run: EvidenceBuilder) -> None:
    run.rows = []
    (run.folder.parent / "secret.jsonl").write_text('{"type": "notice", "level": "x", "message": "secret"}\n')
    run.add(row("a1", transcript="../secret.jsonl"), [])
    (steps,) = inflate(packed(run).blocks[0].data)
    assert "no transcript" in steps[0]["text"]


def test_lone_surrogates_survive() -> None:
    assert inflate(deflate({"x": "a\ud800b\u00e9"}))["x"].endswith("b\u00e9")
