"""The journal's file: torn ends are dropped, any other damage is refused, and nobody else may write."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from pytest_agentsafety.checkpoint import CheckpointError, Journal

OWNER = {"policy_sha256": "p" * 64, "tools_sha256": "t" * 64, "task_sha256": "k" * 64}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal"


def written(path: Path, count: int = 3) -> bytes:
    journal = Journal(path, **OWNER)
    for number in range(count):
        journal.append("tool_start", durable=number % 2 == 0, number=number, text=f"zw\u00f6lf {number}\n")
    journal.close()
    return path.read_bytes()


def numbers(path: Path) -> list[int]:
    journal = Journal(path, **OWNER)
    journal.close()
    return [record["number"] for record in journal.records]


def refused(path: Path) -> str:
    with pytest.raises(CheckpointError) as caught:
        Journal(path, **OWNER)
    return str(caught.value)


def test_what_was_written_is_read_back_in_order(path):
    written(path)
    journal = Journal(path, **OWNER)
    assert [(record["kind"], record["number"]) for record in journal.records] == [("tool_start", n) for n in range(3)]
    assert journal.records[1]["text"] == "zw\u00f6lf 1\n"
    assert journal.dropped == 0
    journal.append("tool_end", number=3)
    journal.close()
    assert numbers(path) == [0, 1, 2, 3]


def test_a_record_is_one_write_and_there_before_append_returns(path, monkeypatch):
    journal = Journal(path, **OWNER)
    writes = []
    real = os.write
    monkeypatch.setattr(os, "write", lambda file, data: (writes.append(data), real(file, data))[1])
    journal.append("model", text="x" * 100_000)
    assert len(writes) == 1
    assert path.read_bytes().endswith(writes[0])


@pytest.mark.parametrize("durable", [True, False])
def test_only_what_must_be_on_the_disk_is_synced(path, monkeypatch, durable):
    journal = Journal(path, **OWNER)
    synced = []
    monkeypatch.setattr("pytest_agentsafety.checkpoint.journal._sync", synced.append)
    journal.append("tool_start", durable=durable)
    assert len(synced) == durable


def test_the_file_is_for_its_owner_alone(path):
    written(path)
    assert path.stat().st_mode & 0o777 == 0o600


class TestTorn:
    def test_every_cut_of_the_last_record_is_found_and_dropped(self, path):
        data = written(path)
        start = data.rindex(b"\n", 0, -1) + 1
        for cut in range(start, len(data)):
            path.write_bytes(data[:cut])
            journal = Journal(path, **OWNER)
            assert [record["number"] for record in journal.records] == [0, 1]
            assert journal.dropped == cut - start
            journal.append("tool_start", number=7)
            journal.close()
            assert numbers(path) == [0, 1, 7]

    def test_every_cut_of_the_first_line_starts_afresh(self, path):
        data = written(path, 0)
        for cut in range(len(data)):
            path.write_bytes(data[:cut])
            assert numbers(path) == []
            assert path.read_bytes() == data

    def test_a_file_of_something_else_is_left_alone(self, path):
        for other in (b"my notes", b"my notes\n", b'{"a": 1}\n', b"agentsafety", b"\n"):
            path.write_bytes(other)
            if other == b"agentsafety":  # as our own first line may begin
                assert numbers(path) == []
                continue
            assert "not a journal" in refused(path)
            assert path.read_bytes() == other


class TestDamage:
    def test_any_changed_byte_is_refused(self, path):
        data = written(path)
        for at in range(len(data)):
            path.write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
            message = refused(path)
            assert str(path) in message
            assert path.stat().st_size == len(data)

    @pytest.mark.parametrize(
        "change",
        [
            lambda lines: [lines[0], *lines[2:]],
            lambda lines: [lines[0], lines[2], lines[1], *lines[3:]],
            lambda lines: [*lines[:2], lines[1], *lines[2:]],
            lambda lines: [lines[0], b"", *lines[1:]],
            lambda lines: lines[1:],
        ],
        ids=["missing", "moved", "doubled", "empty line", "no head"],
    )
    def test_whole_lines_cannot_be_played_with(self, path, change):
        lines = written(path).split(b"\n")
        path.write_bytes(b"\n".join(change(lines)))
        assert "damaged" in refused(path) or "not a journal" in refused(path)

    def test_a_line_of_another_journal_is_refused(self, path, tmp_path):
        data = written(path)
        other = tmp_path / "other"
        foreign = written(other, 5).splitlines(keepends=True)[5]
        path.write_bytes(data + foreign)
        assert f"{path}:5: damaged" in refused(path)

    def test_the_message_names_the_line(self, path):
        data = written(path)
        path.write_bytes(data.replace(b'"number":1', b'"number":2'))
        assert f"{path}:3: damaged" in refused(path)


class TestOwner:
    @pytest.mark.parametrize("what", ["policy", "tools", "task"])
    def test_other_rules_tools_or_tasks_are_refused_by_name(self, path, what):
        written(path)
        with pytest.raises(
            CheckpointError, match=rf"the {what} changed: the journal has .{{12}}, this task oooooooooooo"
        ):
            Journal(path, **{**OWNER, f"{what}_sha256": "o" * 64})
        assert numbers(path) == [0, 1, 2]

    def test_another_version_is_refused(self, path):
        path.write_bytes(written(path).replace(b"agentsafety-journal 1 ", b"agentsafety-journal 2 "))
        assert "has version '2', this version reads 1" in refused(path)

    def test_two_tasks_cannot_share_a_journal(self, path):
        first = Journal(path, **OWNER)
        assert "another task has it open" in refused(path)
        first.close()
        assert numbers(path) == []

    def test_a_killed_process_lets_go(self, path):
        code = (
            "import os, sys; from pathlib import Path; from pytest_agentsafety.checkpoint import Journal\n"
            f"Journal(Path({str(path)!r}), **{OWNER!r}).append('tool_start', number=5)\n"
            "os.kill(os.getpid(), 9)"
        )
        env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
        assert subprocess.run([sys.executable, "-c", code], env=env, check=False).returncode == -9
        assert numbers(path) == [5]

    def test_a_forked_child_may_not_write(self, path, monkeypatch):
        journal = Journal(path, **OWNER)
        monkeypatch.setattr(os, "getpid", lambda: 1)
        with pytest.raises(CheckpointError, match="not to its forked child"):
            journal.append("tool_start")


class TestFailures:
    def test_a_half_written_record_is_taken_back_and_nothing_follows_it(self, path, monkeypatch):
        journal = Journal(path, **OWNER)
        journal.append("tool_start", number=0)
        real = os.write
        with monkeypatch.context() as patched:
            patched.setattr(os, "write", lambda file, data: real(file, data[:10]))
            with pytest.raises(CheckpointError, match="only 10 of"):
                journal.append("tool_end", number=1)
        with pytest.raises(CheckpointError, match="only 10 of"):
            journal.append("tool_end", number=2)
        os.close(journal._file)
        assert numbers(path) == [0]

    @pytest.mark.parametrize("value", [float("nan"), {(1, 2): 3}], ids=["nan", "a tuple as key"])
    def test_what_json_cannot_hold_is_refused(self, path, value):
        journal = Journal(path, **OWNER)
        with pytest.raises(CheckpointError, match="cannot be written"):
            journal.append("tool_end", value=value)
        journal.close()

    def test_a_closed_journal_says_so(self, path):
        journal = Journal(path, **OWNER)
        journal.close()
        journal.close()
        with pytest.raises(CheckpointError, match="is closed"):
            journal.append("tool_end")

    def test_what_is_no_file_is_refused(self, path, tmp_path):
        os.mkfifo(path)
        assert "not a regular file" in refused(path)
        assert "cannot be opened" in refused(tmp_path)
        assert "cannot be opened" in refused(tmp_path / "nowhere" / "journal")
        link = tmp_path / "link"
        link.symlink_to(tmp_path / "elsewhere")
        assert "cannot be opened" in refused(link)
        assert not (tmp_path / "elsewhere").exists()


def test_the_seconds_of_all_processes_add_up(path, monkeypatch):
    now = [100.0]
    monkeypatch.setattr("pytest_agentsafety.checkpoint.journal.time.monotonic", lambda: now[0])
    first = Journal(path, **OWNER)
    now[0] += 5
    first.append("model")
    first.close()
    now[0] += 1000
    second = Journal(path, **OWNER)
    assert second.seconds == 5
    now[0] += 2
    second.append("model")
    second.close()
    lines = path.read_bytes().splitlines()
    assert json.loads(lines[-1].partition(b" ")[2])["t"] == 7
