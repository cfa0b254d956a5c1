"""The audit log: a chain that any change breaks, durable when it has to be."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from pytest_agentsafety.model.errors import AgentSafetyError
from pytest_agentsafety.model.events import CheckpointMarked, Event, FinalAnswer, Notice, ToolCalled
from pytest_agentsafety.recorders import AuditLog, AuditReport, EvidenceError, append_file, audit, verify_audit
from pytest_agentsafety.recorders.audit import GENESIS
from pytest_agentsafety.recorders.record import Record

Events = Callable[..., list[Event]]


def fill(path: Path, count: int) -> dict[str, Any]:
    log = AuditLog(path, mask=str)
    for n in range(count):
        log.emit(Notice(task_id="t", level="info", message=f"step {n}"))
    log.close()
    return log.head


def kinds(report: AuditReport) -> set[str]:
    return {problem.kind for problem in report.problems}


def test_the_chain_is_as_documented(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    head = fill(path, 3)
    prev = GENESIS
    for number, line in enumerate(path.read_text().splitlines(), start=1):
        record = json.loads(line)
        assert (record["seq"], record["prev"]) == (number, prev)
        body = line[: line.rindex(',"hash":"')] + "}"
        assert json.loads(body) == {key: value for key, value in record.items() if key != "hash"}
        prev = record["hash"]
        assert prev == sha256((record["prev"] + body).encode()).hexdigest()
    assert head == {"seq": 3, "hash": prev}


def test_an_untouched_log_is_sound(tmp_path: Path, make_events: Events) -> None:
    log = AuditLog(tmp_path / "a", mask=str)
    for event in make_events():
        log.emit(event)
    log.close()
    assert verify_audit(tmp_path / "a", log.head) == AuditReport(ok=True, records=7, anchored=True)
    assert verify_audit(tmp_path / "a") == AuditReport(ok=True, records=7, anchored=False)


def test_an_empty_log_is_sound_only_if_nothing_was_anchored(tmp_path: Path) -> None:
    head = fill(tmp_path / "a", 0)
    assert head == {"seq": 0, "hash": GENESIS}
    assert verify_audit(tmp_path / "a", head).ok
    assert kinds(verify_audit(tmp_path / "a", {"seq": 1, "hash": GENESIS})) == {"truncated"}


def test_a_missing_file_is_a_problem(tmp_path: Path) -> None:
    (problem,) = verify_audit(tmp_path / "none").problems
    assert (problem.line, problem.kind) == (0, "missing")


@pytest.mark.parametrize("head", [{}, {"seq": "1", "hash": "x"}, {"seq": 1}])
def test_a_broken_head_is_a_problem(tmp_path: Path, head: dict[str, Any]) -> None:
    fill(tmp_path / "a", 1)
    assert kinds(verify_audit(tmp_path / "a", head)) == {"malformed"}


# Arguments and decisions stay, words are counted


def test_arguments_are_kept_masked_and_words_as_digest(tmp_path: Path, make_events: Events, mask: Any) -> None:
    log = AuditLog(tmp_path / "a", mask=mask)
    for event in make_events():
        log.emit(event)
    log.close()
    records = [json.loads(line) for line in (tmp_path / "a").read_text().splitlines()]
    assert "anna@" not in (tmp_path / "a").read_text()
    assert records[3]["arguments"] == {"to": "[EMAIL]"}
    assert (records[4]["outcome"], records[4]["guard"], records[4]["reason"]) == ("denied", "provenance", "from a mail")
    for name, record in (("new_messages", records[1]), ("content", records[2])):
        assert set(record[name]) == {"sha256", "chars"}


def test_long_texts_of_long_records_stand_as_digest_also_inside_arguments(tmp_path: Path) -> None:
    log = AuditLog(tmp_path / "a", mask=str)
    text = "x" * 600
    log.emit(FinalAnswer(text=text, shown="short"))
    log.emit(ToolCalled(tool="write", arguments={"path": "a.txt", "content": text, "l": [text]}, effect="write"))
    log.emit(ToolCalled(tool="many", arguments={"l": list(range(5_000))}, effect="write"))
    log.emit(FinalAnswer(text="y" * 300, shown=""))
    log.close()
    first, second, third, fourth = (json.loads(line) for line in (tmp_path / "a").read_text().splitlines())
    digest = {"sha256": sha256(text.encode()).hexdigest(), "chars": 600}
    assert (first["text"], first["shown"]) == (digest, "short")
    assert second["arguments"] == {"path": "a.txt", "content": digest, "l": [digest]}
    assert set(third["arguments"]) == {"sha256", "chars"}
    assert fourth["text"] == "y" * 300


def test_hostile_text_stays_in_its_line(tmp_path: Path) -> None:
    log = AuditLog(tmp_path / "a", mask=str)
    forged = 'x"},"hash":"' + "0" * 64 + '"}\n{"seq":2'
    log.emit(Notice(level="info", message=forged))
    log.emit(Notice(level="\ud800", message="\u2028\x85\r"))
    log.close()
    assert (tmp_path / "a").read_bytes().isascii()
    assert verify_audit(tmp_path / "a", log.head).ok
    assert json.loads((tmp_path / "a").read_bytes().splitlines()[0])["message"] == forged


# Durability


class Syncs:
    """Counts the real syncs and can hold them up."""

    def __init__(self) -> None:
        self.seen: list[int] = []
        self.began, self.happened, self.allowed = threading.Event(), threading.Semaphore(0), threading.Event()
        self.allowed.set()

    def __call__(self, fd: int) -> None:
        self.began.set()
        assert self.allowed.wait(30)
        os.fsync(fd)
        self.seen.append(fd)
        self.happened.release()


@pytest.fixture
def syncs(monkeypatch: pytest.MonkeyPatch) -> Syncs:
    """Real syncs, with the 50 ms clock kept out of the count."""
    syncs = Syncs()
    monkeypatch.setattr(append_file, "_datasync", syncs)
    monkeypatch.setattr("pytest_agentsafety.recorders.audit.SYNC_SECONDS", 1_000.0)
    return syncs


def test_every_hundredth_record_begins_a_sync(tmp_path: Path, syncs: Syncs) -> None:
    log = AuditLog(tmp_path / "a", mask=str)
    for _ in range(99):
        log.append({"type": "x"})
    assert len(syncs.seen) == 0
    for count in (1, 2):
        log.append({"type": "x"})
        assert syncs.happened.acquire(timeout=30)
        assert len(syncs.seen) == count
        for _ in range(99):
            log.append({"type": "x"})
    log.close()
    assert len(syncs.seen) == 3


def test_records_are_taken_while_the_disk_is_busy_and_no_more_than_two_hundred(tmp_path: Path, syncs: Syncs) -> None:
    log = AuditLog(tmp_path / "a", mask=str)
    syncs.allowed.clear()
    for _ in range(100):
        log.append({"type": "x"})
    assert syncs.began.wait(30)
    writer = threading.Thread(target=lambda: [log.append({"type": "x"}) for _ in range(400)])
    writer.start()
    deadline = time.monotonic() + 30
    while log.head["seq"] < 300 and time.monotonic() < deadline:
        os.sched_yield()
    assert (log.head["seq"], writer.is_alive()) == (300, True)
    syncs.allowed.set()
    writer.join(30)
    log.close()
    assert verify_audit(tmp_path / "a", log.head) == AuditReport(ok=True, records=500, anchored=True)


def test_a_sync_that_fails_in_the_background_surfaces_with_the_next_record(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(fd: int) -> None:
        raise OSError(5, "Input/output error")

    log = AuditLog(tmp_path / "a", mask=str)
    monkeypatch.setattr(append_file, "_datasync", broken)
    with pytest.raises(EvidenceError, match="cannot sync"):  # noqa: PT012 - which record meets it is a matter of time
        for _ in range(1_000):
            log.append({"type": "x"})
    with pytest.raises(EvidenceError, match="cannot sync"):
        log.close()


def test_a_write_effect_waits_for_durability(tmp_path: Path, syncs: Syncs) -> None:
    log = AuditLog(tmp_path / "a", mask=str)
    log.emit(Notice(level="info", message="x"))
    log.emit(CheckpointMarked(tool="send", position=1))
    assert len(syncs.seen) == 1
    log.barrier()
    assert len(syncs.seen) == 1
    log.emit_all([Notice(level="info", message="x"), CheckpointMarked(tool="send", position=2)])
    assert len(syncs.seen) == 2
    log.append({"type": "x"})
    log.close()
    assert len(syncs.seen) == 3


@pytest.mark.parametrize("lasting", [True, False])
def test_an_effect_that_ends_with_the_process_waits_for_no_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lasting: bool
) -> None:
    waits: list[AuditLog] = []
    monkeypatch.setattr(AuditLog, "barrier", lambda self: waits.append(self))
    log = AuditLog(tmp_path / "a", mask=str)
    record = Record(CheckpointMarked(tool="send", position=1), str)
    log.write_all([record], lasting=lasting)
    assert (len(waits), log.head["seq"]) == (int(lasting), 1)
    monkeypatch.undo()
    log.close()
    assert verify_audit(tmp_path / "a", log.head).records == 1


def test_events_that_belong_together_are_one_write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = AuditLog(tmp_path / "a", mask=str)
    writes: list[bytes] = []
    real = append_file.AppendFile.write
    monkeypatch.setattr(append_file.AppendFile, "write", lambda self, data: (writes.append(data), real(self, data)))
    log.emit_all([Notice(level="info", message=str(n)) for n in range(3)])
    log.close()
    assert [data.count(b"\n") for data in writes] == [3]
    assert verify_audit(tmp_path / "a", log.head).records == 3


def test_an_idle_log_becomes_durable_by_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done = threading.Event()
    real = append_file._datasync
    monkeypatch.setattr(append_file, "_datasync", lambda fd: (real(fd), done.set()))
    log = AuditLog(tmp_path / "a", mask=str)
    for _ in range(2):
        done.clear()
        log.append({"type": "x"})
        assert done.wait(30)
    log.close()


@pytest.mark.parametrize("turns", [0, 1, 20])
def test_a_log_that_was_left_alone_is_looked_after_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, turns: int
) -> None:
    """The syncing thread sleeps when nothing comes, and not one record is written that it does not see."""
    monkeypatch.setattr(audit, "SYNC_SECONDS", 0.001)
    monkeypatch.setattr(audit, "IDLE_TURNS", turns)
    synced = threading.Semaphore(0)
    real = append_file._datasync
    monkeypatch.setattr(append_file, "_datasync", lambda fd: (real(fd), synced.release()))
    log = AuditLog(tmp_path / "a", mask=str)
    for number in range(200):
        log.append({"type": "x"})
        assert synced.acquire(timeout=30), number
        if number % 20 == 0:
            time.sleep(0.03)
    assert log._unsynced == 0
    log.close()


def test_a_failed_sync_stops_everything_after_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = AuditLog(tmp_path / "a", mask=str)

    def broken(fd: int) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(append_file, "_datasync", broken)
    log.append({"type": "x"})
    with pytest.raises(EvidenceError, match="cannot sync"):
        log.barrier()
    with pytest.raises(EvidenceError, match="cannot sync"):
        log.append({"type": "y"})
    with pytest.raises(EvidenceError):
        log.close()


def test_closed_means_closed(tmp_path: Path) -> None:
    log = AuditLog(tmp_path / "a", mask=str)
    log.close()
    with pytest.raises(EvidenceError, match="closed"):
        log.append({"type": "late"})


def test_threads_make_one_chain(tmp_path: Path) -> None:
    log = AuditLog(tmp_path / "a", mask=str)

    def work() -> None:
        for _ in range(100):
            log.append({"type": "x"})

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    log.close()
    assert verify_audit(tmp_path / "a", log.head) == AuditReport(ok=True, records=400, anchored=True)


def test_resuming_continues_the_chain_and_says_so(tmp_path: Path) -> None:
    path = tmp_path / "a"
    fill(path, 3)
    with path.open("ab") as stream:
        stream.write(b'{"torn')
    log = AuditLog(path, mask=str)
    log.append({"type": "x"})
    log.close()
    assert verify_audit(path, log.head) == AuditReport(ok=True, records=5, anchored=True)
    record = json.loads(path.read_text().splitlines()[3])
    assert (record["type"], record["torn_bytes"]) == ("log_resumed", 6)


@pytest.mark.parametrize("line", [b"{}\n", b"nonsense\n", b'{"seq":"x","hash":"' + b"0" * 64 + b'"}\n'])
def test_what_is_no_log_is_not_continued(tmp_path: Path, line: bytes) -> None:
    (tmp_path / "a").write_bytes(line)
    with pytest.raises(AgentSafetyError, match="cannot be continued"):
        AuditLog(tmp_path / "a", mask=str)


# Tampering


def tampered(path: Path, change: Callable[[list[bytes]], object]) -> Path:
    lines = path.read_bytes().splitlines(keepends=True)
    change(lines)
    path.write_bytes(b"".join(lines))
    return path


def rehash(line: bytes, **changes: Any) -> bytes:
    """A record changed by somebody who knows how the hash is made."""
    record = {**json.loads(line), **changes}
    del record["hash"]
    body = json.dumps(record, separators=(",", ":"))
    digest = sha256((record["prev"] + body).encode()).hexdigest()
    return f'{body[:-1]},"hash":"{digest}"}}\n'.encode()


@pytest.mark.parametrize(
    ("change", "kind", "line"),
    [
        (lambda ls: ls.__setitem__(4, ls[4].replace(b"step 4", b"step 5")), "changed", 5),
        (lambda ls: ls.__setitem__(4, rehash(ls[4], message="forged")), "changed", 5),
        (lambda ls: ls.__setitem__(0, rehash(ls[0], message="forged")), "changed", 1),
        (lambda ls: ls.__setitem__(9, rehash(ls[9], message="forged")), "changed", 10),
        (lambda ls: ls.pop(4), "missing", 5),
        (lambda ls: ls.pop(0), "missing", 1),
        (lambda ls: ls.insert(5, ls.pop(4)), "reordered", 5),
        (lambda ls: ls.insert(0, ls.pop(9)), "reordered", 1),
        (lambda ls: ls.insert(5, ls[4]), "duplicated", 6),
        (lambda ls: ls.append(ls[0]), "duplicated", 11),
        (lambda ls: ls.pop(), "truncated", 9),
        (lambda ls: ls.__setitem__(9, ls[9][:-1]), "torn", 10),
        (lambda ls: ls.__setitem__(4, b"{}\n"), "malformed", 5),
        (lambda ls: ls.__setitem__(4, b"\n"), "malformed", 5),
        (lambda ls: ls.append(rehash(ls[9], seq=11)), "added", 11),
    ],
)
def test_tampering_is_named(tmp_path: Path, change: Callable[[list[bytes]], object], kind: str, line: int) -> None:
    path = tmp_path / "a"
    head = fill(path, 10)
    report = verify_audit(tampered(path, change), head)
    assert not report.ok
    assert (line, kind) in {(p.line, p.kind) for p in report.problems}


def test_a_single_change_is_not_blamed_on_its_neighbours(tmp_path: Path) -> None:
    path = tmp_path / "a"
    head = fill(path, 10)
    report = verify_audit(tampered(path, lambda ls: ls.__setitem__(4, rehash(ls[4], message="forged"))), head)
    assert [(p.line, p.kind) for p in report.problems] == [(5, "changed")]
    assert "record 5" in report.problems[0].message


def test_an_end_cut_off_shows_only_against_the_head(tmp_path: Path) -> None:
    path = tmp_path / "a"
    head = fill(path, 10)
    tampered(path, lambda ls: ls.pop())
    assert verify_audit(path).ok
    assert kinds(verify_audit(path, head)) == {"truncated"}


def test_hostile_numbers_cost_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a"
    fill(path, 2)
    report = verify_audit(tampered(path, lambda ls: ls.append(rehash(ls[1], seq=10**18))))
    assert kinds(report) == {"missing"}


KILLED = """
import os, sys
from pathlib import Path
from pytest_agentsafety.recorders import AuditLog
log = AuditLog(Path(sys.argv[1]), mask=str)
for n in range(10):
    log.append({"type": "x", "n": n})
