"""Saving and restoring a run, and every file that must not be believed."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pytest_agentsafety.checkpoint import VERSION, CheckpointError, CheckpointManager, Mark, RunState
from pytest_agentsafety.model.canonical import digest

STATE = RunState(
    messages=(
        {"role": "user", "content": "Mail the summary \u6f22 \ud800"},
        {"role": "assistant", "content": [{"type": "tool_use", "id": "t", "name": "read", "input": {"n": 1.5}}]},
    ),
    position=2,
    spent={"cost_usd": 0.25, "input_tokens": 10},
    policy_sha256="p" * 64,
    tools_sha256="t" * 64,
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "run.json"


@pytest.fixture
def manager(path: Path) -> CheckpointManager:
    return CheckpointManager(path, policy_sha256="p" * 64, tools_sha256="t" * 64)


def rewrite(path: Path, **changes: Any) -> None:
    """Change the content and sign it anew; a field changed to ... is left out."""
    content = {**json.loads(path.read_text())["content"], **changes}
    content = {key: value for key, value in content.items() if value is not ...}
    path.write_text(json.dumps({"sha256": digest(content), "content": content}))


# -- there and back


def test_nothing_saved_is_none(manager: CheckpointManager) -> None:
    assert manager.restore() is None


def test_what_was_saved_comes_back(manager: CheckpointManager) -> None:
    manager.save(STATE)
    restored = manager.restore()
    assert restored == STATE
    assert restored is not None
    assert restored.pending is None
    assert restored.to_dict() == STATE.to_dict()


def test_the_last_save_wins(manager: CheckpointManager) -> None:
    manager.save(STATE)
    later = replace(STATE, position=3, messages=())
    manager.save(later)
    assert manager.restore() == later


def test_the_state_survives_its_dict() -> None:
    assert RunState.from_dict(json.loads(json.dumps(STATE.to_dict()))) == STATE


def test_the_file_is_the_owners_alone_and_nothing_else_is_left(manager: CheckpointManager, path: Path) -> None:
    manager.save(STATE)
    manager.save(STATE)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [entry.name for entry in path.parent.iterdir()] == ["run.json"]


def test_clearing_removes_state_and_mark(manager: CheckpointManager, path: Path) -> None:
    manager.save(STATE)
    manager.mark("send_email", 2)
    manager.clear()
    manager.clear()
    assert list(path.parent.iterdir()) == []
    assert manager.restore() is None


# -- a write that was about to run


def test_a_marked_write_is_pending_until_the_next_save(manager: CheckpointManager, path: Path) -> None:
    manager.save(STATE)
    manager.mark("send_email", 2)
    restored = manager.restore()
    assert restored is not None
    assert restored.pending == Mark(tool="send_email", position=2)
    manager.save(replace(STATE, position=3))
    restored = manager.restore()
    assert restored is not None
    assert restored.pending is None
    assert [entry.name for entry in path.parent.iterdir()] == ["run.json"]


def test_a_save_at_the_same_position_does_not_settle_the_mark(manager: CheckpointManager) -> None:
    manager.mark("send_email", 2)
    manager.save(STATE)
    restored = manager.restore()
    assert restored is not None
    assert restored.pending == Mark(tool="send_email", position=2)


def test_a_mark_left_by_a_crash_between_save_and_clean_up_is_not_pending(manager: CheckpointManager) -> None:
    manager.save(replace(STATE, position=3))
    manager.mark("send_email", 2)
    restored = manager.restore()
    assert restored is not None
    assert restored.pending is None


def test_a_mark_without_a_state_does_not_start_afresh(manager: CheckpointManager) -> None:
    manager.mark("send_email", 0)
    with pytest.raises(CheckpointError, match=r"no state was saved, but 'send_email' was about to run"):
        manager.restore()


# -- refused


@pytest.mark.parametrize(("field", "what"), [("policy_sha256", "policy"), ("tools_sha256", "tools")])
def test_a_state_of_other_rules_or_tools_is_refused(path: Path, field: str, what: str) -> None:
    CheckpointManager(path).save(replace(STATE, **{field: "x" * 64}))
    manager = CheckpointManager(path, policy_sha256="p" * 64, tools_sha256="t" * 64)
    with pytest.raises(CheckpointError, match=rf"the {what} changed: the state has x{{12}}, this run"):
        manager.restore()


def test_a_state_of_other_rules_is_not_saved_either(manager: CheckpointManager, path: Path) -> None:
    with pytest.raises(CheckpointError, match="the policy changed"):
        manager.save(replace(STATE, policy_sha256="x" * 64))
    assert not path.exists()


def test_every_torn_file_is_detected(manager: CheckpointManager, path: Path) -> None:
    manager.save(STATE)
    whole = path.read_bytes()
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        with pytest.raises(CheckpointError, match="torn or not a checkpoint"):
            manager.restore()


def test_every_altered_character_is_detected_or_means_the_same(manager: CheckpointManager, path: Path) -> None:
    manager.save(STATE)
    whole = path.read_bytes()
    detected = 0
    for place in range(len(whole)):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        try:
            assert manager.restore() == STATE
        except CheckpointError:
            detected += 1
    assert detected > len(whole) * 0.95  # what is left is white space and the case of escapes


@pytest.mark.parametrize("content", [b"", b"[]", b"3", b"{}", b'{"content": 3}', b"\xff", b"[" * 100_000])
def test_something_else_is_no_checkpoint(manager: CheckpointManager, path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(CheckpointError, match=r"run\.json: torn or not a checkpoint"):
        manager.restore()


def test_an_unsigned_change_is_refused(manager: CheckpointManager, path: Path) -> None:
    manager.save(STATE)
    envelope = json.loads(path.read_text())
    envelope["content"]["spent"]["cost_usd"] = 0.0
    path.write_text(json.dumps(envelope))
    with pytest.raises(CheckpointError, match="does not match its sha256"):
        manager.restore()


@pytest.mark.parametrize("version", [VERSION + 1, 0, None, ..., str(VERSION)])
def test_another_version_is_refused(manager: CheckpointManager, path: Path, version: Any) -> None:
    manager.save(STATE)
    rewrite(path, version=version)
    with pytest.raises(CheckpointError, match=rf"run\.json: has version .*, this version reads {VERSION}"):
        manager.restore()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"messages": ...}, "lacks messages"),
        ({"messages": {}}, "messages: expected list"),
        ({"messages": ["x"]}, "messages: expected a list of objects"),
        ({"position": "2"}, "position: expected int"),
        ({"position": -1}, "position: expected a whole number from 0, got -1"),
        ({"position": True}, "position: expected a whole number from 0, got True"),
        ({"spent": []}, "spent: expected dict"),
        ({"tools_sha256": None}, "tools_sha256: expected str, got None"),
        ({"extra": 1}, "has unknown fields: extra"),
    ],
)
def test_a_field_that_is_wrong_is_named(
    manager: CheckpointManager, path: Path, changes: dict[str, Any], message: str
) -> None:
    manager.save(STATE)
    rewrite(path, **changes)
    with pytest.raises(CheckpointError) as caught:
        manager.restore()
    assert message in str(caught.value)
    assert str(path) in str(caught.value)


def test_a_torn_mark_is_refused(manager: CheckpointManager, path: Path) -> None:
    manager.save(STATE)
    manager.mark("send_email", 2)
    mark = path.with_name("run.json.mark")
    mark.write_bytes(mark.read_bytes()[:-5])
    with pytest.raises(CheckpointError, match=r"run\.json\.mark: torn"):
        manager.restore()


def test_a_mark_of_another_shape_is_refused(manager: CheckpointManager, path: Path) -> None:
    manager.save(STATE)
    manager.mark("send_email", 2)
    rewrite(path.with_name("run.json.mark"), position="two")
    with pytest.raises(CheckpointError, match=r"run\.json\.mark: position: expected int"):
        manager.restore()


@pytest.mark.parametrize("value", [object(), {1, 2}, b"x", float("nan"), float("inf")])
def test_a_state_that_is_not_json_leaves_the_old_one(manager: CheckpointManager, value: Any) -> None:
    manager.save(STATE)
    with pytest.raises(CheckpointError, match="cannot be written as JSON"):
        manager.save(replace(STATE, spent={"x": value}, position=3))
    assert manager.restore() == STATE


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match=r"run\.json: cannot be written: No such file"):
        CheckpointManager(tmp_path / "none" / "run.json").save(STATE)


def test_a_folder_in_the_place_of_the_file(manager: CheckpointManager, path: Path) -> None:
    path.mkdir()
    with pytest.raises(CheckpointError, match=r"run\.json: cannot be read: Is a directory"):
        manager.restore()
    with pytest.raises(CheckpointError, match=r"run\.json: cannot be written"):
        manager.save(STATE)
    assert [entry.name for entry in path.parent.iterdir()] == ["run.json"]


# -- cut off

WRITER = """
import sys
from dataclasses import replace
from pathlib import Path
from pytest_agentsafety.checkpoint import CheckpointManager, RunState
manager = CheckpointManager(Path(sys.argv[1]))
state = RunState(messages=({"content": "x" * 20000},), position=0, spent={}, policy_sha256="p", tools_sha256="t")
print("ready", flush=True)
for position in range(1, 10**9):
    manager.mark("write", position - 1)
    manager.save(replace(state, position=position))
    print(position, flush=True)
"""


def test_a_killed_writer_leaves_a_whole_state_at_least_as_new_as_it_said(path: Path) -> None:
    root = str(Path(__file__).resolve().parents[3])
    child = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": root},
    )
    assert child.stdout is not None
    lines = [child.stdout.readline() for _ in range(6)]
    child.send_signal(signal.SIGKILL)
    lines += child.stdout.readlines()
    child.stdout.close()
    child.wait()
    told = int([line for line in lines if line.endswith("\n")][-1])
    restored = CheckpointManager(path).restore()
    assert restored is not None
    assert restored.position in (told, told + 1)
    assert restored.pending in (None, Mark(tool="write", position=restored.position))
