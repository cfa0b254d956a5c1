"""The evidence folder: moved aside, continued, or refused; a user's files stay."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_agentsafety.model.errors import ConfigError
from pytest_agentsafety.recorders import open_output, worker_folder


def earlier_run(folder: Path, note: str) -> None:
    open_output(folder)
    (folder / "results.jsonl").write_text(note)


def test_a_new_folder_is_made_with_its_parents(tmp_path: Path) -> None:
    assert open_output(tmp_path / "a" / "out") == tmp_path / "a" / "out"
    assert (tmp_path / "a" / "out").is_dir()


def test_an_empty_folder_is_used(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    open_output(tmp_path / "out")
    assert not (tmp_path / "out.previous").exists()


def test_an_earlier_run_is_moved_aside_and_the_one_before_it_goes(tmp_path: Path) -> None:
    out, previous = tmp_path / "out", tmp_path / "out.previous"
    earlier_run(out, "first")
    earlier_run(out, "second")
    assert (previous / "results.jsonl").read_text() == "first"
    open_output(out)
    assert (previous / "results.jsonl").read_text() == "second"
    assert not (out / "results.jsonl").exists()


@pytest.mark.parametrize("name", ["run.json", "results.jsonl"])
def test_a_folder_of_ours_is_known_by_its_files(tmp_path: Path, name: str) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / name).write_text("{}")
    open_output(out)
    assert (tmp_path / "out.previous" / name).is_file()


def test_a_run_killed_at_its_start_is_ours_too(tmp_path: Path) -> None:
    open_output(tmp_path / "out")
    (tmp_path / "out" / "audit.jsonl").write_text("")
    open_output(tmp_path / "out")
    assert (tmp_path / "out.previous" / "audit.jsonl").is_file()


def test_resume_continues(tmp_path: Path) -> None:
    earlier_run(tmp_path / "out", "first")
    open_output(tmp_path / "out", resume=True)
    assert (tmp_path / "out" / "results.jsonl").read_text() == "first"
    assert not (tmp_path / "out.previous").exists()


def test_resume_of_nothing_starts(tmp_path: Path) -> None:
    assert open_output(tmp_path / "out", resume=True).is_dir()


@pytest.mark.parametrize("resume", [False, True])
def test_files_of_somebody_else_are_left_alone(tmp_path: Path, resume: bool) -> None:
    out = tmp_path / "src"
    out.mkdir()
    (out / "thesis.txt").write_text("years of work")
    with pytest.raises(ConfigError, match=r"src holds files, but none of an earlier run .* --agent-safety-output"):
        open_output(out, resume=resume)
    assert [p.name for p in tmp_path.rglob("*")] == ["src", "thesis.txt"]


def test_a_previous_folder_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    earlier_run(tmp_path / "out", "first")
    (tmp_path / "out.previous").mkdir()
    (tmp_path / "out.previous" / "thesis.txt").write_text("years of work")
    with pytest.raises(ConfigError, match=r"out\.previous holds files"):
        open_output(tmp_path / "out")
    assert (tmp_path / "out.previous" / "thesis.txt").is_file()
    assert (tmp_path / "out" / "results.jsonl").read_text() == "first"


def test_an_empty_previous_folder_is_no_hindrance(tmp_path: Path) -> None:
    earlier_run(tmp_path / "out", "first")
    (tmp_path / "out.previous").mkdir()
    open_output(tmp_path / "out")
    assert (tmp_path / "out.previous" / "results.jsonl").is_file()


def test_a_file_in_the_place_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("x")
    with pytest.raises(ConfigError, match="is no folder"):
        open_output(tmp_path / "out")
    assert (tmp_path / "out").read_text() == "x"


def test_a_file_in_the_place_of_the_previous_folder(tmp_path: Path) -> None:
    earlier_run(tmp_path / "out", "first")
    (tmp_path / "out.previous").write_text("x")
    with pytest.raises(ConfigError, match=r"out\.previous is in the way"):
        open_output(tmp_path / "out")


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "out").symlink_to(tmp_path / "real")
    with pytest.raises(ConfigError, match="is no folder"):
        open_output(tmp_path / "out")


def test_a_place_where_no_folder_can_be(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(ConfigError, match=r"cannot write to output folder .*file/out"):
        open_output(tmp_path / "file" / "out")


def test_each_worker_has_its_own_folder(tmp_path: Path) -> None:
    assert worker_folder(tmp_path, "gw0") == tmp_path / "workers" / "gw0"
    hostile = worker_folder(tmp_path, "../../x")
    assert hostile.parent == tmp_path / "workers"
    assert hostile.is_dir()