os.kill(os.getpid(), 9)
"""


def test_the_log_survives_kill_9(tmp_path: Path) -> None:
    path = tmp_path / "a"
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[3])}
    child = subprocess.run([sys.executable, "-c", KILLED, str(path)], env=environment, check=False)
    assert child.returncode == -9
    assert verify_audit(path) == AuditReport(ok=True, records=10, anchored=False)


WRITING = """
import sys
from pathlib import Path
from pytest_agentsafety.model.events import Notice
from pytest_agentsafety.recorders import AuditLog
log = AuditLog(Path(sys.argv[1]), mask=str)
print("ready", flush=True)
while True:
    log.emit_all([Notice(level="info", message="x" * 400)] * 50)
"""


@pytest.mark.parametrize("size", [200_000, 1_000_000])
def test_killed_in_mid_write_it_leaves_a_prefix_that_holds_and_can_be_continued(tmp_path: Path, size: int) -> None:
    path = tmp_path / "a"
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[3])}
    child = subprocess.Popen([sys.executable, "-c", WRITING, str(path)], env=environment, stdout=subprocess.PIPE)
    assert child.stdout is not None
    assert child.stdout.readline() == b"ready\n"
    while path.stat().st_size < size:
        assert child.poll() is None
    child.kill()
    child.communicate()
    lines = path.read_bytes().splitlines(keepends=True)
    report = verify_audit(path)
    assert {p.kind for p in report.problems} <= {"torn"}  # at most the line that was under way
    assert report.records >= len(lines) - 1
    log = AuditLog(path, mask=str)
    log.close()
    assert verify_audit(path, log.head) == AuditReport(ok=True, records=report.records + 1, anchored=True)


def test_a_full_disk_surfaces_and_leaves_whole_records(tmp_path: Path, file_size_limit: Any) -> None:
    path = tmp_path / "a"
    log = AuditLog(path, mask=str)
    fits = 0
    with file_size_limit(2_000):
        with pytest.raises(EvidenceError, match="cannot write evidence to"):  # noqa: PT012 - the one that does not fit
            for _ in range(100):
                log.emit(ToolCalled(task_id="t", call_id="c", tool="send", arguments={}, effect="egress"))
                fits += 1
        assert verify_audit(path, log.head) == AuditReport(ok=True, records=fits, anchored=True)
    log.emit(Notice(task_id="t", call_id="c", level="info", message="room again"))
    log.close()
    assert verify_audit(path, log.head).ok
    assert "parent" not in json.loads(path.read_text().splitlines()[-1])  # what was forgotten is not made up
