"""Modes and times, changed by the supervisor for a run's own files."""

from __future__ import annotations

import errno
import os
import struct
import sys
import time
from pathlib import Path

import pytest

if not sys.platform.startswith("linux"):
    pytest.skip("descriptors by path are Linux's", allow_module_level=True)

from pytest_agentsafety.sandbox.metadata import change_mode, change_times


@pytest.fixture
def box(tmp_path: Path) -> tuple[str, ...]:
    for name in ("box/work/sub", "box/tmp", "outside"):
        (tmp_path / name).mkdir(parents=True)
    for name in ("box/work/a", "box/work/sub/b", "outside/c"):
        (tmp_path / name).write_text("x")
        (tmp_path / name).chmod(0o644)
    return str(tmp_path / "box/work"), str(tmp_path / "box/tmp")


def mode(path: str) -> int:
    return Path(path).stat().st_mode & 0o7777


@pytest.mark.parametrize("name", ["a", "sub/b", "sub"])
def test_own_files_and_folders(box: tuple[str, ...], name: str) -> None:
    assert change_mode(f"{box[0]}/{name}", box, "chmod", [0, 0o700]) == 0
    assert mode(f"{box[0]}/{name}") == 0o700


@pytest.mark.parametrize(
    ("call", "arguments"), [("chmod", [0, 0o6755]), ("fchmodat", [0, 0, 0o6755]), ("fchmod", [3, 0o1755])]
)
def test_set_id_bits_are_left_out(box: tuple[str, ...], call: str, arguments: list[int]) -> None:
    assert change_mode(f"{box[0]}/a", box, call, arguments) == 0
    assert mode(f"{box[0]}/a") == 0o755


@pytest.mark.parametrize("path", ["outside/c", "outside", "", "box", "box/workshop", "/etc/passwd"])
def test_what_is_outside_is_refused(box: tuple[str, ...], tmp_path: Path, path: str) -> None:
    whole = str(tmp_path / path) if not path.startswith("/") else path
    before = mode(whole) if Path(whole).exists() else None
    assert change_mode(whole, box, "chmod", [0, 0]) == errno.EPERM
    assert change_times(whole, box, None) == errno.EPERM
    assert before is None or mode(whole) == before


def test_no_link_is_followed(box: tuple[str, ...], tmp_path: Path) -> None:
    Path(f"{box[0]}/folder_link").symlink_to(tmp_path / "outside")
    Path(f"{box[0]}/file_link").symlink_to(tmp_path / "outside/c")
    Path(f"{box[0]}/own_link").symlink_to("a")
    assert change_mode(f"{box[0]}/folder_link/c", box, "chmod", [0, 0]) == errno.ENOTDIR
    for name in ("folder_link", "file_link", "own_link"):
        assert change_mode(f"{box[0]}/{name}", box, "chmod", [0, 0]) == errno.EPERM
        assert change_times(f"{box[0]}/{name}", box, None) == errno.EPERM
    assert mode(str(tmp_path / "outside/c")) == 0o644


def test_a_folder_that_becomes_a_link_leads_nowhere(box: tuple[str, ...], tmp_path: Path) -> None:
    """Whoever swaps a folder for a link while the supervisor walks gets an error or the folder, never the target."""
    import threading

    stop = threading.Event()

    def swap() -> None:
        while not stop.is_set():
            Path(f"{box[0]}/sub").rename(f"{box[0]}/aside")
            Path(f"{box[0]}/sub").symlink_to(tmp_path / "outside")
            Path(f"{box[0]}/sub").unlink()
            Path(f"{box[0]}/aside").rename(f"{box[0]}/sub")

    (tmp_path / "outside/b").write_text("x")
    (tmp_path / "outside/b").chmod(0o644)
    thread = threading.Thread(target=swap)
    thread.start()
    try:
        outcomes = {change_mode(f"{box[0]}/sub/b", box, "chmod", [0, 0o600]) for _ in range(3000)}
    finally:
        stop.set()
        thread.join()
    assert outcomes <= {0, errno.ENOENT, errno.ENOTDIR}
    assert change_mode(f"{box[0]}/sub/b", box, "chmod", [0, 0o600]) == 0, "it is a folder again"
    assert mode(str(tmp_path / "outside/b")) == 0o644


def test_special_files_are_refused(box: tuple[str, ...]) -> None:
    os.mkfifo(f"{box[0]}/pipe")
    assert change_mode(f"{box[0]}/pipe", box, "chmod", [0, 0]) == errno.EPERM
    assert change_mode(f"{box[0]}/nowhere", box, "chmod", [0, 0]) == errno.ENOENT


def test_times(box: tuple[str, ...]) -> None:
    path = f"{box[0]}/a"
    assert change_times(path, box, struct.pack("<4q", 5, 6, 7, 8)) == 0
    assert (Path(path).stat().st_atime_ns, Path(path).stat().st_mtime_ns) == (5_000_000_006, 7_000_000_008)
    assert change_times(path, box, struct.pack("<4q", 0, 0x3FFFFFFE, 9, 0)) == 0
    assert (Path(path).stat().st_atime_ns, Path(path).stat().st_mtime_ns) == (5_000_000_006, 9_000_000_000)
    assert change_times(path, box, struct.pack("<4q", 0, 0x3FFFFFFF, 0, 0x3FFFFFFE)) == 0
    assert Path(path).stat().st_mtime_ns == 9_000_000_000
    assert abs(Path(path).stat().st_atime - time.time()) < 60
    assert change_times(path, box, None) == 0
    assert abs(Path(path).stat().st_mtime - time.time()) < 60
