"""Files of a world: read once, written per case."""

from __future__ import annotations

import os
from pathlib import Path, PurePosixPath

import pytest

from pytest_agentsafety.catalog.vectors import fill, fill_bytes, marks_in_bytes, marks_in_data
from pytest_agentsafety.catalog.workspace import Scratch, read_workspace
from pytest_agentsafety.model.errors import ConfigError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    top = tmp_path / "ws"
    (top / "home" / "empty").mkdir(parents=True)
    (top / "home" / "a.txt").write_text("x [[vector:v]] y", "utf-8")
    (top / "home" / "raw.bin").write_bytes(b"\xff\x00")
    return top


def test_tree_is_written_as_it_was(folder: Path) -> None:
    scratch = Scratch(read_workspace(folder, "home", place="p"), {"v": "h\u00e9"})
    try:
        assert scratch.base.name == "home"
        assert (scratch.base / "empty").is_dir()
        assert (scratch.base / "a.txt").read_text("utf-8") == "x h\u00e9 y"
        assert (scratch.base / "raw.bin").read_bytes() == b"\xff\x00"
    finally:
        scratch.close()
    assert not scratch.base.parent.exists()


def test_marks_are_found(folder: Path) -> None:
    workspace = read_workspace(folder, "home", place="p")
    assert workspace.marks == {"v"}
    assert workspace.marked == {PurePosixPath("home/a.txt"): {"v"}}


def test_two_scratch_folders_differ(folder: Path) -> None:
    workspace = read_workspace(folder, "home", place="p")
    first, second = Scratch(workspace, {"v": ""}), Scratch(workspace, {"v": ""})
    try:
        assert first.base != second.base
    finally:
        first.close()
        second.close()


def test_close_after_somebody_else_removed_it(folder: Path) -> None:
    scratch = Scratch(read_workspace(folder, "home", place="p"), {"v": ""})
    scratch.close()
    scratch.close()


@pytest.mark.parametrize("base", ["", ".", "..", "home/empty", "/home", "nope", "home/a.txt"])
def test_base_must_be_a_folder_at_the_top(folder: Path, base: str) -> None:
    with pytest.raises(ConfigError, match=r"p: base .* is no folder directly in .*Valid: home"):
        read_workspace(folder, base, place="p")


def test_device_is_refused(folder: Path) -> None:
    os.mkfifo(folder / "home" / "pipe")
    with pytest.raises(ConfigError, match="pipe' is neither a folder nor a plain file"):
        read_workspace(folder, "home", place="p")


def test_too_much_data_is_refused(folder: Path) -> None:
    with (folder / "home" / "big").open("wb") as stream:
        stream.truncate((32 << 20) + 1)
    with pytest.raises(ConfigError, match=r"holds 33,554,4\d\d bytes, at most 33,554,432"):
        read_workspace(folder, "home", place="p")


def test_fill_copies_deeply_and_once() -> None:
    data = {"a": ["[[vector:v]] and [[vector:w]]", 3, None], "b": {"c": "plain"}}
    filled = fill(data, {"v": "[[vector:w]]", "w": "W"})
    assert filled == {"a": ["[[vector:w]] and W", 3, None], "b": {"c": "plain"}}
    assert data["a"][0] == "[[vector:v]] and [[vector:w]]"
    assert filled["b"] is not data["b"]


def test_replacement_is_not_read_as_a_pattern() -> None:
    assert fill("[[vector:v]]", {"v": r"\1 \g<0>"}) == r"\1 \g<0>"
    assert fill_bytes(b"[[vector:v]]", {"v": r"\1"}) == rb"\1"


def test_marks_in_data_and_bytes() -> None:
    assert marks_in_data({"a": [{"b": "[[vector:x]]"}], "c": "[[vector:y]] [[vector:x]]", "d": 1}) == {"x", "y"}
    assert marks_in_bytes(b"[[vector:x]] [vector:y] [[vector:z]") == {"x"}
