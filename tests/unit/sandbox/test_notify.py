"""What a notice is about: paths out of another process's memory, and which of them are worth a note."""

from __future__ import annotations

import ctypes
import os
import sys
from pathlib import Path
from typing import Any

import pytest

if not sys.platform.startswith("linux"):
    pytest.skip("seccomp is Linux's", allow_module_level=True)

from pytest_agentsafety.sandbox.child.notices import folder, text
from pytest_agentsafety.sandbox.notify import Notifier
from pytest_agentsafety.sandbox.result import Violation

HERE = -100 & 0xFFFFFFFFFFFFFFFF
READ, WRITE = os.O_RDONLY | os.O_CLOEXEC, os.O_WRONLY | os.O_CREAT


@pytest.fixture
def notifier(tmp_path: Path) -> Notifier:
    (tmp_path / "libs").mkdir()
    (tmp_path / "outside").write_text("x")
    read, _ = os.pipe()
    made = Notifier(read, inside=(str(tmp_path / "work"),), readable=(str(tmp_path / "libs"),))
    os.close(read)
    os.close(_)
    return made


def noted(notifier: Notifier, call: str | None, *arguments: Any, number: int = 999) -> list[tuple[str, str | None]]:
    """The notes on a call of this very process, whose strings stand in its own memory."""
    kept = [ctypes.create_string_buffer(os.fsencode(one)) if isinstance(one, str) else one for one in arguments]
    values = [ctypes.addressof(one) if isinstance(one, ctypes.Array) else one for one in kept]
    notifier._note(call, number, os.getpid(), [*values, 0, 0, 0, 0, 0, 0][:6])
    return [(found.syscall, found.path) for found in notifier.violations]


def test_a_refused_call_is_noted_with_its_path(notifier: Notifier) -> None:
    assert noted(notifier, "execve", "/bin/true", 0, 0) == [("execve", "/bin/true")]


def test_a_refused_call_without_a_path(notifier: Notifier) -> None:
    assert noted(notifier, "socket", 2, 1, 0) == [("socket", None)]


def test_a_call_without_a_name_is_noted_by_its_number(notifier: Notifier) -> None:
    assert noted(notifier, None, number=1234) == [("syscall_1234", None)]


def test_reading_where_it_may_be_read_is_no_note(notifier: Notifier, tmp_path: Path) -> None:
    for path in ("libs/a", "work/a", "work", "libs/../work/x"):
        noted(notifier, "openat", HERE, str(tmp_path / path), READ)
    assert notifier.violations == []


def test_reading_outside_is_one_if_there_is_something(notifier: Notifier, tmp_path: Path) -> None:
    noted(notifier, "openat", HERE, str(tmp_path / "nothing"), READ)
    assert notifier.violations == []
    assert noted(notifier, "openat", HERE, str(tmp_path / "outside"), READ) == [("openat", str(tmp_path / "outside"))]


@pytest.mark.parametrize("path", ["libs/new", "outside", "workshop", "nothing"])
def test_writing_outside_always_is(notifier: Notifier, tmp_path: Path, path: str) -> None:
    whole = str(tmp_path / path)
    assert noted(notifier, "openat", HERE, whole, WRITE) == [("openat", whole)]


def test_both_ends_of_a_move_are_looked_at(notifier: Notifier, tmp_path: Path) -> None:
    inside, outside = str(tmp_path / "work/a"), str(tmp_path / "outside")
    assert noted(notifier, "rename", inside, outside) == [("rename", outside)]
    assert noted(notifier, "renameat2", HERE, outside, HERE, inside, 0)[1:] == [("renameat2", outside)]


def test_the_target_of_a_link_is_onlytext(notifier: Notifier, tmp_path: Path) -> None:
    assert noted(notifier, "symlink", "/etc/passwd", str(tmp_path / "work/l")) == []


def test_relative_paths_start_at_the_processesfolder(
    notifier: Notifier, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert noted(notifier, "unlink", "outside") == [("unlink", str(tmp_path / "outside"))]
    folder = os.open(tmp_path / "libs", os.O_RDONLY)
    try:
        assert noted(notifier, "unlinkat", folder, "b", 0)[-1] == ("unlinkat", str(tmp_path / "libs/b"))
    finally:
        os.close(folder)


def test_its_own_proc_is_called_self(notifier: Notifier) -> None:
    assert noted(notifier, "mkdir", f"/proc/{os.getpid()}/x", 0) == [("mkdir", "/proc/self/x")]


@pytest.mark.parametrize("path", ["/proc/stat", "/proc/cpuinfo", "/sys/devices/system/cpu/online", "/proc/self/stat"])
def test_what_every_library_asks_is_not_worth_a_note(notifier: Notifier, path: str) -> None:
    assert noted(notifier, "openat", HERE, path, READ) == []


def test_the_same_is_noted_once_and_not_without_end(notifier: Notifier, tmp_path: Path) -> None:
    for _ in range(3):
        noted(notifier, "unlink", "/etc/x")
    assert notifier.violations == [Violation(syscall="unlink", path="/etc/x")]
    for number in range(500):
        noted(notifier, "unlink", f"/etc/x{number}")
    assert len(notifier.violations) == 200


def test_text_out_of_memory() -> None:
    long = ctypes.create_string_buffer(b"/" + b"a" * 5000)
    assert text(os.getpid(), 0) is None
    assert (text(os.getpid(), ctypes.addressof(long)) or "").startswith("/aaa")
    odd = ctypes.create_string_buffer(b"/caf\xe9\n")
    assert os.fsencode(text(os.getpid(), ctypes.addressof(odd)) or "") == b"/caf\xe9\n"


def test_an_address_that_is_none_is_an_error_to_be_caught() -> None:
    with pytest.raises(OSError, match="error"):
        text(os.getpid(), 8)


def test_folders_by_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert folder(os.getpid(), None) == str(tmp_path)
    assert folder(os.getpid(), HERE) == str(tmp_path)
    assert folder(os.getpid(), 0xFFFFFF9C) == str(tmp_path)
