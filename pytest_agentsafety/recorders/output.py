"""The evidence folder: made, moved aside, never taken from the user."""

from __future__ import annotations

import shutil
from pathlib import Path

from pytest_agentsafety.model.errors import ConfigError
from pytest_agentsafety.model.safe_text import slug

_MARKER = ".agentsafety"
_OURS = (_MARKER, "run.json", "results.jsonl")
_NOTE = (
    "Evidence of pytest-agentsafety. The next run moves this folder to <folder>.previous and deletes the older one.\n"
)


def open_output(folder: Path, *, resume: bool = False) -> Path:
    """Make the folder ready for a run and return it.

    An earlier run's folder becomes `<folder>.previous`, unless `resume` continues it. Raises ConfigError when the
    folder cannot be written or holds files that no run of ours left there.
    """
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise ConfigError(f"output {folder} is no folder; name another with --agent-safety-output")
    try:
        if not resume and _holds_files(folder):
            _move_aside(folder)
        elif resume and _holds_files(folder):
            _refuse_foreign(folder)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / _MARKER).write_text(_NOTE, encoding="utf-8")
    except OSError as exc:
        raise ConfigError(
            f"cannot write to output folder {folder}: {exc.strerror}; "
            "make it writable or name another with --agent-safety-output"
        ) from exc
    return folder


def worker_folder(folder: Path, worker: str) -> Path:
    """`<folder>/workers/<worker>/`, made where it is missing: the place for one xdist worker's own evidence."""
    path = folder / "workers" / slug(worker)
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as exc:
        raise ConfigError(f"cannot make {path} for worker {worker}: {exc.strerror}") from exc
    return path


def _holds_files(folder: Path) -> bool:
    return folder.is_dir() and any(folder.iterdir())


def _move_aside(folder: Path) -> None:
    _refuse_foreign(folder)
    previous = folder.with_name(folder.name + ".previous")
    if previous.is_symlink() or previous.is_file():
        raise ConfigError(f"{previous} is in the way of the earlier run in {folder}; move it away")
    if previous.is_dir():
        if _holds_files(previous):
            _refuse_foreign(previous)
        shutil.rmtree(previous)
    folder.rename(previous)


def _refuse_foreign(folder: Path) -> None:
    if not any((folder / name).is_file() for name in _OURS):
        raise ConfigError(
            f"{folder} holds files, but none of an earlier run ({', '.join(_OURS[1:])}); they are left alone. "
            "Empty the folder or name another with --agent-safety-output"
        )
