"""The files of a world: read once, written out afresh into a scratch folder for each case."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from pytest_agentsafety.catalog.vectors import fill_bytes, marks_in_bytes
from pytest_agentsafety.model.errors import ConfigError

_ROOM = 256 << 20
_LIMIT = 32 << 20  # bytes: each case writes all of them


@dataclass(frozen=True, kw_only=True)
class Workspace:
    """Folders and files by relative path; `base` is the folder that tool arguments start from.

    `base` is one level below the scratch folder, so that a climb out of it lands in the scratch folder, nowhere else.
    """

    base: str
    folders: tuple[PurePosixPath, ...]
    files: Mapping[PurePosixPath, bytes]
    marked: Mapping[PurePosixPath, frozenset[str]]

    @property
    def marks(self) -> set[str]:
        """The vectors that have a place in a file."""
        return {name for names in self.marked.values() for name in names}

    def write(self, root: Path, texts: Mapping[str, str]) -> Path:
        """Write everything under `root` with the vectors filled in; returns the base folder."""
        for folder in self.folders:
            (root / folder).mkdir()
        for path, data in self.files.items():
            (root / path).write_bytes(fill_bytes(data, texts) if path in self.marked else data)
        return root / self.base


def read_workspace(folder: Path, base: str, *, place: str) -> Workspace:
    """Read a folder of files. Raises ConfigError for a missing folder, a link, a device or too much data."""
    if not folder.is_dir():
        raise ConfigError(f"{place}: workspace folder {str(folder)!r} does not exist")
    folders: list[PurePosixPath] = []
    files: dict[PurePosixPath, bytes] = {}
    for path in sorted(folder.rglob("*")):
        relative = PurePosixPath(path.relative_to(folder).as_posix())
        if path.is_symlink() or not (path.is_dir() or path.is_file()):
            raise ConfigError(f"{place}: {str(path)!r} is neither a folder nor a plain file")
        if path.is_dir():
            folders.append(relative)
        else:
            files[relative] = path.read_bytes()
    _check(folder, base, folders, files, place)
    found = {path: frozenset(marks_in_bytes(data)) for path, data in files.items()}
    marked = {path: names for path, names in found.items() if names}
    return Workspace(base=base, folders=tuple(folders), files=files, marked=marked)


def _check(
    folder: Path, base: str, folders: list[PurePosixPath], files: Mapping[PurePosixPath, bytes], place: str
) -> None:
    if len(PurePosixPath(base).parts) != 1 or PurePosixPath(base) not in folders:
        top = ", ".join(str(path) for path in folders if len(path.parts) == 1) or "none"
        raise ConfigError(f"{place}: base {base!r} is no folder directly in {str(folder)!r}. Valid: {top}")
    size = sum(map(len, files.values()))
    if size > _LIMIT:
        raise ConfigError(f"{place}: {str(folder)!r} holds {size:,} bytes, at most {_LIMIT:,} are written per case")


@cache
def fast_folder() -> Path | None:
    """Where small files cost least: memory, if there is room. None (the system's choice) where TMPDIR says otherwise.

    A case makes and removes some twenty files and folders; on disk that took a quarter of a short case.
    """
    memory = Path("/dev/shm")  # noqa: S108 - TemporaryDirectory makes a private folder with a random name in it
    if os.environ.get("TMPDIR") or not (memory.is_dir() and os.access(memory, os.W_OK | os.X_OK)):
        return None
    room = os.statvfs(memory)
    return memory if room.f_bavail * room.f_frsize >= _ROOM else None


class Scratch:
    """A scratch folder with a workspace in it; `close` removes it and may be called twice."""

    def __init__(self, workspace: Workspace, texts: Mapping[str, str]) -> None:
        self._folder = TemporaryDirectory(prefix="agentsafety-", dir=fast_folder(), ignore_cleanup_errors=True)
        self.base = workspace.write(Path(self._folder.name), texts)

    def close(self) -> None:
        self._folder.cleanup()
