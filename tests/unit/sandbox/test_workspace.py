"""Files in and out, without a sandbox between."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pytest_agentsafety.model.errors import AgentSafetyError
from pytest_agentsafety.sandbox.workspace import Workspace, read_tree

pytestmark = pytest.mark.skipif(os.name != "posix", reason="descriptors of folders")


class Box:
    """A folder with `work` in it, as a run has it."""

    def __init__(self, path: Path) -> None:
        self.work = path / "files"
        self.work.mkdir(parents=True)
        self.descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)


@pytest.fixture
def box(tmp_path: Path):
    made = Box(tmp_path / "box")
    yield made
    os.close(made.descriptor)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "mine"
    (made / "a/b").mkdir(parents=True)
    (made / "a/b/deep.txt").write_text("deep\n")
    (made / "top.txt").write_text("one\ntwo\n")
    (made / "data.bin").write_bytes(b"\0\1\2")
    (made / "link").symlink_to("/etc/passwd")
    return made


def test_plain_files_and_folders_go_in_and_links_do_not(folder: Path, box: Box) -> None:
    Workspace(folder).take_in(box.descriptor, None)
    assert sorted(path.relative_to(box.work).as_posix() for path in box.work.rglob("*")) == [
        "a", "a/b", "a/b/deep.txt", "data.bin", "top.txt",
    ]  # fmt: skip
    assert (box.work / "data.bin").read_bytes() == b"\0\1\2"
    assert (box.work / "top.txt").stat().st_mode & 0o777 == 0o600


def test_nothing_changed_is_nothing_told_and_nothing_written(folder: Path, box: Box) -> None:
    before = {path: path.lstat().st_mtime_ns for path in folder.rglob("*")}
    workspace = Workspace(folder)
    workspace.take_in(box.descriptor, None)
    assert workspace.take_out(box.descriptor) == {}
    assert {path: path.lstat().st_mtime_ns for path in folder.rglob("*")} == before


def test_changes_come_back_and_are_told(folder: Path, box: Box) -> None:
    workspace = Workspace(folder)
    workspace.take_in(box.descriptor, None)
    (box.work / "top.txt").write_text("one\nthree\n")
    (box.work / "a/b/deep.txt").unlink()
    (box.work / "a/b").rmdir()
    (box.work / "new/er").mkdir(parents=True)
    (box.work / "new/er/x.txt").write_text("no newline at the end")
    (box.work / "data.bin").write_bytes(b"\0" * 5000)
    changes = workspace.take_out(box.descriptor)
    assert changes == {
        "a/b/deep.txt": "removed",
        "data.bin": "changed: 5,000 bytes",
        "new/er/x.txt": "--- /dev/null\n+++ b/new/er/x.txt\n@@ -0,0 +1 @@\n+no newline at the end\n",
        "top.txt": "--- a/top.txt\n+++ b/top.txt\n@@ -1,2 +1,2 @@\n one\n-two\n+three\n",
    }
    assert (folder / "top.txt").read_text() == "one\nthree\n"
    assert not (folder / "a/b").exists()
    assert (folder / "new/er/x.txt").read_text() == "no newline at the end"
    assert (folder / "link").is_symlink(), "what did not go in is left alone"


def test_what_is_no_file_is_told_and_left(folder: Path, box: Box) -> None:
    workspace = Workspace(folder)
    workspace.take_in(box.descriptor, None)
    os.mkfifo(box.work / "pipe")
    (box.work / "l").symlink_to("/")
    changes = workspace.take_out(box.descriptor)
    assert set(changes) == {"pipe", "l"}
    assert not (folder / "pipe").exists()


def test_a_link_in_place_of_a_folder_is_not_walked(folder: Path, box: Box, tmp_path: Path) -> None:
    """The run replaces a folder by a link to somewhere else: what is there does not come out."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "secret").write_text("secret")
    workspace = Workspace(folder)
    workspace.take_in(box.descriptor, None)
    (box.work / "a/b/deep.txt").unlink()
    (box.work / "a/b").rmdir()
    (box.work / "a/b").symlink_to(elsewhere)
    changes = workspace.take_out(box.descriptor)
    assert changes == {"a/b": "left behind: neither a plain file nor a folder", "a/b/deep.txt": "removed"}
    assert (elsewhere / "secret").read_text() == "secret"


def test_a_link_in_the_users_own_folder_is_not_followed_on_the_way_back(folder: Path, box: Box, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    workspace = Workspace(folder)
    workspace.take_in(box.descriptor, None)
    (folder / "out").symlink_to(elsewhere)
    (box.work / "out").mkdir()
    (box.work / "out/x").write_text("x")
    changes = workspace.take_out(box.descriptor)
    assert "not all of it could be taken out" in changes["."]
    assert list(elsewhere.iterdir()) == []


def test_more_than_there_is_room_for(folder: Path, box: Box) -> None:
    with pytest.raises(AgentSafetyError, match="more than there is room for"):
        Workspace(folder, room=5).take_in(box.descriptor, None)
    workspace = Workspace(folder, room=1000)
    workspace.take_in(box.descriptor, None)
    (box.work / "big").write_bytes(bytes(2000))
    assert "not taken out" in workspace.take_out(box.descriptor)["."]
    assert not (folder / "big").exists()


def test_many_and_deep(folder: Path, box: Box) -> None:
    workspace = Workspace(folder, files=20)
    workspace.take_in(box.descriptor, None)
    for number in range(30):
        (box.work / f"f{number}").touch()
    assert "more files" in workspace.take_out(box.descriptor)["."]


def test_a_deep_tree_is_not_walked_to_its_end(tmp_path: Path) -> None:
    (tmp_path / "/".join("d" * 40)).mkdir(parents=True)
    top = os.open(tmp_path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        with pytest.raises(AgentSafetyError, match="32 deep"):
            read_tree(top, 1000, 1000)
    finally:
        os.close(top)


def test_long_lists_of_changes_are_cut(folder: Path, box: Box) -> None:
    workspace = Workspace(folder)
    workspace.take_in(box.descriptor, None)
    for number in range(250):
        (box.work / f"f{number:03}").write_text("x")
    changes = workspace.take_out(box.descriptor)
    assert len(changes) == 201
    assert changes["..."] == "more than 200 files changed"
    assert len(list(folder.glob("f*"))) == 250


def test_a_long_text_is_told_by_its_size(folder: Path, box: Box) -> None:
    workspace = Workspace(folder)
    workspace.take_in(box.descriptor, None)
    (box.work / "long.txt").write_text("line\n" * 20_000)
    (box.work / "odd.txt").write_bytes(b"\xff\xfe")
    changes = workspace.take_out(box.descriptor)
    assert changes == {"long.txt": "added: 100,000 bytes", "odd.txt": "added: 2 bytes"}


def test_a_box_that_is_gone(folder: Path, box: Box) -> None:
    workspace = Workspace(folder)
    workspace.take_in(box.descriptor, None)
    for path in sorted(box.work.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    box.work.rmdir()
    assert workspace.take_out(box.descriptor)["."].startswith("lost:")
    assert (folder / "top.txt").exists()
