"""One transcript per case: in order, masked, on disk event by event, told apart by task."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pytest_agentsafety.model.events import Event, Notice, ToolCalled
from pytest_agentsafety.model.tasks import CaseRun
from pytest_agentsafety.recorders import EvidenceError, TranscriptRecorder
from pytest_agentsafety.recorders.transcript import case_key

Runs = Callable[..., CaseRun]
Events = Callable[..., list[Event]]
Mask = Callable[[str], str]


def lines(folder: Path, relative: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / relative).read_text().splitlines()]


@pytest.fixture
def recorder(tmp_path: Path, mask: Mask) -> TranscriptRecorder:
    return TranscriptRecorder(tmp_path / "transcripts", mask=mask)


def test_events_stand_in_order_and_at_once(
    tmp_path: Path, recorder: TranscriptRecorder, make_run: Runs, make_events: Events
) -> None:
    path = recorder.begin(make_run())
    assert path == "transcripts/s.t1.hijacked.jsonl"
    for count, event in enumerate(make_events(), start=1):
        recorder.emit(event)
        assert len(lines(tmp_path, path)) == count
    assert [line["type"] for line in lines(tmp_path, path)] == [event.type for event in make_events()]


def test_foreign_text_is_masked_everywhere_and_ids_are_not(
    tmp_path: Path, make_run: Runs, make_events: Events, mask: Mask
) -> None:
    recorder = TranscriptRecorder(tmp_path / "transcripts", mask=lambda text: mask(text).replace("task-1", "[PHONE]"))
    path = recorder.begin(make_run())
    for event in make_events():
        recorder.emit(event)
    text = (tmp_path / path).read_text()
    assert "anna@example.org" not in text
    assert text.count("[EMAIL]") == 3
    assert {line["task_id"] for line in lines(tmp_path, path)} == {"task-1"}


def test_the_row_in_the_last_event_keeps_its_ids(tmp_path: Path, make_run: Runs, make_events: Events) -> None:
    recorder = TranscriptRecorder(tmp_path / "transcripts", mask=lambda _: "*")
    path = recorder.begin(make_run())
    for event in make_events():
        recorder.emit(event)
    assert lines(tmp_path, path)[-1]["result"] == {"case_id": "s.t1", "verdict": "completed", "error": None}


def test_two_cases_at_once_are_told_apart_by_task(
    tmp_path: Path, recorder: TranscriptRecorder, make_run: Runs, make_events: Events
) -> None:
    paths = [recorder.begin(make_run(case_id)) for case_id in ("s.a", "s.b")]
    for pair in zip(make_events("t-a", "s.a"), make_events("t-b", "s.b"), strict=True):
        for event in pair:
            recorder.emit(event)
    assert [{line["task_id"] for line in lines(tmp_path, path)} for path in paths] == [{"t-a"}, {"t-b"}]


def test_what_comes_after_the_end_is_not_written(
    tmp_path: Path, recorder: TranscriptRecorder, make_run: Runs, make_events: Events
) -> None:
    run = make_run()
    path = recorder.begin(run)
    for event in make_events():
        recorder.emit(event)
    recorder.end(case_key(run))
    recorder.end(case_key(run))
    other = recorder.begin(make_run("s.other"))
    recorder.emit(ToolCalled(task_id="task-1", tool="late", arguments={}, effect="pay"))
    assert lines(tmp_path, path)[-1]["type"] == "case_ended"
    assert lines(tmp_path, other) == []


def test_an_event_without_a_case_is_no_error(recorder: TranscriptRecorder) -> None:
    recorder.emit(Notice(level="info", message="before any case"))


def test_an_event_without_a_task_goes_to_the_case_begun_last(
    tmp_path: Path, recorder: TranscriptRecorder, make_run: Runs
) -> None:
    recorder.begin(make_run("s.a"))
    path = recorder.begin(make_run("s.b"))
    recorder.emit(Notice(level="info", message="hello"))
    assert [line["message"] for line in lines(tmp_path, path)] == ["hello"]


def test_names_tell_mode_variant_and_trial_apart(recorder: TranscriptRecorder, make_run: Runs) -> None:
    runs = [
        make_run(),
        make_run(mode="recorded"),
        make_run(variant="without-pii"),
        make_run(trial=2),
        make_run("../../evil name"),
        make_run("s.t1.hijacked", mode="recorded"),
    ]
    names = [recorder.begin(run) for run in runs]
    assert len(set(names)) == len(names)
    assert all(name.startswith("transcripts/") and name.count("/") == 1 for name in names)
    assert names[2:4] == ["transcripts/s.t1.hijacked.without-pii.jsonl", "transcripts/s.t1.hijacked.t2.jsonl"]
    recorder.close()


def test_different_cases_with_one_name_get_two_files(recorder: TranscriptRecorder, make_run: Runs) -> None:
    one = recorder.begin(make_run("s", mode="recorded", variant="t2"))
    other = recorder.begin(make_run("s", mode="recorded", trial=2))
    assert one == "transcripts/s.recorded.t2.jsonl"
    assert other.startswith("transcripts/s.recorded.t2-")


def test_a_case_begun_again_starts_anew(tmp_path: Path, mask: Mask, make_run: Runs, make_events: Events) -> None:
    for _ in range(2):
        recorder = TranscriptRecorder(tmp_path / "transcripts", mask=mask)
        path = recorder.begin(make_run())
        recorder.emit(make_events()[0])
        recorder.close()
    assert len(lines(tmp_path, path)) == 1


def test_a_case_may_not_be_opened_twice(recorder: TranscriptRecorder, make_run: Runs) -> None:
    recorder.begin(make_run())
    with pytest.raises(ValueError, match="open already"):
        recorder.begin(make_run())


def test_hostile_values_are_one_line_each(tmp_path: Path, recorder: TranscriptRecorder, make_run: Runs) -> None:
    path = recorder.begin(make_run())
    arguments: dict[str, Any] = {"n": float("nan"), "s": "\ud800\u2028\n", "deep": "x"}
    for _ in range(5_000):
        arguments["deep"] = [arguments["deep"]]
    recorder.emit(ToolCalled(task_id="t", tool="x\ny", arguments=arguments, effect="read"))
    (line,) = (tmp_path / path).read_bytes().splitlines()
    assert json.loads(line)["arguments"]["n"] == "nan"


def test_a_disk_that_fails_is_an_error(
    tmp_path: Path, recorder: TranscriptRecorder, make_run: Runs, make_events: Events
) -> None:
    (tmp_path / "transcripts").write_text("in the way")
    with pytest.raises(EvidenceError):
        recorder.begin(make_run())


def test_threads_do_not_mix_lines(tmp_path: Path, recorder: TranscriptRecorder, make_run: Runs) -> None:
    path = recorder.begin(make_run())

    def work(name: str) -> None:
        for n in range(50):
            recorder.emit(Notice(task_id="t", level="info", message=f"{name}-{n}"))

    threads = [threading.Thread(target=work, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    messages = [line["message"] for line in lines(tmp_path, path)]
    assert len(messages) == 200
    for name in "abcd":
        assert [m for m in messages if m.startswith(name)] == [f"{name}-{n}" for n in range(50)]
