"""A file that grows by whole records, whatever happens."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from pytest_agentsafety.recorders.append_file import AppendFile, EvidenceError


def test_records_are_in_the_file_when_write_returns(tmp_path: Path) -> None:
    file = AppendFile(tmp_path / "deep" / "f")
    file.write(b"one\n")
    file.write(b"two\n")
    assert (tmp_path / "deep" / "f").read_bytes() == b"one\ntwo\n"
    assert (file.size, file.torn_bytes) == (8, 0)
    file.close()


@pytest.mark.parametrize(
    ("content", "kept", "torn"),
    [
        (b"", b"", 0),
        (b"a\n", b"a\n", 0),
        (b"a\nbcd", b"a\n", 3),
        (b"torn from the start", b"", 19),
        (b"a\n" + b"x" * 200_000, b"a\n", 200_000),
        (b"\n", b"\n", 0),
    ],
)
def test_a_torn_tail_is_cut_on_opening(tmp_path: Path, content: bytes, kept: bytes, torn: int) -> None:
    path = tmp_path / "f"
    path.write_bytes(content)
    file = AppendFile(path)
    assert file.torn_bytes == torn
    file.write(b"z\n")
    file.close()
    assert path.read_bytes() == kept + b"z\n"


@pytest.mark.parametrize(
    ("content", "last"),
    [(b"", b""), (b"a\n", b"a\n"), (b"a\nb\n", b"b\n"), (b"a\n" + b"b" * 150_000 + b"\n", b"b" * 150_000 + b"\n")],
)
def test_last_line(tmp_path: Path, content: bytes, last: bytes) -> None:
    path = tmp_path / "f"
    path.write_bytes(content)
    file = AppendFile(path)
    assert file.last_line() == last
    file.close()


def test_fresh_starts_anew(tmp_path: Path) -> None:
    path = tmp_path / "f"
    path.write_bytes(b"old\n")
    AppendFile(path, fresh=True).close()
    assert path.read_bytes() == b""


def test_a_record_that_does_not_fit_is_an_error_and_leaves_nothing_of_itself(
    tmp_path: Path, file_size_limit: Any
) -> None:
    path = tmp_path / "f"
    file = AppendFile(path)
    file.write(b"first\n")
    with file_size_limit(10):
        with pytest.raises(EvidenceError, match=r"4 of 12 bytes fitted"):
            file.write(b"second-line\n")
        assert path.read_bytes() == b"first\n"
        with pytest.raises(EvidenceError):
            file.write(b"third-line\n")
    file.write(b"fourth\n")
    file.close()
    assert path.read_bytes() == b"first\nfourth\n"


def test_a_disk_that_takes_nothing_is_an_error(tmp_path: Path, file_size_limit: Any) -> None:
    path = tmp_path / "f"
    file = AppendFile(path)
    file.write(b"first\n")
    with file_size_limit(6), pytest.raises(EvidenceError, match=f"cannot write evidence to {path}: File too large"):
        file.write(b"second\n")
    file.close()
    assert path.read_bytes() == b"first\n"


def test_a_closed_file_takes_nothing(tmp_path: Path) -> None:
    file = AppendFile(tmp_path / "f")
    file.close()
    file.close()
    with pytest.raises(EvidenceError, match="closed"):
        file.write(b"x\n")
    file.sync()


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "f").write_text("in the way")
    with pytest.raises(EvidenceError, match=f"{tmp_path / 'f' / 'x'}"):
        AppendFile(tmp_path / "f" / "x")


def test_the_descriptor_is_not_inherited(tmp_path: Path) -> None:
    file = AppendFile(tmp_path / "f")
    assert not os.get_inheritable(file._fd)
    file.close()
