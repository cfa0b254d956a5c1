"""Many cases in flight: each keeps its own rows, transcript, recording and place in the audit chain."""

from __future__ import annotations

from typing import Any

import pytest

CASES = "--case=inbox.*order"  # every task and goal, one phrasing


def test_fifty_in_flight_are_recorded_as_one_after_another(desk: Any, api: Any) -> None:
    server = api(delay=0.5)
    done = desk.record(server, CASES, "--jobs=50")
    assert done.status == 0, done.text
    assert server.most >= 40
    ids = desk.check_evidence()
    assert len(ids) >= 50
    assert {path.stem for path in desk.cassettes.iterdir()} == set(ids)
    desk.check_recordings()
    assert sorted(ids, key=ids.index) == [row["case_id"] for row in desk.project.rows()]


def test_the_rows_stand_in_the_order_of_the_plan_and_what_was_recorded_replays(desk: Any, api: Any) -> None:
    few = "--case=inbox.triage.*order"
    done = desk.record(api(delay=0.05), few)
    assert done.status == 0, done.text
    live = desk.project.rows()
    listed = desk.project.cli("list", "--suite=./suites/inbox", "--mode=live", few, "--json")
    assert [row["case_id"] for row in live] == [case["case_id"] for case in _cases(listed)]
    replayed = desk.project.cli(*desk.options(few, mode="recorded"))
    assert replayed.status == 0, replayed.text
    assert [(r["case_id"], r["verdict"], r["stopped_by"]) for r in desk.project.rows()] == [
        (r["case_id"], r["verdict"], r["stopped_by"]) for r in live
    ]


def _cases(listed: Any) -> list[Any]:
    import json

    document = json.loads(listed.out)
    return document["cases"] if isinstance(document, dict) else document


def test_progress_in_a_log_tells_what_is_in_flight_and_what_it_costs(desk: Any, api: Any) -> None:
    done = desk.record(api(delay=0.4), "--case=inbox.triage.*", "--jobs=2", CI="1")
    assert done.status == 0, done.text
    lines = [line for line in done.out.splitlines() if " in flight, " in line]
    assert lines, done.text
    assert " tokens, $" in lines[-1]
    assert " to go" in lines[-1]
    assert "\x1b" not in done.out


@pytest.mark.parametrize("jobs", ["0", "-1", "many", "501", "1.5"])
def test_a_wrong_number_of_jobs_is_named(desk: Any, jobs: str) -> None:
    done = desk.project.cli("run", f"--jobs={jobs}")
    assert done.status == 4, done.text
    assert f"'{jobs}' is no number from 1 to 500" in done.err
