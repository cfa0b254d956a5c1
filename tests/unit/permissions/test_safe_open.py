"""Tools read and write through descriptors that cannot have left the allowed paths."""

import errno
import os
from pathlib import Path

import pytest

from pytest_agentsafety.permissions import SafeOpen


@pytest.fixture
def base(tmp_path: Path) -> Path:
    (tmp_path / "data").mkdir()
    (tmp_path / "data/a.txt").write_text("caf\u00e9", "utf-8")
    (tmp_path / "secret").write_text("s")
    (tmp_path / "data/link").symlink_to("../secret")
    (tmp_path / "one.toml").write_text("one")
    return tmp_path


def test_read_and_write_inside(base: Path) -> None:
    files = SafeOpen(["data"], base=base)
    assert files.read_text("data/a.txt") == "caf\u00e9"
    assert files.write_text("data/new.txt", "caf\u00e9!") == 6
    assert files.read_bytes(str(base / "data/new.txt")) == "caf\u00e9!".encode()
    files.write_text("data/new.txt", "x")
    assert files.read_text("data/new.txt") == "x"


def test_a_single_file_is_a_root_too(base: Path) -> None:
    files = SafeOpen(["one.toml"], base=base)
    assert files.read_text("one.toml") == "one"
    with pytest.raises(OSError, match="outside the allowed paths"):
        files.read_text("secret")


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("secret", errno.EXDEV),
        ("data/../secret", errno.EXDEV),
        ("data/link", errno.EXDEV),
        ("data", errno.EISDIR),
        ("data/none", errno.ENOENT),
    ],
)
def test_what_may_not_be_opened(base: Path, path: str, code: int) -> None:
    files = SafeOpen(["data"], base=base)
    with pytest.raises(OSError) as failure:
        files.read_bytes(path)
    assert failure.value.errno in (code, errno.EINVAL if code == errno.EISDIR else code)


def test_writing_through_a_link_leaves_the_outside_alone(base: Path) -> None:
    with pytest.raises(OSError):
        SafeOpen(["data"], base=base).write_text("data/link", "gone")
    assert (base / "secret").read_text() == "s"


def test_sizes_are_limited_both_ways(base: Path) -> None:
    files = SafeOpen(["data"], base=base, max_size_kb=1)
    files.write_bytes("data/full", b"x" * 1024)
    assert len(files.read_bytes("data/full")) == 1024
    (base / "data/over").write_bytes(b"x" * 1025)
    with pytest.raises(OSError) as failure:
        files.read_bytes("data/over")
    assert failure.value.errno == errno.EFBIG
    with pytest.raises(OSError, match="over the limit of 1024"):
        files.write_bytes("data/full", b"x" * 1025)
    assert (base / "data/full").stat().st_size == 1024


def test_the_first_root_that_fits_is_used(base: Path) -> None:
    (base / "data/sub").mkdir()
    files = SafeOpen(["data/sub", "data"], base=base)
    assert files.read_text("data/sub/../a.txt") == "caf\u00e9"


def test_the_working_folder_is_the_default_base(base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(base)
    assert SafeOpen(["data"]).read_text("data/a.txt") == "caf\u00e9"


def test_a_descriptor_stays_with_the_file_it_was_opened_for(base: Path) -> None:
    descriptor = SafeOpen(["data"], base=base).descriptor("data/a.txt")
    (base / "data/a.txt").unlink()
    (base / "data/a.txt").symlink_to("../secret")
    with os.fdopen(descriptor, encoding="utf-8") as file:
        assert file.read() == "caf\u00e9"
